"""`podLifecycle.restart`: what one sync of the pod starts and kills, its sandbox being fine.

The kubelet compares each container with what it should do; back-off, which only delays a start, is not
looked at. Every decision is one step; the answer is what the steps add up to.

Yes: the sync changes something. No: there is nothing to do.

Source: kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle#container-restarts,
.../pods/init-containers#detailed-behavior and .../pods/sidecar-containers (v1.36).
"""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

from msgspec import field
from msgspec.structs import replace

from ontology import restart_policies
from ontology.cluster.pods import Container, ContainerStateTerminated, Pod
from ontology.errors import InvalidQuestionError
from ontology.readiness import condition
from ontology.scenario import Evaluator, Question, Scenario
from ontology.semantics.lifecycle.citations import restart_step
from ontology.semantics.lifecycle.containers import Reading, Role, State, read
from ontology.verdict import Outcome, Step, Verdict
from ontology.verdict import Role as Purpose

# ended init containers and started sidecars are through: the rule if another one follows, and if none does
_THROUGH = {
    Role.INIT: ("podLifecycle.syncInitNext", "podLifecycle.syncInitOver"),
    Role.SIDECAR: ("podLifecycle.syncSidecarNext", "podLifecycle.syncSidecarOver"),
}


class Restart(Question, frozen=True):
    """The running containers whose liveness or startup probe has failed; other probes have succeeded."""

    liveness_failed: list[str] = field(default_factory=list)
    startup_failed: list[str] = field(default_factory=list)


class Act(StrEnum):
    """What a decision leads to."""

    START = "start"
    START_INIT = "startInit"
    KILL = "kill"
    KILL_POD = "killPod"
    RESTART_ALL = "restartAll"


@dataclass(frozen=True, slots=True)
class Decision:
    """A step, and the acts that it leads to, each with the container it is done to."""

    step: Step
    acts: tuple[tuple[Act, str], ...] = ()
    keeps: bool = False  # a main container goes on running

    @property
    def verbs(self) -> frozenset[Act]:
        """The acts without the containers."""
        return frozenset(act for act, _ in self.acts)

    def because(self) -> tuple[Step, ...]:
        """Return the step, as what it leads to cites it."""
        return (self.step,)


@dataclass(frozen=True, slots=True)
class Sync:
    """A pod as one sync sees it, with the probes that have failed."""

    pod: Pod
    readings: tuple[Reading, ...]
    liveness_failed: frozenset[str] = frozenset()
    startup_failed: frozenset[str] = frozenset()
    starting: frozenset[str] = frozenset()  # those that run, and whose startup probe has not succeeded yet

    @property
    def inits(self) -> tuple[Reading, ...]:
        """Init containers and sidecars in the order of the spec."""
        return tuple(r for r in self.readings if r.role is not Role.MAIN)

    @property
    def mains(self) -> tuple[Reading, ...]:
        """Main containers in the order of the spec."""
        return tuple(r for r in self.readings if r.role is Role.MAIN)

    @property
    def deleted(self) -> bool:
        """Whether the pod is being deleted."""
        return self.pod.metadata.deletion_timestamp is not None


def decide(sync: Sync) -> tuple[Decision, ...]:
    """Return the decisions of one sync, in the order in which the kubelet takes them."""
    everything = _restart_all(sync)
    if everything is not None:
        return (everything,)
    inits = tuple(_init_decisions(sync))
    if any(Act.KILL_POD in decision.verbs for decision in inits):
        return inits
    if not is_initialized(sync):
        waiting = {"pod": sync.pod.name, "containers": tuple(r.name for r in sync.mains)}
        return (*inits, Decision(Step("podLifecycle.syncInitNotOver", holds=False, facts=waiting)))
    mains = tuple(_main_decision(sync, reading) for reading in sync.mains)
    if any(decision.keeps or Act.START in decision.verbs for decision in mains):
        return (*inits, *mains)
    facts = {"pod": sync.pod.name}
    nothing = Decision(
        Step("podLifecycle.syncKillPod", holds=True, facts=facts), ((Act.KILL_POD, sync.pod.name),)
    )
    return (*inits, *mains, nothing)


def evaluate(scenario: Scenario, asked: Restart) -> Verdict:
    """Answer `{"killPod", "start", "startInit", "kill", "restartAll"}`.

    Raises:
        InvalidObjectError: not exactly one pod, or a restart policy that there is not.
        InvalidQuestionError: a failed probe of a container that the pod does not have.
    """
    path, pod = scenario.one(Pod)
    restart_policies.check(pod, path=path)
    _check(pod, asked)
    sync = Sync(pod, read(pod), frozenset(asked.liveness_failed), frozenset(asked.startup_failed))
    found = decide(sync)
    answer = _answer(pod, found)
    return Verdict(
        answer=answer, outcome=Outcome.of(any(answer.values())), explain=partial(_explain, sync, found)
    )


RESTART = Evaluator(question=Restart, evaluate=evaluate)


