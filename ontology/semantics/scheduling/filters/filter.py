"""What every filter is: made ready for one pod, then asked about all nodes, or one, at once."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Self

from ontology.semantics.scheduling.cluster import Cluster
from ontology.semantics.scheduling.columns import At, Ints
from ontology.semantics.scheduling.pods import Demand, Seated


@dataclass(frozen=True, slots=True)
class Refusal:
    """A pod that no node could take: it is turned away before any node is looked at."""

    reason: str


class Filter(ABC):
    """One filter, ready for one pod.

    `PLUGIN` is its name in kube-scheduler, `RULE` ours. `STATIC` filters look only at what nodes are, not
    at who runs there; `LASTING` ones stay right while pods come and go, since they watch live columns.
    """

    PLUGIN: ClassVar[str]
    RULE: ClassVar[str]
    STAGE: ClassVar[str] = ""
    STATIC: ClassVar[bool] = False
    LASTING: ClassVar[bool] = True

    @classmethod
    @abstractmethod
    def prepare(cls, cluster: Cluster, demand: Demand) -> "Self | Refusal | None":
        """Return the filter for a pod; None where it has nothing to say, a refusal where nothing helps."""

    @abstractmethod
    def codes(self, at: At) -> Ints:
        """Return for each node at `at` 0 if it passes, else why not, as a code for the next two."""

    @abstractmethod
    def reasons(self, code: int) -> tuple[str, ...]:
        """Return kube-scheduler's words for a code above 0."""

    @abstractmethod
    def is_unresolvable(self, code: int) -> bool:
        """Whether evicting pods could not help."""

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
