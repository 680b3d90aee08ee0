"""What the steps of several questions say alike: restart decisions, and the concepts of containers."""

from collections.abc import Iterable

from ontology import restart_policies
from ontology.cluster.pods import Container, ContainerStateTerminated, Pod
from ontology.restart_policies import By, Decision
from ontology.semantics.lifecycle.containers import Reading, State
from ontology.verdict import Step

# reasons that have a concept of their own in the vocabulary
_REASONS = frozenset(
    {
        "Completed",
        "ContainerCreating",
        "CrashLoopBackOff",
        "CreateContainerConfigError",
        "ErrImagePull",
        "Error",
        "ImagePullBackOff",
        "OOMKilled",
    }
)
_STATES = {
    State.WAITING: "ContainerState.Waiting",
    State.BACK_OFF: "ContainerState.Waiting",
    State.RUNNING: "ContainerState.Running",
    State.TERMINATED: "ContainerState.Terminated",
}


_RULES = {
    By.EXIT_RULE: "podLifecycle.restartPolicyRules",
    By.CONTAINER: "podLifecycle.containerRestartPolicy",
    By.POD: "podLifecycle.restartPolicy",
    By.RESTART_ALL: "podLifecycle.restartingAllContainers",
}


def restart_step(pod: Pod, container: Container, ended: ContainerStateTerminated, decision: Decision) -> Step:
    """Return the step that says whether `container` runs again after it ended so, and by whose word."""
    return Step(
        _RULES[decision.by],
        holds=decision.restarts,
        facts={
            "pod": pod.name,
            "container": container.name,
            "exitCode": ended.exit_code,
            "policy": decision.policy,
        },
        concepts=(
            *((f"RestartPolicy.{decision.policy}",) if decision.policy in restart_policies.POLICIES else ()),
            *reasons(ended.reason),
        ),
    )


def reasons(*names: str) -> tuple[str, ...]:
    """Return the concepts of those reasons that have one."""
    return tuple(f"ContainerReason.{name}" for name in names if name in _REASONS)


def concepts_of(readings: Iterable[Reading]) -> tuple[str, ...]:
    """Return the concepts of the containers' states and reasons, each once, in order."""
    found: dict[str, None] = {}
    for reading in readings:
        if reading.state in _STATES:
            found[_STATES[reading.state]] = None
        ended = reading.ended.reason if reading.ended else ""
        found.update(dict.fromkeys(reasons(reading.waiting_reason, ended)))
    return tuple(found)
