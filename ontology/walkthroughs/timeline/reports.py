"""What the API shows of the pod: phase, conditions and endpoints, told when they change."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ontology.cluster.pods import Pod
from ontology.semantics.lifecycle.conditions import ConditionDecision
from ontology.semantics.lifecycle.phases import FINAL, Phase, Readings
from ontology.semantics.lifecycle.status import condition_step, phase_step, restart_steps
from ontology.walkthroughs.timeline.clock import OWN, Clock
from ontology.walkthroughs.timeline.judgement import Judgement, Key

_NODE_SILENT = ConditionDecision(type="Ready", status=False, reason=None, rule=OWN + "NodeNotReady")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the control plane knows of the pod at one instant."""

    key: Key
    readings: Readings
    scheduled: bool
    ended: bool  # told to stop, and nothing runs any more
    deleted: bool
    failed_for: str
    node_silent: bool


class Reports:
    """The pod's phase, conditions and endpoint as last told."""

    def __init__(self, pod: Pod, services: Sequence[str], clock: Clock) -> None:
        self.pod = pod
        self.judgement = Judgement(pod)
        self.phase: Phase | None = None
        self.conditions: dict[str, ConditionDecision] = {}
        self.endpoint = False
        self._services = tuple(services) or ("any Service",)
        self._clock = clock

    def judge_anew(self, pod: Pod) -> None:
        """Take note that the pod's own conditions have changed."""
        self.pod = pod
        self.judgement = Judgement(pod)

    def tell(self, look: Look) -> None:
        """Tell what has changed."""
        if not look.node_silent and self.phase not in FINAL:
            self._tell_phase(look)
        self._tell_conditions(look)
        self._tell_endpoint(look)

    def _tell_phase(self, look: Look) -> None:
        decided = self.judgement.phase(look.key, look.readings, terminal=look.ended)
        phase, rule = decided.phase, decided.rule
        if look.failed_for:
            phase, rule = Phase.FAILED, "Failed"
        elif not look.scheduled:
            phase, rule = Phase.PENDING, "Unscheduled"
        if phase is self.phase:
            return
        own = rule != decided.rule
        self._clock.tell(
            "phase",
            "pod",
            phase.value,
            rule,
            before=self.phase.value if self.phase else "",
            reason=look.failed_for,
            because=() if own else (*restart_steps(self.pod, decided), phase_step(self.pod, decided)),
        )
        self.phase = phase

    def _tell_conditions(self, look: Look) -> None:
        for decided in self._decide_conditions(look):
            before = self.conditions.get(decided.type)
            if before is not None and (before.status, before.reason) == (decided.status, decided.reason):
                continue
            own = decided.rule.startswith(OWN)
            self._clock.tell(
                "condition",
                decided.type,
                str(decided.status),
                decided.rule,
                before="" if before is None else str(before.status),
                reason=decided.reason or "",
                because=() if own else (condition_step(self.pod, decided),),
            )
            self.conditions[decided.type] = decided

    def _decide_conditions(self, look: Look) -> Iterator[ConditionDecision]:
        yield self._scheduled(look)
        if not look.scheduled:
            return
        phase = self.phase or Phase.PENDING
        initialized, containers, ready = self.judgement.conditions(look.key, look.readings, phase)
        before = self.conditions.get("Initialized")
        # once initialized, a pod stays so
        yield before if before is not None and before.status and not initialized.status else initialized
        yield containers
        yield _NODE_SILENT if look.node_silent and ready.status else ready

    def _scheduled(self, look: Look) -> ConditionDecision:
        gated = bool(self.pod.spec.scheduling_gates) and not look.scheduled
        return ConditionDecision(
            type="PodScheduled",
            status=look.scheduled,
            reason="SchedulingGated" if gated else None,
            rule=OWN + "Scheduled",
        )

    def _tell_endpoint(self, look: Look) -> None:
        ready = self.conditions.get("Ready")
        serves = ready is not None and ready.status and not look.deleted
        if serves is self.endpoint:
            return
        self.endpoint = serves
        for service in self._services:
            self._clock.tell(
                "endpoint", service, "in" if serves else "out", "EndpointIn" if serves else "EndpointOut"
            )
