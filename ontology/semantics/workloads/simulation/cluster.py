"""The objects as they are now, what has happened to them, and the writes that controllers share."""

import heapq
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec

from ontology import instants, readiness, selectors
from ontology.cluster.meta import KubeObject, ObjectMeta, OwnerReference
from ontology.cluster.nodes import Node
from ontology.cluster.pods import Pod, PodSpec, PodStatus, PodTemplateSpec
from ontology.cluster.workloads import DaemonSet, Deployment, ReplicaSet, StatefulSet
from ontology.errors import InvalidObjectError, TooCostlyError
from ontology.semantics.workloads import jobs, ownership
from ontology.semantics.workloads.ownership import Propagation
from ontology.semantics.workloads.simulation import names

K = TypeVar("K", bound=KubeObject)
replace = msgspec.structs.replace

_MOST_PODS = 5_000
_FOREGROUND = "foregroundDeletion"
NEVER = 2**62

Key = tuple[str, str, str]
"""Kind, namespace (`default` also of what has none) and name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How pods of a Job with an image end, the first `times` of them (of one index), or all."""

    image: str
    exit_code: int
    after: int
    times: int | None = None
    indexes: frozenset[int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delays:
    """How long things take, in nanoseconds, which images never become ready, and how Jobs' pods end."""

    start: int = 10 * instants.SECOND
    stop: int = 5 * instants.SECOND
    node_loss: int = 300 * instants.SECOND
    work: int = 30 * instants.SECOND
    broken: frozenset[str] = frozenset()
    endings: tuple[Ending, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something that happened: when, what, and to which object; `detail` says more about it.

    `uid` tells it from others of its name, `maker` is the uid of what created it.
    """

    time: int
    what: str
    kind: str
    name: str
    namespace: str
    uid: str
    maker: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


class Cluster:
    """The objects as they are now, and what has happened to them.

    `due` says when a pod will next start or end, by uid; `failures` what the Job controller remembers;
    `lost` when a node that no longer answers was lost; `leaving` what is deleted in the foreground and waits
    for its dependents.

    Raises:
        InvalidObjectError: two objects of one kind, namespace and name, a set that would not select its own
            pods, or one that wants fewer than none.
    """

    def __init__(
        self, objects: Mapping[type[KubeObject], Sequence[KubeObject]], *, now: int, delays: Delays
    ) -> None:
        self.now = now
        self.began = now
        self.delays = delays
        self.objects: dict[Key, KubeObject] = {}
        self.entries: list[Entry] = []
        self.lost: dict[str, int] = {}
        self.leaving: list[Key] = []
        self.gone_at: dict[str, int] = {}
        self.due: dict[str, int] = {}
        self.attempts = Counter[tuple[str, int | None, int]]()
        self.failures: dict[str, jobs.Backoff] = {}
        self.told: set[tuple[str, str, int]] = set()
        self.drawn = Counter[str]()
        self.moments: list[int] = []
        self.pods = 0
        for each in (one for many in objects.values() for one in many):
            if key_of(each) in self.objects:
                raise InvalidObjectError(
                    f"a namespace has one {each.KIND} named `{each.name}`", path="objects"
                )
            _check(each)
            self.put(self._stored(each))

    def _stored(self, found: KubeObject) -> KubeObject:
        """Return an object as the API stores it, with a uid and the time of its creation."""
        metadata = replace(
            found.metadata,
            uid=found.metadata.uid or self.uid(found.KIND, found.name),
            creation_timestamp=found.metadata.creation_timestamp or instants.render(self.began),
        )
        return replace(found, metadata=metadata)

    def uid(self, kind: str, name: str) -> str:
        """Return a uid that no object has had."""
        self.drawn[f"{kind}/{name}"] += 1
        return f"{kind}-{name}-{self.drawn[f'{kind}/{name}']}"

    # Objects

    def all(self, kind: type[K]) -> list[K]:
        """Return the objects of a kind, by name."""
        found = [each for each in self.objects.values() if isinstance(each, kind)]
        return sorted(found, key=lambda each: (each.name, each.namespace))

    def find(self, kind: type[K], name: str, namespace: str) -> K | None:
        """Return an object."""
        found = self.objects.get((kind.KIND, namespace, name))
        return found if isinstance(found, kind) else None

    def put(self, found: KubeObject) -> None:
        """Write an object."""
        self.objects[key_of(found)] = found

    def say(self, what: str, found: KubeObject, *, maker: str = "", **detail: Any) -> None:
        """Note that something happened."""
        self.entries.append(
            Entry(
                time=self.now,
                what=what,
                kind=found.KIND,
                name=found.name,
                namespace=found.namespace,
                uid=found.metadata.uid,
                maker=maker,
                detail=detail,
            )
        )

    def say_created(self, found: KubeObject, owner: KubeObject, **detail: Any) -> None:
        """Write a new object, and note who made it."""
        self.put(found)
        self.say("created", found, maker=owner.metadata.uid, by=owner.name, **detail)

    def say_once(self, what: str, found: KubeObject, about: int, **detail: Any) -> None:
        """Note that something happened, unless it was noted for this instant before."""
        if (found.metadata.uid, what, about) not in self.told:
            self.told.add((found.metadata.uid, what, about))
            self.say(what, found, **detail)

    def at(self, moment: int) -> None:
        """Look again at a moment to come."""
        if moment > self.now:
            heapq.heappush(self.moments, moment)

    # Pods

    def create_pod(self, owner: KubeObject, name: str, template: Mapping[str, Any], **labels: str) -> Pod:
        """Write a pod of a template, on the node with the fewest pods.

        Raises:
            TooCostlyError: more pods than a run may have.
        """
        self.pods += 1
        if self.pods > _MOST_PODS:
            raise TooCostlyError(f"the run creates more than {_MOST_PODS:,} pods", path="question.run")
        metadata = template.get("metadata") or {}
        spec = msgspec.convert(template.get("spec") or {}, PodSpec)
        pod = Pod(
            api_version="v1",
            kind="Pod",
            metadata=ObjectMeta(
                name=name,
                namespace=owner.metadata.namespace,
                uid=self.uid("Pod", name),
                labels={**(metadata.get("labels") or {}), **labels},
                owner_references=[owned_by(owner)],
                creation_timestamp=instants.render(self.now),
            ),
            spec=replace(spec, node_name=spec.node_name or self._node()),
            status=PodStatus(phase="Pending"),
        )
        self.put(pod)
        self.at(self.now + self.delays.start)
        return pod

    def _node(self) -> str:
        """Return the node with the fewest pods, of those that work."""
        working = [each.name for each in self.all(Node) if each.name not in self.lost]
        if not working:
            return ""
        used = Counter(pod.spec.node_name for pod in self.all(Pod))
        return min(working, key=lambda name: (used[name], name))

    def say_pod(self, pod: Pod, owner: KubeObject, **detail: Any) -> None:
        """Write a new pod, and note who made it and which claims it uses."""
        sources = (each.persistent_volume_claim for each in pod.spec.volumes or ())
        claims = sorted(each.claim_name for each in sources if each is not None)
        self.say_created(pod, owner, claims=claims, **detail)

    def random_name(self, owner: KubeObject, prefix: str = "") -> str:
        """Return a name for a pod of `owner` that ends in five characters."""
        self.drawn[owner.name] += 1
        drawn = names.suffix(owner.name, owner.metadata.uid, self.drawn[owner.name])
        return f"{prefix or owner.name}-{drawn}"

    def terminate(self, pod: Pod, *, by: str, confirmed: bool = True) -> None:
        """Delete a pod; it is gone after a while, unless nobody can confirm that it is."""
        if readiness.is_terminating(pod):
            return
        self.say("deleted", pod, by=by)
        deleted = replace(pod, metadata=replace(pod.metadata, deletion_timestamp=instants.render(self.now)))
        self.put(deleted)
        if readiness.is_finished(pod):  # nothing runs that would have to be stopped
            self.leave(deleted)
            return
        waits = not confirmed or pod.spec.node_name in self.lost
        self.gone_at[pod.metadata.uid] = NEVER if waits else self.now + self.delays.stop
        if not waits:
            self.at(self.now + self.delays.stop)

    def leave(self, pod: Pod) -> None:
        """Let a pod that has stopped go, unless a finalizer still holds it."""
        controller = pod.metadata.controller
        held = (
            pod.metadata.finalizers
            and controller is not None
            and (controller.kind, pod.namespace, controller.name) in self.objects
        )
        if not held:
            del self.objects[key_of(pod)]
            self.say("gone", pod)
            self.collect(None)

    # Owners

    def change_owners(
        self, owner: KubeObject, adopted: Sequence[KubeObject], released: Sequence[KubeObject]
    ) -> None:
        """Write the owner references of what a controller adopts and releases."""
        for each in adopted:
            references = [*(each.metadata.owner_references or ()), owned_by(owner)]
            self.put(replace(each, metadata=replace(each.metadata, owner_references=references)))
            self.say("adopted", each, by=owner.name)
        for each in released:
            left = [one for one in each.metadata.owner_references or () if one.uid != owner.metadata.uid]
            self.put(replace(each, metadata=replace(each.metadata, owner_references=left)))
            self.say("released", each, by=owner.name)

    def collect(
        self,
        deleted: KubeObject | None,
        propagation: Propagation = Propagation.BACKGROUND,
        *,
        by: str = "user",
    ) -> None:
        """Delete an object, or none, and with it what the garbage collector finds without an owner."""
        by_uid = {each.metadata.uid: each for each in self.objects.values()}
        nodes = [ownership.node_of(each) for each in self.objects.values()]
        uid = deleted.metadata.uid if deleted is not None else None
        done = ownership.collect(nodes, delete=uid, propagation=propagation)
        for orphan in done.orphaned:
            found = by_uid[orphan.uid]
            left = [each for each in found.metadata.owner_references or () if each.uid != uid]
            self.put(replace(found, metadata=replace(found.metadata, owner_references=left)))
            self.say("orphaned", found)
        going = [by_uid[node.uid] for node in done.deleted]
        pods = [found for found in going if isinstance(found, Pod)]
        others = [found for found in going if not isinstance(found, Pod)]
        if propagation is Propagation.FOREGROUND and pods:
            self._wait_for_dependents(others)
        else:
            for found in others:
                del self.objects[key_of(found)]
                self.say("deleted", found, by=by if found is deleted else "garbageCollector")
        for pod in pods:
            self.terminate(pod, by="garbageCollector")
        self._remove_leaving()

    def _wait_for_dependents(self, owners: Sequence[KubeObject]) -> None:
        """Mark owners as being deleted in the foreground: they go when nothing blocks them any more."""
        for found in reversed(owners):
            if key_of(found) not in self.leaving:
                metadata = replace(
                    found.metadata,
                    deletion_timestamp=instants.render(self.now),
                    finalizers=[*(found.metadata.finalizers or ()), _FOREGROUND],
                )
                self.put(replace(found, metadata=metadata))
                self.say("leaving", found)
                self.leaving.insert(0, key_of(found))

    def _remove_leaving(self) -> None:
        """Remove what is deleted in the foreground and blocked by no dependent, dependents before owners."""
        for key in list(self.leaving):
            found = self.objects.get(key)
            if found is not None and any(_blocks(each, found) for each in self.objects.values()):
                continue
            self.leaving.remove(key)
            if found is not None:  # nobody deleted it in the background meanwhile
                del self.objects[key]
                self.say("deleted", found, by="garbageCollector")


def key_of(found: KubeObject) -> Key:
    """Return what tells an object from all others that are there at the same time."""
    return found.KIND, found.namespace, found.name


def _blocks(dependent: KubeObject, owner: KubeObject) -> bool:
    references = dependent.metadata.owner_references or ()
    return any(each.uid == owner.metadata.uid and each.block_owner_deletion for each in references)


def _check(found: KubeObject) -> None:
    """Refuse, as the API does, a set that would not select its own pods: it would create them without end.

    And one that wants fewer than none.
    """
    if not isinstance(found, Deployment | ReplicaSet | StatefulSet | DaemonSet):
        return
    if not isinstance(found, DaemonSet) and (found.spec.replicas or 0) < 0:
        raise InvalidObjectError(
            f"{found.KIND} `{found.name}` wants fewer than no pods", path="spec.replicas"
        )
    template = found.spec.template
    metadata = (
        template.metadata if isinstance(template, PodTemplateSpec) else (template or {}).get("metadata")
    )
    labels = (metadata or {}).get("labels") or {}
    if not selectors.matches(found.spec.selector, labels):
        raise InvalidObjectError(
            f"the selector of {found.KIND} `{found.name}` does not match the labels of its template",
            path="spec.selector",
        )


def owned_by(owner: KubeObject) -> OwnerReference:
    """Return the reference to a controlling owner."""
    return OwnerReference(
        api_version=owner.API[0],
        kind=owner.KIND,
        name=owner.name,
        uid=owner.metadata.uid,
        controller=True,
        block_owner_deletion=True,
    )


def next_generation(found: K) -> K:
    """Return an object whose spec has changed, its generation raised."""
    number = (found.metadata.generation or 1) + 1
    return replace(found, metadata=replace(found.metadata, generation=number))


def status_fields(status: Mapping[str, Any]) -> dict[str, Any]:
    """Return a status in the API's spelling by the names of our structs' fields."""
    return {
        "".join(f"_{c.lower()}" if c.isupper() else c for c in name): value for name, value in status.items()
    }
