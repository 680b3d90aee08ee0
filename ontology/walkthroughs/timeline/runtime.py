"""What a container goes through on the virtual clock: pull, hooks, run, end, back-off, and being stopped."""

from collections import deque
from collections.abc import Callable, Mapping

from ontology.cluster.pods import Pod
from ontology.semantics.lifecycle.containers import Role
from ontology.semantics.lifecycle.phases import Readings
from ontology.semantics.probes.thresholds import Kind
from ontology.walkthroughs.timeline.actors import Actor
from ontology.walkthroughs.timeline.clock import END, MS, START, WORLD, Because, Clock, no_steps
from ontology.walkthroughs.timeline.health import Health
from ontology.walkthroughs.timeline.judgement import Key

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
        self._order = tuple(actors.values())
        self._busy: tuple[Actor, int] | None = None  # with whom, and in which of its activities
        self._queue: deque[tuple[Actor, int]] = deque()
        self._read: tuple[Key, Readings] = (), ()
        self._stale = list(self._order)
        for actor in self._order:
            actor.stale = self._stale
        grace = pod.spec.termination_grace_period_seconds
        self.grace = _GRACE if grace is None else allowed_grace(grace)

    @property
    def any_running(self) -> bool:
        """Whether any container runs."""
        return any(actor.running for actor in self.actors.values())

    def readings(self) -> tuple[Key, Readings]:
        """Return the readings of all containers, and the key that stands for them."""
        if self._stale:
            self._stale.clear()
            found = tuple([each.known or each.reading() for each in self._order])
            self._read = tuple([each.key for each in self._order]), found
        return self._read

    # -- to a run ----------------------------------------------------------------------------------

    def start(self, actor: Actor, because: Because = no_steps) -> None:
        """Start a container, after its back-off."""
        actor.pending, actor.because = True, because
        if actor.not_before <= self.clock.now:
            self._pull(actor)
            return
        wait = f"{actor.wait} s"
        self.wait(actor, "CrashLoopBackOff", "BackOff", wait, because)
        actor.because = no_steps
        self.clock.event(actor.name, "BackOff", "BackOffEvent", wait)
        self._later(actor, actor.not_before, START, self._pull)

    def wait(
        self, actor: Actor, reason: str, rule: str, detail: str = "", because: Because = no_steps
    ) -> None:
        """Let a container wait for a reason."""
        before = actor.present.word
        actor.wait_for(reason)
        if before != actor.present.word:
            self.clock.tell(
                "container",
                actor.name,
                actor.present.word,
                rule,
                before=before,
                reason=detail,
                because=because,
            )

    def _pull(self, actor: Actor) -> None:
        if self._is_busy_with_another(actor):
            self._queue.append((actor, actor.token))
            return
        policy = _pull_policy(actor)
        if policy == "Never" and actor.habits.pulls_fail > 0:
            actor.habits.pulls_fail -= 1
            self.clock.event(actor.name, "ErrImageNeverPull", "NeverPulled")
            self.wait(actor, "ErrImageNeverPull", "ErrImagePull")
            self._later(actor, self.clock.now + _IMAGE_BACKOFF, START, self._pull)
            return
        if policy == "Never" or (actor.image_present and policy != "Always"):
            self.clock.event(actor.name, "Pulled", "Present")
            self._create(actor)
            return
        self.clock.event(actor.name, "Pulling", "Pulling")
        if actor.habits.pull:
            if not actor.ran:
                self.wait(actor, "ContainerCreating", "Creating")
            self._busy = actor, actor.token
            self._later(actor, self.clock.now + actor.habits.pull, START, self._pulled)
        else:
            self._pulled(actor)

    def _is_busy_with_another(self, actor: Actor) -> bool:
        """Whether an image is pulled or a postStart hook runs for another container of the pod.

        One worker looks after a pod, and starts one container after the other.
        """
        if self._busy is None:
            return False
        other, token = self._busy
        return other is not actor and other.token == token

    def _go_on(self) -> None:
        """Start those that had to wait until pull and hook of another one were over."""
        self._busy = None
        while self._queue and self._busy is None:
            actor, token = self._queue.popleft()
            if actor.token == token:
                self._pull(actor)

    def _pulled(self, actor: Actor) -> None:
        if actor.habits.pulls_fail > 0:
            actor.habits.pulls_fail -= 1
            actor.pull_wait = min(actor.pull_wait * 2 or _IMAGE_BACKOFF, _IMAGE_MAX)
            self.clock.event(actor.name, "Failed", "PullFailed")
            self.wait(actor, "ErrImagePull", "ErrImagePull")
            self.clock.event(actor.name, "BackOff", "PullBackOff")
            self.wait(actor, "ImagePullBackOff", "ImageBackOff", f"{actor.pull_wait // MS} s")
            self._later(actor, self.clock.now + actor.pull_wait, START, self._pull)
            self._go_on()
            return
        actor.image_present, actor.pull_wait = True, 0
        self.clock.event(actor.name, "Pulled", "Pulled")
        self._create(actor)

    def _create(self, actor: Actor) -> None:
        self.clock.event(actor.name, "Created", "Created")
        self.clock.event(actor.name, "Started", "Started")
        actor.begun = self.clock.now
        wait = actor.post_start_ms
        if wait:
            self._busy = actor, actor.token
            self._later(actor, self.clock.now + wait, START, self._begin)
        else:
            self._begin(actor)

    def _begin(self, actor: Actor) -> None:
        before = actor.present.word
        actor.begin(self.clock.now)
        rule, restart = ("RunningAgain", f"restart {actor.restarts}") if actor.restarts else ("Running", "")
        self.clock.tell(
            "container",
            actor.name,
            "Running",
            rule,
            before=before,
            reason=restart,
            because=actor.because,
        )
        self._go_on()
        if actor.has_post_start and actor.habits.post_start_fails:
            self.clock.event(actor.name, "FailedPostStartHook", "PostStart")
            self.stop(actor, self.grace, "KillingUnhooked")
            return
        if not actor.answering:
            self._later(actor, actor.begun + actor.habits.answers_after, WORLD, self._answers)
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

    def end(self, actor: Actor, code: int, reason: str = "", because: Because = no_steps) -> None:
        """Let a container's process end."""
        actor.settle(self.clock.now)
        before, again = actor.present.word, actor.restart_when_stopped
        reason = reason or ("Completed" if code == 0 else "Error")
        actor.end(self.clock.now, code, reason)
        rule = "OOM" if reason == OOM_KILLED else "Ended"
        detail = f"{reason}, exit code {code}"
        self.clock.tell(
            "container", actor.name, "Terminated", rule, before=before, reason=detail, because=because
        )
        if again and not (self.stopping or actor.wait):
            self.start(actor)  # in the sync that has killed it; where it waits, later syncs decide

    def stop(self, actor: Actor, grace: int, rule: str, *, reason: str = "", in_turn: bool = False) -> None:
        """Stop a running container: preStop, the stop signal, and when the grace period is over SIGKILL.

        `in_turn`: after preStop it waits until `stop_sidecars` finds that its turn has come, but not beyond
        the grace period.
        """
        if actor.stopping:
            return
        actor.settle(self.clock.now)
        actor.stopping, actor.in_turn = True, in_turn
        actor.stop_by = self.clock.now + grace * MS
        for worker in actor.workers.values():
            if worker.kind is not Kind.READINESS:
                worker.rest()
        self.clock.event(actor.name, "Killing", rule, reason)
        hook = min(actor.pre_stop_ms, grace * MS)
        if hook:
            self.clock.tell("signal", actor.name, "preStop", "PreStop")
            self._later(actor, self.clock.now + hook, END, self._hook_over)
        else:
            self._hook_over(actor)

    def stop_all(self, grace: int) -> None:
        """Stop the pod: sidecars end in their turn, when the main containers have (`stop_sidecars`)."""
        self.stopping = True
        for actor in self.actors.values():
            if actor.running:
                self.stop(actor, grace, "Killing", in_turn=actor.role is Role.SIDECAR)
            else:
                actor.give_up()

    def hasten(self, grace: int) -> None:
        """Let what is being stopped end earlier: a grace period that begins now."""
        stop_by = self.clock.now + grace * MS
        for actor in self.actors.values():
            if actor.stopping and stop_by < actor.stop_by:
                actor.stop_by = stop_by
                self._later(actor, stop_by, END, self._overdue)

    def _overdue(self, actor: Actor) -> None:
        if not actor.hooked:
            self._hook_over(actor)
        elif actor.in_turn:
            self._wait_no_longer(actor)
        else:
            self._kill(actor)

    def stop_sidecars(self) -> None:
        """Let the sidecars end from the last to the first, each when the one after it has."""
        running = [actor for actor in self.actors.values() if actor.running]
        if running and all(actor.role is Role.SIDECAR for actor in running):
            last = running[-1]
            if last.in_turn and last.hooked:
                last.in_turn = False
                self._terminate(last, "SigtermSidecar")

    def _stop_unhealthy(self, actor: Actor, grace: int | None, probe: str) -> None:
        self.stop(actor, self.grace if grace is None else grace, "KillingUnhealthy", reason=probe)

    def _hook_over(self, actor: Actor) -> None:
        if actor.hooked:
            return  # it was cut short
        actor.hooked = True
        if actor.in_turn:
            self._later(actor, actor.stop_by, START, self._wait_no_longer)
        else:
            self._terminate(actor, "Sigterm")

    def _wait_no_longer(self, actor: Actor) -> None:
        if actor.in_turn:
            actor.in_turn = False
            self._terminate(actor, "SigtermOverdue")

    def _terminate(self, actor: Actor, rule: str) -> None:
        left = max(actor.stop_by - self.clock.now, _LEAST_GRACE)
        self.clock.tell("signal", actor.name, actor.stop_signal, rule)
        if actor.habits.stops_after == 0 and not self.stopping:
            self.end(actor, 0)
        elif actor.habits.stops_after <= left:
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


def _pull_policy(actor: Actor) -> str:
    """Return the pull policy, by default Always for the tag `latest` (or none) and else IfNotPresent."""
    policy, image = actor.container.image_pull_policy, actor.container.image
    if policy:
        return policy
    tag = image.rpartition("/")[2].partition("@")[0].partition(":")[2]
    return "Always" if "@" not in image and tag in ("", "latest") else "IfNotPresent"
