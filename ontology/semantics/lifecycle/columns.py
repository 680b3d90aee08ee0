"""`podLifecycle.columns`: what `kubectl get pod` prints for a pod.

The STATUS cell is not the phase. It is found by a row of claims, each of which may replace the one
before; the last one stands.

Yes: every container that READY counts is ready. No: one is not.

Source: kubernetes.io/docs/reference/kubectl/generated/kubectl_get/ and
kubernetes.io/docs/tasks/debug/debug-application/debug-init-containers (v1.36).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from ontology import instants, readiness, restart_policies
from ontology.cluster.pods import ContainerState, ContainerStateTerminated, ContainerStatus, Pod
from ontology.errors import InvalidQuestionError
from ontology.scenario import Evaluator, Question, Scenario
from ontology.semantics.lifecycle import ages
from ontology.semantics.lifecycle.citations import reasons
from ontology.semantics.lifecycle.phases import FINAL
from ontology.verdict import Outcome, Role, Step, Verdict

_COMPLETED = "Completed"
_UNKNOWN_AGE = "<unknown>"


class Columns(Question, frozen=True):
    """`now`: the instant at which the table is printed, RFC 3339."""

    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What one rule wants the STATUS cell to say, and of which container it says so."""

    rule: str
    text: str
    container: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Initialization:
    """The init containers up to the first that is not through (`blocking`), and what it shows."""

    seen: tuple[ContainerStatus, ...]
    ready_sidecars: int
    blocking: ContainerStatus | None = None
    text: str = ""

    @property
    def over(self) -> bool:
        """Whether all are through."""
        return self.blocking is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """The cells with the claims on the status, and whose restarts are counted."""

    ready: int
    total: int
    claims: tuple[Claim, ...]
    restarts: int
    last_end: int | None
    counted: tuple[str, ...]

    @property
    def status(self) -> str:
        """The STATUS cell: the last claim stands."""
        return self.claims[-1].text


def cells(pod: Pod) -> Cells:
    """Return what the columns of a pod are made of."""
    sidecars = {c.name for c in pod.spec.init_containers or () if c.restart_policy == "Always"}
    init = _initialization(pod, sidecars)
    main = tuple(pod.status.container_statuses or ())
    # once initialized a pod stays so, even if an init container has to run again
    looks_at_main = init.over or _is_true(pod, "Initialized")
    counted = (*(s for s in init.seen if s.name in sidecars), *main) if looks_at_main else init.seen
    return Cells(
        ready=init.ready_sidecars + (sum(_runs_ready(s) for s in main) if looks_at_main else 0),
        total=len(pod.spec.containers or ()) + len(sidecars),
        claims=tuple(_claims(pod, init, main if looks_at_main else None)),
        restarts=sum(s.restart_count for s in counted),
        last_end=max((end for s in counted if (end := _last_end(s)) is not None), default=None),
        counted=tuple(s.name for s in counted),
    )


def evaluate(scenario: Scenario, asked: Columns) -> Verdict:
    """Answer `{"ready", "status", "restarts", "restartsText", "age"}`.

    Raises:
        InvalidObjectError: not exactly one pod, or a time in it that is not RFC 3339.
        InvalidQuestionError: `now` is not RFC 3339.
    """
    path, pod = scenario.one(Pod)
    restart_policies.check(pod, path=path)
    now = _now(asked.now)
    _check_times(pod, path)
    found = cells(pod)
    created = pod.metadata.creation_timestamp
    ago = ages.shown(now - found.last_end) if found.last_end is not None else None
    restarts_text = f"{found.restarts} ({ago} ago)" if found.restarts and ago else str(found.restarts)
    answer = {
        "ready": f"{found.ready}/{found.total}",
        "status": found.status,
        "restarts": found.restarts,
        "restartsText": restarts_text,
        "age": _UNKNOWN_AGE
        if created is None
        else ages.shown(now - instants.parse(created, path=f"{path}.metadata.creationTimestamp")),
    }
    return Verdict(
        answer=answer,
        outcome=Outcome.of(found.ready == found.total),
        explain=partial(_explain, pod, found, restarts_text),
    )


COLUMNS = Evaluator(question=Columns, evaluate=evaluate)


def _now(text: str) -> int:
    try:
        return instants.parse(text)
    except instants.InstantError as error:
        raise InvalidQuestionError(str(error), path="question.columns.now") from error


def _is_true(pod: Pod, type_: str) -> bool:
    found = readiness.condition(pod, type_)
    return found is not None and found.status == "True"


def _initialization(pod: Pod, sidecars: set[str]) -> Initialization:
    seen: list[ContainerStatus] = []
    ready = 0
    for index, status in enumerate(pod.status.init_container_statuses or ()):
        seen.append(status)
        ended = status.state.terminated
        if ended is not None and ended.exit_code == 0:
            continue
        if status.name in sidecars and status.started:
            ready += status.ready
            continue
        text = _initializing(status.state, f"{index}/{len(pod.spec.init_containers or ())}")
        return Initialization(seen=tuple(seen), ready_sidecars=ready, blocking=status, text=f"Init:{text}")
    return Initialization(seen=tuple(seen), ready_sidecars=ready)


def _initializing(state: ContainerState, progress: str) -> str:
    if state.terminated is not None:
        return _end(state.terminated)
    reason = state.waiting.reason if state.waiting else ""
    return progress if reason in ("", "PodInitializing") else reason


