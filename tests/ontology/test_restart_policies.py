"""Whether a container runs again, and whose word that is."""

import pytest

from ontology import restart_policies
from ontology.cluster.pods import (
    Container,
    ContainerRestartRule,
    ContainerRestartRuleOnExitCodes,
    ContainerStateTerminated,
    Pod,
    PodSpec,
)
from ontology.errors import InvalidObjectError
from ontology.restart_policies import By


def on(operator: str, *codes: int, action: str = "Restart") -> ContainerRestartRule:
    exit_codes = ContainerRestartRuleOnExitCodes(operator=operator, values=list(codes))
    return ContainerRestartRule(action=action, exit_codes=exit_codes)


PLAIN = Container(name="app")
STUBBORN = Container(
    name="app", restart_policy="Never", restart_policy_rules=[on("In", 42), on("NotIn", 0, 1)]
)
LOOSE = Container(name="app", restart_policy_rules=[on("In", 42)])


@pytest.mark.parametrize(
    ("container", "policy", "code", "restarts", "by"),
    [
        pytest.param(PLAIN, "Always", 0, True, By.POD, id="Always"),
        pytest.param(PLAIN, "OnFailure", 0, False, By.POD, id="OnFailure after a success"),
        pytest.param(PLAIN, "OnFailure", 1, True, By.POD, id="OnFailure after a failure"),
        pytest.param(PLAIN, "Never", 1, False, By.POD, id="Never"),
        pytest.param(STUBBORN, "Always", 1, False, By.CONTAINER, id="its own policy before the pod's"),
        pytest.param(STUBBORN, "Always", 42, True, By.EXIT_RULE, id="an exit rule before both"),
        pytest.param(STUBBORN, "Always", 7, True, By.EXIT_RULE, id="NotIn: every other code"),
        pytest.param(LOOSE, "Never", 42, False, By.POD, id="rules count beside an own policy only"),
    ],
)
def test_after_an_exit(container: Container, policy: str, code: int, restarts: bool, by: By) -> None:
    found = restart_policies.decide_exit(container, policy, code)

    assert (found.restarts, found.by) == (restarts, by)


def test_one_stopped_for_a_restart_of_all_runs_again() -> None:
    ended = ContainerStateTerminated(exit_code=137, reason=restart_policies.RESTARTING_ALL)
    pod = Pod(spec=PodSpec(restart_policy="Never", containers=[PLAIN]))

    assert restart_policies.decide(PLAIN, pod, ended).by is By.RESTART_ALL


def test_always_is_the_default() -> None:
    assert restart_policies.policy_of(Pod()) == "Always"
    assert restart_policies.effective(STUBBORN, Pod()) == "Never"


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        pytest.param(PodSpec(restart_policy="Maybe"), "spec.restartPolicy", id="of the pod"),
        pytest.param(
            PodSpec(init_containers=[PLAIN, Container(restart_policy="")]),
            "spec.initContainers[1].restartPolicy",
            id="of an init container",
        ),
    ],
)
def test_an_unknown_policy_is_refused_with_its_path(spec: PodSpec, path: str) -> None:
    with pytest.raises(InvalidObjectError, match="there are `Always`, `OnFailure`, `Never`") as refused:
        restart_policies.check(Pod(spec=spec), path="objects[0]")

    assert refused.value.path == f"objects[0].{path}"
