"""Resources: what a pod requests must be left of what the node can give; every shortage is a reason.

Source: kubernetes.io/docs/concepts/configuration/manage-resources-containers (v1.36).
"""

from collections.abc import Iterator, Mapping
from typing import Any, Self

import numpy as np

from ontology.cluster.pods import Container
from ontology.pod_resources import requested
from ontology.semantics.scheduling.cluster import Cluster
from ontology.semantics.scheduling.columns import At, Ints
from ontology.semantics.scheduling.edits import amount
from ontology.semantics.scheduling.filters.filter import Filter, Remedy, pod_edit
from ontology.semantics.scheduling.pods import Demand, unit

_NEVER = 1  # bit 0: the node could not give it even when empty
_PODS = 2  # bit 1: too many pods; the resources follow, a bit each


class Resources(Filter):
    """Rejects nodes with too little left."""

    PLUGIN = "NodeResourcesFit"
    RULE = "scheduling.resources"

    def __init__(self, cluster: Cluster, demand: Demand) -> None:
        super().__init__(cluster, demand)
        self._wanted = tuple(
            (asked, cluster.free(resource), 4 << position)
            for position, (resource, asked) in enumerate(demand.requests.items())
        )
        self.resources = tuple(demand.requests)
        never = np.zeros(cluster.size, dtype=np.int64)
        for position, (resource, asked) in enumerate(demand.requests.items()):
            never |= np.where(asked > cluster.allocatable(resource), (4 << position) | _NEVER, 0)
        self._never = never

    @classmethod
    def prepare(cls, cluster: Cluster, demand: Demand) -> Self:
        """Return the filter; it has something to say about every pod."""
        return cls(cluster, demand)

    def codes(self, at: At) -> Ints:
        """Return a set of bits: never, pods, then each requested resource in turn."""
        codes = self._never[at]
        full = self.cluster.pod_count[at] >= self.cluster.pod_limit[at]
        if np.count_nonzero(full):
            codes = codes + full * _PODS
        for asked, free, bit in self._wanted:
            short = free[at] < asked
            if np.count_nonzero(short):
                codes = codes | (short * bit)
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

    def free(self, node: int, resource: str) -> int:
        """Return what a node has left, in the scheduler's unit."""
        return int(self.cluster.free(resource)[node])

    def facts(self, node: int, code: int) -> Mapping[str, Any]:
        """Return each shortage as requested > free, or what is free of what is requested."""
        cluster, wanted = self.cluster, self.demand.requests
        short = [name for name in self.short(code) if name != "pods"]
        sign, listed = (">", short) if code else ("<=", [*self.resources])
        amounts = tuple(
            f"{name} {amount(name, wanted[name])} {sign} {amount(name, self.free(node, name))}"
            for name in listed
        )
        pods = f"pods {int(cluster.pod_count[node])} + 1 > {int(cluster.pod_limit[node])}"
        never = "never" if code & _NEVER else ""
        return {"amounts": (*((pods,) if code & _PODS else ()), *amounts), "never": never}

    def remedies(self, node: int, code: int) -> Iterator[Remedy]:
        """Request what is left, taken from the container that asks for most."""
        spec = self.demand.pod.spec
        if code & _PODS or spec.resources is not None or spec.init_containers:
            return
        edits = []
        for name in self.short(code):
            lack = self.demand.requests[name] - self.free(node, name)
            shares = [_share(c, name) for c in spec.containers or ()]
            largest = max(range(len(shares)), key=shares.__getitem__)
            if lack >= shares[largest] or "/" in name:
                return
            value = amount(name, shares[largest] - lack)
            path = ("spec", "containers", largest, "resources", "requests", name)
            edits.append(pod_edit(self.demand, path, value, f"requests.{name}={value}"))
        yield tuple(edits)


def _share(container: Container, resource: str) -> int:
    return unit(resource, requested(container.resources).get(resource, 0))
