"""The taint eviction controller: deletes the pods that do not tolerate a NoExecute taint, in time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from ontology import instants, readiness
from ontology.cluster.meta import Condition
from ontology.cluster.nodes import Node
from ontology.cluster.pods import Pod
from ontology.semantics.eviction import plans
from ontology.verdict import Step
from ontology.walkthroughs.cluster.actions import Action, Delete, Say, Update, Wake, Why
from ontology.walkthroughs.cluster.clock import Key, seconds
from ontology.walkthroughs.cluster.component import Single, View, Watch
from ontology.walkthroughs.cluster.kinds import ref_of
from ontology.walkthroughs.cluster.store import Change, Store


@dataclass(slots=True)
class TaintEviction(Single):
    """Keys are nodes. `planned` remembers by pod when a deletion was planned, and for when (seconds)."""

    planned: dict[str, tuple[float, float]] = field(default_factory=dict)
    name: str = "taint-eviction-controller"
    process: str = "kube-controller-manager"
    local: bool = False

    @property
    def watches(self) -> Mapping[str, Watch]:
        """Nodes for their taints, pods for where they are."""
        return {"Node": _of_node, "Pod": _of_pod}

    def forget(self) -> None:
        """Start anew: a plan lives in memory only."""
        self.planned.clear()

    def act(self, view: View, keys: Sequence[Key]) -> Iterator[tuple[Key, Sequence[Action]]]:
        """Yield what becomes of the pods of each node."""
        for key in keys:
            node = view.store.find(Node, "", key)
            if node is not None:
                yield key, tuple(self._node(view, node))

    def _node(self, view: View, node: Node) -> Iterator[Action]:
        now = float(seconds(view.clock.offset))
        for pod in view.store.on_node(node.name):
            if readiness.is_terminating(pod) or readiness.is_finished(pod):
                self.planned.pop(pod.metadata.uid, None)
                continue
            yield from self._pod(view, node, pod, now)

    def _pod(self, view: View, node: Node, pod: Pod, now: float) -> Iterator[Action]:
        since, due = self.planned.get(pod.metadata.uid, (0.0, None))
        if due is not None and due <= now:
            yield from self._evict(view, node, pod, plans.Look(at=now, turn=plans.Turn.DUE, due=due))
            return
        look = plans.look(pod.spec.tolerations or (), node.spec.taints or (), at=now, since=since, due=due)
        if look.turn is plans.Turn.UNTOLERATED:
            yield from self._evict(view, node, pod, look)
        elif look.due is None:
            if due is not None:
                del self.planned[pod.metadata.uid]
                text = f"Cancelling deletion of Pod {pod.namespace}/{pod.name}"
                yield Say(ref_of(pod), "TaintManagerEviction", text)
        else:
            self.planned[pod.metadata.uid] = (since if due is not None else now, look.due)
            yield Wake(view.clock.start + round(look.due * instants.SECOND), node.name)

    def _evict(self, view: View, node: Node, pod: Pod, look: plans.Look) -> Iterator[Action]:
        self.planned.pop(pod.metadata.uid, None)
        taints = tuple(f"{each.taint.key}:{each.taint.effect}" for each in look.uses) or tuple(
            f"{each.key}:{each.effect}" for each in node.spec.taints or () if each.effect == plans.NO_EXECUTE
        )
        target = Condition(
            type="DisruptionTarget",
            status="True",
            reason="DeletionByTaintManager",
            message="Taint manager: deleting due to NoExecute taint",
            last_transition_time=view.stamp,
        )
        conditions = [*(pod.status.conditions or ()), target]
        yield Update(replace(pod, status=replace(pod.status, conditions=conditions)))
        yield Say(ref_of(pod), "TaintManagerEviction", f"Marking for deletion Pod {pod.namespace}/{pod.name}")
        facts = {"pod": pod.name, "node": node.name, "taints": taints}
        at = seconds(view.clock.offset)
        step = Step(look.turn.value, True, {"at": at, "due": at, "seconds": look.limit, **facts})
        yield Delete(ref_of(pod), Why(rule="cluster.taint.evict", facts=facts, because=lambda: (step,)))


def _of_node(_: Store, change: Change) -> Iterator[Key]:
    old, new = change.old, change.new
    before = (old.spec.taints if isinstance(old, Node) else None) or []
    after = (new.spec.taints if isinstance(new, Node) else None) or []
    if before != after:
        yield change.ref[2]


def _of_pod(store: Store, change: Change) -> Iterator[Key]:
    """A pod that comes to a node with taints, or tolerates others."""
    old, new = change.old, change.new
    if not isinstance(new, Pod) or not new.spec.node_name:
        return
    if isinstance(old, Pod) and old.spec == new.spec:
        return
    node = store.find(Node, "", new.spec.node_name)
    if node is not None and any(each.effect == plans.NO_EXECUTE for each in node.spec.taints or ()):
        yield node.name
