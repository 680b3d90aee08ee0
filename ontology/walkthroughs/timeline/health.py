"""Probes on the virtual clock: when one will change something, and what it changes.

Rules are those of `probes`: thresholds, and that a failed readiness probe takes the readiness only.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ontology import restart_policies
from ontology.cluster.pods import Pod
from ontology.semantics.probes import thresholds
from ontology.semantics.probes.thresholds import Kind
from ontology.verdict import Step
from ontology.walkthroughs.timeline.actors import Actor
from ontology.walkthroughs.timeline.clock import PROBES, Clock, seconds
from ontology.walkthroughs.timeline.probing import Worker

_ORDER = {kind: PROBES + number for number, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True)
class Health:
    """The probes of all containers; `stop` has a container killed, given the probe's own grace period."""

    clock: Clock
    pod: Pod
    stop: Callable[[Actor, int | None], None]

    def plan(self, actor: Actor) -> None:
        """Plan the next beat at which a probe of this container will change something."""
        for kind, worker in actor.workers.items():
            worker.plan += 1
            success = actor.succeeds(kind)
            if not actor.running or _is_in_effect(actor, kind, success=success):
                continue
            due = worker.due(self.clock.now, success=success)
            if due is not None:
                self.clock.at(due, _ORDER[kind], self._run(actor, worker, worker.plan))

    def _run(self, actor: Actor, worker: Worker, plan: int) -> Callable[[], None]:
        def run() -> None:
            if worker.plan != plan or not actor.running:
                return
            actor.settle(self.clock.now)
            success = actor.succeeds(worker.kind)
            worker.run(self.clock.now, success=success)
            self._take_effect(actor, worker, success=success)
            self.plan(actor)

        return run

    def _take_effect(self, actor: Actor, worker: Worker, *, success: bool) -> None:
        if not success:
            self.clock.event(actor.name, "Unhealthy", "Unhealthy", worker.kind.value)
        if worker.kind is Kind.READINESS:
            actor.ready = success
            actor.changed()
            rule = "probes.ready" if success else "probes.notReady"
            self._tell(actor, worker, "ready" if success else "not ready", rule)
        elif success:
            actor.pass_startup(self.clock.now)
            self._tell(actor, worker, "started", "probes.started")
        else:
            rule = "probes.startupKills" if worker.kind is Kind.STARTUP else "probes.livenessKills"
            self._tell(actor, worker, f"{worker.kind} failed", rule)
            worker.row = worker.row.rested()
            actor.restart_when_stopped = self._policy(actor) != "Never"
            probe = thresholds.of(actor.container)[worker.kind]
            self.stop(actor, probe.termination_grace_period_seconds)

    def _policy(self, actor: Actor) -> str:
        return restart_policies.effective(actor.container, self.pod)

    def _tell(self, actor: Actor, worker: Worker, after: str, rule: str) -> None:
        success = bool(worker.row.success)
        threshold = worker.timing.threshold(success=success)
        facts = {
            "container": actor.name,
            "at": seconds(self.clock.now),
            "probe": worker.kind.value,
            "count": worker.row.length,
            "threshold": threshold,
            "policy": self._policy(actor),
        }
        holds = success or (worker.kind is not Kind.READINESS and self._policy(actor) != "Never")
        step = Step(rule, holds=holds, facts=facts, concepts=(f"{worker.kind}Probe",))
        reason = f"{worker.row.length} in a row, {threshold} needed"
        self.clock.tell("probe", actor.name, after, rule, reason=reason, because=(step,))


def _is_in_effect(actor: Actor, kind: Kind, *, success: bool) -> bool:
    """Whether a result would change nothing, however often it came."""
    if kind is Kind.READINESS:
        return actor.ready is success
    return success if kind is Kind.LIVENESS else actor.started
