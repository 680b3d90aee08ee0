"""Zones of bound volumes: a volume labelled with a zone or region can be used only there.

Source: kubernetes.io/docs/reference/labels-annotations-taints/#topologykubernetesiozone (v1.36).
"""

from collections.abc import Mapping
from typing import Any, Self

import numpy as np

from ontology import claims
from ontology.cluster.volumes import PersistentVolume
from ontology.semantics.scheduling.cluster import Cluster
from ontology.semantics.scheduling.columns import Mask
from ontology.semantics.scheduling.filters.filter import MaskFilter, Refusal
from ontology.semantics.scheduling.pods import Demand

# The old names, each with the one that took its place.
_LABELS = {
    "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
    "topology.kubernetes.io/zone": "topology.kubernetes.io/zone",
    "topology.kubernetes.io/region": "topology.kubernetes.io/region",
}


class VolumeZone(MaskFilter):
    """Rejects nodes of another zone; nodes without any such label pass."""

    PLUGIN = "VolumeZone"
    RULE = "scheduling.volumeZone"
    REASONS = (("node(s) had no available volume zone", True),)

    @classmethod
    def prepare(cls, cluster: Cluster, demand: Demand) -> Self | Refusal | None:
        """Return None without a volume that has zones; a volume that is not there refuses the pod."""
        for volume in demand.volumes:
            claim = cluster.storage.claim(demand.pod, volume) if volume.persistent_volume_claim else None
            if claim is None:
                continue
            if not claim.spec.volume_name:
                if cluster.storage.waits_for_pod(claim):
                    continue
                return _unbound(cluster, claims.class_name(claim))
            if claim.spec.volume_name not in cluster.storage.volumes:
                return Refusal(f'persistentvolume "{claim.spec.volume_name}" not found')
        wanted = _wanted(cluster, demand)
        if not wanted:
            return None
        labelled = np.zeros(cluster.size, dtype=bool)
        for label in _LABELS:
            labelled |= cluster.labels(label).present
        inside = np.ones(cluster.size, dtype=bool)
        for label, values in wanted:
            inside &= _inside(cluster, label, values)
        return cls(cluster, demand, labelled & ~inside)

    def facts(self, node: int, code: int) -> Mapping[str, Any]:  # noqa: ARG002 - one reason
        """Return the zones of the volumes, and those of the node."""
        labels = self.cluster.nodes[node].labels
        wanted = {f"{key}={'|'.join(sorted(values))}" for key, values in _wanted(self.cluster, self.demand)}
        return {
            "zones": tuple(sorted(wanted)),
            "has": tuple(f"{key}={labels[key]}" for key in _LABELS if key in labels),
        }


def _wanted(cluster: Cluster, demand: Demand) -> list[tuple[str, frozenset[str]]]:
    found: list[tuple[str, frozenset[str]]] = []
    for volume in demand.volumes:
        claim = cluster.storage.claim(demand.pod, volume) if volume.persistent_volume_claim else None
        bound = cluster.storage.volumes.get(claim.spec.volume_name) if claim else None
        found += zones(bound) if bound else []
    return found


def zones(volume: PersistentVolume) -> list[tuple[str, frozenset[str]]]:
    """Return the volume's zone and region labels, each with its values."""
    found = (
        (label, frozenset(volume.labels[label].split("__"))) for label in _LABELS if label in volume.labels
    )
    return [(label, values) for label, values in found if "" not in values]


def _unbound(cluster: Cluster, class_name: str) -> Refusal:
    if not class_name:
        return Refusal("PersistentVolumeClaim had no pv name and storageClass name")
    if class_name not in cluster.storage.classes:
        return Refusal(f'storageclass.storage.k8s.io "{class_name}" not found')
    return Refusal("PersistentVolume had no name")


def _inside(cluster: Cluster, label: str, values: frozenset[str]) -> Mask:
    column, newer = cluster.labels(label), cluster.labels(_LABELS[label])
    own = column.mask(lambda labels: labels.get(label) in values)
    renamed = newer.mask(lambda labels: labels.get(newer.key) in values)
    return np.where(column.present, own, renamed)
