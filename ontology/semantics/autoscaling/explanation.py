"""The figures of a pass, each with its formula and inputs, in the order in which they come about."""

from collections.abc import Iterator
from typing import Any

import msgspec

from ontology.cluster.autoscaling import Behavior, HorizontalPodAutoscaler, ScalingRules
from ontology.semantics.autoscaling import behavior, horizontal
from ontology.semantics.autoscaling.horizontal import Failure, Observed, Pass, Read
from ontology.semantics.autoscaling.proposals import Proposal
from ontology.verdict import Role, Step

_BOUND_REASONS = {"TooManyReplicas": "above", "TooFewReplicas": "below"}
_RATE_REASONS = frozenset({"ScaleUpLimit", "ScaleDownLimit"})


def steps(autoscaler: HorizontalPodAutoscaler, seen: Observed | None, done: Pass) -> tuple[Step, ...]:
    """Return the rules applied, then near misses, then changes that would flip the size."""
    rivals = seen.rivals if seen is not None else ()
    return (
        *_applied(autoscaler, done, rivals),
        *_near_misses(autoscaler, done),
        *_changes(autoscaler, seen, done),
    )


def _near_misses(autoscaler: HorizontalPodAutoscaler, done: Pass) -> Iterator[Step]:
    """Yield the ratios that the tolerance holds back."""
    tolerance = behavior.tolerance(autoscaler.spec.behavior)
    for read in done.read:
        outcome = read.outcome
        if isinstance(outcome, Failure) or outcome.how != "tolerance":
            continue
        ratio = outcome.ratio if outcome.corrected is None else outcome.corrected
        if ratio not in (0.0, 1.0):
            facts = {
                "metric": f"{read.type}/{read.name}",
                "ratio": _rounded(ratio),
                "low": _rounded(1 - tolerance.down),
                "high": _rounded(1 + tolerance.up),
            }
            yield Step("autoscaling.nearMiss.tolerance", False, facts, role=Role.NEAR_MISS)


def _applied(autoscaler: HorizontalPodAutoscaler, done: Pass, rivals: tuple[str, ...]) -> Iterator[Step]:
    reference = autoscaler.spec.scale_target_ref
    target = f"{reference.kind}/{reference.name}"
    facts: dict[str, Any] = {
        "target": target,
        "size": done.size,
        "minimum": done.bounds.minimum,
        "maximum": done.bounds.maximum,
    }
    match done.how:
        case "noTarget" | "disabled" | "invalidSelector":
            yield Step(f"autoscaling.{done.how}", False, facts)
        case "ambiguousSelector":
            yield Step("autoscaling.ambiguousSelector", False, facts | {"rivals": rivals})
        case "aboveMaximum" | "belowMinimum":
            yield Step(f"autoscaling.{done.how}", True, facts | {"to": done.desired})
        case _:
            for read in done.read:
                yield from _metric(read, done)
            yield from _combined(done)
            yield from _normalized(done)
            yield Step("autoscaling.result", done.rescaled, facts | {"to": done.desired})


def _metric(read: Read, done: Pass) -> Iterator[Step]:
    name = f"{read.type}/{read.name}"
    outcome = read.outcome
    if isinstance(outcome, Failure):
        facts = {**outcome.facts, "metric": name, "reason": outcome.reason}
        yield Step(f"autoscaling.{outcome.problem}", False, facts, concepts=(_reason(outcome.reason),))
        return
    figures: dict[str, Any] = {
        "metric": name,
        "measured": _measured(outcome),
        "ratio": _rounded(outcome.ratio),
        "formula": _formula(outcome),
        "size": done.size,
        "replicas": outcome.replicas,
    }
    if outcome.tally is not None:
        yield from _left_out(name, outcome)
    if outcome.corrected is not None:
        figures["corrected"] = _rounded(outcome.corrected)
        figures["pods"] = outcome.pods
    yield Step(f"autoscaling.{outcome.how}", True, figures)


def _left_out(name: str, outcome: Proposal) -> Iterator[Step]:
    """Yield who is not counted, and as what."""
    found = outcome.tally
    if found is None:
        return
    for rule, members in (
        ("ignoredPods", found.ignored),
        ("unreadyPods", found.unready),
        ("missingPods", found.missing),
    ):
        if members:
            yield Step(
                f"autoscaling.{rule}", True, {"metric": name, "pods": tuple(each.name for each in members)}
            )


def _measured(outcome: Proposal) -> str:
    """Return how the current value came about."""
    current = outcome.current
    if "averageUtilization" in current:
        percent = current["averageUtilization"]
        return f"100 × {_amount(outcome.usage)} / {_amount(outcome.requests)} = {percent} %"
    average = current.get("averageValueMilli")
    if average is None:
        return _amount(outcome.usage)
    divisor = outcome.tally.ready + outcome.tally.strangers if outcome.tally else outcome.pods
    return f"{_amount(outcome.usage)} / {divisor} = {_amount(average)}"