def _end(ended: ContainerStateTerminated) -> str:
    if ended.reason:
        return ended.reason
    return f"Signal:{ended.signal}" if ended.signal else f"ExitCode:{ended.exit_code}"


def _main_text(status: ContainerStatus) -> str | None:
    """Return what a main container would show, None for one that neither waits for a reason nor ended."""
    waiting, ended = status.state.waiting, status.state.terminated
    if waiting is not None and waiting.reason:
        return waiting.reason
    return None if ended is None else _end(ended)


def _runs_ready(status: ContainerStatus) -> bool:
    return status.ready and status.state.running is not None and _main_text(status) is None


def _claims(pod: Pod, init: Initialization, main: Sequence[ContainerStatus] | None) -> Iterator[Claim]:
    yield (claim := _base(pod))
    scheduled = [c for c in pod.status.conditions or () if c.type == "PodScheduled"]
    if any(c.reason == "SchedulingGated" for c in scheduled):
        yield (claim := Claim(rule="podLifecycle.columnsGated", text="SchedulingGated"))
    if init.blocking is not None:
        yield (claim := Claim(rule="podLifecycle.columnsInit", text=init.text, container=init.blocking.name))
    if main is not None:
        yield from _main_claims(pod, main, claim)
    deleted = pod.metadata.deletion_timestamp is not None
    if deleted and pod.status.reason == "NodeLost":
        yield Claim(rule="podLifecycle.columnsNodeLost", text="Unknown")
    elif deleted and pod.status.phase not in FINAL:
        yield Claim(rule="podLifecycle.columnsTerminating", text="Terminating")


def _base(pod: Pod) -> Claim:
    if pod.status.reason:
        return Claim(rule="podLifecycle.columnsReason", text=pod.status.reason)
    return Claim(rule="podLifecycle.columnsPhase", text=pod.status.phase)


def _main_claims(pod: Pod, main: Sequence[ContainerStatus], claim: Claim) -> Iterator[Claim]:
    first = next(((s, text) for s in main if (text := _main_text(s)) is not None), None)
    if first is not None:
        yield (claim := Claim(rule="podLifecycle.columnsMain", text=first[1], container=first[0].name))
    if claim.text != _COMPLETED:
        return
    running = next((s.name for s in main if _runs_ready(s)), None)
    failed = next(((s.name, text) for s in main if (text := _failure(s)) is not None), None)
    if running is not None and _is_true(pod, "Ready"):
        yield Claim(rule="podLifecycle.columnsStillRunning", text="Running", container=running)
    elif failed is not None:
        yield Claim(rule="podLifecycle.columnsFailedFirst", text=failed[1], container=failed[0])
    elif running is not None:
        yield Claim(rule="podLifecycle.columnsNotReady", text="NotReady", container=running)


def _failure(status: ContainerStatus) -> str | None:
    waiting, ended = status.state.waiting, status.state.terminated
    if ended is None or ended.exit_code == 0 or (waiting is not None and waiting.reason):
        return None
    return _end(ended)


def _last_end(status: ContainerStatus) -> int | None:
    last = status.last_state.terminated
    return instants.parse(last.finished_at) if last is not None and last.finished_at is not None else None


def _check_times(pod: Pod, path: str) -> None:
    for member, statuses in (
        ("containerStatuses", pod.status.container_statuses),
        ("initContainerStatuses", pod.status.init_container_statuses),
    ):
        for index, status in enumerate(statuses or ()):
            last = status.last_state.terminated
            if last is not None and last.finished_at is not None:
                where = f"{path}.status.{member}[{index}].lastState.terminated.finishedAt"
                instants.parse(last.finished_at, path=where)


def _explain(pod: Pod, found: Cells, restarts_text: str) -> tuple[Step, ...]:
    return (
        *(_claim_step(pod, claim, stands=claim is found.claims[-1]) for claim in found.claims),
        Step(
            "podLifecycle.columnsReady",
            holds=found.ready == found.total,
            facts={"pod": pod.name, "ready": found.ready, "total": found.total},
        ),
        Step(
            "podLifecycle.columnsRestarts",
            holds=True,
            facts={"pod": pod.name, "text": restarts_text, "containers": found.counted},
        ),
        *_not_the_phase(pod, found),
    )


def _claim_step(pod: Pod, claim: Claim, *, stands: bool) -> Step:
    """Return the claim as a step: one that a later claim replaced does not hold."""
    phase = (f"PodPhase.{pod.status.phase}",) if claim.rule == "podLifecycle.columnsPhase" else ()
    return Step(
        claim.rule,
        holds=stands,
        facts={"pod": pod.name, "status": claim.text, "container": claim.container},
        concepts=(*reasons(claim.text.removeprefix("Init:")), *(p for p in phase if pod.status.phase)),
    )


def _not_the_phase(pod: Pod, found: Cells) -> Iterator[Step]:
    """Yield a near miss where the cell says something other than the phase."""
    if pod.status.phase and found.status != pod.status.phase:
        yield Step(
            "podLifecycle.columnsPhase",
            holds=False,
            facts={"pod": pod.name, "status": found.status, "phase": pod.status.phase},
            role=Role.NEAR_MISS,
            concepts=(f"PodPhase.{pod.status.phase}",),
        )
