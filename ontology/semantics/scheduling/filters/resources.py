"""Resources: what a pod requests must be left of what the node can give; every shortage is a reason.

Source: kubernetes.io/docs/concepts/configuration/manage-resources-containers (v1.36).
"""

from typing import Self

import numpy as np

from ontology.semantics.scheduling.cluster import Cluster
from ontology.semantics.scheduling.columns import At, Ints
from ontology.semantics.scheduling.filters.filter import Filter
from ontology.semantics.scheduling.pods import Demand

_NEVER = 1  # bit 0: the node could not give it even when empty
_PODS = 2  # bit 1: too many pods; the resources follow, a bit each


class Resources(Filter):
    """Rejects nodes with too little left."""

    PLUGIN = "NodeResourcesFit"
    RULE = "scheduling.resources"

    def __init__(self, cluster: Cluster, demand: Demand) -> None:
        self._cluster = cluster
        self._wanted = tuple(
            (amount, cluster.allocatable(resource), cluster.used(resource), 4 << position)
            for position, (resource, amount) in enumerate(demand.requests.items())
        )
        self.resources = tuple(demand.requests)
        self._never = np.zeros(cluster.size, dtype=np.int64)
        for amount, allocatable, _, bit in self._wanted:
            self._never |= np.where(amount > allocatable, bit | _NEVER, 0)

    @classmethod
    def prepare(cls, cluster: Cluster, demand: Demand) -> Self:
        """Return the filter; it has something to say about every pod."""
        return cls(cluster, demand)

    def codes(self, at: At) -> Ints:
        """Return a set of bits: never, pods, then each requested resource in turn."""
        cluster = self._cluster
        codes = self._never[at] + (cluster.pod_count[at] >= cluster.pod_limit[at]) * _PODS
        for amount, allocatable, used, bit in self._wanted:
            codes |= (used[at] > allocatable[at] - amount) * bit
        return codes

    def short(self, code: int) -> tuple[str, ...]:
        """Return the names of the resources that a code says are short."""
        named = tuple(name for i, name in enumerate(self.resources) if code & (4 << i))
        return ("pods", *named) if code & _PODS else named

    def reasons(self, code: int) -> tuple[str, ...]:
        """Return a reason for each shortage."""
        return tuple(
            "Too many pods" if name == "pods" else f"Insufficient {name}" for name in self.short(code)
        )

    def is_unresolvable(self, code: int) -> bool:
        """Whether the node could not give it even when empty."""
        return bool(code & _NEVER)