def _explain(sync: Sync, found: tuple[Decision, ...]) -> tuple[Step, ...]:
    return (*(decision.step for decision in found), *_other_policies(sync, _answer(sync.pod, found)))


def _other_policies(sync: Sync, answer: dict[str, Any]) -> Iterator[Step]:
    """Yield the policies of the pod with which the same sync would do something else."""
    for policy in restart_policies.POLICIES:
        pod = replace(sync.pod, spec=replace(sync.pod.spec, restart_policy=policy))
        other = _answer(pod, decide(dataclasses.replace(sync, pod=pod)))
        if other != answer:
            yield Step(
                "podLifecycle.syncPolicy",
                holds=True,
                facts={
                    "pod": pod.name,
                    "policy": policy,
                    "start": (*other["startInit"], *other["start"]),
                    "killPod": other["killPod"],
                },
                role=Purpose.CHANGE,
                concepts=(f"RestartPolicy.{policy}",),
                change={"spec": {"restartPolicy": policy}},
            )


def _check(pod: Pod, asked: Restart) -> None:
    known = {c.name for c in (*(pod.spec.init_containers or ()), *(pod.spec.containers or ()))}
    for member, names in (("livenessFailed", asked.liveness_failed), ("startupFailed", asked.startup_failed)):
        for index, name in enumerate(names):
            if name not in known:
                raise InvalidQuestionError(
                    f"pod `{pod.name}` has no container `{name}`", path=f"question.restart.{member}[{index}]"
                )


def _answer(pod: Pod, found: tuple[Decision, ...]) -> dict[str, Any]:
    acts = [act for decision in found for act in decision.acts]

    def names(wanted: Act) -> list[str]:
        return sorted({name for act, name in acts if act is wanted})

    done = {act for act, _ in acts}
    if Act.RESTART_ALL in done:
        return {"killPod": False, "start": [], "startInit": [], "kill": [], "restartAll": True}
    order = [c.name for c in pod.spec.containers or ()]
    return {
        "killPod": Act.KILL_POD in done,
        "start": sorted(names(Act.START), key=order.index),
        # a pod that is killed takes its init containers and sidecars with it
        "startInit": [] if Act.KILL_POD in done else names(Act.START_INIT),
        "kill": names(Act.KILL),
        "restartAll": False,
    }


def is_initialized(sync: Sync) -> bool:
    """Whether main containers may start: one runs, or the last init container is through."""
    if not sync.inits or any(r.state is State.RUNNING for r in sync.mains):
        return True
    last = sync.inits[-1]
    if last.role is Role.SIDECAR:
        return last.state is State.RUNNING and not _startup_failed(sync, last) and not _starting(sync, last)
    return last.ended is not None and last.ended.exit_code == 0


def _restart_all(sync: Sync) -> Decision | None:
    """Return the decision to reset everything: an exit rule asks for it, or it is already under way."""
    acts = ((Act.RESTART_ALL, sync.pod.name),)
    for reading in sync.readings:
        rule = (
            restart_policies.matching_rule(reading.container, reading.ended.exit_code)
            if reading.ended
            else None
        )
        if rule is not None and rule.action == restart_policies.RESTART_ALL and reading.ended is not None:
            facts = {"pod": sync.pod.name, "container": reading.name, "exitCode": reading.ended.exit_code}
            return Decision(Step("podLifecycle.syncRestartAll", holds=True, facts=facts), acts)
    under_way = condition(sync.pod, "AllContainersRestarting")
    if under_way is not None and under_way.status == "True":
        facts = {"pod": sync.pod.name}
        return Decision(Step("podLifecycle.syncRestartingAll", holds=True, facts=facts), acts)
    return None


def _init_decisions(sync: Sync) -> Iterator[Decision]:
    """Yield what happens to init containers and sidecars, from the last to the first.

    The highest one with a status decides what starts next; those below have been through, and of them
    only sidecars are looked after.
    """
    past = any(r.state is State.RUNNING for r in sync.mains)
    for index in range(len(sync.inits) - 1, -1, -1):
        reading = sync.inits[index]
        if not _ran(reading):
            if past and reading.role is Role.SIDECAR:
                yield _sidecar_starts(sync, reading)
            continue
        if reading.role is Role.SIDECAR:
            yield from _sidecar_decisions(sync, reading, None if past else index)
        elif not past:
            decision = _init_decision(sync, reading, index)
            yield decision
            if Act.KILL_POD in decision.verbs:
                return  # the pod ends as a whole, so nobody looks at what is below
        past = True
    if not past and sync.inits:
        first = sync.inits[0]
        facts = {"pod": sync.pod.name, "container": first.name}
        yield Decision(
            Step("podLifecycle.syncInitFirst", holds=True, facts=facts), ((Act.START_INIT, first.name),)
        )


