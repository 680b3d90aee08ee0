"""One pod on its node: the same containers, probes and rules as in `podLifecycle.timeline`.

Times in milliseconds since the start of the story.
"""

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from ontology import instants
from ontology.cluster.meta import Condition
from ontology.cluster.pods import (
    Container,
    ContainerState,
    ContainerStateRunning,
    ContainerStateTerminated,
    ContainerStatus,
    Pod,
    PodStatus,
)
from ontology.semantics.lifecycle.containers import Role
from ontology.semantics.lifecycle.phases import FINAL, Phase
from ontology.semantics.probes.thresholds import Kind
from ontology.walkthroughs.timeline import syncing
from ontology.walkthroughs.timeline.actors import Actor, Habits
from ontology.walkthroughs.timeline.clock import END, MS, Change, Clock
from ontology.walkthroughs.timeline.engine import actors_of
from ontology.walkthroughs.timeline.judgement import Judgement
from ontology.walkthroughs.timeline.runtime import OOM_KILLED, SIGKILLED, Runtime

_MILLI = 10**6


class PodWorker:
    """The containers of one pod from the moment its kubelet has seen it."""

    def __init__(
        self, pod: Pod, habits: Callable[[Container], Habits], images: set[str], *, now: int, start: int
    ) -> None:
        self.pod = pod
        self.clock = Clock(now=now)
        self.actors = {actor.name: actor for actor in actors_of(pod, "spec")}
        self.runtime = Runtime(pod, self.actors, self.clock)
        self.judgement = Judgement(replace(pod, status=PodStatus()))
        self.failed_for = ""
        self._start = start
        self._images = images
        self._begun_at = instants.render(start + now * _MILLI)
        self._ended_at: dict[str, str] = {}
        self._key: object = None
        self._status = pod.status
        self._behave(habits)
        plain = all(actor.role is Role.MAIN for actor in self.actors.values())
        for actor in self.actors.values():
            actor.image_present = actor.container.image in images
            for worker in actor.workers.values():
                worker.origin = worker.following = now
            self.runtime.wait(actor, "ContainerCreating" if plain else "PodInitializing", "Creating")
        deadline = pod.spec.active_deadline_seconds
        if deadline is not None:
            self.clock.at(now + deadline * MS, END, self._deadline)

    # -- what happens --------------------------------------------------------------------------------

    def advance(self, now: int) -> None:
        """Let everything up to `now` happen, that instant included."""
        self._react()
        while self.clock.step(now):
            self._react()
        self.clock.now = now

    def behave(self, habits: Callable[[Container], Habits], silent: Callable[[Container], bool]) -> None:
        """Take note that the programs behave otherwise from now on."""
        self._behave(habits)
        for actor in self.actors.values():
            actor.settle(self.clock.now)
            actor.silent = set(Kind) if silent(actor.container) else set()
            if actor.running:
                self.runtime.health.plan(actor)
                self.runtime.plan_exit(actor)

    def _behave(self, habits: Callable[[Container], Habits]) -> None:
        for actor in self.actors.values():
            wanted = habits(actor.container)
            if actor.role is Role.INIT and wanted.exit_code is None:
                wanted.exit_code, wanted.exits_after = 0, MS  # it runs to its end
            elif actor.role is Role.SIDECAR:
                wanted.exit_code = None
            actor.habits = wanted

    def crash(self, name: str, code: int, *, out_of_memory: bool = False) -> bool:
        """Let a container's process end; whether it ran."""
        actor = self.actors.get(name) if name else next(iter(self._main()), None)
        if actor is None or not actor.running:
            return False
        if out_of_memory:
            self.runtime.end(actor, SIGKILLED, OOM_KILLED)
        else:
            self.runtime.end(actor, code)
        return True

    def _main(self) -> Sequence[Actor]:
        return [each for each in self.actors.values() if each.role is Role.MAIN]

    def stop(self, grace: int) -> None:
        """Let the pod's containers end within its grace period."""
        if not self.runtime.stopping:
            self.runtime.stop_all(grace)

    def fail(self, reason: str, grace: int) -> None:
        """Let the pod end for a reason of its own."""
        self.failed_for = self.failed_for or reason
        self.stop(grace)

    def _deadline(self) -> None:
        if self._status.phase not in FINAL:
            self.clock.event("pod", "DeadlineExceeded", "Deadline")
            self.fail("DeadlineExceeded", self.runtime.grace)

    def _react(self) -> None:
        if self.runtime.stopping:
            self.runtime.stop_sidecars()
        else:
            syncing.sync_all(self.runtime, self.judgement)

    @property
    def stopped(self) -> bool:
        """Whether it was told to stop, and nothing runs any more."""
        return self.runtime.stopping and not self.runtime.any_running

    def told(self) -> list[Change]:
        """Return what has happened since the last call."""
        changes = list(self.clock.changes)
        self.clock.changes.clear()
        for change in changes:
            if change.kind == "container" and change.after == "Terminated":
                self._ended_at[change.subject] = self.instant(change.at)
            elif change.kind == "event" and change.after == "Pulled":
                self._images.add(self.actors[change.subject].container.image)
        return changes

    def instant(self, milliseconds: int) -> str:
        """Return a time of the story as the API writes it."""
        return instants.render(self._start + milliseconds * _MILLI)

    # -- what is reported ----------------------------------------------------------------------------

    def status(self, pod: Pod, address: str, host: str) -> PodStatus:
        """Return the pod's status as the kubelet reports it now; the same object while nothing changes."""
        if pod.spec.readiness_gates:
            self.judgement = Judgement(replace(pod, status=PodStatus(conditions=pod.status.conditions)))
        key, found = self.runtime.readings()
        restarts = tuple(actor.restarts for actor in self.actors.values())
        seen = (key, restarts, self.stopped, self.failed_for, pod.status.conditions)
        if seen == self._key:
            return self._status
        phase = self.judgement.phase(key, found, terminal=self.stopped).phase
        if self.failed_for and self.stopped:
            phase = Phase.FAILED
        if self._status.phase in FINAL:
            phase = Phase(self._status.phase)
        stamp = self.instant(self.clock.now)
        statuses = {
            main: [self._container(a) for a in self.actors.values() if (a.role is Role.MAIN) is main]
            for main in (True, False)
        }
        initialized, containers, ready = self.judgement.conditions(key, found, phase)
        known = {each.type: each for each in pod.status.conditions or ()}
        was = known.get("Initialized")
        decided = [
            ("PodReadyToStartContainers", not self.stopped, None),
            (
                "Initialized",
                initialized.status or (was is not None and was.status == "True"),
                initialized.reason,
            ),
            ("Ready", ready.status, ready.reason),
            ("ContainersReady", containers.status, containers.reason),
        ]
        conditions = [_condition(known.pop(t, None), t, s, reason, stamp) for t, s, reason in decided]
        self._status = replace(
            pod.status,
            phase=phase.value,
            reason=self.failed_for or pod.status.reason,
            conditions=[*conditions, *known.values()],
            start_time=self._begun_at,
            pod_ip=address,
            host_ip=host,
            container_statuses=statuses[True],
            init_container_statuses=statuses[False] or None,
        )
        self._key = (*seen[:-1], self._status.conditions)
        return self._status

    def _container(self, actor: Actor) -> ContainerStatus:
        status = actor.status()
        return replace(
            status,
            state=self._dated(actor, status.state),
            last_state=self._dated(actor, status.last_state),
            container_id=f"containerd://{actor.name}-{actor.runs}" if actor.ran else "",
        )

    def _dated(self, actor: Actor, state: ContainerState) -> ContainerState:
        if state.running is not None:
            return ContainerState(running=ContainerStateRunning(started_at=self.instant(actor.begun)))
        if state.terminated is not None:
            ended: ContainerStateTerminated = state.terminated
            return ContainerState(terminated=replace(ended, finished_at=self._ended_at.get(actor.name)))
        return state


def _condition(
    before: Condition | None, type_: str, holds: bool, reason: str | None, stamp: str
) -> Condition:
    status = str(holds)
    if before is not None and (before.status, before.reason) == (status, reason):
        return before
    changed = before.last_transition_time if before is not None and before.status == status else stamp
    return Condition(type=type_, status=status, reason=reason, last_transition_time=changed)
