"""The question `run`: workloads over virtual time, and what happens when somebody changes them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from ontology import instants, readiness
from ontology.cluster.meta import KubeObject
from ontology.cluster.nodes import Node
from ontology.cluster.pods import Pod
from ontology.cluster.workloads import (
    ControllerRevision,
    DaemonSet,
    Deployment,
    OwnedClaim,
    ReplicaSet,
    StatefulSet,
)
from ontology.errors import InvalidQuestionError
from ontology.scenario import Evaluator, Question, Scenario
from ontology.semantics.workloads import deployments, templates
from ontology.semantics.workloads.ownership import Propagation
from ontology.semantics.workloads.simulation import Cluster, Delays, Entry
from ontology.verdict import Outcome, Step, Verdict

_KINDS = (Deployment, ReplicaSet, StatefulSet, DaemonSet, ControllerRevision, OwnedClaim, Node, Pod)
_SCALABLE = (Deployment, ReplicaSet, StatefulSet)


class Subject(Question, frozen=True):
    """An object that an event is about."""

    kind: str
    name: str


class Scale(Subject, frozen=True):
    """Set `spec.replicas`."""

    replicas: int


class SetImage(Subject, frozen=True):
    """Set the image of a container, of the first without `container`."""

    image: str
    container: str = ""


class Undo(Subject, frozen=True):
    """Roll a Deployment back to a revision, to the last but one without `toRevision`."""

    to_revision: int = 0


class Delete(Subject, frozen=True):
    """Delete an object."""

    propagation: Propagation = Propagation.BACKGROUND


class Event(Question, frozen=True):
    """What somebody does at a time: exactly one of the members beside `at`."""

    at: str
    scale: Scale | None = None
    set_image: SetImage | None = None
    undo: Undo | None = None
    delete: Delete | None = None
    delete_pod: str | None = None
    pause: Subject | None = None
    resume: Subject | None = None
    node_lost: str | None = None
    node_deleted: str | None = None


class Run(Question, frozen=True):
    """Durations as Go writes them (`1m30s`); `broken` lists images whose pods never become ready."""

    until: str
    start: str = "2026-01-01T00:00:00Z"
    events: list[Event] | None = None
    start_delay: str = "10s"
    stop_delay: str = "5s"
    eviction_delay: str = "5m"
    broken: list[str] | None = None


def evaluate(scenario: Scenario, asked: Run) -> Verdict:
    """Return the timeline. Yes: in the end every set has all its pods available; no: it has not.

    Raises:
        InvalidQuestionError: an event that says nothing, several things, or is about what is not there.
        TooCostlyError: the run is longer than a run may be.
    """
    start = instants.parse(asked.start, path="question.run.start")
    delays = Delays(
        start=instants.duration(asked.start_delay, path="question.run.startDelay"),
        stop=instants.duration(asked.stop_delay, path="question.run.stopDelay"),
        node_loss=instants.duration(asked.eviction_delay, path="question.run.evictionDelay"),
        broken=frozenset(asked.broken or ()),
    )
    cluster = Cluster({kind: scenario.all(kind) for kind in _KINDS}, now=start, delays=delays)
    events = [
        happening
        for place, event in enumerate(asked.events or ())
        for happening in _happenings(event, start, delays, f"question.run.events[{place}]")
    ]
    cluster.run(start + instants.duration(asked.until, path="question.run.until"), events)
    sets = {f"{each.KIND}/{each.name}": _summary(cluster, each) for each in _sets(cluster)}
    answer = {
        "timeline": [_shown(entry, start) for entry in cluster.entries],
        "sets": sets,
        "final": _final(cluster),
    }
    complete = all(_complete(cluster, each) for each in _sets(cluster))
    return Verdict(
        answer=answer,
        outcome=Outcome.of(complete),
        explain=lambda: (
            *(_step(entry, start) for entry in cluster.entries),
            *_compared(sets),
            *(() if cluster.entries else (_nothing(),)),
        ),
    )


def _nothing() -> Step:
    return Step("workloads.run.nothing", True)


# Events

Happening = tuple[int, Callable[[Cluster], None]]


def _happenings(event: Event, start: int, delays: Delays, path: str) -> list[Happening]:
    """Return what an event does, as functions of the cluster."""
    given = [name for name in event.__struct_fields__ if name != "at" and getattr(event, name) is not None]
    if len(given) != 1:
        raise InvalidQuestionError("an event says exactly one thing beside `at`", path=path)
    at = start + instants.duration(event.at, path=f"{path}.at")
    act = _ACTIONS[given[0]]
    subject = getattr(event, given[0])
    happenings: list[Happening] = [(at, lambda cluster: act(cluster, subject, path))]
    if event.node_lost is not None:
        node = event.node_lost
        happenings.append((at + delays.node_loss, lambda cluster: cluster.evict_from(node)))
    return happenings


def _found(cluster: Cluster, subject: Subject, path: str, kinds: tuple[type[KubeObject], ...]) -> Any:
    found = cluster.find(subject.kind, subject.name)
    if found is None:
        raise InvalidQuestionError(f"there is no {subject.kind} named `{subject.name}`", path=path)
    if not isinstance(found, kinds):
        names = ", ".join(kind.KIND for kind in kinds)
        raise InvalidQuestionError(f"a {subject.kind} cannot be changed so ({names})", path=path)
    return found


def _scale(cluster: Cluster, subject: Scale, path: str) -> None:
    cluster.resize(_found(cluster, subject, path, _SCALABLE), subject.replicas)


def _set_image(cluster: Cluster, subject: SetImage, path: str) -> None:
    found = _found(cluster, subject, path, (Deployment, StatefulSet, DaemonSet))
    if isinstance(found, DaemonSet):
        template = msgspec.to_builtins(found.spec.template)
    else:
        template = found.spec.template or {}
    containers = [dict(each) for each in template.get("spec", {}).get("containers") or ()]
    for container in containers:
        if subject.container in ("", container.get("name")):
            container["image"] = subject.image
            break
    else:
        raise InvalidQuestionError(f"there is no container `{subject.container}`", path=path)
    changed = {**template, "spec": {**template.get("spec", {}), "containers": containers}}
    cluster.say("image", found, image=subject.image)
    if isinstance(found, DaemonSet):
        spec = msgspec.convert({**msgspec.to_builtins(found.spec), "template": changed}, type(found.spec))
        cluster.put(msgspec.structs.replace(found, spec=spec))
    else:
        cluster.set_template(found, changed)


def _undo(cluster: Cluster, subject: Undo, path: str) -> None:
    found = _found(cluster, subject, path, (Deployment,))
    mine = [
        each
        for each in cluster.all(ReplicaSet)
        if each.metadata.controller is not None and each.metadata.controller.uid == found.metadata.uid
    ]
    by_revision = {deployments.annotation(each, deployments.REVISION) or 0: each for each in mine}
    wanted = subject.to_revision or max((n for n in by_revision if n < max(by_revision)), default=0)
    old = by_revision.get(wanted)
    if old is None:
        known = ", ".join(str(each) for each in sorted(by_revision))
        raise InvalidQuestionError(f"there is no revision {wanted} to go back to ({known})", path=path)
    template = dict(old.spec.template or {})
    metadata = dict(template.get("metadata") or {})
    labels = {k: v for k, v in (metadata.get("labels") or {}).items() if k != templates.HASH_LABEL}
    cluster.say("undo", found, revision=wanted)
    cluster.set_template(found, {**template, "metadata": {**metadata, "labels": labels}})


def _delete(cluster: Cluster, subject: Delete, path: str) -> None:
    _found(cluster, subject, path, (KubeObject,))
    cluster.delete(subject.kind, subject.name, subject.propagation)


def _delete_pod(cluster: Cluster, name: str, path: str) -> None:
    _found(cluster, Subject(kind="Pod", name=name), path, (Pod,))
    cluster.delete("Pod", name)


def _lose_node(cluster: Cluster, name: str, path: str) -> None:
    cluster.say("lost", _found(cluster, Subject(kind="Node", name=name), path, (Node,)))
    cluster.lose_node(name)


def _remove_node(cluster: Cluster, name: str, path: str) -> None:
    cluster.say("deleted", _found(cluster, Subject(kind="Node", name=name), path, (Node,)), by="user")
    cluster.remove_node(name)


def _pause(cluster: Cluster, subject: Subject, path: str) -> None:
    cluster.pause(_found(cluster, subject, path, (Deployment,)), paused=True)


def _resume(cluster: Cluster, subject: Subject, path: str) -> None:
    cluster.pause(_found(cluster, subject, path, (Deployment,)), paused=False)


_ACTIONS: Mapping[str, Callable[[Cluster, Any, str], None]] = {
    "scale": _scale,
    "set_image": _set_image,
    "undo": _undo,
    "delete": _delete,
    "delete_pod": _delete_pod,
    "pause": _pause,
    "resume": _resume,
    "node_lost": _lose_node,
    "node_deleted": _remove_node,
}


# What came of it


def _sets(cluster: Cluster) -> list[Deployment | ReplicaSet | StatefulSet | DaemonSet]:
    """Return the sets that users wrote: a ReplicaSet of a Deployment speaks for itself in the timeline."""
    found: list[Deployment | ReplicaSet | StatefulSet | DaemonSet] = []
    found += cluster.all(Deployment)
    found += cluster.all(ReplicaSet)
    found += cluster.all(StatefulSet)
    found += cluster.all(DaemonSet)
    return [each for each in found if each.metadata.controller is None]


def _complete(cluster: Cluster, found: Deployment | ReplicaSet | StatefulSet | DaemonSet) -> bool:
    if isinstance(found, DaemonSet):
        placed, _ = cluster.placed(found)
        status = placed.status
        return placed.settled and status["updatedNumberScheduled"] == status["desiredNumberScheduled"]
    wanted = 1 if found.spec.replicas is None else found.spec.replicas
    return found.status.replicas == found.status.available_replicas == wanted


def _summary(cluster: Cluster, found: KubeObject) -> dict[str, Any]:
    """Return how a set made and removed its pods: what tells a StatefulSet from a ReplicaSet."""
    makers = {found.name}
    if isinstance(found, Deployment):
        makers |= {each.name for each in cluster.entries if each.kind == "ReplicaSet"}
    made = {
        each.name: each.detail["by"]
        for each in cluster.entries
        if (each.kind, each.what) == ("Pod", "created")
    }
    pods = [each for each in cluster.entries if each.kind == "Pod" and made.get(each.name) in makers]
    created = [each for each in pods if each.what == "created"]
    claims = [
        each.name
        for each in cluster.entries
        if (each.kind, each.what) == ("PersistentVolumeClaim", "created") and each.detail["by"] == found.name
    ]
    return {
        "created": [each.name for each in created],
        "deleted": [each.name for each in pods if each.what == "deleted"],
        "mostStartingAtOnce": _most_starting(pods),
        "claimsUsed": {each.name: list(each.detail["claims"]) for each in created if each.detail["claims"]},
        "claimsCreated": claims,
        "claimsLeft": [name for name in claims if cluster.find("PersistentVolumeClaim", name) is not None],
    }


def _compared(sets: Mapping[str, Mapping[str, Any]]) -> Iterator[Step]:
    """Yield what tells the sets with names from those without, where a run has both."""
    named = [name for name in sets if name.startswith("StatefulSet/")]
    nameless = [name for name in sets if name.startswith(("ReplicaSet/", "Deployment/"))]
    if not named or not nameless:
        return
    one, other = nameless[0], named[0]
    facts: dict[str, Any] = {"nameless": one, "named": other}
    for aspect, member in (("names", "created"), ("start", "mostStartingAtOnce"), ("claims", "claimsLeft")):
        found, theirs = sets[one][member], sets[other][member]
        seen = {"mine": _first(found), "theirs": _first(theirs)}
        yield Step(f"workloads.compare.{aspect}", True, facts | seen)


def _first(found: Any) -> Any:
    """Return a number as it is, and the first few of many names, each once."""
    if not isinstance(found, list):
        return found
    return tuple(dict.fromkeys(found))[:3] or None


def _most_starting(pods: Sequence[Entry]) -> int:
    starting: set[str] = set()
    most = 0
    for each in pods:
        if each.what == "created":
            starting.add(each.name)
        elif each.what in {"ready", "gone"}:
            starting.discard(each.name)
        most = max(most, len(starting))
    return most


def _final(cluster: Cluster) -> dict[str, Any]:
    return {
        "pods": [
            {
                "name": pod.name,
                "phase": pod.status.phase,
                "ready": readiness.is_ready(pod),
                "terminating": readiness.is_terminating(pod),
                "image": next((each.image for each in pod.spec.containers or ()), ""),
                "node": pod.spec.node_name,
            }
            for pod in cluster.all(Pod)
        ],
        "claims": [each.name for each in cluster.all(OwnedClaim)],
        "replicaSets": {
            each.name: deployments.size(each)
            for each in cluster.all(ReplicaSet)
            if each.metadata.controller is not None
        },
    }


def _shown(entry: Entry, start: int) -> dict[str, Any]:
    seconds = (entry.time - start) / instants.SECOND
    return {
        "t": int(seconds) if seconds == int(seconds) else seconds,
        "what": entry.what,
        "kind": entry.kind,
        "name": entry.name,
        **entry.detail,
    }


def _step(entry: Entry, start: int) -> Step:
    facts = {"by": None, "to": None, "reason": None, "revision": None, "image": None, **_shown(entry, start)}
    return Step(f"workloads.run.{entry.what}", True, facts)


RUN = Evaluator(question=Run, evaluate=evaluate)