def _formula(outcome: Proposal) -> str:
    """Return the number of replicas with its formula and inputs."""
    current = outcome.current
    if outcome.how in {"tolerance", "direction"}:
        return str(outcome.replicas)
    if outcome.how == "rebalanced":
        return f"ceil({outcome.pods} × {_rounded(outcome.corrected or 0.0)}) = {outcome.replicas}"
    if outcome.how in {"average", "fromZero"}:
        return f"ceil({_amount(outcome.usage)} / {_amount(outcome.target)}) = {outcome.replicas}"
    if "averageUtilization" in current:
        value, target = str(current["averageUtilization"]), str(outcome.target)
    else:
        value = _amount(current.get("averageValueMilli") or outcome.usage)
        target = _amount(outcome.target)
    return f"ceil({outcome.pods} × {value} / {target}) = {outcome.replicas}"


def _combined(done: Pass) -> Iterator[Step]:
    failures = [each for each in done.read if isinstance(each.outcome, Failure)]
    proposed = [each.outcome.replicas for each in done.read if isinstance(each.outcome, Proposal)]
    if failures and done.how == "metricsFailed":
        rule = "allMetricsFailed" if not proposed else "failedMetricBlocks"
        yield Step(
            f"autoscaling.{rule}",
            False,
            {"size": done.size, "proposed": max(proposed, default=0), "metrics": len(done.read)},
        )
    elif len(done.read) > 1:
        yield Step(
            "autoscaling.largestProposal",
            True,
            {"proposals": tuple(str(each) for each in proposed), "replicas": done.recommended},
        )


def _normalized(done: Pass) -> Iterator[Step]:
    normal = done.normalized
    if normal is None:
        return
    facts: dict[str, Any] = {
        "recommended": done.recommended,
        "stabilized": normal.stabilized,
        "window": normal.window,
        "limit": normal.limit,
        "replicas": normal.replicas,
        "size": done.size,
        "minimum": done.bounds.minimum,
        "maximum": done.bounds.maximum,
    }
    if normal.stabilized != done.recommended:
        rule = "scaleUpStabilized" if normal.stabilized_by == "ScaleUpStabilized" else "scaleDownStabilized"
        yield Step(f"autoscaling.{rule}", True, facts)
    if normal.limited_by in _RATE_REASONS:
        rule = "scaleUpLimit" if normal.limited_by == "ScaleUpLimit" else "scaleDownLimit"
        yield Step(f"autoscaling.{rule}", False, facts)
    elif normal.limited_by in _BOUND_REASONS:
        side = _BOUND_REASONS[normal.limited_by]
        yield Step(f"autoscaling.{side}Bound", False, facts, concepts=(_reason(normal.limited_by),))
    else:
        yield Step("autoscaling.withinRange", True, facts)


def _reason(reason: str) -> str:
    return f"HorizontalPodAutoscalerReason.{reason}"


def _changes(autoscaler: HorizontalPodAutoscaler, seen: Observed | None, done: Pass) -> Iterator[Step]:
    """Yield changes of the spec that give another size, each tried."""
    normal = done.normalized
    if seen is None or normal is None or done.recommended is None:
        return
    for rule, fragment, changed in _candidates(autoscaler, done):
        after = horizontal.decide(changed, done.read, seen)
        if after.desired != done.desired:
            facts = {"from": done.desired, "to": after.desired, "field": next(iter(fragment))}
            facts["value"] = next(iter(fragment.values()))
            yield Step(f"autoscaling.{rule}", True, facts, role=Role.CHANGE, change=fragment)


def _candidates(
    autoscaler: HorizontalPodAutoscaler, done: Pass
) -> Iterator[tuple[str, dict[str, Any], HorizontalPodAutoscaler]]:
    normal, spec = done.normalized, autoscaler.spec
    if normal is None:
        return

    def with_spec(**fields: Any) -> HorizontalPodAutoscaler:
        return msgspec.structs.replace(autoscaler, spec=msgspec.structs.replace(spec, **fields))

    if normal.limited_by == "TooManyReplicas":
        wanted = normal.stabilized
        yield "change", {"spec.maxReplicas": wanted}, with_spec(max_replicas=wanted)
    if normal.limited_by == "TooFewReplicas" and normal.stabilized > 0:
        wanted = normal.stabilized
        yield "change", {"spec.minReplicas": wanted}, with_spec(min_replicas=wanted)
    if normal.stabilized != done.recommended:
        side = "scale_up" if normal.stabilized_by == "ScaleUpStabilized" else "scale_down"
        given = spec.behavior or Behavior()
        rules = getattr(given, side) or ScalingRules()
        at_once = msgspec.structs.replace(rules, stabilization_window_seconds=0)
        name = "scaleUp" if side == "scale_up" else "scaleDown"
        yield (
            "change",
            {f"spec.behavior.{name}.stabilizationWindowSeconds": 0},
            with_spec(behavior=msgspec.structs.replace(given, **{side: at_once})),
        )


def _amount(milli: int) -> str:
    """Return milli-units as a quantity."""
    return str(milli // 1000) if milli % 1000 == 0 else f"{milli}m"


def _rounded(ratio: float) -> str:
    return f"{ratio:.3f}".rstrip("0").rstrip(".")
