"""A scenario's objects as a `Cluster`."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from ontology.cluster.meta import KubeObject, LabelSelector
from ontology.cluster.namespaces import Namespace
from ontology.cluster.nodes import Node
from ontology.cluster.pods import NodeAffinity, Pod
from ontology.cluster.policies import PodDisruptionBudget
from ontology.cluster.services import Service
from ontology.cluster.storage import CSIDriver, CSINode, CSIStorageCapacity, StorageClass
from ontology.cluster.volumes import PersistentVolume, PersistentVolumeClaim, VolumeAttachment
from ontology.cluster.workloads import ReplicaSet, StatefulSet
from ontology.errors import InvalidObjectError
from ontology.scenario import Scenario
from ontology.semantics.scheduling import pods
from ontology.semantics.scheduling.blame import located
from ontology.semantics.scheduling.cluster import Cluster, Owner
from ontology.semantics.scheduling.pods import Seated
from ontology.semantics.scheduling.storage import Storage

_NAME_LABEL = "kubernetes.io/metadata.name"  # the API server gives it to every namespace

K = TypeVar("K", bound=KubeObject)


def read(scenario: Scenario, enforced: NodeAffinity | None = None) -> Cluster:
    """Return the cluster of a scenario, its running and nominated pods in place.

    `enforced` is what the scheduler itself asks of every pod's node.

    Pods that have finished, or whose node is not there, do not count.

    Raises:
        InvalidObjectError: an object that does not decode, or two of one kind and name.
    """
    with located(scenario):
        return _read(scenario, enforced)


def _read(scenario: Scenario, enforced: NodeAffinity | None) -> Cluster:
    cluster = Cluster(
        _named(scenario.all(Node)).values(),
        namespaces={n.name: {_NAME_LABEL: n.name} | n.labels for n in scenario.all(Namespace)},
        storage=_storage(scenario),
        owners=_owners(scenario),
        services=sorted(scenario.all(Service), key=lambda s: (s.namespace, s.name)),
        budgets=sorted(scenario.all(PodDisruptionBudget), key=lambda b: (b.namespace, b.name)),
        enforced=enforced,
    )
    cluster.place_all(_running(cluster, scenario.each(Pod)))
    return cluster


def waiting(scenario: Scenario) -> tuple[Pod, ...]:
    """Return the scenario's pods that have no node yet, in the order given."""
    return tuple(
        p for p in scenario.each(Pod) if not p.spec.node_name and p.status.phase not in pods.FINISHED
    )


def _running(cluster: Cluster, found: Iterable[Pod]) -> Iterator[tuple[Seated, int]]:
    """Yield the pods that run with their node's position; nominate those that wait for one."""
    seen: set[tuple[str, str]] = set()
    for pod in found:
        name, space = pod.metadata.name, pod.namespace
        if (space, name) in seen:
            raise InvalidObjectError(f"two Pods are called `{space}/{name}`", path="objects")
        seen.add((space, name))
        on = pod.spec.node_name or pod.status.nominated_node_name
        node = cluster.index.get(on) if on and pod.status.phase not in pods.FINISHED else None
        if node is None:
            continue
        seated = pods.seated(pod, cluster.demand(pod))
        if pod.spec.node_name:
            yield seated, node
        else:
            cluster.nominate(seated, node)


def _owners(scenario: Scenario) -> dict[Owner, LabelSelector | None]:
    sets = {(s.KIND, s.namespace, s.name): s.spec.selector for s in scenario.all(ReplicaSet)}
    return sets | {(s.KIND, s.namespace, s.name): s.spec.selector for s in scenario.all(StatefulSet)}


def _storage(scenario: Scenario) -> Storage:
    return Storage(
        volumes=_named(scenario.all(PersistentVolume)),
        claims={(c.namespace, c.name): c for c in scenario.all(PersistentVolumeClaim)},
        classes=_named(scenario.all(StorageClass)),
        nodes=_named(scenario.all(CSINode)),
        drivers=_named(scenario.all(CSIDriver)),
        capacities=scenario.all(CSIStorageCapacity),
        attachments=scenario.all(VolumeAttachment),
    )


def _named(objects: tuple[K, ...]) -> dict[str, K]:
    # by name, so that the order of the objects decides nothing
    found = {each.name: each for each in sorted(objects, key=lambda each: each.name)}
    if len(found) != len(objects):
        seen: set[str] = set()
        twice = next(e.name for e in objects if e.name in seen or seen.add(e.name))  # type: ignore[func-returns-value]
        raise InvalidObjectError(f"two {objects[0].KIND}s are called `{twice}`", path="objects")
    return found
