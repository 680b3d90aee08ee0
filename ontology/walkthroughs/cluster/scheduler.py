"""kube-scheduler: gives each waiting pod a node, the most important and oldest first.

Which node is said by `semantics.scheduling`; of several that are equally good, the pod's uid draws one.

Source: kubernetes.io/docs/concepts/scheduling-eviction/kube-scheduler (v1.36).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from msgspec.structs import replace

from ontology import readiness
from ontology.cluster.meta import Condition, KubeObject
from ontology.cluster.nodes import Node
from ontology.cluster.pods import Pod
from ontology.errors import TooCostlyError
from ontology.semantics.scheduling import preemption, schedule, snapshot
from ontology.semantics.scheduling.cluster import Cluster
from ontology.semantics.scheduling.cycle import Filtered, run_filters, run_scores
from ontology.semantics.scheduling.pods import Seated, fingerprint
from ontology.verdict import Step
from ontology.walkthroughs.cluster.actions import Action, Delete, Say, Update, Why
from ontology.walkthroughs.cluster.clock import Key
from ontology.walkthroughs.cluster.component import Single, View, Watch
from ontology.walkthroughs.cluster.kinds import ref_of
from ontology.walkthroughs.cluster.objects import objects
from ontology.walkthroughs.cluster.reserving import choose_volumes, unbound
from ontology.walkthroughs.cluster.store import Change, Store
from ontology.walkthroughs.timeline.clock import Because, no_steps

_QUEUE = "queue"
_MOST_ATTEMPTS = 50_000
_NAME = "default-scheduler"
# of these only the selector matters: whose pods are spread
_SELECTING = frozenset({"ReplicaSet", "StatefulSet", "Service"})
_GATED = "Scheduling is blocked due to non-empty scheduling gates"


Kind = tuple[bytes, int, bool]
"""What makes pods alike to the scheduler: what they ask for, their priority, and whether they preempt."""


@dataclass(slots=True)
class Scheduler(Single):
    """Keys are pods that are new, or the queue as a whole: each act looks at all that wait.

    `reserved` are nodes of pods that wait for their claims. `_cluster` is what the scheduler knows of nodes
    and pods; it is read anew when anything but its own bindings has changed. Until then what it has said of a
    pod holds for all that are alike (`_hopeless`), and those that wait for claims are counted (`_seated`).
    """

    reserved: dict[str, str] = field(default_factory=dict)
    name: str = _NAME
    process: str = "kube-scheduler"
    local: bool = False
    _cluster: Cluster | None = None
    _stale: bool = True
    _hopeless: dict[Kind, str] = field(default_factory=dict)
    _seated: set[str] = field(default_factory=set)
    _kinds: dict[str, tuple[Any, Any, Kind]] = field(default_factory=dict)
    _attempts: int = 0
    _told: dict[str, str] = field(default_factory=dict)

    @property
    def watches(self) -> Mapping[str, Watch]:
        """Pods that wait or come and go, and whatever may make room for one."""
        anything = dict.fromkeys(
            (
                "CSIDriver",
                "CSINode",
                "CSIStorageCapacity",
                "Namespace",
                "PersistentVolume",
                "PersistentVolumeClaim",
                "ReplicaSet",
                "Service",
                "StatefulSet",
                "StorageClass",
                "VolumeAttachment",
            ),
            self._anything,
        )
        return {"Pod": self._pod, "Node": self._node, **anything}

    def forget(self) -> None:
        """Start anew: reservations live in memory only."""
        self.reserved.clear()
        self._told.clear()
        self._stale = True

    # -- watches -------------------------------------------------------------------------------------

    def _pod(self, _: Store, change: Change) -> Iterator[Key]:
        old, new = change.old, change.new
        if isinstance(new, Pod) and not new.spec.node_name:
            if not isinstance(old, Pod) or old.spec != new.spec or old.metadata is not new.metadata:
                yield f"{new.namespace}/{new.name}"
            return
        bound = isinstance(old, Pod) and not old.spec.node_name
        if bound and isinstance(new, Pod):
            return  # its own doing, and counted already; of a pod bound by others it learns below
        if not isinstance(old, Pod) or not isinstance(new, Pod) or _frees(old, new):
            self._stale = True
            yield _QUEUE

    def _node(self, _: Store, change: Change) -> Iterator[Key]:
        old, new = change.old, change.new
        if isinstance(old, Node) and isinstance(new, Node) and _offer(old) == _offer(new):
            return
        self._stale = True
        yield _QUEUE

    def _anything(self, _: Store, change: Change) -> Iterator[Key]:
        old, new = change.old, change.new
        known = old is not None and new is not None and change.ref[0] in _SELECTING
        if known and _selector(old) == _selector(new):
            return
        self._stale = True
        yield _QUEUE

    # -- the queue -----------------------------------------------------------------------------------

    def act(self, view: View, keys: Sequence[Key]) -> Iterator[tuple[Key, Sequence[Action]]]:
        """Yield what becomes of each pod that waits, one after the other.

        Raises:
            TooCostlyError: more attempts than a story may have.
        """
        waiting = sorted(
            (pod for pod in view.store.all(Pod) if self._waits(pod)),
            key=lambda pod: (
                -(pod.spec.priority or 0),
                pod.metadata.creation_timestamp or "",
                pod.namespace,
                pod.name,
            ),
        )
        if not waiting:
            return
        cluster = self._known(view.store)
        for pod in waiting:
            current = view.store.find(Pod, pod.namespace, pod.name)
            if current is None or current.spec.node_name or self._knows(current):
                continue
            key = f"{pod.namespace}/{pod.name}"
            yield key if key in keys else _QUEUE, tuple(self._schedule(view, cluster, current))

    def _knows(self, pod: Pod) -> bool:
        """Whether a pod has been told already what still holds for it and all that are alike."""
        words = self._hopeless.get(self._kind(pod))
        return words is not None and self._told.get(pod.metadata.uid) == words

    def _kind(self, pod: Pod) -> Kind:
        uid = pod.metadata.uid
        spec, labels, kind = self._kinds.get(uid, (None, None, None))
        if kind is None or spec is not pod.spec or labels is not pod.metadata.labels:
            kind = (
                fingerprint(pod, incoming=True),
                pod.spec.priority or 0,
                pod.spec.preemption_policy != "Never",
            )
            self._kinds[uid] = pod.spec, pod.metadata.labels, kind
        return kind

    @staticmethod
    def _waits(pod: Pod) -> bool:
        mine = pod.spec.scheduler_name in ("", _NAME)
        return not pod.spec.node_name and mine and readiness.is_active(pod)

    def _known(self, store: Store) -> Cluster:
        if self._cluster is None or self._stale:
            self._cluster = snapshot.read(objects(store))
            self._hopeless.clear()
            self._seated.clear()
            self._stale = False
        return self._cluster

    def _schedule(self, view: View, cluster: Cluster, pod: Pod) -> Iterator[Action]:
        if pod.spec.scheduling_gates:
            yield from self._unschedulable(view, pod, "SchedulingGated", _GATED)
            return
        uid = pod.metadata.uid
        if uid in self._seated:  # it waits for its claims, and nothing has changed
            return
        kind = self._kind(pod)
        words = self._hopeless.get(kind)
        if words is not None:
            yield from self._unschedulable(view, pod, "Unschedulable", words)
            return
        self._attempts += 1
        if self._attempts > _MOST_ATTEMPTS:
            raise TooCostlyError(f"more than {_MOST_ATTEMPTS:,} attempts to place pods", path="until")
        seated = cluster.incoming(pod)
        filtered = run_filters(cluster, seated)
        node = self._choose(cluster, seated, filtered)
        if node is None:
            yield from self._nowhere(view, pod, filtered, kind)
            return
        waiting = unbound(view.store, pod)
        if waiting:
            self._seated.add(uid)
            if self.reserved.get(uid) != node:
                self.reserved[uid] = node
                yield from choose_volumes(view.store, pod, node, waiting)
            return
        self.reserved.pop(uid, None)
        self._told.pop(uid, None)
        self._kinds.pop(uid, None)
        yield self._bind(view, pod, node, filtered)
        yield Say(ref_of(pod), "Scheduled", f"Successfully assigned {pod.namespace}/{pod.name} to {node}")

    def _choose(self, cluster: Cluster, seated: Seated, filtered: Filtered) -> str | None:
        """Return the pod's reserved node, else one of the best, and count it there; None where none fits."""
        scored = run_scores(filtered)
        if not len(scored.best):
            return None
        reserved = cluster.index.get(self.reserved.get(seated.uid, ""))
        if reserved is not None and reserved in filtered.nodes:
            node = reserved
        else:
            # a choice that can be repeated, not a secret
            node = int(Random(seated.uid).choice(scored.best.tolist()))  # noqa: S311
        cluster.place(seated, node)
        self._hopeless.clear()  # a pod that runs may attract others
        return cluster.names[node]

    @staticmethod
    def _bind(view: View, pod: Pod, node: str, filtered: Filtered) -> Update:
        facts = {
            "pod": pod.name,
            "node": node,
            "feasible": len(filtered.nodes),
            "nodes": filtered.cluster.size,
        }
        return Update(
            replace(
                pod,
                spec=replace(pod.spec, node_name=node),
                status=replace(
                    pod.status,
                    nominated_node_name="",
                    conditions=_with(pod, "True", None, None, view.stamp),
                ),
            ),
            Why(rule="cluster.scheduler.bind", did=f"bind Pod {pod.name} to {node}", facts=facts),
        )

    def _nowhere(self, view: View, pod: Pod, filtered: Filtered, kind: Kind) -> Iterator[Action]:
        words = schedule.words(filtered)
        found = preemption.preempt(filtered) if filtered.cluster.size else None
        if found is not None and found.message:
            words = f"{words} {found.message}"
        step = Step("scheduling.placed", False, {"pod": f"{pod.namespace}/{pod.name}", "message": words})
        nominated = pod.status.nominated_node_name
        if found is not None and found.nominated:
            chosen = min(found.nominated, key=lambda each: filtered.cluster.names[each.node])
            node = filtered.cluster.names[chosen.node]
            if node != nominated:
                nominated = node
                for victim in chosen.victims:
                    yield from _preempt(view, pod, node, victim.namespace, victim.name)
                self._stale = True
        else:
            self._hopeless[kind] = words
        yield from self._unschedulable(view, pod, "Unschedulable", words, lambda: (step,), nominated)

    def _unschedulable(  # noqa: PLR0913, PLR0917 - what is told of a pod
        self,
        view: View,
        pod: Pod,
        reason: str,
        message: str,
        because: Because = no_steps,
        nominated: str = "",
    ) -> Iterator[Action]:
        if self._told.get(pod.metadata.uid) == message and pod.status.nominated_node_name == nominated:
            return
        self._told[pod.metadata.uid] = message
        conditions = _with(pod, "False", reason, message, view.stamp)
        status = replace(pod.status, conditions=conditions, nominated_node_name=nominated)
        facts = {"pod": pod.name, "message": message}
        why = Why(
            rule="cluster.scheduler.waits",
            did=f"find no node for Pod {pod.name}",
            facts=facts,
            because=because,
        )
        yield Update(replace(pod, status=status), why)
        yield Say(ref_of(pod), "FailedScheduling", message, "Warning")


