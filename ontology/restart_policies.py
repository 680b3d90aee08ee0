"""Restart policies: whether a container runs again after it ended, and whose word that is.

First the container's exit rules (the first that matches), then its own policy, then the pod's.

Source: kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle#restart-policy (v1.36).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from ontology.cluster.pods import Container, ContainerRestartRule, ContainerStateTerminated, Pod
from ontology.errors import InvalidObjectError

POLICIES = ("Always", "OnFailure", "Never")
RESTART_ALL = "RestartAllContainers"
# the reason that the kubelet gives a container which it stopped in order to restart the whole pod
RESTARTING_ALL = "RestartingAllContainers"


class By(StrEnum):
    """Whose word decided."""

    EXIT_RULE = "exitRule"
    CONTAINER = "container"
    POD = "pod"
    RESTART_ALL = "restartAll"


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether the container runs again, who says so, and the policy or action that they name."""

    restarts: bool
    by: By
    policy: str


def policy_of(pod: Pod) -> str:
    """Return the pod's restart policy; Always where none is given."""
    return pod.spec.restart_policy or "Always"


def effective(container: Container, pod: Pod) -> str:
    """Return the policy that holds for a container without an exit code: its own, else the pod's."""
    return container.restart_policy or policy_of(pod)


def matching_rule(container: Container, exit_code: int) -> ContainerRestartRule | None:
    """Return the first exit rule that names the code; without a policy of its own a container has none."""
    if container.restart_policy is None:
        return None
    return next((r for r in container.restart_policy_rules or () if _names(r, exit_code)), None)


def decide(container: Container, pod: Pod, ended: ContainerStateTerminated) -> Decision:
    """Return what becomes of `container` after it ended so."""
    found = decide_exit(container, policy_of(pod), ended.exit_code)
    if not found.restarts and ended.reason == RESTARTING_ALL:
        return Decision(restarts=True, by=By.RESTART_ALL, policy=RESTART_ALL)
    return found


def decide_exit(container: Container, pod_policy: str, exit_code: int) -> Decision:
    """Return what becomes of `container` after an end with `exit_code`."""
    rule = matching_rule(container, exit_code)
    if rule is not None:
        return Decision(restarts=True, by=By.EXIT_RULE, policy=rule.action)
    own = container.restart_policy
    policy = pod_policy if own is None else own
    return Decision(
        restarts=allows(policy, exit_code), by=By.POD if own is None else By.CONTAINER, policy=policy
    )


def allows(policy: str, exit_code: int) -> bool:
    """Whether a restart policy lets a container run again after that exit code."""
    return policy == "Always" or (policy == "OnFailure" and exit_code != 0)


def check(pod: Pod, *, path: str) -> None:
    """Raise for a restart policy that the API does not know.

    Raises:
        InvalidObjectError: says where and which policies there are.
    """
    for where, policy in _policies(pod):
        if policy is not None and policy not in POLICIES:
            known = ", ".join(f"`{each}`" for each in POLICIES)
            raise InvalidObjectError(
                f"unknown restart policy `{policy}` (there are {known})", path=f"{path}.{where}"
            )


def _policies(pod: Pod) -> Iterator[tuple[str, str | None]]:
    yield "spec.restartPolicy", pod.spec.restart_policy
    for member, containers in (
        ("initContainers", pod.spec.init_containers),
        ("containers", pod.spec.containers),
    ):
        for index, container in enumerate(containers or ()):
            yield f"spec.{member}[{index}].restartPolicy", container.restart_policy


def _names(rule: ContainerRestartRule, exit_code: int) -> bool:
    if rule.exit_codes is None:
        return False
    listed = exit_code in (rule.exit_codes.values or ())
    return {"In": listed, "NotIn": not listed}.get(rule.exit_codes.operator, False)
