"""Probes on the virtual clock: when one will change something, and what it changes.

Rules are those of `probes`: thresholds, and that a failed readiness probe takes the readiness only.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from ontology import restart_policies
from ontology.cluster.pods import Pod
from ontology.semantics.probes.thresholds import Kind, Row
from ontology.verdict import Step
from ontology.walkthroughs.timeline.actors import Actor
from ontology.walkthroughs.timeline.clock import PROBES, Clock, seconds
from ontology.walkthroughs.timeline.probing import Worker

_ORDER = {kind: PROBES + number for number, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True)
class Health:
    """The probes of all containers.

    `stop` has a container killed, given the probe's own grace period and its kind.
    """

    clock: Clock
    pod: Pod
    stop: Callable[[Actor, int | None, str], None]

    def plan(self, actor: Actor) -> None:
        """Plan for each probe of this container the next beat at which it will change something.

        What was before now has been settled.
        """
        for worker in actor.workers.values():
            if worker.active:
                self._plan(actor, worker)

    def _plan(self, actor: Actor, worker: Worker) -> None:
        kind = worker.kind
        success = actor.succeeds(kind)
        if _is_in_effect(actor, kind, success=success):
            worker.planned = None
        else:
            worker.planned = due = worker.due(success=success)
            self.clock.at(due, _ORDER[kind], partial(self._run, actor, worker))

    def _run(self, actor: Actor, worker: Worker) -> None:
        now = self.clock.now
        if not worker.active or worker.planned is None or worker.planned > now:
            return  # it was planned otherwise in the meantime
        actor.settle(now)
        success = actor.succeeds(worker.kind)
        worker.run(now, success=success)
        self._take_effect(actor, worker, success=success)
        if worker.kind is Kind.STARTUP:
            self.plan(actor)  # the others begin
        elif worker.active:
            self._plan(actor, worker)

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
            self.stop(actor, worker.grace, worker.kind.value)

    def _policy(self, actor: Actor) -> str:
        return restart_policies.effective(actor.container, self.pod)

    def _tell(self, actor: Actor, worker: Worker, after: str, rule: str) -> None:
        row = worker.row
        threshold = worker.timing.threshold(success=bool(row.success))
        self.clock.tell(
            "probe",
            actor.name,
            after,
            rule,
            reason=f"{row.length} in a row, {threshold} needed",
            because=partial(self._explain, rule, actor, worker, row, self.clock.now),
        )

    def _explain(self, rule: str, actor: Actor, worker: Worker, row: Row, at: int) -> tuple[Step, ...]:
        policy = self._policy(actor)
        facts = {
            "container": actor.name,
            "at": seconds(at),
            "probe": worker.kind.value,
            "count": row.length,
            "threshold": worker.timing.threshold(success=bool(row.success)),
            "policy": policy,
        }
        holds = bool(row.success) or (worker.kind is not Kind.READINESS and policy != "Never")
        return (Step(rule, holds=holds, facts=facts, concepts=(f"{worker.kind}Probe",)),)


def _is_in_effect(actor: Actor, kind: Kind, *, success: bool) -> bool:
    """Whether a result would change nothing, however often it came."""
    if kind is Kind.READINESS:
        return actor.ready is success
    return success if kind is Kind.LIVENESS else actor.started
