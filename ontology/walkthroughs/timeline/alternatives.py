"""What nearly happened in a pod's life, and the smallest changes that would have made it another one.

Each change is played to the end before it is offered.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from ontology import restart_policies
from ontology.cluster.pods import Container, Pod
from ontology.semantics.probes import thresholds
from ontology.semantics.probes.thresholds import Kind
from ontology.verdict import Outcome, Role, Step
from ontology.walkthroughs.timeline.clock import OWN, Change

_MORE_FAILURES = 10  # so much larger a failureThreshold is tried
_TOO_MANY = 2_000  # changes of a life that is not played again: it would take seconds


@dataclass(frozen=True, slots=True)
class Played:
    """What became of a pod: the changes, and whether it ended well."""

    changes: tuple[Change, ...]
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Failures:
    """How often a probe failed."""

    container: str
    kind: Kind
    times: int
    threshold: int


Play = Callable[[Pod], Played]


def near_misses(played: Played, failures: Iterable[Failures]) -> Iterator[Step]:
    """Yield probes that failed, but never often enough in a row."""
    struck = {(c.subject, c.after) for c in played.changes if c.kind == "probe"}
    for each in failures:
        after = "not ready" if each.kind is Kind.READINESS else f"{each.kind} failed"
        # a readiness probe that fails before its first success has nothing to take away
        if each.times and each.kind is not Kind.READINESS and (each.container, after) not in struck:
            facts = {
                "container": each.container,
                "probe": each.kind.value,
                "count": each.times,
                "threshold": each.threshold,
            }
            yield Step(OWN + "ShortOfThreshold", holds=False, facts=facts, role=Role.NEAR_MISS)


def changes(pod: Pod, played: Played, play: Play) -> Iterator[Step]:
    """Yield the changes of the spec with which the pod's life would have been a better one."""
    if len(played.changes) > _TOO_MANY:
        return
    for container, kind in _killed(pod, played):
        threshold = _enough(pod, container, kind, play)
        if threshold is not None:
            yield _threshold_step(container, kind, threshold)
    if played.outcome is Outcome.NO:
        yield from _other_policies(pod, play)


def _killed(pod: Pod, played: Played) -> Iterator[tuple[Container, Kind]]:
    struck = {(c.subject, c.after) for c in played.changes if c.kind == "probe"}
    for container in (*(pod.spec.init_containers or ()), *(pod.spec.containers or ())):
        for kind in (Kind.STARTUP, Kind.LIVENESS):
            if (container.name, f"{kind} failed") in struck:
                yield container, kind


def _enough(pod: Pod, container: Container, kind: Kind, play: Play) -> int | None:
    """Return the smallest failureThreshold with which the probe has the container never killed."""
    probe = thresholds.of(container)[kind]
    now = thresholds.timing(probe, kind).failure_threshold

    def spares(threshold: int) -> bool:
        patient = replace(container, **{f"{kind}_probe": replace(probe, failure_threshold=threshold)})
        played = play(_with_container(pod, patient))
        return not any(c.subject == container.name and c.after == f"{kind} failed" for c in played.changes)

    if not spares(now + _MORE_FAILURES):  # most often nothing helps, and one life tells
        return None
    return next(threshold for threshold in range(now + 1, now + _MORE_FAILURES + 1) if spares(threshold))


def _with_container(pod: Pod, changed: Container) -> Pod:
    def put(containers: Sequence[Container] | None) -> list[Container]:
        return [changed if each.name == changed.name else each for each in containers or ()]

    spec = replace(
        pod.spec, containers=put(pod.spec.containers), init_containers=put(pod.spec.init_containers)
    )
    return replace(pod, spec=spec)


def _threshold_step(container: Container, kind: Kind, threshold: int) -> Step:
    probe = f"{kind}Probe"
    return Step(
        OWN + "Threshold",
        holds=True,
        facts={"container": container.name, "probe": kind.value, "threshold": threshold},
        role=Role.CHANGE,
        concepts=("failureThreshold", probe),
        change={"spec": {"containers": [{"name": container.name, probe: {"failureThreshold": threshold}}]}},
    )


def _other_policies(pod: Pod, play: Play) -> Iterator[Step]:
    now = restart_policies.policy_of(pod)
    for policy in restart_policies.POLICIES:
        if policy == now:
            continue
        other = play(replace(pod, spec=replace(pod.spec, restart_policy=policy)))
        if other.outcome is Outcome.YES:
            yield Step(
                OWN + "Policy",
                holds=True,
                facts={"pod": pod.name, "policy": policy, "was": now},
                role=Role.CHANGE,
                concepts=(f"RestartPolicy.{policy}",),
                change={"spec": {"restartPolicy": policy}},
            )
