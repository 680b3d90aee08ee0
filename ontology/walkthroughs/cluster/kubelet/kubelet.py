"""The kubelets: each looks after the pods of its node, whether or not it can report to the API server.

Source: kubernetes.io/docs/concepts/overview/components/#kubelet, .../architecture/nodes/#heartbeats (v1.36).
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from ontology import claims, readiness
from ontology.cluster.meta import Condition
from ontology.cluster.nodes import Node
from ontology.cluster.pods import (
    Container,
    ContainerState,
    ContainerStateWaiting,
    ContainerStatus,
    Pod,
    PodStatus,
)
from ontology.cluster.volumes import PersistentVolumeClaim
from ontology.semantics.probes.thresholds import Kind
from ontology.walkthroughs.cluster import behaviours, names
from ontology.walkthroughs.cluster.actions import Action, Delete, Say, Update, Wake, Why
from ontology.walkthroughs.cluster.behaviours import App
from ontology.walkthroughs.cluster.clock import Key
from ontology.walkthroughs.cluster.component import View, Watch
from ontology.walkthroughs.cluster.kinds import ref_of
from ontology.walkthroughs.cluster.kubelet.telling import told
from ontology.walkthroughs.cluster.kubelet.worker import PodWorker
from ontology.walkthroughs.cluster.store import Change, Store
from ontology.walkthroughs.timeline.actors import Habits

_MILLI = 10**6
_SEPARATOR = "|"
_DEFAULT_CAPACITY = {"cpu": "4", "memory": "16Gi", "ephemeral-storage": "100Gi", "pods": "110"}
_HEALTHY = ("MemoryPressure", "DiskPressure", "PIDPressure")


@dataclass(frozen=True, slots=True)
class Habitual:
    """The habits of one pod's containers."""

    apps: Sequence[App]
    pod: Pod

    def __call__(self, container: Container) -> Habits:
        """Return those of one container."""
        return behaviours.habits(self.apps, self.pod, container)


