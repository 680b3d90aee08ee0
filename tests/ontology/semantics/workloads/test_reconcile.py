"""Single passes: cases of the controllers' documentation that the recorded verdicts do not spell out."""

from typing import Any

import pytest

from ontology.errors import InvalidObjectError, InvalidQuestionError
from ontology.evaluators import answer
from ontology.verdict import Outcome, Role, Verdict

NOW = "2026-03-01T12:00:00Z"


def ask(question: str, *objects: dict[str, Any], **asked: Any) -> Verdict:
    return answer(
        {"system": "workloads", "objects": list(objects), "question": {question: {"now": NOW, **asked}}}
    )


def owned(kind: str, name: str, *, api: str = "apps/v1") -> list[dict[str, Any]]:
    return [{"apiVersion": api, "kind": kind, "name": name, "uid": f"{name}-uid", "controller": True}]


def pod(name: str, *owners: dict[str, Any], ready: bool = True, **more: Any) -> dict[str, Any]:
    condition = {
        "type": "Ready",
        "status": "True" if ready else "False",
        "lastTransitionTime": "2026-03-01T11:00:00Z",
    }
    metadata = {"name": name, "uid": name, "labels": {"app": "web"}, "ownerReferences": list(owners)}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata | more.get("metadata", {}),
        "spec": {"containers": [{"name": "c", "image": "i"}], "nodeName": "n1"} | more.get("spec", {}),
        "status": {"phase": "Running", "conditions": [condition]} | more.get("status", {}),
    }


def workload(kind: str, **spec: Any) -> dict[str, Any]:
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": "web", "uid": "web-uid"},
        "spec": {"selector": {"matchLabels": {"app": "web"}}, "template": template} | spec,
    }


def stateful_pod(number: int, **more: Any) -> dict[str, Any]:
    labels = {"app": "web", "statefulset.kubernetes.io/pod-name": f"web-{number}"}
    metadata = {"labels": labels | {"controller-revision-hash": "web-1"}}
    return pod(f"web-{number}", *owned("StatefulSet", "web"), metadata=metadata, **more)


def test_a_replica_set_in_its_wanted_state_is_settled() -> None:
    verdict = ask(
        "reconcile",
        workload("ReplicaSet", replicas=1),
        pod("a", *owned("ReplicaSet", "web")),
        kind="ReplicaSet",
    )

    assert verdict.answer["create"] == 0
    assert verdict.outcome is Outcome.YES


def test_replicas_default_to_one() -> None:
    verdict = ask("reconcile", workload("ReplicaSet"), kind="ReplicaSet")

    assert verdict.answer["create"] == 1


def test_one_pass_creates_at_most_five_hundred_pods() -> None:
    verdict = ask("reconcile", workload("ReplicaSet", replicas=700), kind="ReplicaSet")

    assert verdict.answer["create"] == 500


def test_a_selector_that_matches_nothing_leaves_every_pod_alone() -> None:
    stranger = pod("a", metadata={"labels": {"app": "other"}})

    verdict = ask("reconcile", workload("ReplicaSet", replicas=0), stranger, kind="ReplicaSet")

    assert verdict.answer["adopt"] == verdict.answer["delete"] == []


def test_the_deletion_cost_decides_before_the_age_and_can_be_changed() -> None:
    costs = {"metadata": {"annotations": {"controller.kubernetes.io/pod-deletion-cost": "-5"}}}
    cheap = pod("cheap", *owned("ReplicaSet", "web"), **costs)
    plain = pod("plain", *owned("ReplicaSet", "web"))

    verdict = ask("reconcile", workload("ReplicaSet", replicas=1), plain, cheap, kind="ReplicaSet")

    assert verdict.answer["delete"] == ["cheap"]
    assert [step.rule for step in verdict.steps if step.role is Role.CHANGE] == [
        "workloads.change.deletionCost"
    ]


@pytest.mark.parametrize("text", ["+3", "03", "1.5", "cheap", str(2**40)])
def test_an_unreadable_deletion_cost_counts_as_zero(text: str) -> None:
    costs = {"metadata": {"annotations": {"controller.kubernetes.io/pod-deletion-cost": text}}}
    odd = pod("odd", *owned("ReplicaSet", "web"), **costs)
    dear = pod(
        "dear",
        *owned("ReplicaSet", "web"),
        metadata={"annotations": {"controller.kubernetes.io/pod-deletion-cost": "1"}},
    )

    verdict = ask("reconcile", workload("ReplicaSet", replicas=1), dear, odd, kind="ReplicaSet")

    assert verdict.answer["delete"] == ["odd"]


def test_ordered_ready_waits_and_says_what_the_pod_holds_up() -> None:
    verdict = ask(
        "reconcile",
        workload("StatefulSet", replicas=3, serviceName="web"),
        stateful_pod(0, status={"phase": "Running", "conditions": []}),
        kind="StatefulSet",
    )

    assert verdict.answer["create"] == []
    changes = {step.rule: step.facts for step in verdict.steps if step.role is Role.CHANGE}
    assert changes["workloads.change.podReady"]["create"] == ("web-1",)
    assert changes["workloads.change.parallel"]["create"] == ("web-1", "web-2")


