"""A container on the virtual clock: what it does, how it ended before, and how the world makes it behave."""

from dataclasses import dataclass, field
from functools import cache

from ontology.cluster.pods import (
    Container,
    ContainerState,
    ContainerStateRunning,
    ContainerStateTerminated,
    ContainerStateWaiting,
    ContainerStatus,
    LifecycleHandler,
)
from ontology.semantics.lifecycle.containers import Reading, Role, State
from ontology.semantics.probes.thresholds import Kind
from ontology.walkthroughs.timeline.clock import Because, no_steps
from ontology.walkthroughs.timeline.crash_loop import CrashLoop
from ontology.walkthroughs.timeline.probing import Worker

_MS = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A container's state as the API shows it; there is one object for each, which stands for it in keys.

    `word` is the state in a word, with the reason of a wait: `Waiting: ErrImagePull`.
    """

    state: ContainerState
    word: str = ""


NEVER = Shown(ContainerState())
RUNNING = Shown(ContainerState(running=ContainerStateRunning()), "Running")


@cache
def waiting(reason: str) -> Shown:
    """Return the state of a container that waits for a reason."""
    return Shown(ContainerState(waiting=ContainerStateWaiting(reason=reason)), f"Waiting: {reason}")


@cache
def terminated(exit_code: int, reason: str) -> Shown:
    """Return the state of a container that has ended."""
    ended = ContainerStateTerminated(exit_code=exit_code, reason=reason)
    return Shown(ContainerState(terminated=ended), "Terminated")


@dataclass(slots=True, kw_only=True)
class Habits:
    """How the world makes a container behave; times in milliseconds."""

    pull: int = 0
    pulls_fail: int = 0
    answers_after: int = 0
    stops_after: int = 0
    pre_stop: int = 0
    post_start: int = 0
    post_start_fails: bool = False
    exit_code: int | None = None
    exits_after: int = 0


@dataclass(slots=True, kw_only=True)
class Actor:
    """One container. `token` tells the present activity from plans made in an earlier one."""

    container: Container
    role: Role
    habits: Habits
    workers: dict[Kind, Worker] = field(default_factory=dict)
    name: str = field(init=False)
    present: Shown = NEVER
    past: Shown = NEVER
    started: bool = False
    ready: bool = False
    restarts: int = 0
    runs: int = 0
    begun: int = 0  # when its process began, before its postStart hook
    answering: bool = False
    silent: set[Kind] = field(default_factory=set)
    image_present: bool = False
    pull_wait: int = 0
    crash_loop: CrashLoop = field(default_factory=CrashLoop)
    wait: int = 0  # the wait in seconds before the next start
    not_before: int = 0
    pending: bool = False  # a start is under way: pull, back-off or hook
    stopping: bool = False
    stop_by: int = 0  # when its grace period is over
    hooked: bool = False  # its preStop hook, if any, is over
    in_turn: bool = False  # a sidecar that waits until what it serves has ended
    restart_when_stopped: bool = False
    token: int = 0
    because: Because = no_steps  # who said that it shall start
    stale: list["Actor"] = field(default_factory=list)  # where it says that it is to be read anew
    known: Reading | None = None
    key: int = -1  # stands for the reading: equal keys, equal decisions
    _readings: dict[tuple[Shown, Shown, bool, bool], tuple[int, Reading]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.name = self.container.name

    @property
    def running(self) -> bool:
        """Whether its process runs."""
        return self.present is RUNNING

    @property
    def state(self) -> ContainerState:
        """Its state."""
        return self.present.state

    @property
    def last(self) -> ContainerState:
        """How it ended before, `lastState` of the API."""
        return self.past.state

    @property
    def ran(self) -> bool:
        """Whether it has ever run."""
        return self.runs > 0

    @property
    def has_post_start(self) -> bool:
        """Whether it has a postStart hook."""
        return self.container.lifecycle is not None and self.container.lifecycle.post_start is not None

    @property
    def post_start_ms(self) -> int:
        """How long its postStart hook takes; 0 without one."""
        hook = self.container.lifecycle.post_start if self.container.lifecycle else None
        return _hook_ms(hook, self.habits.post_start)

    @property
    def pre_stop_ms(self) -> int:
        """How long its preStop hook takes; 0 without one."""
        hook = self.container.lifecycle.pre_stop if self.container.lifecycle else None
        return _hook_ms(hook, self.habits.pre_stop)

    @property
    def stop_signal(self) -> str:
        """The signal that asks it to end."""
        return (self.container.lifecycle and self.container.lifecycle.stop_signal) or "SIGTERM"

    def succeeds(self, kind: Kind) -> bool:
        """Whether a probe of that kind finds an answer now."""
        return self.answering and kind not in self.silent

    def changed(self) -> None:
        """Forget what was read of it, and say so."""
        self.known = None
        self.stale.append(self)

    def status(self) -> ContainerStatus:
        """Return the status that the kubelet reports."""
        return ContainerStatus(
            name=self.name,
            state=self.state,
            last_state=self.last,
            ready=self.ready,
            started=self.started,
            restart_count=self.restarts,
            image=self.container.image,
        )

    def reading(self) -> Reading:
        """Return the reading of its status: the same object whenever it is in the same state.

        How often it was restarted, no rule reads; the reading says how often when it was first made.
        """
        if self.known is None:
            seen = (self.present, self.past, self.ready, self.started)
            found = self._readings.get(seen)
            if found is None:
                found = self._readings[seen] = len(self._readings), self._read()
            self.key, self.known = found
        return self.known

    def wait_for(self, reason: str) -> None:
        """Let it wait; how it ended moves to `lastState`."""
        self._move_to(waiting(reason))
        self.changed()

    def reset(self) -> None:
        """Forget how it ended and what was under way, as if it had never run; restarts are still counted."""
        self.past = NEVER
        self.ready = self.pending = False
        self.token += 1
        self.changed()

    def give_up(self) -> None:
        """Give up the start that is under way."""
        self.token += 1
        self.pending = False

    def begin(self, now: int) -> None:
        """Let it count as running, now that its hook is over; every run but the first is a restart."""
        self._move_to(RUNNING)
        self.restarts += 1 if self.ran else 0
        self.runs += 1
        self.token += 1
        self.pending = False
        self.started = self.role is not Role.INIT and Kind.STARTUP not in self.workers
        self.ready = self.started and Kind.READINESS not in self.workers
        self.answering = now >= self.begun + self.habits.answers_after
        self.changed()
        for kind, worker in self.workers.items():
            if kind is Kind.STARTUP or self.started:
                worker.activate(self.begun, now)

    def pass_startup(self, now: int) -> None:
        """Let it count as started: its other probes begin."""
        self.started = True
        self.ready = Kind.READINESS not in self.workers
        self.changed()
        for kind, worker in self.workers.items():
            if kind is Kind.STARTUP:
                worker.rest()
            else:
                worker.activate(self.begun, now)

    def end(self, now: int, code: int, reason: str) -> None:
        """Let its process end, and set the wait before the next one."""
        self.present = terminated(code, reason)
        self.token += 1
        self.started = False
        self.ready = self.role is Role.INIT and code == 0
        self.stopping = self.pending = self.hooked = self.in_turn = False
        self.answering = False
        self.changed()
        for worker in self.workers.values():
            worker.rest()
        self.wait = self.crash_loop.end(now, in_sync=self.restart_when_stopped)
        self.restart_when_stopped = False
        self.not_before = now + self.wait * _MS

    def settle(self, now: int) -> None:
        """Account for its probes' runs before `now`; call before anything of it changes."""
        for kind, worker in self.workers.items():
            if worker.active and worker.following < now:
                worker.settle(now, success=self.succeeds(kind))

    def _move_to(self, shown: Shown) -> None:
        if self.present.state.terminated is not None:
            self.past = self.present
        self.present = shown

    def _read(self) -> Reading:
        status = self.status()
        if self.state.running is not None:
            return Reading(self.container, self.role, State.RUNNING, status)
        if self.state.terminated is not None:
            return Reading(self.container, self.role, State.TERMINATED, status, self.state.terminated)
        if self.last.terminated is not None:
            return Reading(self.container, self.role, State.BACK_OFF, status, self.last.terminated)
        return Reading(self.container, self.role, State.WAITING, status)


def _hook_ms(hook: LifecycleHandler | None, habit: int) -> int:
    if hook is None:
        return 0
    return hook.sleep.seconds * _MS if hook.sleep else habit
