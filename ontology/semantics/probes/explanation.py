"""Why the probes did what they did: one step for each effect, the runs between in a few words."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

from ontology.semantics.probes.case import Case
from ontology.semantics.probes.handlers import Seen
from ontology.semantics.probes.thresholds import Kind, Timing
from ontology.semantics.probes.workers import COUNTS_AS, Execution, Observed
from ontology.verdict import Role, Step

_RULES = {
    (Kind.STARTUP, "started"): "probes.started",
    (Kind.READINESS, "ready"): "probes.ready",
    (Kind.READINESS, "notReady"): "probes.notReady",
    (Kind.STARTUP, "restart"): "probes.startupKills",
    (Kind.STARTUP, "kill"): "probes.startupKills",
    (Kind.LIVENESS, "restart"): "probes.livenessKills",
    (Kind.LIVENESS, "kill"): "probes.livenessKills",
}
_CONCEPTS = {
    "started": ("startupProbe",),
    "ready": ("PodCondition.ContainersReady",),
    "notReady": ("PodConditionReason.ContainersNotReady",),
    "restart": ("ContainerState.Terminated",),
    "kill": ("ContainerState.Terminated", "RestartPolicy.Never"),
}
_ENDS = ("restart", "kill")
_MOST_FAILURES = 20  # a larger failureThreshold is not worth recommending


def explain(case: Case, container: Observed, timeline: tuple[Execution, ...]) -> tuple[Step, ...]:
    """Return the steps: the start, each effect, handlers' words, near misses, what would have helped."""
    return (
        _start(case),
        *_delays(case),
        *_story(case, timeline),
        *_handlers(case, timeline),
        *_near_misses(case, timeline),
        *_changes(case, container, timeline),
    )


def _start(case: Case) -> Step:
    ready = Kind.READINESS not in case.timings
    facts = {"container": case.container.name, "ready": ready}
    rule = "probes.gate" if Kind.STARTUP in case.timings else "probes.startedAtOnce"
    return Step(rule, holds=True if rule == "probes.gate" else ready, facts=facts)


