"""Who removes what nobody wants any more: garbage collector, pod garbage collector, namespaces, protection.

Source: kubernetes.io/docs/concepts/architecture/garbage-collection,
.../overview/working-with-objects/namespaces,
.../workloads/pods/pod-lifecycle/#pod-garbage-collection (v1.36).
"""

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from ontology import instants
from ontology.cluster.meta import KubeObject
from ontology.cluster.namespaces import Namespace
from ontology.cluster.nodes import Node
from ontology.cluster.pods import Pod
from ontology.semantics.workloads import ownership
from ontology.semantics.workloads.ownership import Propagation
from ontology.walkthroughs.cluster.actions import Action, Delete, Update, Wake, Why
from ontology.walkthroughs.cluster.api_server import FOREGROUND, ORPHAN
from ontology.walkthroughs.cluster.clock import Key
from ontology.walkthroughs.cluster.component import EVERY_KIND, Controller, View, split
from ontology.walkthroughs.cluster.controllers import making
from ontology.walkthroughs.cluster.controllers.node_lifecycle import ready_of
from ontology.walkthroughs.cluster.defaulting import NAMESPACE_FINALIZER
from ontology.walkthroughs.cluster.kinds import Ref, cluster_wide, ref_of, shown
from ontology.walkthroughs.cluster.store import Change, Store

_QUARANTINE = 40 * instants.SECOND
_QUARANTINED = "quarantined"
_OUT_OF_SERVICE = "node.kubernetes.io/out-of-service"
_SEPARATOR = "|"


def _key(ref: Ref) -> Key:
    return _SEPARATOR.join(ref)


def without(found: KubeObject, finalizer: str) -> KubeObject:
    """Return an object without a finalizer."""
    left = [each for each in found.metadata.finalizers or () if each != finalizer]
    return replace(found, metadata=replace(found.metadata, finalizers=left))


# -- owners and dependents ---------------------------------------------------------------------------


def collect(view: View, key: Key) -> Iterator[Action]:
    """Delete an object whose owners are gone; let an owner go once its dependents are done with."""
    kind, namespace, name = key.split(_SEPARATOR)
    found = view.store.get((kind, namespace, name))
    if found is None:
        return
    finalizers = found.metadata.finalizers or ()
    dependents = view.store.dependents(found.metadata.uid)
    nodes = [ownership.node_of(each) for each in (found, *dependents)]
    if ORPHAN in finalizers:
        done = ownership.collect(nodes, delete=found.metadata.uid, propagation=Propagation.ORPHAN)
        yield from _release(found, dependents, done)
        yield Update(without(found, ORPHAN))
    elif FOREGROUND in finalizers:
        yield from _foreground(view, found, dependents)
    elif found.metadata.owner_references and found.metadata.deletion_timestamp is None:
        yield from _orphaned(view, found)


def _release(found: KubeObject, dependents: list[KubeObject], done: ownership.Collected) -> Iterator[Action]:
    kept = {each.uid for each in done.orphaned}
    for each in dependents:
        if each.metadata.uid in kept:
            facts = {"owner": shown(ref_of(found))}
            why = Why(rule="cluster.gc.orphan", did="release", facts=facts, because=lambda: done.steps)
            yield Update(making.released(each, found), why)


def _foreground(view: View, found: KubeObject, dependents: list[KubeObject]) -> Iterator[Action]:
    owners = [one for each in dependents for one in _owners(view.store, each) if one is not found]
    nodes = {each.metadata.uid: ownership.node_of(each) for each in (found, *dependents, *owners)}
    done = ownership.collect(
        tuple(nodes.values()), delete=found.metadata.uid, propagation=Propagation.FOREGROUND
    )
    going = {each.uid for each in done.deleted} - {found.metadata.uid}
    blocking = False
    for each in dependents:
        if each.metadata.uid not in going:
            yield Update(making.released(each, found))
            continue
        blocking |= any(
            ref.uid == found.metadata.uid and ref.block_owner_deletion
            for ref in each.metadata.owner_references or ()
        )
        if each.metadata.deletion_timestamp is None:
            why = Why(
                rule="cluster.gc.foreground",
                facts={"owner": shown(ref_of(found))},
                because=lambda: done.steps,
            )
            yield Delete(ref_of(each), why, propagation=Propagation.FOREGROUND)
    if not blocking:
        yield Update(without(found, FOREGROUND))


def _orphaned(view: View, found: KubeObject) -> Iterator[Action]:
    owners = _owners(view.store, found)
    done = ownership.collect([ownership.node_of(each) for each in (found, *owners)])
    if any(each.uid == found.metadata.uid for each in done.deleted):
        owner = next(iter(found.metadata.owner_references or ()), None)
        facts = {"owner": f"{owner.kind} {owner.name}" if owner else ""}
        yield Delete(ref_of(found), Why(rule="cluster.gc.delete", facts=facts, because=lambda: done.steps))


