"""How much one scenario may ask for: whoever takes it in decides, the evaluators only look."""

from dataclasses import dataclass

from ontology.errors import TooCostlyError, TooLargeError


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The limits of one scenario.

    `objects` are the manifests, those in lists counted one by one; `pods` the pods that one question
    places; `looks` how often a node is looked at for a pod, the unit of the scheduler's work (some
    millions a second).
    """

    objects: int = 1_000_000
    pods: int = 20_000
    looks: int = 200_000_000

    def admit_objects(self, count: int) -> None:
        """Refuse more manifests than the budget.

        Raises:
            TooLargeError: more than `objects`.
        """
        if count > self.objects:
            raise TooLargeError(f"more than {self.objects:,} objects", path="objects")

    def admit_pods(self, count: int, *, path: str) -> None:
        """Refuse to place more pods than the budget.

        Raises:
            TooLargeError: more than `pods`.
        """
        if count > self.pods:
            raise TooLargeError(f"more than {self.pods:,} pods to place", path=path)

    def admit_looks(self, pods: int, nodes: int, *, path: str) -> None:
        """Refuse to look at more nodes than the budget.

        Raises:
            TooCostlyError: pods times nodes are more than `looks`.
        """
        if pods * nodes > self.looks:
            most = self.looks // nodes
            raise TooCostlyError(f"at most {most:,} pods on {nodes:,} nodes, got {pods:,}", path=path)
