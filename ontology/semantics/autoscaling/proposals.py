"""What one metric proposes: a ratio of usage to target, and a number of replicas from it.

Source: kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale (Algorithm details, v1.36).
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from ontology import instants
from ontology.semantics.autoscaling.samples import MetricsUnavailableError, Sample

CPU_INITIALIZATION = 300 * instants.SECOND
INITIAL_READINESS_DELAY = 30 * instants.SECOND
_LARGEST = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """How far the ratio may be below and above 1 without a change."""

    down: float = 0.1
    up: float = 0.1

    def covers(self, ratio: float) -> bool:
        """Whether a ratio is close enough to 1."""
        return 1.0 - self.down <= ratio <= 1.0 + self.up


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One selected pod as the calculation reads it, or `count` pods that are alike.

    `ready` is the status of the Ready condition, `ready_changed` when it last changed; `request` is only
    there for utilization.
    """

    name: str
    phase: str
    deleted: bool = False
    start: int | None = None
    ready: str | None = None
    ready_changed: int = 0
    request: int = 0
    sample: Sample | None = None
    count: int = 1


@dataclass(slots=True)
class Tally:
    """Selected pods by how they count, and what they use and request together."""

    ready: int = 0
    usage: int = 0
    requests: int = 0
    unready: list[Member] = field(default_factory=list)
    missing: list[Member] = field(default_factory=list)
    ignored: list[Member] = field(default_factory=list)
    strangers: int = 0
    strange_usage: int = 0

    @property
    def unready_count(self) -> int:
        """How many pods are not ready yet."""
        return sum(each.count for each in self.unready)

    @property
    def missing_count(self) -> int:
        """How many pods have no metrics."""
        return sum(each.count for each in self.missing)


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """What a metric proposes, with the figures it comes from.

    `how` names the case that decided: `ratio`, `tolerance`, `rebalanced`, `direction` (the corrected
    ratio pointed the other way), `fromZero`, `average`. `current` is the status that the autoscaler
    reports.
    """

    replicas: int
    how: str
    ratio: float
    usage: int
    target: int
    pods: int
    current: dict[str, int | None]
    tally: Tally | None = None
    corrected: float | None = None
    requests: int = 0


def is_ready(member: Member, *, cpu: bool, now: int) -> bool:
    """Whether a measured pod counts as ready; for anything but cpu it does.

    A pod's first cpu samples are of its start, not of its work.
    """
    if not cpu:
        return True
    if member.ready is None or member.start is None or member.sample is None:
        return False
    if member.start + CPU_INITIALIZATION > now:
        early = member.sample.timestamp < member.ready_changed + member.sample.window
        return member.ready != "False" and not early
    never = member.start + INITIAL_READINESS_DELAY > member.ready_changed
    return not (member.ready == "False" and never)


def tally(members: Iterable[Member], *, cpu: bool, now: int, strangers: Iterable[int] = ()) -> Tally:
    """Return the pods by how they count; `strangers` are values of pods that are not selected.

    Raises:
        MetricsUnavailableError: no pod, or none with metrics that may be used.
    """
    found = Tally()
    total = 0
    for each in members:
        total += each.count
        if each.deleted or each.phase == "Failed":
            found.ignored.append(each)
        elif each.phase == "Pending":
            found.unready.append(each)
        elif each.sample is None:
            found.missing.append(each)
        elif not is_ready(each, cpu=cpu, now=now):
            found.unready.append(each)
        else:
            found.ready += each.count
            found.usage += each.sample.value * each.count
            found.requests += each.request * each.count
    for value in strangers:
        found.strangers += 1
        found.strange_usage += value
    if not total:
        raise MetricsUnavailableError("noPods")
    if not found.ready and not found.strangers:
        raise MetricsUnavailableError("noUsableMetrics")
    return found


