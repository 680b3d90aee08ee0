"""`podLifecycle.status`: phase and conditions from the spec and what the containers do.

Yes: the pod is Ready. No: it is not. Unknown: no container has reported a status yet.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from msgspec.structs import replace

from ontology import restart_policies
from ontology.cluster.meta import Condition
from ontology.cluster.pods import (
    ContainerState,
    ContainerStateRunning,
    ContainerStateTerminated,
    ContainerStatus,
    Pod,
)
from ontology.scenario import Evaluator, Question, Scenario
from ontology.semantics.lifecycle import conditions, phases
from ontology.semantics.lifecycle.citations import concepts_of, restart_step
from ontology.semantics.lifecycle.conditions import NO_STATUSES, ConditionDecision
from ontology.semantics.lifecycle.containers import Reading, Role, State, read
from ontology.semantics.lifecycle.phases import Phase, PhaseDecision, Readings
from ontology.verdict import Outcome, Step, Verdict
from ontology.verdict import Role as Purpose


class Status(Question, frozen=True):
    """`podIsTerminal`: the pod was told to stop and its containers have ended for good."""

    pod_is_terminal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PodStatus:
    """What the kubelet reports, with the rules that decided and the readings they saw."""

    phase: PhaseDecision
    initialized: ConditionDecision
    containers_ready: ConditionDecision
    ready: ConditionDecision
    readings: Readings

    @property
    def conditions(self) -> tuple[ConditionDecision, ...]:
        """The conditions in the order in which a pod gains them."""
        return (self.initialized, self.containers_ready, self.ready)


def status_of(pod: Pod, *, terminal: bool = False) -> PodStatus:
    """Return phase and conditions of a pod whose container statuses are as given."""
    readings = read(pod)
    phase = phases.decide(pod, readings, terminal=terminal)
    containers = conditions.containers_ready(pod, readings, phase.phase)
    return PodStatus(
        phase=phase,
        initialized=conditions.initialized(pod, readings, phase.phase),
        containers_ready=containers,
        ready=conditions.ready(pod, containers),
        readings=readings,
    )


def evaluate(scenario: Scenario, asked: Status) -> Verdict:
    """Answer `{"phase", "conditions": {type: {"status", "reason"}}}`.

    Raises:
        InvalidObjectError: not exactly one pod, or a restart policy that there is not.
    """
    path, pod = scenario.one(Pod)
    restart_policies.check(pod, path=path)
    found = status_of(pod, terminal=asked.pod_is_terminal)
    answer = {
        "phase": found.phase.phase.value,
        "conditions": {
            each.type: {"status": str(each.status), "reason": each.reason} for each in found.conditions
        },
    }
    told = found.containers_ready.reason != NO_STATUSES
    return Verdict(
        answer=answer,
        outcome=Outcome.of(found.ready.status if told else None),
        explain=partial(_explain, pod, found, terminal=asked.pod_is_terminal),
    )


STATUS = Evaluator(question=Status, evaluate=evaluate)


def _explain(pod: Pod, found: PodStatus, *, terminal: bool) -> tuple[Step, ...]:
    return (
        *restart_steps(pod, found.phase),
        phase_step(pod, found.phase),
        *(condition_step(pod, each) for each in found.conditions),
        *_near_misses(pod, found.phase),
        *_changes(pod, found, terminal=terminal),
    )


def restart_steps(pod: Pod, decided: PhaseDecision) -> Iterator[Step]:
    """Yield what becomes of each ended container, where the phase depends on it."""
    if decided.tally.terminal and decided.tally.stopped:
        names = tuple(r.name for r in decided.tally.stopped)
        yield Step("podLifecycle.podIsTerminal", holds=True, facts={"pod": pod.name, "containers": names})
        return
    for reading in decided.seen:
        if reading.ended is not None:
            decision = restart_policies.decide(reading.container, pod, reading.ended)
            yield restart_step(pod, reading.container, reading.ended, decision)


def phase_step(pod: Pod, decided: PhaseDecision) -> Step:
    """Return the rule that decided the phase, with the containers it saw."""
    return Step(
        decided.rule,
        holds=True,
        facts={
            "pod": pod.name,
            "phase": decided.phase.value,
            "containers": tuple(r.name for r in decided.seen),
            "seen": tuple(_shown(r) for r in decided.seen),
        },
        concepts=(f"PodPhase.{decided.phase}", *concepts_of(decided.seen)),
    )


def _shown(reading: Reading) -> str:
    """Return a container with what decides about it: `app (Terminated, exit code 1, Error)`."""
    state = "Waiting" if reading.state is State.BACK_OFF else reading.state.value
    details = [state] if reading.status is not None else []
    if reading.waiting_reason:
        details.append(reading.waiting_reason)
    if reading.ended is not None:
        details.append(f"exitCode {reading.ended.exit_code}")
        details += [reading.ended.reason] if reading.ended.reason else []
    return f"{reading.name} ({', '.join(details)})" if details else reading.name


def condition_step(pod: Pod, decided: ConditionDecision) -> Step:
    """Return the rule that decided a condition."""
    return Step(
        decided.rule,
        holds=decided.status,
        facts={
            "pod": pod.name,
            "condition": decided.type,
            "reason": decided.reason,
            "names": decided.names,
        },
        concepts=(
            f"PodCondition.{decided.type}",
            *((f"PodConditionReason.{decided.reason}",) if decided.reason in _REASON_CONCEPTS else ()),
        ),
    )


_REASON_CONCEPTS = frozenset({"ContainersNotReady", "PodCompleted"})


def _near_misses(pod: Pod, decided: PhaseDecision) -> Iterator[Step]:
    """Yield the next rule of the table that would have given another phase, had it been asked."""
    tally = decided.tally
    if tally.main_has_run and tally.sidecars_pending:
        names = tuple(r.name for r in tally.sidecars_pending)
        yield Step(
            "podLifecycle.sidecarPending",
            holds=False,
            facts={"pod": pod.name, "containers": names, "phase": decided.phase.value},
            role=Purpose.NEAR_MISS,
        )
    order = [rule.name for rule in phases.TABLE]
    later = phases.TABLE[order.index(decided.rule) + 1 :] if decided.rule in order else ()
    for rule in later:
        seen = tuple(r for r in rule.of(tally) if r not in decided.seen)
        if seen and rule.phase is not decided.phase:
            yield Step(
                rule.name,
                holds=False,
                facts={
                    "pod": pod.name,
                    "containers": tuple(r.name for r in seen),
                    "because": tuple(_shown(r) for r in decided.seen),
                    "phase": decided.phase.value,
                    "other": rule.phase.value,
                },
                role=Purpose.NEAR_MISS,
                concepts=(f"PodPhase.{rule.phase}",),
            )
            return


def _changes(pod: Pod, found: PodStatus, *, terminal: bool) -> Iterator[Step]:
    """Yield small changes that flip the phase or Ready, each tried before it is offered."""
    yield from _other_policies(pod, found.phase.phase, terminal=terminal)
    if found.phase.phase is Phase.FAILED:
        yield from _had_it_succeeded(pod, found, terminal=terminal)
    if not found.ready.status:
        yield from _become_ready(pod, found, terminal=terminal)


def _other_policies(pod: Pod, phase: Phase, *, terminal: bool) -> Iterator[Step]:
    for policy in restart_policies.POLICIES:
        changed = replace(pod, spec=replace(pod.spec, restart_policy=policy))
        other = status_of(changed, terminal=terminal).phase.phase
        if other is not phase:
            yield Step(
                "podLifecycle.restartPolicy",
                holds=True,
                facts={"pod": pod.name, "policy": policy, "phase": other.value, "was": phase.value},
                role=Purpose.CHANGE,
                concepts=(f"RestartPolicy.{policy}", f"PodPhase.{other}"),
                change={"spec": {"restartPolicy": policy}},
            )


def _had_it_succeeded(pod: Pod, found: PodStatus, *, terminal: bool) -> Iterator[Step]:
    names = tuple(r.name for r in found.phase.seen)
    well = ContainerState(terminated=ContainerStateTerminated(exit_code=0, reason="Completed"))
    other = status_of(_with_states(pod, names, well, ready=False), terminal=terminal).phase.phase
    if other is not found.phase.phase:
        yield Step(
            "podLifecycle.exitCode",
            holds=True,
            facts={
                "pod": pod.name,
                "containers": names,
                "phase": other.value,
                "was": found.phase.phase.value,
            },
            role=Purpose.CHANGE,
            concepts=(f"PodPhase.{other}", "ContainerReason.Completed"),
            change=_status_change(found, names, {"terminated": {"exitCode": 0}}),
        )


def _become_ready(pod: Pod, found: PodStatus, *, terminal: bool) -> Iterator[Step]:
    change: dict[str, object]
    if found.ready.rule == "podLifecycle.readinessGates":
        gates = [Condition(type=name, status="True") for name in found.ready.names]
        others = [c for c in pod.status.conditions or () if c.type not in found.ready.names]
        changed = replace(pod, status=replace(pod.status, conditions=[*others, *gates]))
        change = {"status": {"conditions": [{"type": g.type, "status": "True"} for g in gates]}}
    else:
        running = ContainerState(running=ContainerStateRunning())
        changed = _with_states(pod, found.ready.names, running, ready=True)
        change = _status_change(found, found.ready.names, {"running": {}}, ready=True)
    if found.ready.names and status_of(changed, terminal=terminal).ready.status:
        yield Step(
            found.ready.rule,
            holds=True,
            facts={"pod": pod.name, "names": found.ready.names},
            role=Purpose.CHANGE,
            concepts=("PodCondition.Ready",),
            change=change,
        )


def _with_states(pod: Pod, names: tuple[str, ...], state: ContainerState, *, ready: bool) -> Pod:
    """Return the pod with these containers in that state, also those without a status so far."""

    def changed(statuses: list[ContainerStatus] | None, *, init: bool) -> list[ContainerStatus]:
        specs = (pod.spec.init_containers if init else pod.spec.containers) or ()
        known = {status.name for status in statuses or ()}
        missing = [ContainerStatus(name=c.name) for c in specs if c.name in names and c.name not in known]
        return [
            replace(status, state=state, ready=ready, started=ready) if status.name in names else status
            for status in [*(statuses or ()), *missing]
        ]

    status = replace(
        pod.status,
        container_statuses=changed(pod.status.container_statuses, init=False),
        init_container_statuses=changed(pod.status.init_container_statuses, init=True),
    )
    return replace(pod, status=status)


def _status_change(
    found: PodStatus, names: tuple[str, ...], state: dict[str, object], *, ready: bool = False
) -> dict[str, object]:
    members: dict[str, list[dict[str, object]]] = {}
    for reading in found.readings:
        if reading.name in names:
            member = "containerStatuses" if reading.role is Role.MAIN else "initContainerStatuses"
            members.setdefault(member, []).append(
                {"name": reading.name, "state": state, **({"ready": True} if ready else {})}
            )
    return {"status": members}