def _owners(store: Store, found: KubeObject) -> list[KubeObject]:
    """Return the owners that exist; one of the same name with another uid is somebody else."""
    candidates = [
        (each.uid, (each.kind, "" if each.kind in cluster_wide() else found.namespace, each.name))
        for each in found.metadata.owner_references or ()
    ]
    present = ((uid, store.get(ref)) for uid, ref in candidates)
    return [each for uid, each in present if each is not None and each.metadata.uid == uid]


def _watch(store: Store, change: Change) -> Iterator[Key]:
    found = change.subject
    metadata = found.metadata
    if change.new is None:
        yield from (_key(ref_of(each)) for each in store.dependents(metadata.uid))
        waiting = (each for each in _owners(store, found) if FOREGROUND in (each.metadata.finalizers or ()))
        yield from (_key(ref_of(each)) for each in waiting)
    elif (metadata.deletion_timestamp is not None and metadata.finalizers) or (
        change.old is None
        and metadata.owner_references
        and len(_owners(store, found)) < len(metadata.owner_references)
    ):
        yield _key(change.ref)


GARBAGE_COLLECTOR = Controller(
    name="garbage-collector-controller", watches={EVERY_KIND: _watch}, reconcile=collect
)


# -- pods of nodes that are gone ---------------------------------------------------------------------


def collect_pods(view: View, key: Key) -> Iterator[Action]:
    """Remove the pods of a node that is not there any more, or is said to be out of service.

    A node that is gone is given some time to come back.
    """
    name, _, quarantined = key.partition("/")
    node = view.store.find(Node, "", name)
    if node is None:
        if not quarantined:
            yield Wake(view.now + _QUARANTINE, f"{name}/{_QUARANTINED}")
            return
        for pod in view.store.on_node(name):
            yield _force(pod, "cluster.podgc.nodeGone", name)
    elif ready_of(node) != "True" and any(each.key == _OUT_OF_SERVICE for each in node.spec.taints or ()):
        for pod in view.store.on_node(name):
            if pod.metadata.deletion_timestamp is not None:
                yield _force(pod, "cluster.podgc.outOfService", name)


def _force(pod: Pod, rule: str, node: str) -> Delete:
    return Delete(ref_of(pod), Why(rule=rule, facts={"node": node}), grace=0)


def _gc_node(_: Store, change: Change) -> Iterator[Key]:
    node = change.new
    out = isinstance(node, Node) and any(each.key == _OUT_OF_SERVICE for each in node.spec.taints or ())
    if change.new is None or out:
        yield change.ref[2]


def _gc_pod(store: Store, change: Change) -> Iterator[Key]:
    pod = change.new
    if isinstance(pod, Pod) and pod.spec.node_name:
        node = store.find(Node, "", pod.spec.node_name)
        if node is None or any(each.key == _OUT_OF_SERVICE for each in node.spec.taints or ()):
            yield pod.spec.node_name


POD_GARBAGE_COLLECTOR = Controller(
    name="pod-garbage-collector-controller",
    watches={"Node": _gc_node, "Pod": _gc_pod},
    reconcile=collect_pods,
)


# -- namespaces --------------------------------------------------------------------------------------


def empty(view: View, key: Key) -> Iterator[Action]:
    """Delete everything in a namespace that is being deleted, and the namespace when it is empty."""
    namespace = view.store.find(Namespace, *split(key))
    if namespace is None or namespace.metadata.deletion_timestamp is None:
        return
    inside = [each for each in view.store if ref_of(each)[1] == namespace.name]
    facts: dict[str, Any] = {"namespace": namespace.name}
    for each in inside:
        if each.metadata.deletion_timestamp is None:
            yield Delete(ref_of(each), Why(rule="cluster.namespace.delete", facts=facts))
    if not inside:
        yield Update(
            without(namespace, NAMESPACE_FINALIZER),
            Why(rule="cluster.namespace.gone", did=f"let Namespace {namespace.name} go", facts=facts),
        )


def _namespace_of(store: Store, change: Change) -> Iterator[Key]:
    if change.ref[0] == Namespace.KIND:
        yield f"/{change.ref[2]}"
    elif change.new is None and change.ref[1]:
        namespace = store.find(Namespace, "", change.ref[1])
        if namespace is not None and namespace.metadata.deletion_timestamp is not None:
            yield f"/{change.ref[1]}"


NAMESPACE_CONTROLLER = Controller(
    name="namespace-controller", watches={EVERY_KIND: _namespace_of}, reconcile=empty
)
