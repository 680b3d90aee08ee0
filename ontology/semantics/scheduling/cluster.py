"""The cluster as the scheduler keeps it: columns over nodes, updated as pods are placed and taken away."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from ontology import node_selectors, selectors, tolerations
from ontology.cluster.meta import LabelSelector, LabelSelectorRequirement, Quantity
from ontology.cluster.nodes import Node, Taint
from ontology.cluster.pods import NodeAffinity, NodeSelector, NodeSelectorTerm, Pod
from ontology.cluster.policies import PodDisruptionBudget
from ontology.cluster.services import Service
from ontology.pod_resources import billionths
from ontology.semantics.scheduling import pods
from ontology.semantics.scheduling.columns import At, Codes, Column, Ints, LabelColumn, Mask, Tracked, Whole
from ontology.semantics.scheduling.ledger import Entry, Ledger
from ontology.semantics.scheduling.pods import Demand, Profile, Seated
from ontology.semantics.scheduling.storage import Storage
from ontology.semantics.scheduling.terms import Selector, Term, Weighted

KEEPS_AWAY = ("NoSchedule", "NoExecute")


# Demands for which filters and scores are kept ready at a time.
_KEPT = 512

SCORED = ("cpu", "memory")
"""The resources that scores compare."""


Owner = tuple[str, str, str]
"""Kind, namespace and name of what controls pods."""


class Machines:
    """cpu and memory of all nodes, a row each: what there is, is requested, and is spare to scores."""

    def __init__(self, cpu: Whole, memory: Whole) -> None:
        self.capacity: Whole = np.stack([cpu, memory])
        self.divisor: Whole = np.maximum(self.capacity, 1.0)
        self.largest = float(self.capacity.max(initial=0.0))
        self.known: Mask = self.capacity > 0
        self.complete = bool(self.known.all())
        self.used: Whole = np.zeros_like(self.capacity)
        self.spare: Whole = self.capacity.copy()


class Cluster:
    """Nodes as columns, running pods as counts.

    `enforced` is the node affinity that the scheduler asks of every pod's node, beside the pod's own.
    `place` changes everything; `seat` and `unseat` only what a node itself knows of its pods (amounts, ports,
    the list), for trials that are taken back.
    """

    def __init__(  # noqa: PLR0913 - the kinds of objects that placing reads
        self,
        nodes: Iterable[Node],
        *,
        namespaces: Mapping[str, Mapping[str, str]],
        storage: Storage,
        services: Iterable[Service] = (),
        owners: Mapping[Owner, LabelSelector | None] = MappingProxyType({}),
        budgets: Iterable[PodDisruptionBudget] = (),
        enforced: NodeAffinity | None = None,
    ) -> None:
        self.nodes = tuple(nodes)
        self.names = tuple(node.name for node in self.nodes)
        self.index = {name: i for i, name in enumerate(self.names)}
        self.size = len(self.nodes)
        self.namespaces = namespaces
        self.storage = storage
        self.services = tuple(services)
        self.owners = owners
        self.budgets = tuple(budgets)
        self.enforced = enforced
        self._allocatable: dict[str, Whole] = {}
        self._used: dict[str, Whole] = {}
        self._free: dict[str, Whole] = {}
        self.pod_limit = self.allocatable("pods")
        self.machines = Machines(self.allocatable("cpu"), self.allocatable("memory"))
        for resource, row in zip(SCORED, self.machines.used, strict=True):
            self._used[resource] = row
        self.node_codes: Codes = np.arange(1, self.size + 1, dtype=np.intp)
        self.taints: Column[tuple[Taint, ...]] = Column.of(
            (tuple(node.spec.taints or ()) for node in self.nodes),
            lambda taints: tuple((t.key, t.value, t.effect) for t in taints),
        )
        self.unschedulable: Mask = np.fromiter((n.spec.unschedulable for n in self.nodes), bool, self.size)
        self.pod_count: Ints = np.zeros(self.size, dtype=np.int64)
        self.journal: list[int] = []
        self.seats: list[list[Seated]] = [[] for _ in self.nodes]
        self.nominated: dict[int, list[Seated]] = {}
        self.ports: dict[tuple[str, int], dict[str, Counter[int]]] = {}
        # pods are filed under each of their labels, terms under one that they ask for, None is for all
        self.profiles: Ledger[Profile] = Ledger(lambda profile: (None, *profile.items))
        self.repulsions: Ledger[Term] = Ledger(lambda term: (term.selector.mark,))
        self.attractions: Ledger[Weighted] = Ledger(lambda each: (each.term.selector.mark,))
        self.repulsion_keys: dict[str, None] = {}
        self.attraction_keys: dict[str, None] = {}
        self.prepared: dict[Any, Any] = {}
        self._labels: dict[str, LabelColumn] = {}
        self._demands: dict[bytes, Demand] = {}
        self._entries: dict[tuple[Demand, bool], list[Entry[Any]]] = {}
        self._admitted: dict[Term, frozenset[str] | None] = {}

    # -- columns -------------------------------------------------------------------------------------

    def labels(self, key: str) -> LabelColumn:
        """Return the column of a node label."""
        found = self._labels.get(key)
        if found is None:
            found = self._labels[key] = LabelColumn(key, [node.labels for node in self.nodes])
        return found

    def allocatable(self, resource: str) -> Whole:
        """Return what each node has to give, in the scheduler's unit; 0 where it says nothing."""
        found = self._allocatable.get(resource)
        if found is None:
            column = Column.of((_given(node).get(resource, 0) for node in self.nodes), lambda q: q)
            numbers = column.numbers(lambda quantity: pods.unit(resource, billionths(quantity)))
            found = self._allocatable[resource] = numbers.astype(np.float64)
        return found

    def used(self, resource: str) -> Whole:
        """Return what the pods of each node request."""
        found = self._used.get(resource)
        if found is None:
            found = self._used[resource] = np.zeros(self.size)
        return found

    def free(self, resource: str) -> Whole:
        """Return what is left of `allocatable`; less than nothing where too much is promised already."""
        found = self._free.get(resource)
        if found is None:
            found = self._free[resource] = self.allocatable(resource) - self.used(resource)
        return found

    def tracked(self, key: Hashable, compute: Callable[[At], Whole]) -> Tracked:
        """Return the column known by `key` of what nodes hold, kept current as pods come and go."""
        found: Tracked | None = self.prepared.get(key)
        if found is None:
            found = self.prepared[key] = Tracked(self.journal, compute)
        return found

    def constant(self, value: float) -> Whole:
        """Return the column that is the same for every node; it must not be changed."""
        found: Whole | None = self.prepared.get(("constant", value))
        if found is None:
            found = self.prepared["constant", value] = np.full(self.size, value)
        return found

    def admitted(self, selector: NodeSelector) -> Mask:
        """Return the nodes that one of the selector's terms matches."""
        found = np.zeros(self.size, dtype=bool)
        for term in selector.node_selector_terms or ():
            found |= self.term_mask(term)
        return found

    def term_mask(self, term: NodeSelectorTerm) -> Mask:
        """Return the nodes that one node selector term matches; none if it is empty or void."""
        expressions, fields = term.match_expressions or (), term.match_fields or ()
        if not node_selectors.is_readable(term):
            return np.zeros(self.size, dtype=bool)
        found = np.ones(self.size, dtype=bool)
        for each in expressions:
            found &= self.labels(each.key).mask(lambda labels, r=each: node_selectors.holds(r, labels))  # type: ignore[misc]
        for each in fields:
            found &= np.fromiter(
                (node_selectors.holds(each, {each.key: name}) for name in self.names), bool, self.size
            )
        return found

    def label_mask(self, selector: Selector) -> Mask:
        """Return the nodes whose labels a label selector matches."""
        if selector.raw is None:
            return np.zeros(self.size, dtype=bool)
        found = np.ones(self.size, dtype=bool)
        wanted = [
            LabelSelectorRequirement(key=key, operator="In", values=[value])
            for key, value in (selector.raw.match_labels or {}).items()
        ]
        for each in (*wanted, *(selector.raw.match_expressions or ())):
            found &= self.labels(each.key).mask(lambda labels, r=each: selectors.requirement_holds(r, labels))  # type: ignore[misc]
        return found

    def affine(self, demand: Demand) -> Mask:
        """Return the nodes that the pod's `nodeSelector` and required node affinity admit."""
        return self._once(("affine", demand), lambda: self._affine(demand))

    def _affine(self, demand: Demand) -> Mask:
        spec = demand.pod.spec
        found = np.ones(self.size, dtype=bool)
        for key, value in (spec.node_selector or {}).items():
            column = self.labels(key)
            found &= column.codes == column.index.get(value, -1)
        node_affinity = spec.affinity.node_affinity if spec.affinity else None
        if node_affinity is not None and node_affinity.required is not None:
            found &= self.admitted(node_affinity.required)
        return found

    def enforced_mask(self) -> Mask:
        """Return the nodes that the scheduler's own required affinity admits."""
        required = self.enforced.required if self.enforced else None
        if required is None:
            return self._once("enforced", lambda: np.ones(self.size, dtype=bool))
        return self._once("enforced", lambda: self.admitted(required))

    def tolerated(self, demand: Demand) -> Mask:
        """Return the nodes none of whose taints keeps the pod away."""
        asked = demand.pod.spec.tolerations
        return self._once(
            ("tolerated", demand),
            lambda: self.taints.mask(
                lambda taints: not tolerations.untolerated(taints, asked, effects=KEEPS_AWAY)
            ),
        )

    def _once(self, key: Any, compute: Callable[[], Mask]) -> Mask:
        found: Mask | None = self.prepared.get(key)
        if found is None:
            found = self.prepared[key] = compute()
        return found

    # -- namespaces ----------------------------------------------------------------------------------

    def reached(self, term: Term, namespace: str) -> bool:
        """Whether a term of an incoming pod looks at a namespace: listed, or selected by its labels.

        An empty namespace selector reaches every namespace, another one only those that exist.
        """
        if term not in self._admitted:
            self._admitted[term] = self._reached(term)
        known = self._admitted[term]
        return known is None or namespace in known

    def _reached(self, term: Term) -> frozenset[str] | None:
        if term.namespace_selector.is_empty:
            return None
        chosen = (name for name, labels in self.namespaces.items() if term.namespace_selector.matches(labels))
        return term.namespaces | frozenset(chosen)

    # -- pods ----------------------------------------------------------------------------------------

    def demand(self, pod: Pod, *, incoming: bool = False) -> Demand:
        """Return what a pod asks for; pods that say the same share it."""
        key = pods.fingerprint(pod, incoming=incoming)
        found = self._demands.get(key)
        if found is None:
            if len(self._demands) % _KEPT == 0:
                self._forget()
            found = self._demands[key] = pods.demand(pod, incoming=incoming)
        return found

    def _forget(self) -> None:
        # what is ready for one demand takes several columns: with many demands, memory matters more
        self.prepared.clear()
        for ledger in (self.profiles, self.repulsions, self.attractions):
            ledger.forget()

    def incoming(self, pod: Pod) -> Seated:
        """Return a pod that asks for a node."""
        return pods.seated(pod, self.demand(pod, incoming=True))

    def place(self, pod: Seated, node: int) -> None:
        """Let a pod run on a node."""
        self.seat(pod, node)
        for entry in self._entries_of(pod.demand, terminating=pod.terminating):
            entry.add(node, 1)

    def place_all(self, pods_on_nodes: Iterable[tuple[Seated, int]]) -> None:
        """Let many pods run: what pods of one demand add up to is counted at once."""
        groups: dict[tuple[Demand, bool], dict[int, int]] = {}
        for pod, node in pods_on_nodes:
            self.seats[node].append(pod)
            nodes = groups.setdefault((pod.demand, pod.terminating), {})
            nodes[node] = nodes.get(node, 0) + 1
        for (demand, terminating), nodes in groups.items():
            self._weigh_all(demand, nodes)
            for entry in self._entries_of(demand, terminating=terminating):
                for node, count in nodes.items():
                    entry.add(node, count)

    def seat(self, pod: Seated, node: int) -> None:
        """Add a pod to what its node knows: amounts, ports, the list."""
        self.seats[node].append(pod)
        self._weigh(pod.demand, node, 1)

    def unseat(self, pod: Seated, node: int) -> None:
        """Take back `seat`."""
        self.seats[node].remove(pod)
        self._weigh(pod.demand, node, -1)

    def nominate(self, pod: Seated, node: int) -> None:
        """Note a pod that waits for room on a node."""
        self.nominated.setdefault(node, []).append(pod)

    def _weigh(self, demand: Demand, node: int, sign: int) -> None:
        self.journal.append(node)
        self.pod_count[node] += sign
        for resource, amount in demand.requests.items():
            self.free(resource)[node] -= sign * amount  # before `used`, from which it is first computed
            self.used(resource)[node] += sign * amount
        cpu, memory = demand.load
        self.machines.spare[0, node] -= sign * cpu
        self.machines.spare[1, node] -= sign * memory
        self._hold_ports(demand, node, sign)

    def _weigh_all(self, demand: Demand, nodes: Mapping[int, int]) -> None:
        if len(nodes) == 1:
            ((node, count),) = nodes.items()
            for _ in range(count):
                self._weigh(demand, node, 1)
            return
        self.journal.extend(nodes)
        at = np.fromiter(nodes, np.intp, len(nodes))
        counts = np.fromiter(nodes.values(), np.int64, len(nodes))
        self.pod_count[at] += counts
        for resource, amount in demand.requests.items():
            self.free(resource)[at] -= counts * amount
            self.used(resource)[at] += counts * amount
        self.machines.spare[:, at] -= np.array([[demand.load[0]], [demand.load[1]]]) * counts
        for node, count in nodes.items():
            self._hold_ports(demand, node, count)

    def _hold_ports(self, demand: Demand, node: int, count: int) -> None:
        for address, protocol, port in demand.ports:
            self.ports.setdefault((protocol, port), {}).setdefault(address, Counter())[node] += count

    def _entries_of(self, demand: Demand, *, terminating: bool) -> list[Entry[Any]]:
        found = self._entries.get((demand, terminating))
        if found is None:
            found = self._entries[demand, terminating] = self._make_entries(demand, terminating=terminating)
        return found

    def _make_entries(self, demand: Demand, *, terminating: bool) -> list[Entry[Any]]:
        attracting = (*(Weighted(term, 1) for term in demand.affinity), *demand.preferences)
        for term in demand.anti_affinity:
            self.repulsion_keys[term.topology_key] = None
        for each in attracting:
            self.attraction_keys[each.term.topology_key] = None
        return [
            self.profiles.entry(demand.leaving if terminating else demand.profile),
            *map(self.repulsions.entry, demand.anti_affinity),
            *map(self.attractions.entry, attracting),
        ]


def _given(node: Node) -> Mapping[str, Quantity]:
    # the API server copies a capacity without an allocatable
    status = node.status
    return (status.capacity if status.allocatable is None else status.allocatable) or {}
