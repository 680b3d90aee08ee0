"""What the kubelet makes of a pod's containers, remembered: the same containers, the same answer.

A pod that crashes all day passes through the same few states again and again.
"""

from dataclasses import dataclass, field

from msgspec.structs import replace

from ontology.cluster.pods import ContainerStateTerminated, Pod
from ontology.semantics.lifecycle import conditions, phases, sync
from ontology.semantics.lifecycle.conditions import ConditionDecision
from ontology.semantics.lifecycle.containers import Reading, Role, State
from ontology.semantics.lifecycle.phases import Phase, PhaseDecision, Readings

Key = tuple[int, ...]
# who is still starting, and for each container its state and how it ended
Synced = tuple[frozenset[str], tuple[tuple[State, ContainerStateTerminated | None], ...]]


@dataclass(frozen=True, slots=True)
class Judgement:
    """The rules of `lifecycle` applied to one pod, whose own conditions (readiness gates) do not change.

    `key` stands for the readings: equal keys, equal decisions.
    """

    pod: Pod
    _acts: dict[Key, tuple[sync.Decision, ...]] = field(default_factory=dict)
    _syncs: dict[Synced, tuple[sync.Decision, ...]] = field(default_factory=dict)
    _phases: dict[tuple[Key, bool], PhaseDecision] = field(default_factory=dict)
    _conditions: dict[tuple[Key, Phase], tuple[ConditionDecision, ...]] = field(default_factory=dict)

    def acts(self, key: Key, readings: Readings) -> tuple[sync.Decision, ...]:
        """Return those decisions of one sync that start or stop something."""
        found = self._acts.get(key)
        if found is None:
            # a sync asks who runs, who has ended how and which sidecars have started, not who is ready
            starting = frozenset(reading.name for reading in readings if _is_starting(reading))
            seen = starting, tuple((reading.state, reading.ended) for reading in readings)
            if seen not in self._syncs:
                decided = sync.decide(sync.Sync(self.pod, readings, starting=starting))
                self._syncs[seen] = tuple(decision for decision in decided if decision.acts)
            found = self._acts[key] = self._syncs[seen]
        return found

    def phase(self, key: Key, readings: Readings, *, terminal: bool) -> PhaseDecision:
        """Return the phase."""
        found = self._phases.get((key, terminal))
        if found is None:
            found = self._phases[key, terminal] = phases.decide(self.pod, readings, terminal=terminal)
        return found

    def conditions(self, key: Key, readings: Readings, phase: Phase) -> tuple[ConditionDecision, ...]:
        """Return Initialized, ContainersReady and Ready."""
        found = self._conditions.get((key, phase))
        if found is None:
            found = self._conditions[key, phase] = self._decide_conditions(readings, phase)
        return found

    def _decide_conditions(self, readings: Readings, phase: Phase) -> tuple[ConditionDecision, ...]:
        statuses = [reading.status for reading in readings if reading.status is not None]
        pod = replace(self.pod, status=replace(self.pod.status, container_statuses=statuses))
        containers = conditions.containers_ready(pod, readings, phase)
        return conditions.initialized(pod, readings, phase), containers, conditions.ready(pod, containers)


def _is_starting(reading: Reading) -> bool:
    """Whether it is a sidecar that runs, and that has not started yet."""
    return reading.role is Role.SIDECAR and reading.state is State.RUNNING and not reading.started