def by_utilization(found: Tally, *, target: int, size: int, tolerance: Tolerance) -> Proposal:
    """Return what a target in percent of the request proposes.

    Utilization is cut to a whole percent before it is divided by the target.

    Raises:
        MetricsUnavailableError: no measured pod is known, or they request nothing.
    """

    def utilization(usage: int, requests: int) -> int:
        if requests == 0:
            raise MetricsUnavailableError("noKnownPods")
        return 100 * usage // requests

    percent = utilization(found.usage, found.requests)

    def corrected(rising: bool) -> float:
        missing = [] if rising else found.missing
        at = max(100, target)
        usage = found.usage + sum((each.request * at // 100) * each.count for each in missing)
        extra = [*found.missing, *(found.unready if rising and found.unready else ())]
        requests = found.requests + sum(each.request * each.count for each in extra)
        return utilization(usage, requests) / target

    return _propose(
        found,
        ratio=percent / target,
        corrected=corrected,
        size=size,
        tolerance=tolerance,
        usage=found.usage,
        target=target,
        current={"averageUtilization": percent, "averageValueMilli": found.usage // found.ready},
    )


def by_average(found: Tally, *, target: int, size: int, tolerance: Tolerance) -> Proposal:
    """Return what a target for the average over pods proposes; averages are cut to milli-units."""
    measured = found.ready + found.strangers
    total = found.usage + found.strange_usage
    average = total // measured

    def corrected(rising: bool) -> float:
        extra = found.missing_count + (found.unready_count if rising else 0)
        usage = total if rising else total + target * found.missing_count
        return (usage // (measured + extra)) / target

    return _propose(
        found,
        ratio=average / target,
        corrected=corrected,
        size=size,
        tolerance=tolerance,
        usage=total,
        target=target,
        current={"averageValueMilli": average},
    )


def _propose(  # noqa: PLR0913 - the figures of one formula, by name
    found: Tally,
    *,
    ratio: float,
    corrected: Any,
    size: int,
    tolerance: Tolerance,
    usage: int,
    target: int,
    current: dict[str, int | None],
) -> Proposal:
    """Return the proposal for a ratio, corrected where pods are missing or not ready yet."""

    def proposal(replicas: int, how: str, pods: int, after: float | None = None) -> Proposal:
        return Proposal(
            replicas=min(replicas, _LARGEST),
            how=how,
            ratio=ratio,
            usage=usage,
            target=target,
            pods=pods,
            current=current,
            tally=found,
            corrected=after,
            requests=found.requests,
        )

    rising = ratio > 1.0
    unready = found.unready_count if rising else 0
    if not unready and not found.missing:
        if tolerance.covers(ratio):
            return proposal(size, "tolerance", found.ready)
        return proposal(math.ceil(ratio * found.ready), "ratio", found.ready)
    missing = found.missing_count if ratio != 1.0 else 0
    pods = found.ready + found.strangers + missing + unready
    after = corrected(rising) if ratio != 1.0 else ratio
    if tolerance.covers(after):
        return proposal(size, "tolerance", pods, after)
    turned = (ratio < 1.0 < after) or (after < 1.0 < ratio)
    replicas = math.ceil(after * pods)
    if turned or (after < 1.0 and replicas > size) or (after > 1.0 and replicas < size):
        return proposal(size, "direction", pods, after)
    return proposal(replicas, "rebalanced", pods, after)


def by_value(value: int, *, target: int, size: int, ready: int | None, tolerance: Tolerance) -> Proposal:
    """Return what a target for one value (of an object, or from outside) proposes.

    At size 0 there are no ready pods to multiply by, and no tolerance.

    Raises:
        MetricsUnavailableError: no pod is selected (`ready` is None).
    """
    ratio = value / target

    def proposal(replicas: int, how: str, pods: int) -> Proposal:
        return Proposal(
            replicas=min(replicas, _LARGEST),
            how=how,
            ratio=ratio,
            usage=value,
            target=target,
            pods=pods,
            current={"valueMilli": value},
        )

    if size == 0:
        return proposal(math.ceil(ratio), "fromZero", 0)
    if tolerance.covers(ratio):
        return proposal(size, "tolerance", ready or 0)
    if ready is None:
        raise MetricsUnavailableError("noPods")
    return proposal(math.ceil(ratio * ready), "ratio", ready)


def by_value_per_pod(value: int, *, target: int, observed: int, tolerance: Tolerance) -> Proposal:
    """Return what a target for one value divided by the pods proposes.

    The tolerance is judged against the observed size; without observed pods there is no average.
    """
    ratio = value / (target * observed) if observed else math.inf if value else math.nan
    within = tolerance.covers(ratio)
    return Proposal(
        replicas=observed if within else min(math.ceil(value / target), _LARGEST),
        how="tolerance" if within else "average",
        ratio=ratio,
        usage=value,
        target=target,
        pods=observed,
        current={"averageValueMilli": math.ceil(value / observed) if observed else None},
    )
