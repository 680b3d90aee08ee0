"""A cluster with its components, and what a story does to it from outside."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle
from typing import Any

from msgspec.structs import replace

from ontology import instants
from ontology.cluster.meta import KubeObject, ObjectMeta
from ontology.cluster.namespaces import Namespace
from ontology.cluster.nodes import Node, NodeAddress, NodeStatus
from ontology.errors import InvalidObjectError
from ontology.walkthroughs.cluster.behaviours import App
from ontology.walkthroughs.cluster.controllers import (
    autoscaler,
    cronjob,
    daemonset,
    deployment,
    disruption,
    endpointslice,
    garbage,
    job,
    node_lifecycle,
    replicaset,
    statefulset,
    taint_eviction,
)
from ontology.walkthroughs.cluster.kinds import Ref, decode, ref_of
from ontology.walkthroughs.cluster.kubelet.kubelet import Kubelets
from ontology.walkthroughs.cluster.load import Loads
from ontology.walkthroughs.cluster.loop import Loop
from ontology.walkthroughs.cluster.network import ClusterDns, KubeProxy
from ontology.walkthroughs.cluster.objects import plain
from ontology.walkthroughs.cluster.plain import Rest, beyond
from ontology.walkthroughs.cluster.refusals import RefusedError
from ontology.walkthroughs.cluster.scheduler import Scheduler
from ontology.walkthroughs.cluster.storage import (
    CLAIM_PROTECTOR,
    PROVISIONER,
    VOLUME_PROTECTOR,
    VolumeBinder,
)
from ontology.walkthroughs.cluster.story import Nodes

SYSTEM_NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")
_HOSTNAME, _ZONE = "kubernetes.io/hostname", "topology.kubernetes.io/zone"
CONTROLLER_MANAGER = "kube-controller-manager"


class World:
    """The components in the order in which they act at one instant, around one store."""

    def __init__(self, start: int, apps: Sequence[App] = ()) -> None:
        self.kubelets = Kubelets(apps=list(apps))
        self.loads = Loads(self.kubelets.apps)
        self.scheduler = Scheduler()
        self.proxy, self.dns = KubeProxy(), ClusterDns()
        self.autoscaler = autoscaler.Autoscaler(self.loads)
        self.jobs = job.JobController()
        self.eviction = taint_eviction.TaintEviction()
        self.loop = Loop(
            start,
            (
                garbage.NAMESPACE_CONTROLLER,
                garbage.GARBAGE_COLLECTOR,
                garbage.POD_GARBAGE_COLLECTOR,
                node_lifecycle.CONTROLLER,
                self.eviction,
                VolumeBinder(),
                CLAIM_PROTECTOR,
                VOLUME_PROTECTOR,
                cronjob.CONTROLLER,
                self.jobs,
                job.TTL_CONTROLLER,
                self.autoscaler,
                deployment.CONTROLLER,
                replicaset.CONTROLLER,
                statefulset.CONTROLLER,
                daemonset.CONTROLLER,
                endpointslice.CONTROLLER,
                disruption.CONTROLLER,
                PROVISIONER,
                self.scheduler,
                self.kubelets,
                self.proxy,
                self.dns,
            ),
        )
        self.applied: dict[Ref, Mapping[str, Any]] = {}
        self._manifests: dict[Ref, tuple[KubeObject, Rest, dict[str, Any]]] = {}

    @property
    def nodes(self) -> list[str]:
        """The names of all nodes that are or were there, sorted."""
        return sorted(each.name for each in self.loop.store.all(Node))

    # -- before the story ----------------------------------------------------------------------------

    def furnish(self, nodes: Iterable[Nodes], given: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        """Put the nodes and everything given there; namespaces that are only named exist.

        Raises:
            InvalidObjectError: an object that does not decode, or that the API server refuses.
        """
        api = self.loop.api
        named = {
            str((raw.get("metadata") or {}).get("namespace") or "default")
            for _, raw in given
            if raw["kind"] != "Namespace"
        }
        there = {
            str((raw.get("metadata") or {}).get("name")) for _, raw in given if raw["kind"] == "Namespace"
        }
        for name in sorted({*SYSTEM_NAMESPACES, *named} - there):
            api.create(_namespace(name))
        for made in _made(nodes):
            api.create(made)
        for path, raw in sorted(given, key=lambda each: _FIRST.get(each[1]["kind"], len(_FIRST))):
            found = _fresh(decode(raw, path=path))
            try:
                self.applied[ref_of(api.create(found, beyond(raw, found)))] = raw
            except RefusedError as error:
                raise InvalidObjectError(error.message, path=path) from error

    # -- processes -----------------------------------------------------------------------------------

    def stop(self, process: str, node: str) -> None:
        """Stop a program; a kubelet that stops renews its node's lease no more."""
        if node:
            self.kubelets.stopped.add(node)
            self._silence(node)
        else:
            self.loop.down.add(process)
            self.loads.measured = self.loads.measured and process != "metrics-server"

    def start(self, process: str, node: str) -> None:
        """Start a program again: it lists everything that it watches."""
        if node:
            self.kubelets.stopped.discard(node)
            self.kubelets.resume(node, self.loop.clock.offset)
            self._hear(node)
            return
        reachable = self.loop.reachable
        self.loop.down.discard(process)
        self.loads.measured = self.loads.measured or process == "metrics-server"
        if self.loop.reachable and not reachable:
            self.loop.watching_since = self.loop.clock.now
            for each in {component.process for component in self.loop.components}:
                self.loop.relist(each)
            self._report_all()
        else:
            if process == CONTROLLER_MANAGER:
                self.loop.watching_since = self.loop.clock.now
                for controller in (self.eviction, self.autoscaler, self.jobs):
                    controller.forget()
            if process == self.scheduler.process:
                self.scheduler.forget()
            self.loop.relist(process)

    def lose(self, node: str) -> None:
        """Let nobody reach a node: what runs there goes on, unheard."""
        self.kubelets.lost.add(node)
        self._silence(node)

    def recover(self, node: str) -> None:
        """Let a node be reached again."""
        self.kubelets.lost.discard(node)
        self._hear(node)

    def _silence(self, node: str) -> None:
        self.loop.silences.setdefault(node, self.loop.clock.now)
        self.loop.wake(node_lifecycle.CONTROLLER.name, f"/{node}", "lease not renewed")

    def _hear(self, node: str) -> None:
        if node in self.kubelets.stopped or node in self.kubelets.lost:
            return
        self.loop.silences.pop(node, None)
        self._report(node)

    def _report(self, node: str) -> None:
        self.loop.wake(self.kubelets.name, node, "start")
        for key in self.kubelets.keys_of(node):
            self.loop.wake(self.kubelets.name, key, "start")
        for pod in self.loop.store.on_node(node):
            self.loop.wake(self.kubelets.name, f"{node}|{pod.namespace}/{pod.name}", "list")

    def _report_all(self) -> None:
        for node in self.nodes:
            if node not in self.kubelets.stopped:
                self._report(node)

    # -- programs in containers ----------------------------------------------------------------------

    def behave(self, app: App) -> None:
        """Let programs behave otherwise from now on."""
        self.kubelets.apps.append(app)
        self.kubelets.rebehave(self.loop.clock.offset)
        for node in self.nodes:
            for key in self.kubelets.keys_of(node):
                self.loop.wake(self.kubelets.name, key, "behaviour")

    def manifest(self, found: KubeObject) -> dict[str, Any]:
        """Return an object as a manifest, which must not be changed: it is the same until the object is."""
        ref = ref_of(found)
        rest = self.loop.store.rest(ref)
        known = self._manifests.get(ref)
        if known is None or known[0] is not found or known[1] is not rest:
            known = self._manifests[ref] = found, rest, plain(self.loop.store, found)
        return known[2]


