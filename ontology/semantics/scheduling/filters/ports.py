"""Host ports: two pods of one node cannot hold the same port, protocol and address.

Source: kubernetes.io/docs/concepts/configuration/overview and Pod `hostPort` (v1.36). No address is every
IPv4 address; `::` is an address like any other.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Self

import numpy as np

from ontology.cluster.pods import ContainerPort
from ontology.semantics.scheduling.cluster import Cluster
from ontology.semantics.scheduling.columns import At, Ints
from ontology.semantics.scheduling.filters.filter import Remedy, TableFilter, pod_edit
from ontology.semantics.scheduling.pods import EVERYWHERE, Demand, Port, Seated


class Ports(TableFilter):
    """Rejects nodes on which a wanted port is taken."""

    PLUGIN = "NodePorts"
    RULE = "scheduling.ports"
    REASONS = (("node(s) didn't have free ports for the requested pod ports", False),)

    @classmethod
    def prepare(cls, cluster: Cluster, demand: Demand) -> Self | None:
        """Return None for a pod without host ports."""
        return cls(cluster, demand) if demand.ports else None

    def codes(self, at: At) -> Ints:
        """1 where a port is taken."""
        codes = np.zeros(self.cluster.size, dtype=np.int64)
        for wanted in self.demand.ports:
            for holders in self._conflicting(wanted):
                codes[[node for node, count in holders.items() if count > 0]] = 1
        return codes[at]

    def taken(self, node: int) -> Iterator[Port]:
        """Yield the wanted ports that a node cannot give."""
        for wanted in self.demand.ports:
            if any(holders[node] > 0 for holders in self._conflicting(wanted)):
                yield wanted

    def facts(self, node: int, code: int) -> Mapping[str, Any]:  # noqa: ARG002 - one reason
        """Return the ports that are taken, and by whom."""
        taken = list(self.taken(node))
        holders = [p.full_name for p in self.cluster.seats[node] if _holds(p, taken)]
        return {"ports": tuple(_shown(port) for port in taken), "holders": tuple(holders)}

    def remedies(self, node: int, code: int) -> Iterator[Remedy]:  # noqa: ARG002 - one reason
        """Ask for no host port."""
        numbers = {port for _, _, port in self.taken(node)}
        spec = self.demand.pod.spec
        if not spec.host_network:
            yield tuple(
                pod_edit(self.demand, (*at, "hostPort"), 0, f"-hostPort {port.host_port}")
                for at, port in _ports(self.demand)
                if port.host_port in numbers
            )

    def _conflicting(self, wanted: Port) -> list[dict[int, int]]:
        address, protocol, port = wanted
        held = self.cluster.ports.get((protocol, port), {})
        if address == EVERYWHERE:
            return list(held.values())
        return [held[each] for each in (address, EVERYWHERE) if each in held]


def _holds(pod: Seated, taken: list[Port]) -> bool:
    return any((p[1], p[2]) == (t[1], t[2]) for p in pod.demand.ports for t in taken)


def _shown(port: Port) -> str:
    address, protocol, number = port
    return f"{number}/{protocol}" if address == EVERYWHERE else f"{address}:{number}/{protocol}"


def _ports(demand: Demand) -> Iterator[tuple[tuple[str | int, ...], ContainerPort]]:
    spec = demand.pod.spec
    for member, containers in (("containers", spec.containers), ("initContainers", spec.init_containers)):
        for i, container in enumerate(containers or ()):
            for j, port in enumerate(container.ports or ()):
                yield ("spec", member, i, "ports", j), port
