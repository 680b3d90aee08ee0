"""How many pods a disruption budget lets go, and which."""

import pytest

from ontology.cluster.meta import Condition, ObjectMeta, OwnerReference
from ontology.cluster.pods import Pod, PodStatus
from ontology.cluster.policies import (
    PodDisruptionBudget,
    PodDisruptionBudgetSpec,
    PodDisruptionBudgetStatus,
)
from ontology.semantics.workloads.disruptions import Room, may_evict, room

OWNED = [OwnerReference(kind="ReplicaSet", name="web", uid="u", controller=True)]


def pod(name: str, *, ready: bool = True, phase: str = "Running", leaving: bool = False) -> Pod:
    deleted = "2026-01-01T00:00:00Z" if leaving else None
    return Pod(
        metadata=ObjectMeta(name=name, owner_references=OWNED, deletion_timestamp=deleted),
        status=PodStatus(phase=phase, conditions=[Condition(type="Ready", status=str(ready))]),
    )


PODS = [pod("a"), pod("b"), pod("c"), pod("d", ready=False)]


@pytest.mark.parametrize(
    ("spec", "found", "allowed"),
    [
        pytest.param(
            PodDisruptionBudgetSpec(min_available=2), Room(expected=4, desired=2, healthy=3), 1, id="a number"
        ),
        pytest.param(
            PodDisruptionBudgetSpec(min_available="50%"),
            Room(expected=5, desired=3, healthy=3),
            0,
            id="a share, rounded up",
        ),
        pytest.param(
            PodDisruptionBudgetSpec(max_unavailable=3),
            Room(expected=5, desired=2, healthy=3),
            1,
            id="so many may be missing",
        ),
        pytest.param(
            PodDisruptionBudgetSpec(max_unavailable="50%"),
            Room(expected=5, desired=2, healthy=3),
            1,
            id="a share may be missing",
        ),
        pytest.param(
            PodDisruptionBudgetSpec(max_unavailable=9),
            Room(expected=5, desired=0, healthy=3),
            3,
            id="all may be missing",
        ),
        pytest.param(
            PodDisruptionBudgetSpec(), Room(expected=4, desired=1, healthy=3), 2, id="one by default"
        ),
    ],
)
def test_what_a_budget_leaves(spec: PodDisruptionBudgetSpec, found: Room, allowed: int) -> None:
    assert room(PodDisruptionBudget(spec=spec), PODS, 5) == found
    assert found.allowed == allowed


def test_without_pods_none_may_go() -> None:
    assert room(PodDisruptionBudget(spec=PodDisruptionBudgetSpec(max_unavailable=1)), [], 0).allowed == 0


def test_pods_that_leave_are_not_healthy() -> None:
    spec = PodDisruptionBudgetSpec(min_available=0)
    let_go = PodDisruptionBudgetStatus(disrupted_pods={"b": "2026-01-01T00:00:00Z"})

    found = room(
        PodDisruptionBudget(spec=spec, status=let_go), [pod("a", leaving=True), pod("b"), pod("c")], 3
    )

    assert found.healthy == 1


@pytest.mark.parametrize(
    ("found", "allowed", "policy", "may"),
    [
        pytest.param(pod("a"), 1, None, True, id="there is room"),
        pytest.param(pod("a"), 0, None, False, id="there is none"),
        pytest.param(pod("a", phase="Pending", ready=False), 0, None, True, id="it does not run yet"),
        pytest.param(pod("a", phase="Succeeded", ready=False), 0, None, True, id="it has finished"),
        pytest.param(pod("a", leaving=True), 0, None, True, id="it leaves already"),
        pytest.param(pod("a", ready=False), 0, None, False, id="it serves nobody, but the budget is not met"),
        pytest.param(pod("a", ready=False), 0, "AlwaysAllow", True, id="it serves nobody, and may always go"),
    ],
)
def test_whether_a_pod_may_go(found: Pod, allowed: int, policy: str | None, may: bool) -> None:
    budget = PodDisruptionBudget(
        spec=PodDisruptionBudgetSpec(unhealthy_pod_eviction_policy=policy),
        status=PodDisruptionBudgetStatus(disruptions_allowed=allowed, current_healthy=1, desired_healthy=2),
    )

    assert may_evict(budget, found) is may


def test_an_unready_pod_may_go_where_the_budget_is_met() -> None:
    met = PodDisruptionBudgetStatus(current_healthy=2, desired_healthy=2)

    assert may_evict(PodDisruptionBudget(status=met), pod("a", ready=False))
