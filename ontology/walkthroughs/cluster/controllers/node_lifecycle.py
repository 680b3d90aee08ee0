"""The node lifecycle controller: notices silent nodes, and turns what nodes report into taints.

Source: kubernetes.io/docs/concepts/architecture/nodes/#node-controller and
.../scheduling-eviction/taint-and-toleration/#taint-based-evictions (v1.36: grace period of 50 s).
"""

from collections import defaultdict
from collections.abc import Generator, Iterator, Mapping

from msgspec.structs import replace

from ontology import instants, readiness
from ontology.cluster.nodes import Node, Taint
from ontology.walkthroughs.cluster.actions import Action, Say, Update, Wake, Why
from ontology.walkthroughs.cluster.clock import Key
from ontology.walkthroughs.cluster.component import Controller, View, split
from ontology.walkthroughs.cluster.kinds import ref_of
from ontology.walkthroughs.cluster.store import Change, Store

GRACE = 50 * instants.SECOND
UNREACHABLE, NOT_READY = "node.kubernetes.io/unreachable", "node.kubernetes.io/not-ready"
_UNSCHEDULABLE = "node.kubernetes.io/unschedulable"
_ZONES = ("topology.kubernetes.io/region", "topology.kubernetes.io/zone")
# the condition's type and status, and the taint that stands for it
_OF_READY: Mapping[str, str] = {"Unknown": UNREACHABLE, "False": NOT_READY}
_OF_PRESSURE: Mapping[str, str] = {
    "MemoryPressure": "node.kubernetes.io/memory-pressure",
    "DiskPressure": "node.kubernetes.io/disk-pressure",
    "PIDPressure": "node.kubernetes.io/pid-pressure",
    "NetworkUnavailable": "node.kubernetes.io/network-unavailable",
}
_OWN = frozenset({UNREACHABLE, NOT_READY, _UNSCHEDULABLE, *_OF_PRESSURE.values()})
_LARGE, _UNHEALTHY_SHARE, _FEW = 50, 0.55, 2


def ready_of(node: Node) -> str:
    """Return the status of the node's Ready condition, empty before its kubelet has reported."""
    return next((each.status for each in node.status.conditions or () if each.type == "Ready"), "")


def reconcile(view: View, key: Key) -> Iterator[Action]:
    """Mark a node that has been silent for too long, and keep its taints in step with its conditions."""
    node = view.store.find(Node, *split(key))
    if node is None:
        return
    silent = view.silences.get(node.name)
    if silent is not None and ready_of(node) not in {"Unknown", ""}:
        due = max(silent, view.watching()) + GRACE
        if view.now < due:
            yield Wake(due, key)
        else:
            node = yield from _lose(view, node)
    wanted = _taints(node, view.store)
    if wanted != list(node.spec.taints or ()):
        kept = {each.key for each in node.spec.taints or ()}
        new = tuple(f"{each.key}:{each.effect}" for each in wanted if each.key not in kept)
        gone = tuple(sorted(kept - {each.key for each in wanted}))
        facts = {"node": node.name, "new": new, "gone": gone}
        why = Why(rule="cluster.node.taint" if new else "cluster.node.untaint", facts=facts)
        yield Update(replace(node, spec=replace(node.spec, taints=wanted)), why)


def _lose(view: View, node: Node) -> Generator[Action, None, Node]:
    """Report that nothing is known of a node any more, and that its pods serve nobody."""
    unknown = [
        replace(each, status="Unknown", reason="NodeStatusUnknown", last_transition_time=view.stamp)
        if each.type != "NetworkUnavailable"
        else each
        for each in node.status.conditions or ()
    ]
    lost = replace(node, status=replace(node.status, conditions=unknown))
    facts = {"node": node.name, "seconds": GRACE // instants.SECOND}
    yield Update(lost, Why(rule="cluster.node.silent", did=f"report {node.name} Ready=Unknown", facts=facts))
    yield Say(ref_of(node), "NodeNotReady", f"Node {node.name} status is now: NodeNotReady")
    for pod in view.store.on_node(node.name):
        if readiness.is_ready(pod):
            conditions = [
                replace(each, status="False", reason=None, last_transition_time=view.stamp)
                if each.type == "Ready"
                else each
                for each in pod.status.conditions or ()
            ]
            yield Update(
                replace(pod, status=replace(pod.status, conditions=conditions)),
                Why(rule="cluster.node.podNotReady", did="report Ready=False", facts={"node": node.name}),
            )
            yield Say(ref_of(pod), "NodeNotReady", "Node is not ready", "Warning")
    return lost


def _taints(node: Node, store: Store) -> list[Taint]:
    """Return the taints that a node is to have: those of others, and those of its conditions."""
    have = {(each.key, each.effect): each for each in node.spec.taints or ()}
    wanted = [each for each in node.spec.taints or () if each.key not in _OWN]
    for key, effect in _wanted(node, store):
        wanted.append(have.get((key, effect)) or Taint(key=key, effect=effect))
    return wanted


def _wanted(node: Node, store: Store) -> Iterator[tuple[str, str]]:
    trouble = _OF_READY.get(ready_of(node))
    if trouble is not None:
        yield trouble, "NoSchedule"
        if _evicts(node, store):
            yield trouble, "NoExecute"
    for each in node.status.conditions or ():
        if each.status == "True" and each.type in _OF_PRESSURE:
            yield _OF_PRESSURE[each.type], "NoSchedule"
    if node.spec.unschedulable:
        yield _UNSCHEDULABLE, "NoSchedule"


def _evicts(node: Node, store: Store) -> bool:
    """Whether pods are sent away: not where every node is in trouble, nor most of a small zone.

    Then the trouble is thought to be the control plane's own.
    """
    zones: dict[tuple[str | None, ...], list[Node]] = defaultdict(list)
    for each in store.all(Node):
        zones[_zone(each)].append(each)
    if all(ready_of(each) in _OF_READY for each in store.all(Node)):
        return False
    mine = zones[_zone(node)]
    troubled = sum(ready_of(each) in _OF_READY for each in mine)
    most = troubled > _FEW and troubled / len(mine) >= _UNHEALTHY_SHARE
    return troubled == len(mine) or not most or len(mine) > _LARGE


def _zone(node: Node) -> tuple[str | None, ...]:
    return tuple(node.labels.get(label) for label in _ZONES)


def _watch(store: Store, change: Change) -> Iterator[Key]:
    """A node itself; and all of them when one's readiness has changed, since they count together."""
    old, new = change.old, change.new
    before = ready_of(old) if isinstance(old, Node) else ""
    after = ready_of(new) if isinstance(new, Node) else ""
    if before != after:
        yield from (f"/{each.name}" for each in store.all(Node))
    else:
        yield f"/{change.ref[2]}"


CONTROLLER = Controller(name="node-lifecycle-controller", watches={"Node": _watch}, reconcile=reconcile)
