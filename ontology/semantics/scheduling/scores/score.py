"""What every score is: made ready for one pod, then asked about all feasible nodes at once."""

from abc import ABC, abstractmethod
from typing import ClassVar, Self

import numpy as np

from ontology.semantics.scheduling.cluster import Cluster
from ontology.semantics.scheduling.columns import At, Whole
from ontology.semantics.scheduling.pods import Demand

HIGHEST = 100


class Score(ABC):
    """One score, ready for one pod. It stays right while pods come and go, since it watches live columns.

    `STATIC` ones look only at what nodes are.
    """

    PLUGIN: ClassVar[str]
    RULE: ClassVar[str]
    WEIGHT: ClassVar[int]
    STATIC: ClassVar[bool] = False

    @classmethod
    @abstractmethod
    def prepare(cls, cluster: Cluster, demand: Demand) -> "Self | None":
        """Return the score for a pod, or None where the scheduler leaves it out."""

    @abstractmethod
    def points(self, at: At) -> Whole | None:
        """Return 0 to 100 for each node at `at`, normalised over just these; None where it is left out.

        The caller may change the column, unless the score is static.
        """


def in_proportion(raw: Whole, *, fewer_is_better: bool = False) -> Whole:
    """Return raw scores scaled so that the highest is 100, or, where fewer is better, 0."""
    highest = float(raw.max(initial=0.0))
    scaled = np.floor(HIGHEST * raw / highest) if highest else raw
    return HIGHEST - scaled if fewer_is_better else scaled