@dataclass(slots=True)
class Kubelets:
    """All kubelets; a key is a node, or a node and a pod of it.

    `stopped` are nodes whose kubelet does not run, `lost` those that nobody reaches: there it goes on alone.
    """

    apps: list[App] = field(default_factory=list)
    stopped: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    workers: dict[tuple[str, str], PodWorker] = field(default_factory=dict)
    name: str = "kubelet"
    process: str = "kubelet"
    local: bool = True
    _images: dict[str, set[str]] = field(default_factory=dict)
    _addresses: dict[str, str] = field(default_factory=dict)
    _blocked: dict[Key, str] = field(default_factory=dict)

    @property
    def watches(self) -> Mapping[str, Watch]:
        """Pods of the own node, the node itself, and what the volumes of a pod need."""
        return {
            "Pod": self._pod_changed,
            "Node": self._node_changed,
            "ConfigMap": self._unblock,
            "Secret": self._unblock,
            "PersistentVolumeClaim": self._unblock,
        }

    def _pod_changed(self, _: Store, change: Change) -> Iterator[Key]:
        old, new = change.old, change.new
        if isinstance(old, Pod) and isinstance(new, Pod):
            # a kubelet does not watch for what it has reported itself
            same = old.spec is new.spec and old.metadata is new.metadata
            if same and not new.spec.readiness_gates:
                return
        pod = change.subject
        if isinstance(pod, Pod) and pod.spec.node_name:
            yield _key(pod)

    def _node_changed(self, _: Store, change: Change) -> Iterator[Key]:
        if change.new is not None:
            yield change.ref[2]

    def _unblock(self, _: Store, __: Change) -> Iterator[Key]:
        yield from self._blocked

    def signer(self, key: Key) -> str:
        """Return which kubelet acts on a key."""
        return f"{self.name}/{key.partition(_SEPARATOR)[0]}"

    # -- acting --------------------------------------------------------------------------------------

    def act(self, view: View, keys: Sequence[Key]) -> Iterator[tuple[Key, Sequence[Action]]]:
        """Yield what each kubelet reports."""
        for key in keys:
            node, _, pod = key.partition(_SEPARATOR)
            if node in self.stopped:
                continue
            if not pod:
                yield key, tuple(self._node(view, node))
                continue
            actions = tuple(self._pod(view, key, node, *pod.partition("/")[::2]))
            if node in self.lost:  # it tries in vain
                actions = tuple(each for each in actions if not isinstance(each, Update | Delete | Say))
            yield key, actions

    def keys_of(self, node: str) -> list[Key]:
        """Return the keys of everything that a node runs."""
        return [_SEPARATOR.join((node, name)) for where, name in self.workers if where == node]

    def resume(self, node: str, now: int) -> None:
        """Let a kubelet go on that was stopped: what was due meanwhile it does now."""
        for (where, _), worker in self.workers.items():
            if where == node:
                worker.clock.postpone(now // _MILLI)

    def rebehave(self, now: int) -> None:
        """Let all containers behave as the rules say now (nanoseconds from the start)."""
        for (node, _), worker in self.workers.items():
            pod = worker.pod
            if node not in self.stopped:
                worker.advance(now // _MILLI)
            worker.behave(self._habits(pod), lambda c, p=pod: behaviours.silent(self.apps, p, c))  # type: ignore[misc]

    def _habits(self, pod: Pod) -> Habitual:
        return Habitual(self.apps, pod)

    def _node(self, view: View, name: str) -> Iterator[Action]:
        node = view.store.find(Node, "", name)
        if node is None or name in self.lost:
            return
        healthy = _healthy(node, view.stamp)
        if healthy != node:
            facts = {"node": name}
            yield Update(
                healthy, Why(rule="cluster.kubelet.node", did=f"report {name} Ready=True", facts=facts)
            )
            yield Say(ref_of(node), "NodeReady", f"Node {name} status is now: NodeReady")

    def _pod(self, view: View, key: Key, node: str, namespace: str, name: str) -> Iterator[Action]:
        slot = (node, f"{namespace}/{name}")
        worker = self.workers.get(slot)
        pod = None if node in self.lost else view.store.find(Pod, namespace, name)
        if node in self.lost and worker is not None:
            pod = worker.pod
        if worker is not None and (pod is None or pod.metadata.uid != worker.pod.metadata.uid):
            del self.workers[slot]  # it was removed by force: what still ran is killed
            self._addresses.pop(worker.pod.metadata.uid, None)
            worker = None
        if pod is None:
            self._blocked.pop(key, None)
            return
        if worker is None:
            worker = yield from self._begin(view, key, pod)
            if worker is None:
                return
            self.workers[slot] = worker
        yield from self._look_after(view, key, pod, worker)

    def _begin(self, view: View, key: Key, pod: Pod) -> Generator[Action, None, PodWorker | None]:
        """Start a pod, unless its volumes are not there; return who looks after it."""
        terminating = readiness.is_terminating(pod)
        if terminating or readiness.is_finished(pod):
            if terminating:
                yield self._gone(pod)
            return None
        missing = _missing(view.store, pod)
        if missing:
            if self._blocked.get(key) != missing:
                self._blocked[key] = missing
                yield Update(_waiting(pod, view.stamp))
                yield Say(ref_of(pod), "FailedMount", missing, "Warning")
            return None
        self._blocked.pop(key, None)
        images = self._images.setdefault(pod.spec.node_name, set())
        now, start = view.clock.offset // _MILLI, view.clock.start
        worker = PodWorker(pod, self._habits(pod), images, now=now, start=start)
        for actor in worker.actors.values():
            if behaviours.silent(self.apps, pod, actor.container):
                actor.silent = set(Kind)
        return worker

    def _look_after(self, view: View, key: Key, pod: Pod, worker: PodWorker) -> Iterator[Action]:
        now = view.clock.offset // _MILLI
        worker.advance(now)
        if readiness.is_terminating(pod):
            worker.stop(pod.metadata.deletion_grace_period_seconds or 0)
            worker.advance(now)
        yield from told(pod, worker)
        if pod.spec.node_name not in self.lost:
            worker.pod = pod
            status = worker.status(pod, self._address(pod), self._host(view, pod))
            if status != pod.status:
                yield Update(replace(pod, status=status), _reported(pod, status))
            if readiness.is_terminating(pod) and worker.stopped:
                yield self._gone(pod)
        if worker.clock.due is not None:
            yield Wake(view.clock.start + worker.clock.due * _MILLI, key)

    def _gone(self, pod: Pod) -> Delete:
        facts = {"pod": pod.name, "node": pod.spec.node_name}
        return Delete(ref_of(pod), Why(rule="cluster.kubelet.gone", facts=facts), grace=0)

    def _address(self, pod: Pod) -> str:
        found = self._addresses.get(pod.metadata.uid)
        if found is None:
            found = names.pod_address(pod.spec.node_name, pod.metadata.uid, self._addresses.values())
            self._addresses[pod.metadata.uid] = found
        return found

    @staticmethod
    def _host(view: View, pod: Pod) -> str:
        node = view.store.find(Node, "", pod.spec.node_name)
        addresses = (node.status.addresses if node is not None else None) or ()
        return next((each.address for each in addresses if each.type == "InternalIP"), "")


def _key(pod: Pod) -> Key:
    return f"{pod.spec.node_name}{_SEPARATOR}{pod.namespace}/{pod.name}"


def _reported(pod: Pod, status: PodStatus) -> Why:
    """Return what is told of a status: phase and readiness."""
    after = replace(pod, status=status)
    was, now = readiness.is_ready(pod), readiness.is_ready(after)
    facts = {"pod": pod.name, "node": pod.spec.node_name, "phase": after.status.phase}
    if was != now:
        rule = "cluster.kubelet.ready" if now else "cluster.kubelet.unready"
        return Why(rule=rule, did=f"report Pod {pod.name} Ready={now}", facts=facts)
    if pod.status.phase != after.status.phase:
        did = f"report Pod {pod.name} {after.status.phase}"
        return Why(rule="cluster.kubelet.phase", did=did, facts=facts)
    return Why()


def _healthy(node: Node, stamp: str) -> Node:
    known = {each.type: each for each in node.status.conditions or ()}
    ready = known.get("Ready")
    if ready is not None and ready.status == "True" and node.status.capacity:
        return node
    conditions = [
        *(
            known[type_]
            if type_ in known and known[type_].status == "True"
            else Condition(type=type_, status="False", last_transition_time=stamp)
            for type_ in _HEALTHY
        ),
        Condition(type="Ready", status="True", reason="KubeletReady", last_transition_time=stamp),
    ]
    others = [each for type_, each in known.items() if type_ not in {*_HEALTHY, "Ready"}]
    capacity = node.status.capacity or node.status.allocatable or dict(_DEFAULT_CAPACITY)
    full = {**_DEFAULT_CAPACITY, **capacity}
    return replace(
        node,
        status=replace(
            node.status,
            conditions=[*conditions, *others],
            capacity=full,
            allocatable={**full, **(node.status.allocatable or {})},
        ),
    )


def _waiting(pod: Pod, stamp: str) -> Pod:
    waiting = ContainerState(waiting=ContainerStateWaiting(reason="ContainerCreating"))
    statuses = [
        ContainerStatus(name=each.name, image=each.image, state=waiting) for each in pod.spec.containers or ()
    ]
    return replace(pod, status=replace(pod.status, container_statuses=statuses, start_time=stamp))


def _missing(store: Store, pod: Pod) -> str:
    """Return what keeps the volumes of a pod from being mounted, empty if nothing does."""
    for volume in pod.spec.volumes or ():
        for kind, source, member in (
            ("ConfigMap", volume.config_map, "name"),
            ("Secret", volume.secret, "secretName"),
        ):
            name = (source or {}).get(member)
            if source is None or source.get("optional") or not name:
                continue
            if store.get((kind, pod.namespace, name)) is None:
                said = f'{kind.lower()} "{name}" not found'
                return f'MountVolume.SetUp failed for volume "{volume.name}" : {said}'
        claimed = volume.persistent_volume_claim
        if claimed is not None:
            name = claimed.claim_name
            claim = store.find(PersistentVolumeClaim, pod.namespace, name)
            if claim is None:
                return f'persistentvolumeclaim "{name}" not found'
            if not claims.is_fully_bound(claim):
                return f'Unable to attach or mount volumes: persistentvolumeclaim "{name}" is not bound'
    return ""
