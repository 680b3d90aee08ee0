"""Runs over events: storage object in use protection, provisioning, expansion, of kubernetes.io/docs v1.36."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontology.errors import InvalidObjectError, InvalidQuestionError
from ontology.evaluators import answer
from ontology.lang import Lang
from ontology.messages import render
from ontology.verdict import Outcome, Verdict

Json = dict[str, Any]
CLAIM, POD = "PersistentVolumeClaim/shop/data", "Pod/shop/web"


def claim(storage: str = "1Gi", **spec: Any) -> Json:
    given_ = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": storage}}} | spec
    metadata = {"name": "data", "namespace": "shop", "uid": "u-1"}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": given_}


def volume(policy: str = "Retain", **spec: Any) -> Json:
    given_ = {
        "accessModes": ["ReadWriteOnce"],
        "capacity": {"storage": "1Gi"},
        "persistentVolumeReclaimPolicy": policy,
        "nfs": {"server": "s", "path": "/"},
    } | spec
    return {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "pv"}, "spec": given_}


def class_(**fields: Any) -> Json:
    base = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "fast"}}
    return base | {"provisioner": "disk.example.org"} | fields


def pod(node: str = "n1") -> Json:
    mounted = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
    spec = {"containers": [{"name": "c", "image": "x"}], "volumes": mounted} | (
        {"nodeName": node} if node else {}
    )
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "namespace": "shop"}, "spec": spec}


def run(events: list[Json], *objects: Json) -> Verdict:
    verdict = answer({"system": "volumes", "objects": list(objects), "question": {"run": {"events": events}}})
    assert all(render(step, lang) for step in verdict.steps for lang in Lang)
    return verdict


def phases(verdict: Verdict, name: str) -> list[str | None]:
    """Every phase the object went through, by event."""
    return [entry["changes"][name][1] for entry in verdict.answer["timeline"] if name in entry["changes"]]


def test_a_claim_in_use_waits_for_its_pod() -> None:
    verdict = run([{"delete": CLAIM}, {"delete": POD}], claim(), volume(), pod())

    assert phases(verdict, CLAIM) == ["Bound", "Terminating", None]
    assert phases(verdict, "PersistentVolume/pv") == ["Bound", "Released"]
    assert verdict.outcome is Outcome.YES


def test_a_claim_held_back_at_the_end_is_named() -> None:
    verdict = run([{"delete": CLAIM}], claim(), volume(), pod())

    assert verdict.answer["held"] == [CLAIM]
    assert verdict.outcome is Outcome.NO


def test_a_claim_that_nobody_uses_goes_at_once() -> None:
    assert phases(run([{"delete": CLAIM}], claim(), volume()), CLAIM) == ["Bound", None]


def test_a_bound_volume_waits_for_its_claim() -> None:
    verdict = run([{"delete": "PersistentVolume/pv"}, {"delete": CLAIM}], claim(), volume())

    assert phases(verdict, "PersistentVolume/pv") == ["Bound", "Terminating", None]


@pytest.mark.parametrize(
    ("policy", "after"),
    [
        pytest.param("Retain", "Released", id="Retain"),
        pytest.param("Recycle", "Available", id="Recycle"),
        pytest.param("Delete", "Failed", id="Delete without a deleter"),
    ],
)
def test_a_deleted_claim_leaves_its_volume_to_the_policy(policy: str, after: str) -> None:
    assert phases(run([{"delete": CLAIM}], claim(), volume(policy)), "PersistentVolume/pv")[-1] == after


@pytest.mark.parametrize(("policy", "left"), [("Delete", None), ("Retain", "Released")])
def test_a_provisioned_volume_follows_the_policy_of_its_class(policy: str, left: str | None) -> None:
    verdict = run(
        [{"create": claim(storageClassName="fast")}, {"delete": CLAIM}], class_(reclaimPolicy=policy)
    )

    assert phases(verdict, CLAIM) == ["Bound", None]
    assert verdict.answer["objects"].get("PersistentVolume/pvc-u-1") == left


def test_a_class_that_waits_binds_with_the_first_pod() -> None:
    waiting = class_(volumeBindingMode="WaitForFirstConsumer")

    verdict = run([{"create": claim(storageClassName="fast")}, {"create": pod("")}], waiting)

    assert phases(verdict, CLAIM) == ["Pending", "Bound"]
    assert phases(verdict, POD) == ["Scheduled"]


def test_a_waiting_claim_takes_a_volume_that_is_there_before_a_new_one() -> None:
    waiting = class_(volumeBindingMode="WaitForFirstConsumer")

    verdict = run(
        [{"create": pod("")}], waiting, claim(storageClassName="fast"), volume(storageClassName="fast")
    )

    assert verdict.answer["objects"] == {"PersistentVolume/pv": "Bound", CLAIM: "Bound", POD: "Scheduled"}


@pytest.mark.parametrize(
    ("storage", "allowed", "objects", "refused"),
    [
        pytest.param("5Gi", True, [claim(storageClassName="fast")], None, id="larger"),
        pytest.param("500Mi", True, [claim(storageClassName="fast")], "field can not be less", id="smaller"),
        pytest.param(
            "5Gi",
            False,
            [claim(storageClassName="fast")],
            "only dynamically provisioned",
            id="the class says no",
        ),
        pytest.param("5Gi", True, [claim(), volume()], "only dynamically provisioned", id="no class"),
        pytest.param("5Gi", True, [claim()], "spec is immutable", id="not bound"),
    ],
)
def test_expansion(storage: str, allowed: bool, objects: list[Json], refused: str | None) -> None:
    verdict = run(
        [{"expand": {"claim": "shop/data", "storage": storage}}],
        class_(allowVolumeExpansion=allowed),
        *objects,
    )

    said = verdict.answer["timeline"][-1]["refused"]
    assert said is None if refused is None else refused in said


@pytest.mark.parametrize(
    ("events", "objects", "pending"),
    [
        pytest.param([], [pod()], [[]], id="a pod uses it: grown at once"),
        pytest.param([], [], [["shop/data"]], id="no pod: pending"),
        pytest.param([{"create": pod()}], [], [["shop/data"], []], id="the next pod ends it"),
        pytest.param([{"create": pod("")}], [], [["shop/data"], []], id="scheduled, it ends it too"),
        pytest.param(
            [{"delete": CLAIM}], [], [["shop/data"], []], id="without a claim nothing is left to grow"
        ),
    ],
)
def test_a_file_system_grows_under_a_pod(
    events: list[Json], objects: list[Json], pending: list[list[str]]
) -> None:
    grown = {"expand": {"claim": "shop/data", "storage": "5Gi"}}
    verdict = run(
        [grown, *events], class_(allowVolumeExpansion=True), claim(storageClassName="fast"), *objects
    )

    assert [entry["fileSystemResizePending"] for entry in verdict.answer["timeline"][1:]] == pending


def test_a_raw_block_has_no_file_system_to_grow() -> None:
    raw = claim(storageClassName="fast", volumeMode="Block")
    grown = {"expand": {"claim": "shop/data", "storage": "5Gi"}}

    timeline = run([grown], class_(allowVolumeExpansion=True), raw).answer["timeline"]

    assert timeline[-1]["refused"] is None
    assert timeline[-1]["fileSystemResizePending"] == []


@pytest.mark.parametrize(
    ("events", "error"),
    [
        pytest.param([{}], InvalidQuestionError, id="nothing"),
        pytest.param([{"delete": "Pod/shop/nobody"}], InvalidQuestionError, id="nothing of that name"),
        pytest.param(
            [{"expand": {"claim": "shop/x", "storage": "1Gi"}}], InvalidQuestionError, id="no such claim"
        ),
        pytest.param(
            [{"create": {"apiVersion": "v1", "kind": "Service"}}], InvalidQuestionError, id="another kind"
        ),
        pytest.param(
            [{"create": {"apiVersion": "v1", "kind": "Pod", "sepc": {}}}],
            InvalidObjectError,
            id="an unknown field",
        ),
        pytest.param(
            [{"expand": {"claim": "shop/data", "storage": "much"}}], InvalidObjectError, id="no quantity"
        ),
    ],
)
def test_bad_events(events: list[Json], error: type[Exception]) -> None:
    with pytest.raises(error):
        run(events, claim())


@given(st.integers(0, 5), st.integers(0, 5), st.sampled_from(["Retain", "Recycle"]))
def test_a_deleted_claim_is_there_as_long_as_a_scheduled_pod_uses_it(
    toggles: int, when: int, policy: str
) -> None:
    pods = [{"delete": POD} if i % 2 == 0 else {"create": pod()} for i in range(toggles)]
    at = min(when, toggles)
    verdict = run([*pods[:at], {"delete": CLAIM}, *pods[at:]], claim(), volume(policy), pod())

    used, deleted, gone = True, False, False
    objects: dict[str, str] = {}
    for entry in verdict.answer["timeline"]:
        for name, (_, after) in entry["changes"].items():
            objects.pop(name, None) if after is None else objects.update({name: after})
        deleted = deleted or entry["event"] == f"delete {CLAIM}"
        used = entry["event"].startswith("create") or (used and entry["event"] != f"delete {POD}")
        gone = gone or (deleted and not used)
        assert (CLAIM in objects) is not gone
        assert (objects.get(CLAIM) == "Terminating") is (deleted and not gone)


def test_a_finished_pod_holds_its_claim_until_it_is_deleted() -> None:
    finished = pod() | {"status": {"phase": "Succeeded"}}

    verdict = run([{"delete": CLAIM}, {"delete": POD}], claim(), volume(), finished)

    assert phases(verdict, CLAIM) == ["Bound", "Terminating", None]


def test_a_pod_with_a_claim_that_is_being_deleted_is_not_scheduled() -> None:
    second = pod("") | {"metadata": {"name": "late", "namespace": "shop"}}

    verdict = run([{"delete": CLAIM}, {"create": second}], claim(), volume(), pod())

    assert verdict.answer["objects"]["Pod/shop/late"] == "Pending"
    assert any(step.rule == "volumes.claimDeleting" for step in verdict.steps)


@pytest.mark.parametrize(
    ("events", "refused"),
    [
        pytest.param([{"create": claim()}], 'persistentvolumeclaims "data" already exists', id="there"),
        pytest.param(
            [{"delete": CLAIM}, {"create": claim()}],
            'object is being deleted: persistentvolumeclaims "data" already exists',
            id="on its way out",
        ),
        pytest.param([{"create": pod()}], 'pods "web" already exists', id="a pod"),
        pytest.param([{"create": volume()}], 'persistentvolumes "pv" already exists', id="a volume"),
    ],
)
def test_a_name_is_given_once(events: list[Json], refused: str) -> None:
    verdict = run(events, claim(), volume(), pod())

    assert verdict.answer["timeline"][-1]["refused"] == refused
    assert verdict.outcome is Outcome.NO


def test_a_name_is_free_again_once_its_object_is_gone() -> None:
    verdict = run([{"delete": POD}, {"create": pod()}], claim(), volume(), pod())

    assert verdict.outcome is Outcome.YES


def test_a_size_that_is_none_is_refused_at_its_path() -> None:
    with pytest.raises(InvalidObjectError) as refused:
        run([{"expand": {"claim": "shop/data", "storage": "much"}}], claim(), volume())

    assert refused.value.path == "question.run.events[0].expand.storage"