# What others need when they are created comes first; everything else in the order given.
_FIRST = {
    kind: place
    for place, kind in enumerate(
        ("Namespace", "Node", "PriorityClass", "StorageClass", "ConfigMap", "Secret", "PersistentVolume")
    )
}


def _namespace(name: str) -> Namespace:
    return Namespace(api_version="v1", kind="Namespace", metadata=ObjectMeta(name=name))


def _made(groups: Iterable[Nodes]) -> Iterable[Node]:
    number = 0
    for group in groups:
        zones = cycle(group.zones or [""])
        for count in range(1, group.count + 1):
            number += 1
            name, zone = f"{group.name}-{count}", next(zones)
            labels = {_HOSTNAME: name, **({_ZONE: zone} if zone else {}), **(group.labels or {})}
            amounts: dict[str, str | int | float] = {
                "cpu": group.cpu,
                "memory": group.memory,
                "pods": str(group.pods),
            }
            address = NodeAddress(type="InternalIP", address=f"192.168.{number // 250}.{number % 250 + 1}")
            yield Node(
                api_version="v1",
                kind="Node",
                metadata=ObjectMeta(name=name, labels=labels),
                status=NodeStatus(capacity=amounts, allocatable=dict(amounts), addresses=[address]),
            )


def _fresh(found: KubeObject) -> KubeObject:
    """Return an object as it is before its story: what controllers and kubelets say of it is said anew."""
    if found.KIND in {"Pod", "Deployment", "ReplicaSet", "StatefulSet", "Job", "CronJob"}:
        empty = type(getattr(found, "status"))()  # noqa: B009 - each of these kinds has one
        found = replace(found, status=empty)
    if isinstance(found, Node):
        labels = {_HOSTNAME: found.name, **found.labels}
        found = replace(found, metadata=replace(found.metadata, labels=labels))
    return found


def began(text: str, *, path: str) -> int:
    """Return the instant at which a story begins."""
    return instants.parse(text, path=path)
