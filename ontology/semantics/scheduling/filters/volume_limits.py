"""Volume limits: a CSI driver says in CSINode how many of its volumes a node can attach.

Source: kubernetes.io/docs/concepts/storage/storage-limits (v1.36). Distinct volumes count, those of
VolumeAttachments too; a volume that is on the node already costs nothing.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Self

import numpy as np

from ontology.semantics.scheduling.cluster import Cluster
from ontology.semantics.scheduling.columns import At, Ints
from ontology.semantics.scheduling.filters.filter import TableFilter
from ontology.semantics.scheduling.pods import Demand
from ontology.semantics.scheduling.storage import Attachment


class VolumeLimits(TableFilter):
    """Rejects nodes that could not attach the pod's volumes as well."""

    PLUGIN = "NodeVolumeLimits"
    RULE = "scheduling.volumeLimits"
    REASONS = (("node(s) exceed max volume count", False),)

    def __init__(self, cluster: Cluster, demand: Demand, wanted: frozenset[Attachment]) -> None:
        super().__init__(cluster, demand)
        self._wanted = wanted
        drivers = {driver for driver, _ in wanted}
        self._limits = {
            cluster.index[node.name]: limits
            for node in cluster.storage.nodes.values()
            if node.name in cluster.index
            and (
                limits := {
                    d.name: d.allocatable.count
                    for d in node.spec.drivers or ()
                    if d.name in drivers and d.allocatable is not None and d.allocatable.count is not None
                }
            )
        }

    @classmethod
    def prepare(cls, cluster: Cluster, demand: Demand) -> Self | None:
        """Return None for a pod that brings no CSI volume."""
        wanted = frozenset(cluster.storage.attached(demand.pod)) if demand.volumes else frozenset()
        return cls(cluster, demand, wanted) if wanted else None

    def codes(self, at: At) -> Ints:
        """1 where a driver's limit would be passed."""
        codes = np.zeros(self.cluster.size, dtype=np.int64)
        wanted = np.zeros(self.cluster.size, dtype=bool)
        wanted[at] = True
        for node in self._limits:
            codes[node] = wanted[node] and any(over for *_, over in self.counts(node))
        return codes[at]

    def counts(self, node: int) -> list[tuple[str, int, int, int, bool]]:
        """Return driver, attached, wanted, limit and whether it is passed, for each limited driver."""
        limits = self._limits.get(node)
        if limits is None:
            return []
        storage = self.cluster.storage
        attached = set(storage.attached_to(self.cluster.names[node]))
        for pod in self.cluster.seats[node]:
            if pod.demand.volumes:
                attached.update(storage.attached(pod.demand.pod))
        there = Counter(driver for driver, _ in attached)
        new = Counter(driver for driver, _ in self._wanted - attached)
        return [
            (
                driver,
                there[driver],
                new[driver],
                limit,
                bool(new[driver]) and there[driver] + new[driver] > limit,
            )
            for driver, limit in limits.items()
        ]

    def facts(self, node: int, code: int) -> Mapping[str, Any]:
        """Return the sums that pass a limit, or all of them."""
        sums = tuple(
            f"{driver}: {there} + {new} {'>' if over else '<='} {limit}"
            for driver, there, new, limit, over in self.counts(node)
            if over or not code
        )
        return {"sums": sums}