def test_ordinals_may_start_elsewhere() -> None:
    verdict = ask(
        "reconcile",
        workload("StatefulSet", replicas=2, serviceName="web", ordinals={"start": 5}),
        stateful_pod(0),
        kind="StatefulSet",
    )

    assert verdict.answer["create"] == ["web-5"]


@pytest.mark.parametrize(
    ("bound", "field"),
    [
        pytest.param({"maxSurge": "many"}, "maxSurge", id="surge"),
        pytest.param({"maxUnavailable": "1.5%"}, "maxUnavailable", id="unavailable"),
    ],
)
def test_a_bound_that_is_no_number_is_refused(bound: dict[str, Any], field: str) -> None:
    strategy = {"type": "RollingUpdate", "rollingUpdate": bound}

    with pytest.raises(InvalidObjectError, match="neither a number nor a percentage") as caught:
        ask("reconcileDeployment", workload("Deployment", strategy=strategy))

    assert caught.value.path.endswith(field)


def test_a_new_deployment_gets_a_replica_set_of_its_full_size() -> None:
    verdict = ask("reconcileDeployment", workload("Deployment", replicas=3))

    assert verdict.answer["create"] == {
        "replicas": 3,
        "revision": "1",
        "desiredReplicas": "3",
        "maxReplicas": "4",
    }


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        pytest.param("reconcile", {"kind": "StatefulSet"}, id="no StatefulSet"),
        pytest.param("reconcile", {"kind": "Deployment"}, id="a kind of another question"),
        pytest.param("reconcileDeployment", {}, id="no Deployment"),
        pytest.param("daemonNodes", {}, id="no DaemonSet"),
        pytest.param("reconcileJob", {}, id="no Job"),
        pytest.param("reconcileCronJob", {}, id="no CronJob"),
    ],
)
def test_a_question_without_its_object_is_refused(question: str, asked: dict[str, Any]) -> None:
    with pytest.raises(InvalidQuestionError):
        ask(question, **asked)


def test_a_daemon_tolerates_what_the_controller_adds_but_not_what_is_like_it() -> None:
    def node(name: str, key: str, effect: str) -> dict[str, Any]:
        return {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {"name": name},
            "spec": {"taints": [{"key": f"node.kubernetes.io/{key}", "effect": effect}]},
        }

    verdict = ask(
        "daemonNodes",
        workload("DaemonSet"),
        node("a", "not-ready", "NoExecute"),
        node("b", "not-ready", "NoSchedule"),
        node("c", "network-unavailable", "NoSchedule"),
    )

    assert {name: each["shouldRun"] for name, each in verdict.answer["nodes"].items()} == {
        "a": True,
        "b": False,
        "c": False,
    }
    offered = {step.facts["node"] for step in verdict.steps if step.role is Role.CHANGE}
    assert offered == {"b", "c"}


def job(**spec: Any) -> dict[str, Any]:
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "i"}]}}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "web", "uid": "web-uid"},
        "spec": {"selector": {"matchLabels": {"app": "web"}}, "template": template} | spec,
    }


def job_pod(name: str, phase: str, **metadata: Any) -> dict[str, Any]:
    finalizers = ["batch.kubernetes.io/job-tracking"]
    return pod(
        name,
        *owned("Job", "web", api="batch/v1"),
        metadata={"finalizers": finalizers, "creationTimestamp": "2026-03-01T11:59:55Z"} | metadata,
        status={"phase": phase, "conditions": []},
    )


def test_a_job_without_numbers_runs_one_pod() -> None:
    assert ask("reconcileJob", job()).answer["create"] == 1


def test_a_job_with_its_success_is_complete() -> None:
    verdict = ask("reconcileJob", job(), job_pod("a", "Succeeded"))

    assert verdict.answer["conditions"]["Complete"] == {"status": "True", "reason": "CompletionsReached"}
    assert verdict.outcome is Outcome.YES


def test_after_a_failure_a_job_waits_and_says_for_how_long() -> None:
    verdict = ask("reconcileJob", job(), job_pod("a", "Failed"))

    later = next(step for step in verdict.steps if step.role is Role.CHANGE)
    assert verdict.answer["create"] == 0
    assert later.facts == {"left": 5, "create": 1}
    assert verdict.outcome is Outcome.UNKNOWN


def test_a_job_of_another_controller_is_left_alone() -> None:
    verdict = ask("reconcileJob", job(managedBy="example.com/other"))

    assert verdict.answer["create"] == 0


def test_one_failure_too_many_fails_the_job_and_a_higher_limit_would_not() -> None:
    verdict = ask("reconcileJob", job(backoffLimit=0), job_pod("a", "Failed"))

    assert verdict.answer["conditions"]["Failed"]["reason"] == "BackoffLimitExceeded"
    assert verdict.outcome is Outcome.NO
    assert any(step.rule == "workloads.change.backoffLimit" for step in verdict.steps)
