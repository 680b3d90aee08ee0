"""The DaemonSet controller: one pod on each node that it fits."""

from collections.abc import Iterator
from functools import partial

from msgspec.structs import replace

from ontology import selectors
from ontology.cluster.nodes import Node
from ontology.cluster.pods import (
    Affinity,
    NodeAffinity,
    NodeSelector,
    NodeSelectorRequirement,
    NodeSelectorTerm,
    Pod,
    PodSpec,
)
from ontology.cluster.workloads import DaemonSet
from ontology.semantics.workloads import daemonsets
from ontology.semantics.workloads.simulation.names import template_hash
from ontology.walkthroughs.cluster.actions import Action, Create, Delete, Say, Update, Why
from ontology.walkthroughs.cluster.clock import Key
from ontology.walkthroughs.cluster.component import Controller, View, controllers, own, split
from ontology.walkthroughs.cluster.controllers import making
from ontology.walkthroughs.cluster.controllers.replicaset import ownership, when_available
from ontology.walkthroughs.cluster.controllers.watching import selected_or_controlled
from ontology.walkthroughs.cluster.kinds import ref_of
from ontology.walkthroughs.cluster.plain import manifest
from ontology.walkthroughs.cluster.store import Change, Store


def reconcile(view: View, key: Key) -> Iterator[Action]:
    """Create and delete pods, roll a new template out, and report."""
    found = view.store.find(DaemonSet, *split(key))
    if found is None:
        return
    ref = ref_of(found)
    template = manifest(found, view.store.rest(ref))["spec"]["template"]
    revision = template_hash(template)
    placed = daemonsets.reconcile(
        found,
        nodes=view.store.all(Node),
        pods=view.store.claimable(Pod, found, found.spec.selector),
        revision=revision,
        now=view.now,
    )
    rolled = daemonsets.roll(found, placed, revision=revision, now=view.now)
    yield from ownership(found, placed.pods.adopted, placed.pods.released)
    facts = {"owner": f"DaemonSet {found.name}"}
    for node in (*placed.create, *rolled.create):
        pod, rest = making.pod_from(template, found, labels={daemonsets.HASH_LABEL: revision})
        pinned = replace(pod, spec=_pinned(found, pod.spec, node))
        why = Why(rule="cluster.daemonset.create", facts=facts | {"node": node}, because=lambda: placed.steps)
        yield Create(pinned, why, rest, found, "SuccessfulCreate", "Created pod: {name}")
    for name in sorted({*placed.delete, *rolled.delete}):
        why = Why(rule="cluster.daemonset.delete", facts=facts, because=lambda: placed.steps)
        yield Delete(("Pod", found.namespace, name), why)
        yield Say(ref, "SuccessfulDelete", f"Deleted pod: {name}")
    yield from when_available(view, key, placed.pods.owned, found.spec.min_ready_seconds)
    status = {**placed.status, "observedGeneration": found.metadata.generation or 0}
    if view.store.rest(ref).get("status") != status:
        yield Update(found, status=status)


def _pinned(found: DaemonSet, spec: PodSpec, node: str) -> PodSpec:
    """Return the pod's spec for one node: the scheduler binds it there, and nowhere else."""
    term = NodeSelectorTerm(
        match_fields=[NodeSelectorRequirement(key="metadata.name", operator="In", values=[node])]
    )
    affinity = spec.affinity or Affinity()
    near = replace(
        affinity.node_affinity or NodeAffinity(), required=NodeSelector(node_selector_terms=[term])
    )
    return replace(
        spec,
        affinity=replace(affinity, node_affinity=near),
        tolerations=daemonsets.tolerations_of(found),
    )


def _of_node(store: Store, change: Change) -> Iterator[Key]:
    """Taints and labels of a node decide, not what it reports of itself."""
    old, new = change.old, change.new
    if isinstance(old, Node) and isinstance(new, Node) and _marks(old) == _marks(new):
        return
    yield from (f"{each.namespace}/{each.name}" for each in store.all(DaemonSet))


def _marks(node: Node) -> tuple[object, ...]:
    return node.spec, node.metadata.labels


CONTROLLER = Controller(
    name="daemonset-controller",
    watches={
        "DaemonSet": own,
        "Node": _of_node,
        "Pod": partial(selected_or_controlled, DaemonSet, controllers("DaemonSet"), selectors.matches),
    },
    reconcile=reconcile,
)
