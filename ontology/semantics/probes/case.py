"""A container with its probes and the outcomes they will see: what `observe` runs and explains."""

from collections.abc import Mapping
from dataclasses import dataclass

from ontology import restart_policies
from ontology.cluster.pods import Container, Pod
from ontology.semantics.probes import handlers, thresholds
from ontology.semantics.probes.handlers import Judgement, Seen
from ontology.semantics.probes.thresholds import Kind, Timing
from ontology.semantics.probes.workers import Execution, Observed, observe


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A container with its probes' numbers, the outcomes they will see, and the question."""

    pod: Pod
    container: Container
    timings: Mapping[Kind, Timing]
    results: Mapping[Kind, tuple[str | Seen, ...]]
    seconds: int
    exits: tuple[tuple[int, int], ...]

    def seen(self, kind: Kind, number: int) -> str | Seen:
        """Return what a probe's n-th execution finds; the last outcome repeats."""
        outcomes = self.results[kind]
        return outcomes[min(number, len(outcomes) - 1)]

    def judgement(self, kind: Kind, number: int) -> Judgement | None:
        """Return the handler's word on an execution, None where the outcome was given."""
        seen = self.seen(kind, number)
        if isinstance(seen, str):
            return None
        return handlers.judge(seen, thresholds.of(self.container)[kind], self.timings[kind])

    def outcome(self, kind: Kind, number: int) -> str:
        """Return the outcome of a probe's n-th execution."""
        seen = self.seen(kind, number)
        if isinstance(seen, str):
            return seen
        judged = self.judgement(kind, number)
        return "success" if judged is not None and judged.success else "failure"

    @property
    def policy(self) -> str:
        """The restart policy that holds for the container."""
        return restart_policies.effective(self.container, self.pod)

    def restarts(self, exit_code: int | None) -> bool:
        """Whether the container runs again: after an exit code, or (None) after a probe had it killed."""
        if exit_code is None:
            return self.policy != "Never"
        policy = restart_policies.policy_of(self.pod)
        return restart_policies.decide_exit(self.container, policy, exit_code).restarts

    def run(self) -> tuple[Observed, tuple[Execution, ...]]:
        """Return the container at the end and everything that happened."""
        return observe(self.timings, self.seconds, self.outcome, exits=self.exits, restarts=self.restarts)
