"""Volumes that cannot be shared: old disk types, and claims that only one pod may use.

Source: kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes (v1.36).
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Self

import numpy as np

from ontology.cluster.pods import Volume
from ontology.semantics.scheduling.cluster import Cluster
from ontology.semantics.scheduling.columns import At, Ints
from ontology.semantics.scheduling.filters.filter import Refusal, TableFilter
from ontology.semantics.scheduling.pods import Demand, Seated

_DISK, _IN_USE = 1, 2
_ONE_POD = "ReadWriteOncePod"


def _same_name(field: str) -> Callable[[Any, Any], bool]:
    return lambda one, other: one.get(field) == other.get(field)


def _same_image(one: Any, other: Any) -> bool:
    def place(source: Any) -> tuple[str, str]:
        return source.get("pool") or "rbd", source.get("image", "")

    return place(one) == place(other) and not set(one.get("monitors") or ()).isdisjoint(
        other.get("monitors") or ()
    )


# Source, when two of it are the same disk, and whether all may share it if all only read.
_DISKS: tuple[tuple[str, Callable[[Any, Any], bool], bool], ...] = (
    ("gce_persistent_disk", _same_name("pdName"), True),
    ("aws_elastic_block_store", _same_name("volumeID"), False),
    ("iscsi", _same_name("iqn"), True),
    ("rbd", _same_image, True),
)


class VolumeRestrictions(TableFilter):
    """Rejects nodes that use the pod's disk, and all nodes while its ReadWriteOncePod claim is in use."""

    PLUGIN = "VolumeRestrictions"
    RULE = "scheduling.volumeRestrictions"
    REASONS = (
        ("node(s) had no available disk", False),
        (
            (
                "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode "
                "already in-use by another pod"
            ),
            False,
        ),
    )

    def __init__(
        self, cluster: Cluster, demand: Demand, disks: tuple[Volume, ...], alone: frozenset[str], users: int
    ) -> None:
        super().__init__(cluster, demand)
        self._disks = disks
        self._alone = alone
        self._users = users

    @classmethod
    def prepare(cls, cluster: Cluster, demand: Demand) -> Self | Refusal | None:
        """Return None without such volumes; a claim that is not there refuses the pod."""
        if not demand.volumes:
            return None
        alone = set()
        for volume in demand.volumes:
            if volume.persistent_volume_claim is None:
                continue
            claim = cluster.storage.claim(demand.pod, volume)
            if claim is None:
                name = volume.persistent_volume_claim.claim_name
                return Refusal(f'persistentvolumeclaim "{name}" not found')
            if _ONE_POD in (claim.spec.access_modes or ()):
                alone.add(claim.name)
        disks = tuple(v for v in demand.volumes if any(getattr(v, source) for source, *_ in _DISKS))
        users = len(alone & _claims_in_use(cluster, demand.namespace)) if alone else 0
        return cls(cluster, demand, disks, frozenset(alone), users) if disks or users else None

    def codes(self, at: At) -> Ints:
        """1 where the disk is in use, 2 where the claim is."""
        codes = np.full(self.cluster.size, _IN_USE if self._users > 0 else 0, dtype=np.int64)[at]
        if self._disks:
            nodes = np.arange(self.cluster.size)[at]
            for position, node in enumerate(nodes):
                if next(self.conflicts(int(node)), None) is not None:
                    codes[position] = _DISK
        return codes

    def conflicts(self, node: int) -> Iterator[tuple[Volume, Seated]]:
        """Yield the pod's disks with the running pods of a node that use them."""
        for other in self.cluster.seats[node]:
            for held in other.demand.volumes:
                for wanted in self._disks:
                    if _conflict(wanted, held):
                        yield wanted, other

    def rule(self, code: int) -> str:
        """Return the rule: disks, or claims of one pod."""
        return "scheduling.oneUser" if code == _IN_USE else self.RULE

    def facts(self, node: int, code: int) -> Mapping[str, Any]:
        """Return the disks and who uses them, or the claims that are in use."""
        if code == _DISK:
            found = list(self.conflicts(node))
            return {
                "volumes": tuple(dict.fromkeys(wanted.name for wanted, _ in found)),
                "holders": tuple(dict.fromkeys(other.full_name for _, other in found)),
            }
        return {"claims": tuple(sorted(self._alone))}

    def fork(self) -> "VolumeRestrictions":
        """Return a copy with its own count of users."""
        return VolumeRestrictions(self.cluster, self.demand, self._disks, self._alone, self._users)

    def move(self, pod: Seated, node: int, sign: int) -> None:  # noqa: ARG002 - claims are used cluster-wide
        """Count the pod's uses of the claims; as in kube-scheduler by their names alone."""
        for volume in pod.demand.volumes:
            claim = volume.persistent_volume_claim
            if claim is not None and claim.claim_name in self._alone:
                self._users += sign


def _claims_in_use(cluster: Cluster, namespace: str) -> set[str]:
    return {
        volume.persistent_volume_claim.claim_name
        for seats in cluster.seats
        for pod in seats
        if pod.namespace == namespace
        for volume in pod.demand.volumes
        if volume.persistent_volume_claim is not None
    }


def _conflict(wanted: Volume, held: Volume) -> bool:
    for source, same, shareable in _DISKS:
        one, other = getattr(wanted, source), getattr(held, source)
        if one is not None and other is not None and same(one, other):
            readers = bool(one.get("readOnly")) and bool(other.get("readOnly"))
            return not (shareable and readers)
    return False
