"""Events of a run: what somebody does at a time, and what that does to the cluster."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

import msgspec

from ontology import instants
from ontology.cluster.meta import KubeObject
from ontology.cluster.nodes import Node
from ontology.cluster.pods import Pod
from ontology.cluster.workloads import (
    ControllerRevision,
    CronJob,
    DaemonSet,
    Deployment,
    Job,
    ReplicaSet,
    StatefulSet,
)
from ontology.errors import InvalidQuestionError
from ontology.scenario import Question
from ontology.semantics.workloads import deployments, templates
from ontology.semantics.workloads.ownership import Propagation
from ontology.semantics.workloads.simulation import interventions
from ontology.semantics.workloads.simulation.clock import Happening
from ontology.semantics.workloads.simulation.cluster import Cluster, Key

_SCALABLE = (Deployment, ReplicaSet, StatefulSet)


class Subject(Question, frozen=True, kw_only=True):
    """An object that an event is about."""

    kind: str
    name: str
    namespace: str = "default"

    @property
    def key(self) -> Key:
        """What tells the object from all others of the run."""
        return self.kind, self.namespace, self.name


class Scale(Subject, frozen=True):
    """Set `spec.replicas`."""

    replicas: Annotated[int, msgspec.Meta(ge=0)]


class SetImage(Subject, frozen=True):
    """Set the image of a container, of the first without `container`."""

    image: str
    container: str = ""


class Undo(Subject, frozen=True):
    """Roll a Deployment, StatefulSet or DaemonSet back: to the last but one revision without `toRevision`."""

    to_revision: int = 0


class Delete(Subject, frozen=True):
    """Delete an object."""

    propagation: Propagation = Propagation.BACKGROUND


class Event(Question, frozen=True):
    """What somebody does at a time: exactly one of the members beside `at`.

    `deletePod` is a name, `namespace/name` outside of `default`.
    """

    at: str
    scale: Scale | None = None
    set_image: SetImage | None = None
    undo: Undo | None = None
    delete: Delete | None = None
    delete_pod: str | None = None
    pause: Subject | None = None
    suspend: Subject | None = None
    resume: Subject | None = None
    node_lost: str | None = None
    node_deleted: str | None = None


def happening(event: Event, start: int, path: str) -> Happening:
    """Return when an event happens, and what it does as a function of the cluster."""
    given = [name for name in event.__struct_fields__ if name != "at" and getattr(event, name) is not None]
    if len(given) != 1:
        raise InvalidQuestionError("an event says exactly one thing beside `at`", path=path)
    at = start + after(event.at, f"{path}.at", least=0)
    act = _ACTIONS[given[0]]
    subject = getattr(event, given[0])
    return at, lambda cluster: act(cluster, subject, path)


def after(text: str, path: str, *, least: int = 1) -> int:
    """Return a duration in nanoseconds.

    Raises:
        InvalidQuestionError: it is shorter than `least`.
    """
    found = instants.duration(text, path=path)
    if found < least:
        raise InvalidQuestionError(f"`{text}` is too short: time goes forward", path=path)
    return found


def _found(cluster: Cluster, subject: Subject, path: str, kinds: tuple[type[KubeObject], ...]) -> Any:
    found = cluster.objects.get(subject.key)
    if found is None:
        raise InvalidQuestionError(f"there is no {subject.kind} named `{subject.name}`", path=path)
    if not isinstance(found, kinds):
        names = ", ".join(kind.KIND for kind in kinds)
        raise InvalidQuestionError(f"a {subject.kind} cannot be changed so ({names})", path=path)
    return found


def _scale(cluster: Cluster, subject: Scale, path: str) -> None:
    interventions.resize(cluster, _found(cluster, subject, path, _SCALABLE), subject.replicas)


def _set_image(cluster: Cluster, subject: SetImage, path: str) -> None:
    found = _found(cluster, subject, path, (Deployment, StatefulSet, DaemonSet, CronJob))
    template = interventions.template_of(found)
    containers = [dict(each) for each in template.get("spec", {}).get("containers") or ()]
    for container in containers:
        if subject.container in ("", container.get("name")):
            container["image"] = subject.image
            break
    else:
        raise InvalidQuestionError(f"there is no container `{subject.container}`", path=path)
    changed = {**template, "spec": {**template.get("spec", {}), "containers": containers}}
    cluster.say("image", found, image=subject.image)
    interventions.set_template(cluster, found, changed)


def _undo(cluster: Cluster, subject: Undo, path: str) -> None:
    found = _found(cluster, subject, path, (Deployment, StatefulSet, DaemonSet))
    if isinstance(found, Deployment) and found.spec.paused:
        raise InvalidQuestionError("a paused Deployment is not rolled back: resume it first", path=path)
    past = _templates(cluster, found)
    wanted = subject.to_revision or max((n for n in past if n < max(past)), default=0)
    if wanted not in past:
        known = ", ".join(map(str, sorted(past)))
        raise InvalidQuestionError(f"there is no revision {wanted} to go back to ({known})", path=path)
    template = dict(past[wanted] or {})
    metadata = dict(template.get("metadata") or {})
    labels = {k: v for k, v in (metadata.get("labels") or {}).items() if k != templates.HASH_LABEL}
    cluster.say("undo", found, revision=wanted)
    interventions.set_template(cluster, found, {**template, "metadata": {**metadata, "labels": labels}})


def _templates(
    cluster: Cluster, found: Deployment | StatefulSet | DaemonSet
) -> dict[int, dict[str, Any] | None]:
    """Return the templates that an object has had, by revision."""
    sets = [each for each in cluster.all(ReplicaSet) if _belongs(each, found)]
    kept = {deployments.annotation(each, deployments.REVISION) or 0: each.spec.template for each in sets}
    revisions = [each for each in cluster.all(ControllerRevision) if _belongs(each, found)]
    return kept | {each.revision: each.data for each in revisions}


def _belongs(found: KubeObject, owner: KubeObject) -> bool:
    controller = found.metadata.controller
    return controller is not None and controller.uid == owner.metadata.uid


def _delete(cluster: Cluster, subject: Delete, path: str) -> None:
    interventions.delete(cluster, _found(cluster, subject, path, (KubeObject,)), subject.propagation)


def _delete_pod(cluster: Cluster, name: str, path: str) -> None:
    namespace, _, last = name.rpartition("/")
    subject = Subject(kind=Pod.KIND, name=last, namespace=namespace or "default")
    interventions.delete(cluster, _found(cluster, subject, path, (Pod,)))


def _lose_node(cluster: Cluster, name: str, path: str) -> None:
    interventions.lose_node(cluster, _found(cluster, Subject(kind="Node", name=name), path, (Node,)))


def _remove_node(cluster: Cluster, name: str, path: str) -> None:
    interventions.remove_node(cluster, _found(cluster, Subject(kind="Node", name=name), path, (Node,)))


def _pause(cluster: Cluster, subject: Subject, path: str) -> None:
    interventions.pause(cluster, _found(cluster, subject, path, (Deployment,)), paused=True)


def _suspend(cluster: Cluster, subject: Subject, path: str) -> None:
    interventions.suspend(cluster, _found(cluster, subject, path, (Job, CronJob)), suspended=True)


def _resume(cluster: Cluster, subject: Subject, path: str) -> None:
    found = _found(cluster, subject, path, (Deployment, Job, CronJob))
    if isinstance(found, Deployment):
        interventions.pause(cluster, found, paused=False)
    else:
        interventions.suspend(cluster, found, suspended=False)


_ACTIONS: Mapping[str, Callable[[Cluster, Any, str], None]] = {
    "scale": _scale,
    "set_image": _set_image,
    "undo": _undo,
    "delete": _delete,
    "delete_pod": _delete_pod,
    "pause": _pause,
    "suspend": _suspend,
    "resume": _resume,
    "node_lost": _lose_node,
    "node_deleted": _remove_node,
}
