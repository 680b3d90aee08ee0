"""How many pods a Job is to have, and which are created or deleted for it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ontology import instants
from ontology.cluster.pods import Pod
from ontology.semantics.workloads import failure_policy, indexes
from ontology.semantics.workloads.jobs import limits
from ontology.semantics.workloads.jobs.backoff import Backoff, delay, finished_at
from ontology.semantics.workloads.jobs.results import Results, indexes_of, leaving
from ontology.semantics.workloads.ranking import Ranking

MOST_PODS = 500  # created or deleted in one pass, and results counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """What a pass creates and deletes, and the number of active pods that it writes."""

    active: int
    create: int = 0
    create_indexes: tuple[int, ...] = ()
    failure_counts: Mapping[int, int] = field(default_factory=dict)
    deleted: Sequence[Pod] = ()


def manage(results: Results, *, backoff: Backoff, now: int, say: Callable[..., Any]) -> Population:
    """Return which pods are created or deleted; a pass that deletes does not create."""
    job, active = results.job, len(results.active)
    if job.spec.suspend:
        return _remove(results, _for_removal(results, active), say)
    wanted = _wanted(results)
    surplus = _for_removal(results, max(0, active - wanted))[:MOST_PODS]
    if surplus:
        return _remove(results, surplus, say)
    still = len(leaving(results.pods)) if limits.replaces_only_failed(job) else 0
    missing = wanted - still - active
    facts = {"wanted": wanted, "active": active, "terminating": still}
    say("workloads.jobPods", missing <= 0, missing=max(0, missing), **facts)
    if missing <= 0:
        return Population(active=active)
    return _add(results, min(missing, MOST_PODS), backoff, now, say)


def _wanted(results: Results) -> int:
    if results.completions is None:
        return len(results.active) if results.succeeded > 0 else limits.parallelism(results.job)
    return max(0, min(limits.parallelism(results.job), results.completions - results.succeeded))


def _remove(results: Results, pods: Sequence[Pod], say: Callable[..., Any]) -> Population:
    rule = "workloads.jobPodSuspended" if results.job.spec.suspend else "workloads.jobSurplus"
    for pod in pods:
        say(rule, True, pod=pod.name)
    return Population(active=len(results.active) - len(pods), deleted=tuple(pods))


def _for_removal(results: Results, at_least: int) -> list[Pod]:
    """Return pods whose index is taken or out of range, and more from the lowest if needed."""
    removed: list[Pod] = []
    left = results.active
    ranking = Ranking()
    if results.indexed:
        by_index: dict[int | None, list[Pod]] = {}
        for pod in results.active:
            by_index.setdefault(results.index(pod), []).append(pod)
        removed = by_index.pop(None, [])
        left = []
        for _, same in sorted((index, pods) for index, pods in by_index.items() if index is not None):
            *lower, best = ranking.order(same)
            removed.extend(lower)
            left.append(best)
    more = max(0, at_least - len(removed))
    return removed + ranking.order(left)[:more]


def _add(results: Results, number: int, backoff: Backoff, now: int, say: Callable[..., Any]) -> Population:
    """Create pods, unless they are delayed: then the number of active ones is written as 0."""
    job, active = results.job, len(results.active)
    if not limits.is_limited_per_index(job):
        if backoff.left(now) > 0:
            _say_delay(say, "workloads.jobBackoff", backoff, now)
            return Population(active=0)
        if not results.indexed:
            return Population(active=active + number, create=number)
    pending = _pending(results, number)
    free = [index for index in pending if not _is_delayed(results, index, now, say)]
    if pending and not free:
        return Population(active=0)
    counts = {index: _failure_count(results, index) for index in free}
    return Population(
        active=active + len(free),
        create=len(free),
        create_indexes=tuple(free),
        failure_counts=counts if limits.is_limited_per_index(job) else {},
    )


def _pending(results: Results, number: int) -> list[int]:
    """Return the lowest indexes that nothing occupies or has settled."""
    taken = results.done | (results.failed_indexes or frozenset()) | indexes_of(results.active)
    if limits.replaces_only_failed(results.job):
        taken |= indexes_of(leaving(results.pods))
    found: list[int] = []
    for index in range(results.size):
        if len(found) == number:
            break
        if index not in taken:
            found.append(index)
    return found


def _is_delayed(results: Results, index: int, now: int, say: Callable[..., Any]) -> bool:
    last = results.awaited.get(index)
    if last is None:
        return False
    backoff = Backoff(indexes.all_failures(last) + 1, finished_at(last))
    if backoff.left(now) > 0:
        _say_delay(say, "workloads.indexBackoff", backoff, now, index=index)
    return backoff.left(now) > 0


def _say_delay(say: Callable[..., Any], rule: str, backoff: Backoff, now: int, **facts: Any) -> None:
    say(
        rule,
        False,
        **facts,
        failures=backoff.failures,
        delay=delay(backoff.failures) // instants.SECOND,
        left=-(-backoff.left(now) // instants.SECOND),
    )


def _failure_count(results: Results, index: int) -> int:
    last = results.awaited.get(index)
    if last is None:
        return 0
    return indexes.failures(last) + failure_policy.counts(results.job, last)
