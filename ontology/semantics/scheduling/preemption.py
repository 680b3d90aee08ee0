"""Preemption: which less important pods would have to go so that the pod fits, and where that hurts least.

Source: kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption (v1.36).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ontology.semantics.scheduling import message
from ontology.semantics.scheduling.cluster import Cluster
from ontology.semantics.scheduling.cycle import Filtered
from ontology.semantics.scheduling.plan import Rejection
from ontology.semantics.scheduling.pods import Seated
from ontology.semantics.scheduling.terms import Selector
from ontology.semantics.scheduling.trial import Trial, trial

NOT_HELPFUL = "Preemption is not helpful for scheduling"
NO_VICTIMS = "No preemption victims found for incoming pod"
_PREFIX = "no new claims to deallocate, preemption: "
_NEVER = "not eligible due to preemptionPolicy=Never."
_TERMINATING = "not eligible due to a terminating pod on the nominated node."
# Adding it makes every priority positive, so that more victims never look better than fewer.
_OFFSET = 2**31
_LATEST = 2**63
# With so many candidates the scheduler looks no further; of large clusters, a share of the nodes that it
# could look at. It begins at a random one, we at the first by name.
_ENOUGH, _SHARE = 100, 10


@dataclass(frozen=True, slots=True)
class Candidate:
    """A node on which the pod would fit once `victims` are gone, the most important first."""

    node: int
    victims: tuple[Seated, ...]
    violations: int


@dataclass(frozen=True, slots=True)
class Preemption:
    """The candidates, the best of them, and the scheduler's words where there is none."""

    candidates: tuple[Candidate, ...]
    nominated: tuple[Candidate, ...]
    message: str | None


def preempt(filtered: Filtered) -> Preemption:
    """Return what preemption would do for a pod that fits nowhere."""
    if filtered.refusal is not None:
        return Preemption((), (), "not found")
    refusal = _ineligible(filtered)
    if refusal:
        return Preemption((), (), _PREFIX + refusal)
    promising = [node for node in range(filtered.cluster.size) if _is_resolvable(filtered, node)]
    enough = max(_ENOUGH, len(promising) // _SHARE)
    candidates: list[Candidate] = []
    reasons = Counter({NOT_HELPFUL: filtered.cluster.size - len(promising)})
    for node in promising:
        found = try_node(filtered, node)
        if isinstance(found, Candidate):
            candidates.append(found)
            if len(candidates) == enough:
                break
        else:
            reasons.update(found)
    if candidates:
        return Preemption(tuple(candidates), best(candidates), None)
    return Preemption((), (), _PREFIX + message.sentence(filtered.cluster.size, reasons))


def _is_resolvable(filtered: Filtered, node: int) -> bool:
    rejection = filtered.rejection(node)
    return rejection is not None and not rejection.is_unresolvable


def _ineligible(filtered: Filtered) -> str:
    if not filtered.pod.preempts:
        return _NEVER
    node = filtered.cluster.index.get(filtered.pod.nominated_node)
    if node is None:
        return ""
    if not _is_resolvable(filtered, node):
        return ""
    leaving = (p.preempted and p.priority < filtered.pod.priority for p in filtered.cluster.seats[node])
    return _TERMINATING if any(leaving) else ""


def try_node(filtered: Filtered, node: int) -> Candidate | tuple[str, ...]:
    """Return the victims that one node would take, or the reasons why eviction does not help there."""
    cluster, pod = filtered.cluster, filtered.pod
    lower = [each for each in cluster.seats[node] if each.priority < pod.priority]
    if not lower:
        return (NO_VICTIMS,)
    with trial(cluster, filtered.filters, node) as attempt:
        for each in lower:
            attempt.take(each)
        still: Rejection | None = attempt.rejection(pod)
        if still is not None:
            return still.reasons
        ranked = sorted(lower, key=importance)
        violating, others = split_by_budget(cluster, ranked)
        broken = _not_reprieved(attempt, pod, violating)
        victims = broken + _not_reprieved(attempt, pod, others)
    return Candidate(node, tuple(sorted(victims, key=importance)), len(broken))


def _not_reprieved(attempt: Trial, pod: Seated, ranked: Iterable[Seated]) -> list[Seated]:
    victims = []
    for each in ranked:
        attempt.put(each)
        if attempt.rejection(pod) is not None:
            attempt.take(each)
            victims.append(each)
    return victims


def importance(pod: Seated) -> tuple[int, int, str]:
    """Order pods from the most important: priority, then earlier start, then name."""
    started = _LATEST if pod.started is None else pod.started
    return (-pod.priority, started, pod.full_name)


def split_by_budget(cluster: Cluster, ranked: Sequence[Seated]) -> tuple[list[Seated], list[Seated]]:
    """Split pods into those whose eviction would break a disruption budget, and the others."""
    budgets = [
        (budget, Selector.of(budget.spec.selector), budget.status.disrupted_pods or {})
        for budget in cluster.budgets
    ]
    allowed = [budget.status.disruptions_allowed for budget, _, _ in budgets]
    violating: list[Seated] = []
    others: list[Seated] = []
    for pod in ranked:
        broken = False
        for position, (budget, selector, disrupted) in enumerate(budgets):
            labels = pod.demand.labels
            covered = labels and not selector.is_empty and selector.matches(labels)
            if budget.namespace != pod.namespace or not covered or pod.name in disrupted:
                continue
            allowed[position] -= 1
            broken |= allowed[position] < 0
        (violating if broken else others).append(pod)
    return violating, others


def best(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Return the candidates that nothing tells apart, by the scheduler's order of criteria."""
    lowest = min(_harm(each) for each in candidates)
    return tuple(each for each in candidates if _harm(each) == lowest)


def _harm(candidate: Candidate) -> tuple[int, int, int, int, int]:
    victims = candidate.victims
    top = max(each.priority for each in victims)
    earliest = min(_LATEST if v.started is None else v.started for v in victims if v.priority == top)
    return (
        candidate.violations,
        top,
        sum(each.priority + _OFFSET for each in victims),
        len(victims),
        -earliest,
    )
