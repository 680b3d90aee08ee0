"""What a container goes through on the virtual clock: pull, hooks, run, end, back-off, and being stopped."""

from collections.abc import Callable, Mapping

from ontology.cluster.pods import Pod
from ontology.semantics.lifecycle.containers import Role
from ontology.semantics.probes.thresholds import Kind
from ontology.verdict import Step
from ontology.walkthroughs.timeline.actors import Actor
from ontology.walkthroughs.timeline.clock import END, MS, START, WORLD, Clock
from ontology.walkthroughs.timeline.health import Health

OOM_KILLED = "OOMKilled"
SIGKILLED = 137

_GRACE = 30
# However short the grace period, and though a preStop hook has used it up: so much is left after SIGTERM.
_LEAST_GRACE = 2 * MS
_IMAGE_BACKOFF, _IMAGE_MAX = 10 * MS, 300 * MS


class Runtime:
    """The containers of a pod. `stopping`: all are to end, and none starts again."""

    def __init__(self, pod: Pod, actors: Mapping[str, Actor], clock: Clock) -> None:
        self.actors = actors
        self.clock = clock
        self.health = Health(clock, pod, self._stop_unhealthy)
        self.stopping = False
        self._stop_by = 0
        grace = pod.spec.termination_grace_period_seconds
        self.grace = _GRACE if grace is None else allowed_grace(grace)

    @property
    def any_running(self) -> bool:
        """Whether any container runs."""
        return any(actor.running for actor in self.actors.values())

    # -- to a run ----------------------------------------------------------------------------------

    def start(self, actor: Actor, because: tuple[Step, ...] = ()) -> None:
        """Start a container, after its back-off."""
        actor.pending, actor.because = True, because
        if actor.not_before <= self.clock.now:
            self._pull(actor)
            return
        wait = f"{actor.wait} s"
        self.wait(actor, "CrashLoopBackOff", "BackOff", wait, because)
        actor.because = ()
        self.clock.event(actor.name, "BackOff", "BackOffEvent", wait)
        self._later(actor, actor.not_before, START, self._pull)

    def wait(
        self, actor: Actor, reason: str, rule: str, detail: str = "", because: tuple[Step, ...] = ()
    ) -> None:
        """Let a container wait for a reason."""
        before = actor.shown
        actor.wait_for(reason)
        if before != actor.shown:
            self.clock.tell(
                "container", actor.name, actor.shown, rule, before=before, reason=detail, because=because
            )

    def _pull(self, actor: Actor) -> None:
        if actor.image_present and not _always_pulls(actor):
            self.clock.event(actor.name, "Pulled", "Present")
            self._create(actor)
            return
        self.clock.event(actor.name, "Pulling", "Pulling")
        if actor.habits.pull:
            if not actor.ran:
                self.wait(actor, "ContainerCreating", "Creating")
            self._later(actor, self.clock.now + actor.habits.pull, START, self._pulled)
        else:
            self._pulled(actor)

    def _pulled(self, actor: Actor) -> None:
        if actor.habits.pulls_fail > 0:
            actor.habits.pulls_fail -= 1
            actor.pull_wait = min(actor.pull_wait * 2 or _IMAGE_BACKOFF, _IMAGE_MAX)
            self.clock.event(actor.name, "Failed", "PullFailed")
            self.wait(actor, "ErrImagePull", "ErrImagePull")
            self.wait(actor, "ImagePullBackOff", "ImageBackOff", f"{actor.pull_wait // MS} s")
            self._later(actor, self.clock.now + actor.pull_wait, START, self._pull)
            return
        actor.image_present, actor.pull_wait = True, 0
        self.clock.event(actor.name, "Pulled", "Pulled")
        self._create(actor)

    def _create(self, actor: Actor) -> None:
        self.clock.event(actor.name, "Created", "Created")
        self.clock.event(actor.name, "Started", "Started")
        wait = actor.post_start_ms
        if wait:
            self._later(actor, self.clock.now + wait, START, self._begin)
        else:
            self._begin(actor)

    def _begin(self, actor: Actor) -> None:
        before = actor.shown
        actor.begin(self.clock.now)
        restart = f"restart {actor.restarts}" if actor.restarts else ""
        self.clock.tell(
            "container",
            actor.name,
            "Running",
            "Running",
            before=before,
            reason=restart,
            because=actor.because,
        )
        if actor.has_post_start and actor.habits.post_start_fails:
            self.clock.event(actor.name, "FailedPostStartHook", "PostStart")
            self.end(actor, SIGKILLED)
            return
        if actor.habits.answers_after:
            self._later(actor, self.clock.now + actor.habits.answers_after, WORLD, self._answers)
        self.plan_exit(actor)
        self.health.plan(actor)

    def _answers(self, actor: Actor) -> None:
        actor.settle(self.clock.now)
        actor.answering = True
        self.health.plan(actor)

    # -- to an end ---------------------------------------------------------------------------------

    def plan_exit(self, actor: Actor) -> None:
        """Plan the end of a run, where the container ends each of its runs by itself."""
        code = actor.habits.exit_code
        if code is not None:
            due = max(actor.begun + actor.habits.exits_after, self.clock.now)
            self._later(actor, due, END, lambda a: self.end(a, code))

    def end(self, actor: Actor, code: int, reason: str = "", because: tuple[Step, ...] = ()) -> None:
        """Let a container's process end."""
        actor.settle(self.clock.now)
        before, again = actor.shown, actor.restart_when_stopped
        actor.restart_when_stopped = False
        reason = reason or ("Completed" if code == 0 else "Error")
        actor.end(self.clock.now, code, reason)
        rule = "OOM" if reason == OOM_KILLED else "Ended"
        detail = f"{reason}, exit code {code}"
        self.clock.tell(
            "container", actor.name, "Terminated", rule, before=before, reason=detail, because=because
        )
        if again and not self.stopping:
            self.start(actor)

    def stop(self, actor: Actor, grace: int, rule: str) -> None:
        """Stop a running container: preStop, SIGTERM, and when the grace period is over SIGKILL."""
        if actor.stopping:
            return
        actor.settle(self.clock.now)
        actor.stopping = True
        for worker in actor.workers.values():
            if worker.kind is not Kind.READINESS:
                worker.rest()
        self.clock.event(actor.name, "Killing", rule)
        hook = min(actor.pre_stop_ms, grace * MS)
        left = max(grace * MS - hook, _LEAST_GRACE)
        if hook:
            self.clock.tell("signal", actor.name, "preStop", "PreStop")
            self._later(actor, self.clock.now + hook, END, lambda a: self._terminate(a, left))
        else:
            self._terminate(actor, left)

    def stop_all(self, grace: int) -> None:
        """Stop the pod: main containers now, sidecars when those have ended (`stop_sidecars`)."""
        self.stopping = True
        self._stop_by = self.clock.now + grace * MS
        for actor in self.actors.values():
            if not actor.running:
                actor.give_up()
            elif actor.role is not Role.SIDECAR:
                self.stop(actor, grace, "Killing")

    def stop_sidecars(self) -> None:
        """Stop the sidecars from the last to the first, each when the one after it has ended."""
        running = [actor for actor in self.actors.values() if actor.running]
        if running and all(actor.role is Role.SIDECAR for actor in running):
            left = max(self._stop_by - self.clock.now, 0)
            self.stop(running[-1], left // MS, "KillingSidecar")

    def _stop_unhealthy(self, actor: Actor, grace: int | None) -> None:
        self.stop(actor, self.grace if grace is None else grace, "KillingUnhealthy")

    def _terminate(self, actor: Actor, left: int) -> None:
        self.clock.tell("signal", actor.name, actor.stop_signal, "Sigterm")
        if actor.habits.stops_after <= left:
            due = self.clock.now + actor.habits.stops_after
            self._later(actor, due, END, lambda a: self.end(a, 0))
        else:
            self._later(actor, self.clock.now + left, END, self._kill)

    def _kill(self, actor: Actor) -> None:
        self.clock.tell("signal", actor.name, "SIGKILL", "Sigkill")
        self.end(actor, SIGKILLED)

    def _later(self, actor: Actor, time: int, priority: int, action: Callable[[Actor], None]) -> None:
        """Do something with a container later, unless it has gone on to something else by then."""
        token = actor.token
        self.clock.at(time, priority, lambda: action(actor) if actor.token == token else None)


def allowed_grace(seconds: int) -> int:
    """Return a grace period as the API takes it: a negative one counts as 1 s."""
    return seconds if seconds >= 0 else 1


def _always_pulls(actor: Actor) -> bool:
    policy, image = actor.container.image_pull_policy, actor.container.image
    if policy is not None:
        return policy == "Always"
    tag = image.rpartition("/")[2].partition("@")[0].partition(":")[2]
    return "@" not in image and tag in ("", "latest")