def _frees(old: Pod, new: Pod) -> bool:
    """Whether a change of a running pod may make room: it has finished, is leaving, or has other labels."""
    return (
        readiness.is_finished(old) != readiness.is_finished(new)
        or (old.metadata.deletion_timestamp is None) != (new.metadata.deletion_timestamp is None)
        or old.metadata.labels != new.metadata.labels
        or old.spec != new.spec
    )


def _offer(node: Node) -> tuple[object, ...]:
    return (
        node.spec.taints or [],
        node.spec.unschedulable,
        node.metadata.labels,
        node.status.allocatable,
        node.status.capacity,
        node.status.images,
    )


def _selector(found: KubeObject | None) -> object:
    return getattr(getattr(found, "spec", None), "selector", None)


def _with(pod: Pod, status: str, reason: str | None, message: str | None, stamp: str) -> list[Condition]:
    before = readiness.condition(pod, "PodScheduled")
    changed = before.last_transition_time if before is not None and before.status == status else stamp
    scheduled = Condition(
        type="PodScheduled", status=status, reason=reason, message=message, last_transition_time=changed
    )
    return [*(each for each in pod.status.conditions or () if each.type != "PodScheduled"), scheduled]


def _preempt(view: View, pod: Pod, node: str, namespace: str, name: str) -> Iterator[Action]:
    victim = view.store.find(Pod, namespace, name)
    if victim is None or victim.metadata.deletion_timestamp is not None:
        return
    target = Condition(
        type="DisruptionTarget",
        status="True",
        reason="PreemptionByScheduler",
        message=f"{_NAME}: preempting to accommodate a higher priority pod",
        last_transition_time=view.stamp,
    )
    conditions = [*(victim.status.conditions or ()), target]
    yield Update(replace(victim, status=replace(victim.status, conditions=conditions)))
    facts = {"pod": victim.name, "for": pod.name, "node": node}
    yield Delete(ref_of(victim), Why(rule="cluster.scheduler.preempt", facts=facts))
    yield Say(ref_of(victim), "Preempted", f"Preempted by pod {pod.metadata.uid} on node {node}")
