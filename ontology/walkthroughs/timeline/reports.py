"""What the API shows of the pod: phase, conditions and endpoints, told when they change."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import NamedTuple

from ontology.cluster.pods import Pod
from ontology.semantics.lifecycle.conditions import ConditionDecision
from ontology.semantics.lifecycle.phases import FINAL, Phase, PhaseDecision, Readings
from ontology.semantics.lifecycle.status import condition_step, phase_step, restart_steps
from ontology.verdict import Step
from ontology.walkthroughs.timeline.clock import OWN, Clock, Row, no_steps
from ontology.walkthroughs.timeline.judgement import Judgement, Key

DEADLINE_EXCEEDED = "DeadlineExceeded"
_SCHEDULED, _UNSCHEDULED, _GATED = (
    ConditionDecision(type="PodScheduled", status=status, reason=reason, rule=OWN + "Scheduled")
    for status, reason in ((True, None), (False, None), (False, "SchedulingGated"))
)
_SANDBOX = tuple(
    ConditionDecision(type="PodReadyToStartContainers", status=status, reason=None, rule=OWN + "Sandbox")
    for status in (False, True)
)
_NODE_SILENT, _NODE_UNREADY = (
    ConditionDecision(type="Ready", status=False, reason=None, rule=OWN + rule)
    for rule in ("NodeNotReady", "NodeUnready")
)


class Look(NamedTuple):
    """What the control plane knows of the pod at one instant. `key` stands for the readings."""

    key: Key
    scheduled: bool
    ended: bool  # told to stop, and nothing runs any more
    deleted: bool
    failed_for: str  # why the kubelet gives the pod up: it is Failed as soon as nothing runs
    running: bool
    disruption: str  # why it is a DisruptionTarget
    node_silent: bool
    node_unready: bool


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """The pod's phase, conditions and endpoint as the API shows them; there is one for each such state."""

    phase: Phase | None = None
    conditions: Mapping[str, ConditionDecision] = field(default_factory=dict)
    endpoint: bool = False


class Reports:
    """What has been told of the pod, and what each look adds to it.

    What a look adds depends on nothing but it and what was told before, so it is remembered: a pod that
    crashes all day goes through the same few turns again and again.
    """

    def __init__(self, pod: Pod, services: Sequence[str], clock: Clock) -> None:
        self.pod = pod
        self.judgement = Judgement(pod)
        self.told = Told()
        self._services = tuple(services) or ("any Service",)
        self._clock = clock
        self._known: dict[tuple[Phase | None, tuple[ConditionDecision, ...], bool], Told] = {}
        self._turns: dict[tuple[Told, Look], tuple[Told, tuple[Row, ...]]] = {}

    @property
    def phase(self) -> Phase | None:
        """The phase as last told."""
        return self.told.phase

    @property
    def conditions(self) -> Mapping[str, ConditionDecision]:
        """The conditions as last told, by their type."""
        return self.told.conditions

    @property
    def endpoint(self) -> bool:
        """Whether the pod is an endpoint of its services."""
        return self.told.endpoint

    def judge_anew(self, pod: Pod) -> None:
        """Take note that the pod's own conditions have changed."""
        self.pod = pod
        self.judgement = Judgement(pod)
        self._turns.clear()

    def tell(self, look: Look, readings: Readings) -> None:
        """Tell what has changed."""
        turn = self._turns.get((self.told, look))
        if turn is None:
            turn = self._turns[self.told, look] = self._turn(look, readings)
        self.told, rows = turn
        if rows:
            self._clock.write(rows)

    def _turn(self, look: Look, readings: Readings) -> tuple[Told, tuple[Row, ...]]:
        """Return what is told after a look, and the rows that say what is new."""
        before, rows = self.told, list[Row]()
        phase = before.phase
        if not look.node_silent and phase not in FINAL:
            phase = self._phase(look, readings, rows)
        conditions = dict(before.conditions)
        for decided in self._decide_conditions(look, readings, phase):
            rows.extend(self._condition(conditions.get(decided.type), decided))
            conditions[decided.type] = decided
        ready = conditions.get("Ready")
        serves = ready is not None and ready.status and not look.deleted
        if serves is not before.endpoint:
            after, rule = ("in", OWN + "EndpointIn") if serves else ("out", OWN + "EndpointOut")
            rows.extend(("endpoint", name, after, rule, "", "", no_steps) for name in self._services)
        told = (phase, tuple(conditions.values()), serves)
        return self._known.setdefault(told, Told(phase, conditions, serves)), tuple(rows)

    def _phase(self, look: Look, readings: Readings, rows: list[Row]) -> Phase:
        before = self.told.phase
        decided = self.judgement.phase(look.key, readings, terminal=look.ended)
        phase, rule = decided.phase, decided.rule
        if look.failed_for and not look.running:
            phase, rule = Phase.FAILED, OWN + "Failed"
        elif not look.scheduled:
            phase, rule = Phase.PENDING, OWN + "Unscheduled"
        if phase is not before:
            why = no_steps if rule != decided.rule else partial(_phase_steps, self.pod, decided)
            was = before.value if before else ""
            reason = look.failed_for if phase is Phase.FAILED else ""
            rows.append(("phase", "pod", phase.value, rule, was, reason, why))
        return phase

    def _condition(self, before: ConditionDecision | None, decided: ConditionDecision) -> Iterator[Row]:
        if before is None or (before.status, before.reason) != (decided.status, decided.reason):
            own = decided.rule.startswith(OWN)
            why = no_steps if own else partial(_condition_steps, self.pod, decided)
            was = "" if before is None else str(before.status)
            yield (
                "condition",
                decided.type,
                str(decided.status),
                decided.rule,
                was,
                decided.reason or "",
                why,
            )

    def _decide_conditions(
        self, look: Look, readings: Readings, phase: Phase | None
    ) -> tuple[ConditionDecision, ...]:
        if not look.scheduled:
            return (_GATED if self.pod.spec.scheduling_gates else _UNSCHEDULED,)
        sandbox = _SANDBOX[phase not in FINAL]
        if look.failed_for == DEADLINE_EXCEEDED:
            # past its deadline the conditions say so at once, the phase when nothing runs any more
            phase = Phase.FAILED
        decided = self.judgement.conditions(look.key, readings, phase or Phase.PENDING)
        initialized, containers, ready = decided
        before = self.told.conditions.get("Initialized")
        # once initialized, a pod stays so
        stays = before is not None and before.status and not initialized.status
        return (
            _SCHEDULED,
            sandbox,
            before if before is not None and stays else initialized,
            containers,
            _of_the_node(look, ready),
            *((_disrupted(look.disruption),) if look.disruption else ()),
        )


def _of_the_node(look: Look, ready: ConditionDecision) -> ConditionDecision:
    """Return Ready, which the node controller takes away where the node is not ready."""
    if ready.status and look.node_silent:
        return _NODE_SILENT
    return _NODE_UNREADY if ready.status and look.node_unready else ready


@cache
def _disrupted(reason: str) -> ConditionDecision:
    return ConditionDecision(type="DisruptionTarget", status=True, reason=reason, rule=OWN + "Disrupted")


def _phase_steps(pod: Pod, decided: PhaseDecision) -> tuple[Step, ...]:
    return (*restart_steps(pod, decided), phase_step(pod, decided))


def _condition_steps(pod: Pod, decided: ConditionDecision) -> tuple[Step, ...]:
    return (condition_step(pod, decided),)
