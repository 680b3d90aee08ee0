"""Host ports: two pods of one node cannot hold the same port, protocol and address.

Source: kubernetes.io/docs/concepts/configuration/overview and Pod `hostPort` (v1.36). No address is every
IPv4 address; `::` is an address like any other.
"""

from collections.abc import Iterator
from typing import Self

import numpy as np

from ontology.semantics.scheduling.cluster import Cluster
from ontology.semantics.scheduling.columns import ALL, At, Ints
from ontology.semantics.scheduling.filters.filter import TableFilter
from ontology.semantics.scheduling.pods import EVERYWHERE, Demand, Port


class Ports(TableFilter):
    """Rejects nodes on which a wanted port is taken."""

    PLUGIN = "NodePorts"
    RULE = "scheduling.ports"
    REASONS = (("node(s) didn't have free ports for the requested pod ports", False),)

    def __init__(self, cluster: Cluster, wanted: tuple[Port, ...]) -> None:
        self._cluster = cluster
        self._wanted = wanted

    @classmethod
    def prepare(cls, cluster: Cluster, demand: Demand) -> Self | None:
        """Return None for a pod without host ports."""
        return cls(cluster, demand.ports) if demand.ports else None

    def codes(self, at: At) -> Ints:
        """1 where a port is taken."""
        if at is not ALL and not isinstance(at, slice):
            return np.fromiter((any(self.taken(int(i))) for i in at), np.int64, len(at))
        codes = np.zeros(self._cluster.size, dtype=np.int64)
        for wanted in self._wanted:
            for holders in self._conflicting(wanted):
                codes[[node for node, count in holders.items() if count > 0]] = 1
        return codes[at]

    def taken(self, node: int) -> Iterator[Port]:
        """Yield the wanted ports that a node cannot give."""
        for wanted in self._wanted:
            if any(holders[node] > 0 for holders in self._conflicting(wanted)):
                yield wanted

    def _conflicting(self, wanted: Port) -> list[dict[int, int]]:
        address, protocol, port = wanted
        held = self._cluster.ports.get((protocol, port), {})
        if address == EVERYWHERE:
            return list(held.values())
        return [held[each] for each in (address, EVERYWHERE) if each in held]
