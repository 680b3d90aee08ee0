"""Volumes and nodes: bound volumes must be reachable from the node, unbound claims must find one there.

Source: kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode, storage-capacity (v1.36).
"""

from collections.abc import Iterable, Mapping
from typing import Any, Self

import numpy as np

from ontology import claims
from ontology.cluster.storage import CSIStorageCapacity, StorageClass
from ontology.cluster.volumes import PersistentVolume, PersistentVolumeClaim
from ontology.pod_resources import billionths, whole
from ontology.semantics.scheduling.cluster import Cluster
from ontology.semantics.scheduling.columns import At, Ints, Mask
from ontology.semantics.scheduling.filters.filter import Filter, Refusal
from ontology.semantics.scheduling.pods import Demand
from ontology.semantics.scheduling.storage import claim_name, is_owned_by
from ontology.semantics.scheduling.terms import Selector

_CONFLICT, _NO_VOLUME, _NO_SPACE, _GONE = 1, 2, 4, 8
_REASONS = {
    _CONFLICT: "node(s) didn't match PersistentVolume's node affinity",
    _NO_VOLUME: "node(s) didn't find available persistent volumes to bind",
    _NO_SPACE: "node(s) did not have enough free storage",
    _GONE: "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)",
}

_RULES = {
    _CONFLICT: "scheduling.volumeNodeAffinity",
    _NO_VOLUME: "scheduling.volumeBinding",
    _NO_SPACE: "scheduling.storageCapacity",
    _GONE: "scheduling.volumeNodeAffinity",
}


class VolumeBinding(Filter):
    """Rejects nodes from which the pod's volumes cannot be had."""

    PLUGIN = "VolumeBinding"
    RULE = "scheduling.volumeBinding"
    STATIC = True

    def __init__(self, cluster: Cluster, demand: Demand, codes: Ints) -> None:
        super().__init__(cluster, demand)
        self._codes = codes

    @classmethod
    def prepare(cls, cluster: Cluster, demand: Demand) -> Self | Refusal | None:
        """Return None for a pod without claims; claims that wait for someone else refuse the pod."""
        found: list[PersistentVolumeClaim] = []
        for volume in demand.volumes:
            name = claim_name(demand.pod, volume)
            if not name:
                continue
            claim = cluster.storage.claim(demand.pod, volume)
            refusal = _refusal(demand, claim, name, ephemeral=volume.ephemeral is not None)
            if refusal is not None:
                return refusal
            found += [claim] if claim is not None else []
        bound = [claim for claim in found if claims.is_fully_bound(claim)]
        open_ = [claim for claim in found if not claims.is_fully_bound(claim)]
        if any(claim.spec.volume_name or not cluster.storage.waits_for_pod(claim) for claim in open_):
            return Refusal("pod has unbound immediate PersistentVolumeClaims")
        if not found:
            return None
        binder = _Binder(cluster)
        return cls(cluster, demand, binder.reachable(bound) | binder.bindable(open_))

    def codes(self, at: At) -> Ints:
        """Return a set of bits, one for each reason."""
        return self._codes[at]

    def reasons(self, code: int) -> tuple[str, ...]:
        """Return the reason of each bit."""
        return tuple(reason for bit, reason in _REASONS.items() if code & bit)

    def is_unresolvable(self, code: int) -> bool:  # noqa: ARG002 - whatever it is
        """Evicting pods moves no volume."""
        return True

    def rule(self, code: int) -> str:
        """Return the rule of the first reason."""
        return next((rule for bit, rule in _RULES.items() if code & bit), self.RULE)

    def facts(self, node: int, code: int) -> Mapping[str, Any]:  # noqa: ARG002 - claims say it all
        """Return the pod's claims, each with the volume it is bound to."""
        storage, pod = self.cluster.storage, self.demand.pod
        found = [c for volume in self.demand.volumes if (c := storage.claim(pod, volume)) is not None]
        return {
            "claims": tuple(
                f"{c.name} ({c.spec.volume_name})" if c.spec.volume_name else c.name for c in found
            )
        }


def _refusal(
    demand: Demand, claim: PersistentVolumeClaim | None, name: str, *, ephemeral: bool
) -> Refusal | None:
    if claim is None:
        return Refusal(
            f'waiting for ephemeral volume controller to create the persistentvolumeclaim "{name}"'
            if ephemeral
            else f'persistentvolumeclaim "{name}" not found'
        )
    if claim.status.phase == "Lost":
        lost = claim.spec.volume_name
        return Refusal(f'persistentvolumeclaim "{name}" bound to non-existent persistentvolume "{lost}"')
    if claim.metadata.deletion_timestamp is not None:
        return Refusal(f'persistentvolumeclaim "{name}" is being deleted')
    if ephemeral and not is_owned_by(claim, demand.pod):
        where = f"{claim.namespace}/{name} was not created for pod {demand.namespace}/{demand.pod.name}"
        return Refusal(f"PVC {where} (pod is not owner)")
    return None