def _delays(case: Case) -> Iterator[Step]:
    """Yield when a probe with an initial delay first runs: at a beat of its period."""
    for kind, timing in case.timings.items():
        if timing.initial_delay:
            beats = -(-timing.initial_delay // timing.period)
            facts = {
                "probe": kind.value,
                "delay": timing.initial_delay,
                "period": timing.period,
                "first": beats * timing.period,
            }
            yield Step("probes.initialDelay", holds=True, facts=facts, concepts=(f"{kind}Probe",))


def _story(case: Case, timeline: tuple[Execution, ...]) -> Iterator[Step]:
    quiet: list[Execution] = []
    for each in timeline:
        if each.effect is None:
            quiet.append(each)
            continue
        yield from _quiet(quiet)
        quiet = []
        yield _effect(case, each)
        if each.carried and _needed_many(case, each):
            facts = {"probe": str(each.probe), "at": each.at, "count": each.row.length}
            yield Step("probes.countSurvives", holds=True, facts=facts)
    yield from _quiet(quiet)


def _needed_many(case: Case, each: Execution) -> bool:
    return each.probe is not None and case.timings[each.probe].threshold(success=bool(each.row.success)) > 1


def _quiet(executions: list[Execution]) -> Iterator[Step]:
    """Yield one step for executions that changed nothing."""
    if executions:
        counts = Counter(str(each.probe) for each in executions)
        facts = {
            "runs": tuple(f"{kind} {count}" for kind, count in counts.items()),
            "first": executions[0].at,
            "last": executions[-1].at,
        }
        yield Step("probes.quiet", holds=True, facts=facts)


def _effect(case: Case, each: Execution) -> Step:
    again = each.effect == "restart"
    facts: dict[str, Any] = {"container": case.container.name, "at": each.at, "result": each.result}
    if each.probe is None:
        facts["policy"] = case.policy
        return Step("probes.exit", holds=again, facts=facts, concepts=(f"RestartPolicy.{case.policy}",))
    success = bool(each.row.success)
    facts |= {
        "probe": each.probe.value,
        "count": each.row.length,
        "threshold": case.timings[each.probe].threshold(success=success),
        "policy": case.policy,
    }
    rule = _RULES[each.probe, str(each.effect)]
    holds = again if each.effect in _ENDS else success
    return Step(rule, holds=holds, facts=facts, concepts=_CONCEPTS[str(each.effect)])


def _handlers(case: Case, timeline: tuple[Execution, ...]) -> Iterator[Step]:
    """Yield what each handler made of each thing it saw, once."""
    told: set[tuple[Kind, Seen]] = set()
    for each in timeline:
        seen = case.seen(each.probe, each.number) if each.probe is not None else ""
        judged = case.judgement(each.probe, each.number) if each.probe is not None else None
        if each.probe is None or judged is None or isinstance(seen, str) or (each.probe, seen) in told:
            continue
        told.add((each.probe, seen))
        facts = {
            "probe": each.probe.value,
            "saw": seen.shown(),
            "seconds": seen.after_seconds,
            "timeout": case.timings[each.probe].timeout,
        }
        yield Step(judged.rule, holds=judged.success, facts=facts, concepts=(f"{each.probe}Probe",))


def _near_misses(case: Case, timeline: tuple[Execution, ...]) -> Iterator[Step]:
    """Yield the longest row of failures that fell short of the threshold, and the results thrown away."""
    for kind, timing in case.timings.items():
        own = [each for each in timeline if each.probe is kind]
        short = max(_broken_rows(own, timing), key=lambda each: each.row.length, default=None)
        if short is not None:
            facts = {
                "probe": kind.value,
                "count": short.row.length,
                "threshold": timing.failure_threshold,
                "at": short.at,
            }
            yield Step("probes.threshold", holds=False, facts=facts, role=Role.NEAR_MISS)
        errors = [each.at for each in own if COUNTS_AS[each.result] is None]
        if errors:
            facts = {"probe": kind.value, "count": len(errors), "at": errors[0]}
            yield Step("probes.error", holds=False, facts=facts, role=Role.NEAR_MISS)


def _broken_rows(own: list[Execution], timing: Timing) -> Iterator[Execution]:
    """Yield the last failure of each row that a success broke before the threshold."""
    counted = [each for each in own if COUNTS_AS[each.result] is not None]
    for each, following in pairwise(counted):
        if each.row.success is False and following.row.success and each.row.length < timing.failure_threshold:
            yield each


def _changes(case: Case, container: Observed, timeline: tuple[Execution, ...]) -> Iterator[Step]:
    """Yield the smallest failureThreshold with which a probe would not have ended the container."""
    for kind in (Kind.STARTUP, Kind.LIVENESS):
        ends = [each for each in timeline if each.probe is kind and each.effect in _ENDS]
        threshold = _enough(case, kind) if ends else None
        if threshold is None:
            continue
        name = f"{kind}Probe"
        yield Step(
            "probes.failureThreshold",
            holds=True,
            facts={
                "probe": kind.value,
                "threshold": threshold,
                "ends": len(ends),
                "restarts": container.restarts,
            },
            role=Role.CHANGE,
            concepts=("failureThreshold",),
            change={
                "spec": {"containers": [{"name": case.container.name, name: {"failureThreshold": threshold}}]}
            },
        )


def _enough(case: Case, kind: Kind) -> int | None:
    """Return the smallest failureThreshold with which the probe ends nothing, None if there is none."""
    timing = case.timings[kind]
    for threshold in range(timing.failure_threshold + 1, _MOST_FAILURES + 1):
        timings: Mapping[Kind, Timing] = {**case.timings, kind: replace(timing, failure_threshold=threshold)}
        _, timeline = replace(case, timings=timings).run()
        if not any(each.probe is kind and each.effect in _ENDS for each in timeline):
            return threshold
    return None
