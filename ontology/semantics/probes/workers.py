"""A container and its probe workers, second by second: who runs, what counts, what takes effect.

The workers' clock starts with the first container and never shifts; a restart takes no time. Within a
second the container's own end comes first, then startup, readiness, liveness, each seeing what the
ones before it caused.

Source: kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes (v1.36).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ontology.semantics.probes.thresholds import EMPTY, Kind, Row, Timing

# What the kubelet makes of a result: `warning` passes, `unknown` does not, `error` says nothing.
COUNTS_AS: Mapping[str, bool | None] = {
    "success": True,
    "warning": True,
    "failure": False,
    "unknown": False,
    "error": None,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One run of a probe, or the container's own end (`probe` None): its effect, and the row it was in."""

    at: int
    probe: Kind | None
    result: str
    effect: str | None = None
    row: Row = EMPTY
    carried: bool = False  # the row began in an earlier container
    number: int = 0  # which execution of its probe this is, from 0


@dataclass(slots=True, kw_only=True)
class Worker:
    """One probe's worker. It lives through all restarts of the container."""

    kind: Kind
    timing: Timing
    row: Row = EMPTY
    row_container: int = 0  # in which container, counted from 0, the row began
    rests: bool = False  # after it had its container killed, until there is a new one
    runs: int = 0


@dataclass(slots=True, kw_only=True)
class Observed:
    """The container as its workers left it."""

    running: bool = True
    started: bool = False
    ready: bool = False
    restarts: int = 0
    since: int = 0
    workers: dict[Kind, Worker] = field(default_factory=dict)

    def begin(self, at: int) -> None:
        """Let a new container begin: what has no probe is given, the rest must be earned again."""
        self.since = at
        self.started = Kind.STARTUP not in self.workers
        self.ready = self.started and Kind.READINESS not in self.workers
        for worker in self.workers.values():
            worker.rests = False

    def end(self, at: int, *, restarts: bool) -> None:
        """Let the container end, and the next one begin if there is one."""
        if restarts:
            self.restarts += 1
            self.begin(at)
        else:
            self.running = self.started = self.ready = False

    def wakes(self, worker: Worker, at: int) -> bool:
        """Whether a worker that wakes at `at` runs its probe."""
        if worker.rests or at - self.since < worker.timing.initial_delay:
            return False
        return self.started is (worker.kind is not Kind.STARTUP)


def observe(
    timings: Mapping[Kind, Timing],
    seconds: int,
    result: Callable[[Kind, int], str],
    *,
    exits: Sequence[tuple[int, int]] = (),
    restarts: Callable[[int | None], bool],
) -> tuple[Observed, tuple[Execution, ...]]:
    """Return how the container is after `seconds`, and everything that happened, in order.

    `result` gives the outcome of a probe's n-th execution, `exits` the container's own ends (second,
    exit code), sorted; `restarts` says whether the container runs again after an exit code, None for
    one that a probe had killed.
    """
    found = Observed(workers={kind: Worker(kind=kind, timing=each) for kind, each in timings.items()})
    found.begin(0)
    return found, tuple(_run(found, seconds, result, exits, restarts))


def _run(
    container: Observed,
    seconds: int,
    result: Callable[[Kind, int], str],
    exits: Sequence[tuple[int, int]],
    restarts: Callable[[int | None], bool],
) -> Iterator[Execution]:
    for at in _seconds(container, seconds, exits):
        for code in [code for second, code in exits if second == at]:
            if not container.running:
                return
            again = restarts(code)
            container.end(at, restarts=again)
            yield Execution(at=at, probe=None, result=f"exit {code}", effect="restart" if again else "exit")
        for worker in container.workers.values():
            if not container.running:
                return
            if at % worker.timing.period == 0 and container.wakes(worker, at):
                yield _execute(container, worker, at, result(worker.kind, worker.runs), restarts)


def _seconds(container: Observed, seconds: int, exits: Sequence[tuple[int, int]]) -> list[int]:
    wakes = {at for w in container.workers.values() for at in range(0, seconds + 1, w.timing.period)}
    return sorted(wakes | {at for at, _ in exits if at <= seconds})


def _execute(
    container: Observed, worker: Worker, at: int, result: str, restarts: Callable[[int | None], bool]
) -> Execution:
    number, worker.runs = worker.runs, worker.runs + 1
    success = COUNTS_AS[result]
    if success is None:
        return Execution(at=at, probe=worker.kind, result=result, row=worker.row, number=number)
    row = worker.row.then(success=success)
    if row.length == 1:
        worker.row_container = container.restarts
    carried = worker.row_container < container.restarts
    worker.row = row
    effect = _effect(container, worker, at, restarts) if row.reached(worker.timing) else None
    return Execution(
        at=at, probe=worker.kind, result=result, effect=effect, row=row, carried=carried, number=number
    )


def _effect(
    container: Observed, worker: Worker, at: int, restarts: Callable[[int | None], bool]
) -> str | None:
    """Let a result that came often enough take effect, and return the effect; None if nothing changes."""
    success = bool(worker.row.success)
    if worker.kind is Kind.READINESS:
        before, container.ready = container.ready, success
        return None if before is success else "ready" if success else "notReady"
    if success:
        if container.started:
            return None
        container.started = True
        container.ready = Kind.READINESS not in container.workers
        return "started"
    again = restarts(None)
    worker.row = worker.row.rested()
    worker.rests = True
    container.end(at, restarts=again)
    return "restart" if again else "kill"
