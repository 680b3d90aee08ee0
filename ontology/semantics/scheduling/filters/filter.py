"""What every filter is: made ready for one pod, then asked about all nodes, or one, at once."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from ontology.semantics.scheduling.cluster import Cluster
from ontology.semantics.scheduling.columns import At, Ints, Mask
from ontology.semantics.scheduling.edits import Edit
from ontology.semantics.scheduling.pods import Demand, Seated

Remedy = tuple[Edit, ...]
"""Edits that together should make a node pass a filter. Offered only after they have been tried."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A pod that no node could take: it is turned away before any node is looked at."""

    reason: str


class Filter(ABC):
    """One filter, ready for one pod.

    `PLUGIN` is its name in kube-scheduler, `RULE` ours. `STATIC` filters look only at what nodes are, not
    at who runs there; the others watch live columns, and so stay right while pods come and go.
    """

    PLUGIN: ClassVar[str]
    RULE: ClassVar[str]
    STAGE: ClassVar[str] = ""
    STATIC: ClassVar[bool] = False

    def __init__(self, cluster: Cluster, demand: Demand) -> None:
        self.cluster = cluster
        self.demand = demand

    @classmethod
    @abstractmethod
    def prepare(cls, cluster: Cluster, demand: Demand) -> "Self | Refusal | None":
        """Return the filter for a pod; None where it has nothing to say, a refusal where nothing helps."""

    @abstractmethod
    def codes(self, at: At) -> Ints:
        """Return for each node at `at` 0 if it passes, else why not, as a code for what follows."""

    @abstractmethod
    def reasons(self, code: int) -> tuple[str, ...]:
        """Return kube-scheduler's words for a code above 0."""

    @abstractmethod
    def is_unresolvable(self, code: int) -> bool:
        """Whether evicting pods could not help."""

    def rule(self, code: int) -> str:  # noqa: ARG002 - most have one rule
        """Return the rule that a code speaks for."""
        return self.RULE

    def facts(self, node: int, code: int) -> Mapping[str, Any]:  # noqa: ARG002 - some have no more to say
        """Return what the filter saw on a node, for the wording of its rule."""
        return {}

    def remedies(self, node: int, code: int) -> Iterator[Remedy]:  # noqa: ARG002 - some know none
        """Yield changes that should make a node pass, the most natural first."""
        yield from ()

    def fork(self) -> "Filter":
        """Return a filter that `move` may change: what one trial learns stays with it."""
        return self

    def move(self, pod: Seated, node: int, sign: int) -> None:  # noqa: B027 - most have no counts
        """Count a pod that a trial puts on a node (1) or takes from it (-1)."""


class TableFilter(Filter):
    """A filter whose codes are rows of a table: the reason, and whether it is unresolvable."""

    REASONS: ClassVar[tuple[tuple[str, bool], ...]]

    def reasons(self, code: int) -> tuple[str, ...]:
        """Return the one reason of a row."""
        return (self.REASONS[code - 1][0],)

    def is_unresolvable(self, code: int) -> bool:
        """Return the second column of a row."""
        return self.REASONS[code - 1][1]


class MaskFilter(TableFilter):
    """A filter with one reason, known for every node as soon as it is made ready."""

    STATIC = True

    def __init__(self, cluster: Cluster, demand: Demand, rejected: Mask) -> None:
        super().__init__(cluster, demand)
        self._codes: Ints = rejected.astype(np.int64)

    def codes(self, at: At) -> Ints:
        """1 where the node is rejected."""
        return self._codes[at]


def pod_edit(demand: Demand, path: tuple[str | int, ...], value: Any, shown: str) -> Edit:
    """Return an edit of the pod that is being placed."""
    return Edit("Pod", demand.pod.name, path, value, shown)