class _Binder:
    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._storage = cluster.storage
        self._admitted: dict[str, Mask] = {}

    def reachable(self, bound: Iterable[PersistentVolumeClaim]) -> Ints:
        """Return the codes of the bound claims; the first that fails on a node is its reason."""
        codes = np.zeros(self._cluster.size, dtype=np.int64)
        for claim in bound:
            volume = self._storage.volumes.get(claim.spec.volume_name)
            found = _GONE if volume is None else np.where(self._admits(volume), 0, _CONFLICT)
            codes = np.where(codes == 0, found, codes)
        return codes

    def _admits(self, volume: PersistentVolume) -> Mask:
        found = self._admitted.get(volume.name)
        if found is None:
            affinity = volume.spec.node_affinity
            required = affinity.required if affinity else None
            every = np.ones(self._cluster.size, dtype=bool)
            found = self._admitted[volume.name] = (
                every if required is None else self._cluster.admitted(required)
            )
        return found

    def bindable(self, open_: list[PersistentVolumeClaim]) -> Ints:
        """Return the codes of the claims that wait for this pod.

        Nodes that reach the same volumes and can provision the same classes are one case.
        """
        cluster = self._cluster
        codes = np.zeros(cluster.size, dtype=np.int64)
        if not open_ or not cluster.size:
            return codes
        wanted = sorted(open_, key=claims.size)
        classes = {claims.class_name(claim) for claim in open_}
        volumes = [v for v in self._storage.volumes.values() if claims.volume_class_name(v) in classes]
        provisionable = {_key(claim): self._provisionable(claim) for claim in open_}
        selected = {_key(claim): self._selected(claim) for claim in open_}
        columns = [self._admits(v) for v in volumes] + [*provisionable.values()]
        columns += [mask for mask in selected.values() if mask is not None]
        cases, case_of = np.unique(np.stack(columns, axis=1), axis=0, return_inverse=True)
        case_of = case_of.reshape(-1)
        for case in range(len(cases)):
            node = int(np.flatnonzero(case_of == case)[0])
            codes[case_of == case] = self._bind(wanted, volumes, provisionable, selected, node)
        return codes

    def _bind(
        self,
        wanted: list[PersistentVolumeClaim],
        volumes: list[PersistentVolume],
        provisionable: dict[str, Ints],
        selected: dict[str, Mask | None],
        node: int,
    ) -> int:
        chosen = [mask for mask in selected.values() if mask is not None]
        if any(not mask[node] for mask in chosen):
            return _NO_VOLUME
        taken: set[str] = set()
        provisions = [claim for claim in wanted if selected[_key(claim)] is not None]
        for claim in wanted:
            if selected[_key(claim)] is not None:
                continue
            of_class = [v for v in volumes if claims.volume_class_name(v) == claims.class_name(claim)]
            found = claims.best_volume(
                claim, of_class, admits=lambda v: bool(self._admits(v)[node]), taken=taken
            )
            if found is None:
                provisions.append(claim)
            else:
                taken.add(found.name)
        codes = (int(provisionable[_key(claim)][node]) for claim in provisions)
        return next((code for code in codes if code), 0)

    def _selected(self, claim: PersistentVolumeClaim) -> Mask | None:
        name = (claim.metadata.annotations or {}).get(claims.SELECTED_NODE)
        if name is None:
            return None
        return np.fromiter((each == name for each in self._cluster.names), bool, self._cluster.size)

    def _provisionable(self, claim: PersistentVolumeClaim) -> Ints:
        size = self._cluster.size
        found = self._storage.classes.get(claims.class_name(claim))
        if found is None or found.provisioner in ("", claims.NO_PROVISIONER):
            return np.full(size, _NO_VOLUME, dtype=np.int64)
        allowed = np.fromiter(
            (claims.topology_allows(found.allowed_topologies, n.labels) for n in self._cluster.nodes),
            bool,
            size,
        )
        roomy = self._roomy(claim, found)
        return np.where(allowed, np.where(roomy, 0, _NO_SPACE), _NO_VOLUME)

    def _roomy(self, claim: PersistentVolumeClaim, class_: StorageClass) -> Mask:
        driver = self._storage.drivers.get(class_.provisioner)
        asked = (claim.spec.resources.requests or {}).get("storage")
        if driver is None or not driver.spec.storage_capacity or asked is None:
            return np.ones(self._cluster.size, dtype=bool)
        found = np.zeros(self._cluster.size, dtype=bool)
        for capacity in self._storage.capacities:
            if capacity.storage_class_name == class_.name and _holds(
                capacity, whole("storage", billionths(asked))
            ):
                found |= self._cluster.label_mask(Selector.of(capacity.node_topology))
        return found


def _holds(capacity: CSIStorageCapacity, size: int) -> bool:
    limit = capacity.maximum_volume_size if capacity.maximum_volume_size is not None else capacity.capacity
    return limit is not None and whole("storage", billionths(limit)) >= size


def _key(claim: PersistentVolumeClaim) -> str:
    return f"{claim.namespace}/{claim.name}"
