"""The pod's phase: a summary of its containers, by the first rule of a table that applies.

Source: kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle#pod-phase and
.../pods/sidecar-containers (v1.36).
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from ontology import restart_policies
from ontology.cluster.pods import Pod
from ontology.semantics.lifecycle.containers import Reading, Role, State


class Phase(StrEnum):
    """`status.phase`."""

    PENDING = "Pending"
    RUNNING = "Running"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"


FINAL = frozenset({Phase.SUCCEEDED, Phase.FAILED})

Readings = tuple[Reading, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The containers sorted by what they mean for the phase; each rule looks at some of these.

    A container may stand in several: a waiting sidecar is both `sidecars_pending` and `waiting`.
    """

    init_failed: Readings
    init_pending: Readings
    init_unknown: Readings
    sidecars_pending: Readings
    waiting: Readings
    running: Readings
    unknown: Readings
    stopped: Readings
    restarting: Readings
    failed: Readings
    main_has_run: bool
    terminal: bool


@dataclass(frozen=True, slots=True)
class PhaseRule:
    """A row of the table: `of` names the containers by which the rule applies, none if it does not."""

    name: str
    phase: Phase
    of: Callable[[Tally], Readings]


@dataclass(frozen=True, slots=True)
class PhaseDecision:
    """The phase, the rule that decided and the containers it saw."""

    phase: Phase
    rule: str
    seen: Readings
    tally: Tally


# The order decides: the first rule that sees a container wins.
TABLE: tuple[PhaseRule, ...] = (
    PhaseRule("podLifecycle.initFailed", Phase.FAILED, lambda t: t.init_failed),
    PhaseRule("podLifecycle.initPending", Phase.PENDING, lambda t: t.init_pending),
    PhaseRule("podLifecycle.initUnknown", Phase.PENDING, lambda t: t.init_unknown),
    PhaseRule(
        "podLifecycle.sidecarPending",
        Phase.PENDING,
        lambda t: () if t.main_has_run else t.sidecars_pending,
    ),
    PhaseRule("podLifecycle.containerWaiting", Phase.PENDING, lambda t: t.waiting),
    PhaseRule("podLifecycle.containerUnknown", Phase.PENDING, lambda t: t.unknown),
    PhaseRule("podLifecycle.containerRunning", Phase.RUNNING, lambda t: t.running),
    PhaseRule(
        "podLifecycle.containerRestarting",
        Phase.RUNNING,
        lambda t: () if t.terminal else t.restarting,
    ),
    PhaseRule("podLifecycle.containerFailed", Phase.FAILED, lambda t: t.failed),
    PhaseRule("podLifecycle.allSucceeded", Phase.SUCCEEDED, lambda t: t.stopped),
)


def decide(pod: Pod, readings: Readings, *, terminal: bool = False) -> PhaseDecision:
    """Return the phase that the kubelet reports for these containers.

    `terminal`: the pod was told to stop and its containers have ended for good, so none restarts.
    """
    tally = count(pod, readings, terminal=terminal)
    for rule in TABLE:
        seen = rule.of(tally)
        if seen:
            return PhaseDecision(rule.phase, rule.name, seen, tally)
    # nothing that counts: only sidecars, all of them ended
    return PhaseDecision(Phase.PENDING, "podLifecycle.nothingRuns", (), tally)


def count(pod: Pod, readings: Readings, *, terminal: bool) -> Tally:
    """Return the containers sorted for the table."""

    def which(role: Role, *states: State) -> Readings:
        return tuple(r for r in readings if r.role is role and r.state in states)

    def restarts_(reading: Reading) -> bool:
        return (
            reading.ended is not None
            and restart_policies.decide(reading.container, pod, reading.ended).restarts
        )

    sidecar_waits = which(Role.SIDECAR, State.WAITING)
    stopped = which(Role.MAIN, State.TERMINATED, State.BACK_OFF)
    return Tally(
        init_failed=tuple(
            r
            for r in which(Role.INIT, State.TERMINATED, State.BACK_OFF)
            if r.ended and r.ended.exit_code != 0 and not restarts_(r)
        ),
        init_pending=which(Role.INIT, State.RUNNING, State.WAITING),
        init_unknown=which(Role.INIT, State.UNKNOWN),
        sidecars_pending=tuple(
            r
            for r in readings
            if r.role is Role.SIDECAR
            and (
                (r.state is State.RUNNING and not r.started)
                or r.state is State.WAITING
                or (r.state is State.UNKNOWN and r.status is not None)
            )
        ),
        waiting=sidecar_waits + which(Role.MAIN, State.WAITING),
        running=which(Role.MAIN, State.RUNNING) + which(Role.SIDECAR, State.RUNNING),
        unknown=which(Role.MAIN, State.UNKNOWN) + which(Role.SIDECAR, State.UNKNOWN),
        stopped=stopped,
        restarting=tuple(r for r in stopped if restarts_(r)),
        # after exit code 0 in back-off a container counts as stopped, but not as succeeded
        failed=tuple(
            r for r in stopped if r.state is State.BACK_OFF or not (r.ended and r.ended.exit_code == 0)
        ),
        main_has_run=bool(which(Role.MAIN, State.RUNNING, State.TERMINATED, State.BACK_OFF)),
        terminal=terminal,
    )