def _init_decision(sync: Sync, reading: Reading, index: int) -> Decision:
    """Decide for the init container that the pod has come to."""
    facts = {"pod": sync.pod.name, "container": reading.name}
    if reading.ended is None:
        return Decision(Step("podLifecycle.syncInitRuns", holds=True, facts=facts))
    if reading.ended.exit_code == 0:
        return _next_init(sync, reading, index)
    if sync.deleted:
        return Decision(
            Step("podLifecycle.syncInitDeleted", holds=True, facts=facts), ((Act.KILL_POD, sync.pod.name),)
        )
    step = _restart_step(sync, reading.container, reading.ended)
    if step.holds:
        return Decision(step, ((Act.START_INIT, reading.name),))
    return Decision(step, ((Act.KILL_POD, sync.pod.name),))


def _next_init(sync: Sync, reading: Reading, index: int) -> Decision:
    """Decide what follows an init container that is through: the next one, or the main containers."""
    facts = {"pod": sync.pod.name, "container": reading.name}
    next_, over = _THROUGH[reading.role]
    if index == len(sync.inits) - 1:
        return Decision(Step(over, holds=True, facts=facts))
    following = sync.inits[index + 1].name
    step = Step(next_, holds=True, facts={**facts, "next": following})
    return Decision(step, ((Act.START_INIT, following),))


def _sidecar_decisions(sync: Sync, reading: Reading, index: int | None) -> Iterator[Decision]:
    """Decide for a sidecar that has run; `index` where it is the last that has, None otherwise."""
    if reading.state is not State.RUNNING:
        yield _sidecar_starts(sync, reading)
    elif _startup_failed(sync, reading):
        yield _killed(sync, reading, "podLifecycle.syncStartupFailed", restarts_=True)
    elif _starting(sync, reading):
        facts = {"pod": sync.pod.name, "container": reading.name}
        yield Decision(Step("podLifecycle.syncSidecarStarting", holds=True, facts=facts))
    else:
        if index is not None:
            yield _next_init(sync, reading, index)
        if reading.container.liveness_probe is not None and reading.name in sync.liveness_failed:
            yield _killed(sync, reading, "podLifecycle.syncLivenessFailed", restarts_=True)


def _sidecar_starts(sync: Sync, reading: Reading) -> Decision:
    facts = {"pod": sync.pod.name, "container": reading.name, "policy": restart_policies.policy_of(sync.pod)}
    return Decision(
        Step("podLifecycle.syncSidecar", holds=True, facts=facts), ((Act.START_INIT, reading.name),)
    )


def _main_decision(sync: Sync, reading: Reading) -> Decision:
    """Decide for one main container, initialization being over."""
    if reading.state is State.RUNNING:
        return _running_decision(sync, reading)
    facts = {"pod": sync.pod.name, "container": reading.name}
    if sync.deleted:
        return Decision(Step("podLifecycle.syncDeleted", holds=False, facts=facts))
    if reading.ended is None:
        return Decision(
            Step("podLifecycle.syncFirstStart", holds=True, facts=facts), ((Act.START, reading.name),)
        )
    step = _restart_step(sync, reading.container, reading.ended)
    return Decision(step, ((Act.START, reading.name),) if step.holds else ())


def _running_decision(sync: Sync, reading: Reading) -> Decision:
    policy = restart_policies.effective(reading.container, sync.pod)
    # exit rules are not asked: the container has not ended, so there is no exit code yet
    again = policy != "Never"
    if reading.name in sync.liveness_failed:
        return _killed(sync, reading, "podLifecycle.syncLivenessFailed", restarts_=again)
    if reading.name in sync.startup_failed:
        return _killed(sync, reading, "podLifecycle.syncStartupFailed", restarts_=again)
    facts = {"pod": sync.pod.name, "container": reading.name}
    return Decision(Step("podLifecycle.syncKeep", holds=True, facts=facts), keeps=True)


def _killed(sync: Sync, reading: Reading, rule: str, *, restarts_: bool) -> Decision:
    start = Act.START if reading.role is Role.MAIN else Act.START_INIT
    policy = restart_policies.effective(reading.container, sync.pod)
    facts = {"pod": sync.pod.name, "container": reading.name, "policy": policy}
    acts = ((Act.KILL, reading.name), *(((start, reading.name),) if restarts_ else ()))
    return Decision(Step(rule, holds=restarts_, facts=facts, concepts=(f"RestartPolicy.{policy}",)), acts)


def _restart_step(sync: Sync, container: Container, ended: ContainerStateTerminated) -> Step:
    # the exit code alone decides: one stopped for a restart of all is gone by then, so no reason is read
    decision = restart_policies.decide_exit(container, restart_policies.policy_of(sync.pod), ended.exit_code)
    return restart_step(sync.pod, container, ended, decision)


def _startup_failed(sync: Sync, reading: Reading) -> bool:
    return reading.container.startup_probe is not None and reading.name in sync.startup_failed


def _starting(sync: Sync, reading: Reading) -> bool:
    return reading.container.startup_probe is not None and reading.name in sync.starting


def _ran(reading: Reading) -> bool:
    return reading.state in (State.RUNNING, State.TERMINATED, State.BACK_OFF)
