"""Preferred pod affinity: weights of the preferences met, the pod's own and those of pods that run.

Source: kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity
(v1.36). A running pod's required affinity for the newcomer counts 1.
"""

from typing import Self

import numpy as np

from ontology.semantics.scheduling.cluster import Cluster
from ontology.semantics.scheduling.columns import At, Codes, Whole
from ontology.semantics.scheduling.filters.pod_affinity import meant
from ontology.semantics.scheduling.ledger import Tally
from ontology.semantics.scheduling.pods import Demand
from ontology.semantics.scheduling.scores.score import HIGHEST, Score
from ontology.semantics.scheduling.terms import Weighted


class PreferredPods(Score):
    """Adds up weights per topology domain."""

    PLUGIN = "InterPodAffinity"
    RULE = "scheduling.preferredPods"
    WEIGHT = 2

    def __init__(self, cluster: Cluster, demand: Demand, own: tuple[tuple[Codes, Tally, int], ...]) -> None:
        self._cluster = cluster
        self._demand = demand
        self._own = own
        self._theirs: dict[str, tuple[Codes, Tally]] = {}

    @classmethod
    def prepare(cls, cluster: Cluster, demand: Demand) -> Self | None:
        """Return None where nobody has preferences."""
        if not demand.preferences and not cluster.attraction_keys:
            return None
        return cls(cluster, demand, tuple(_own(cluster, each) for each in demand.preferences))

    def points(self, at: At) -> Whole | None:
        """From 0 for the lowest sum to 100 for the highest; None where no term matches anywhere."""
        raw = self.raw(at)
        if raw is None:
            return None
        lowest, highest = float(raw.min()), float(raw.max())
        if highest == lowest:
            return np.zeros(len(raw))
        # in doubles and in this order, as kube-scheduler does: 29 of 100 becomes 28
        return np.floor(HIGHEST * ((raw - lowest) / (highest - lowest)))

    def raw(self, at: At) -> Whole | None:
        """Return the sums of weights; None where no term matches anywhere."""
        found: Whole | None = None
        for codes, tally, weight in (*self._own, *self._of_others()):
            if tally.hits:
                part: Whole = tally.sums[codes[at]] * np.float64(weight)
                found = part if found is None else found + part
        return found

    def _of_others(self) -> list[tuple[Codes, Tally, int]]:
        for key in self._cluster.attraction_keys:
            if key not in self._theirs:
                self._theirs[key] = _theirs(self._cluster, self._demand, key)
        return [(codes, tally, 1) for codes, tally in self._theirs.values()]


def _own(cluster: Cluster, preference: Weighted) -> tuple[Codes, Tally, int]:
    term = preference.term
    return cluster.labels(term.topology_key).codes, meant(cluster, term), preference.weight


def _theirs(cluster: Cluster, demand: Demand, key: str) -> tuple[Codes, Tally]:
    spaces = cluster.namespaces.get(demand.namespace, {})

    def weigh(preference: Weighted) -> int:
        term = preference.term
        meant = term.topology_key == key and term.covers(demand.namespace, spaces, demand.labels)
        return preference.weight if meant else 0

    column = cluster.labels(key)
    return column.codes, cluster.attractions.tally(
        (demand.profile, key), column.codes, column.size, (None, *demand.labels.items()), weigh
    )
