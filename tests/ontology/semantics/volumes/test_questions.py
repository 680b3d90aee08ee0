"""Cases from the documentation of persistent volumes; recorded verdicts stand in tests/conformance."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontology.errors import InvalidObjectError, InvalidQuestionError
from ontology.evaluators import answer, evaluate
from ontology.lang import Lang
from ontology.messages import render
from ontology.patches import apply
from ontology.scenario import decode
from ontology.verdict import Outcome, Role, Verdict

DEFAULT = {"storageclass.kubernetes.io/is-default-class": "true"}


def claim(name: str = "data", *, uid: str = "u-1", storage: str = "1Gi", **spec: Any) -> dict[str, Any]:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": storage}}} | spec
    metadata = {"name": name, "namespace": "shop", "uid": uid}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": spec}


def volume(name: str = "pv", *, storage: str = "1Gi", **spec: Any) -> dict[str, Any]:
    spec = {
        "accessModes": ["ReadWriteOnce"],
        "capacity": {"storage": storage},
        "nfs": {"path": "/", "server": "s"},
    } | spec
    return {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name}, "spec": spec}


def storage_class(name: str, provisioner: str, **fields: Any) -> dict[str, Any]:
    metadata = {"name": name, "annotations": fields.pop("annotations", {})}
    kind = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass"}
    return kind | {"metadata": metadata, "provisioner": provisioner} | fields


def bind(*objects: dict[str, Any], name: str = "shop/data") -> Verdict:
    return answer({"system": "volumes", "objects": list(objects), "question": {"bind": {"claim": name}}})


def settle(*objects: dict[str, Any]) -> Any:
    return answer({"system": "volumes", "objects": list(objects), "question": {"settle": {}}}).answer


def test_a_reservation_without_a_namespace_names_no_claim() -> None:
    nobody = volume("lost", claimRef={"name": "data"})

    assert bind(claim(), nobody).answer["volume"] is None
    assert bind(claim(), nobody, volume("free")).answer["volume"] == "free"


@pytest.mark.parametrize(
    ("made", "path"),
    [
        pytest.param(claim(storage="5Gigs"), "objects[0].spec.resources.requests.storage", id="a claim"),
        pytest.param(volume(storage="much"), "objects[0].spec.capacity.storage", id="a volume"),
    ],
)
def test_a_size_that_is_none_is_refused_at_its_path(made: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidObjectError) as refused:
        settle(made)

    assert refused.value.path == path


@pytest.mark.parametrize(
    ("wanted", "offered", "taken"),
    [
        pytest.param(
            claim(), [volume("big", storage="9Gi"), volume("small", storage="2Gi")], "small", id="smallest"
        ),
        pytest.param(
            claim(),
            [volume("many", accessModes=["ReadWriteOnce", "ReadWriteMany"]), volume("one", storage="9Gi")],
            "one",
            id="fewest modes before size",
        ),
        pytest.param(claim(storage="1Gi"), [volume(storage="1G")], None, id="1G is less than 1Gi"),
        pytest.param(claim(accessModes=["ReadWriteMany"]), [volume()], None, id="a mode is missing"),
        pytest.param(claim(volumeMode="Block"), [volume()], None, id="another volume mode"),
        pytest.param(claim(storageClassName="fast"), [volume()], None, id="another class"),
        pytest.param(
            claim(selector={"matchLabels": {"disk": "ssd"}}),
            [volume()],
            None,
            id="the selector does not match",
        ),
        pytest.param(
            claim(storage="5Gi"),
            [volume(claimRef={"namespace": "shop", "name": "data"}, storage="5Gi", storageClassName="x")],
            "pv",
            id="reserved by name, class not asked",
        ),
        pytest.param(
            claim(),
            [volume(claimRef={"namespace": "shop", "name": "other"})],
            None,
            id="reserved for another",
        ),
        pytest.param(
            claim(volumeName="pv", storage="2Gi"), [volume()], None, id="the named volume is too small"
        ),
    ],
)
def test_which_volume_a_claim_takes(
    wanted: dict[str, Any], offered: list[dict[str, Any]], taken: str | None
) -> None:
    verdict = bind(wanted, *offered)

    assert verdict.answer["volume"] == taken
    assert verdict.outcome is (Outcome.YES if taken else Outcome.NO)


@pytest.mark.parametrize(
    ("objects", "action", "reason"),
    [
        pytest.param([claim()], "pending", "FailedBinding", id="nothing there"),
        pytest.param(
            [claim(), storage_class("std", "disk.example.org", annotations=DEFAULT)],
            "provision",
            "ExternalProvisioning",
            id="the default class provisions",
        ),
        pytest.param(
            [claim(storageClassName=""), storage_class("std", "disk.example.org", annotations=DEFAULT)],
            "pending",
            "FailedBinding",
            id="an empty class wants none",
        ),
        pytest.param([claim(storageClassName="gone")], "pending", "ProvisioningFailed", id="no such class"),
        pytest.param(
            [claim(storageClassName="l"), storage_class("l", "kubernetes.io/no-provisioner")],
            "pending",
            "ProvisioningFailed",
            id="a class that makes nothing",
        ),
        pytest.param(
            [
                claim(storageClassName="l"),
                volume(storageClassName="l"),
                storage_class("l", "disk.example.org", volumeBindingMode="WaitForFirstConsumer"),
            ],
            "wait",
            "WaitForFirstConsumer",
            id="a free volume waits for the consumer",
        ),
    ],
)
def test_what_the_controller_does(objects: list[dict[str, Any]], action: str, reason: str) -> None:
    verdict = bind(*objects)

    assert (verdict.answer["action"], verdict.answer["reason"]) == (action, reason)


GONE = {"namespace": "shop", "name": "gone", "uid": "u-gone"}


@pytest.mark.parametrize(
    ("spec", "phase"),
    [
        pytest.param(
            {"persistentVolumeReclaimPolicy": "Retain"}, "Released", id="Retain keeps it for nobody"
        ),
        pytest.param({"persistentVolumeReclaimPolicy": "Recycle"}, "Available", id="Recycle offers it again"),
        pytest.param({"persistentVolumeReclaimPolicy": "Delete"}, "Failed", id="NFS has no deleter"),
        pytest.param({}, "Released", id="the default is Retain"),
    ],
)
def test_what_becomes_of_a_volume_whose_claim_is_gone(spec: dict[str, Any], phase: str) -> None:
    assert settle(volume(claimRef=GONE, **spec))["volumes"]["pv"]["phase"] == phase


def test_a_claim_whose_volume_is_gone_is_lost() -> None:
    bound = claim(volumeName="pv")
    bound["metadata"]["annotations"] = {"pv.kubernetes.io/bind-completed": "yes"}

    assert settle(bound)["claims"]["shop/data"]["phase"] == "Lost"


@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param(claim(storage="5Gi"), id="ask for less"),
        pytest.param(claim(accessModes=["ReadWriteMany"]), id="ask for a mode that is there"),
        pytest.param(claim(storageClassName="fast"), id="ask for the class of the volume"),
        pytest.param(claim(selector={"matchLabels": {"a": "b"}}), id="drop the selector"),
    ],
)
def test_the_offered_change_binds_the_claim(wanted: dict[str, Any]) -> None:
    before = bind(wanted, volume())
    (change,) = [step.change for step in before.steps if step.role is Role.CHANGE]
    assert change is not None

    spec = {k: v for k, v in (wanted["spec"] | change["spec"]).items() if v is not None}
    after = bind(wanted | {"spec": spec}, volume())

    assert (before.outcome, after.outcome) == (Outcome.NO, Outcome.YES)


FAST = storage_class("fast", "csi.example.com")
ANOTHERS = {"namespace": "shop", "name": "other"}


@pytest.mark.parametrize(
    ("objects", "spec"),
    [
        pytest.param([claim(volumeName="pv-1"), volume("pv-2")], {"volumeName": "pv-2"}, id="a name of nobody"),
        pytest.param(
            [claim(volumeName="pv", storage="5Gi"), volume()],
            {"resources": {"requests": {"storage": "1Gi"}}},
            id="the named volume is too small",
        ),
        pytest.param(
            [claim(volumeName="pv"), volume(claimRef=ANOTHERS), volume("free")],
            {"volumeName": "free"},
            id="the named volume is another's",
        ),
        pytest.param([claim(volumeName="pv"), FAST], {"storageClassName": "fast", "volumeName": None}, id="no volume at all"),
        pytest.param([claim(storageClassName="fats"), FAST], {"storageClassName": "fast"}, id="a class spelt wrong"),
        pytest.param(
            [claim(storage="5Gi", accessModes=["ReadWriteMany"]), volume()],
            {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
            id="two fields at once",
        ),
        pytest.param(
            [claim(storage="5Gi", accessModes=["ReadWriteMany"]), volume(), FAST],
            {"storageClassName": "fast"},
            id="one field rather than two",
        ),
    ],
)  # fmt: skip
def test_the_smallest_change_is_offered(objects: list[dict[str, Any]], spec: dict[str, Any]) -> None:
    scenario = decode({"system": "volumes", "objects": objects, "question": {"bind": {"claim": "shop/data"}}})

    (offered,) = [step for step in evaluate(scenario).steps if step.role is Role.CHANGE]

    assert offered.change is not None
    assert offered.change["spec"] == spec
    assert evaluate(apply(scenario, offered.change)).outcome is not Outcome.NO
    assert all(render(offered, lang) for lang in Lang)


def test_who_is_lost_is_offered_nothing() -> None:
    lost = claim(volumeName="gone")
    lost["metadata"]["annotations"] = {"pv.kubernetes.io/bind-completed": "yes"}

    assert not [step for step in bind(lost, volume()).steps if step.role is Role.CHANGE]


def test_each_volume_passed_over_is_named_with_its_reason() -> None:
    steps = bind(claim(storage="5Gi"), volume("a"), volume("b", accessModes=["ReadOnlyMany"])).steps

    misses = {step.facts["volume"]: step.rule for step in steps if step.role is Role.NEAR_MISS}
    assert misses == {"a": "volumes.capacity", "b": "volumes.accessModes"}


def test_an_unknown_claim_is_an_error_with_the_nearest() -> None:
    with pytest.raises(InvalidQuestionError, match="did you mean `shop/data`"):
        bind(claim(), name="shop/dta")


SIZES = st.sampled_from(["1Gi", "2Gi", "3Gi"])


@given(st.lists(SIZES, max_size=4), st.lists(SIZES, max_size=4))
def test_each_volume_goes_to_one_claim_at_most_and_both_ends_agree(
    asked: list[str], offered: list[str]
) -> None:
    claims = [claim(f"c{i}", uid=f"u-{i}", storage=size) for i, size in enumerate(asked)]
    volumes = [volume(f"v{i}", storage=size) for i, size in enumerate(offered)]

    settled = settle(*claims, *volumes)

    tied = {c["volume"]: name for name, c in settled["claims"].items() if c["volume"]}
    assert tied == {name: v["claim"] for name, v in settled["volumes"].items() if v["claim"]}
    assert len(tied) == len([c for c in settled["claims"].values() if c["phase"] == "Bound"])


ZONED = {"creationTimestamp": "2026-01-01T09:00:00+09:00"}  # midnight in UTC
LATER = {"creationTimestamp": "2026-01-01T00:30:00Z"}


def test_the_newest_default_class_is_so_by_its_instant_and_not_by_its_text() -> None:
    older = storage_class("older", "csi.example.com", annotations=DEFAULT)
    newer = storage_class("newer", "csi.example.com", annotations=DEFAULT)
    older["metadata"] |= ZONED
    newer["metadata"] |= LATER

    assert bind(claim(), older, newer).answer["storageClass"] == "newer"


BOUND = {"pv.kubernetes.io/bind-completed": "yes"}


@pytest.mark.parametrize(("phase", "reason"), [("Bound", "ClaimLost"), ("Lost", "")])
def test_the_event_of_a_lost_claim_is_sent_once(phase: str, reason: str) -> None:
    lost = claim(volumeName="gone") | {"status": {"phase": phase}}
    lost["metadata"]["annotations"] = BOUND

    assert bind(lost).answer["reason"] == reason


RUNNING = {"containerStatuses": [{"name": "c", "state": {"running": {"startedAt": "2026-01-01T00:00:00Z"}}}]}


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        pytest.param({}, "WaitForFirstConsumer", id="none of its containers runs"),
        pytest.param(RUNNING, "WaitForPodScheduled", id="a container runs"),
    ],
)
def test_a_pod_that_is_being_deleted_is_no_consumer_when(status: dict[str, Any], reason: str) -> None:
    wait = storage_class("wait", "csi.example.com", volumeBindingMode="WaitForFirstConsumer")
    mounted = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
    ending = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web", "namespace": "shop", "deletionTimestamp": "2026-01-01T00:00:00Z"},
        "spec": {"containers": [], "volumes": mounted},
        "status": status,
    }

    assert bind(claim(storageClassName="wait"), wait, ending).answer["reason"] == reason


def test_a_volume_marked_as_migrated_is_left_to_its_driver() -> None:
    ref = {"namespace": "shop", "name": "data", "uid": "gone"}
    moved = volume("pv", persistentVolumeReclaimPolicy="Delete", claimRef=ref)
    moved["metadata"]["annotations"] = {"pv.kubernetes.io/migrated-to": "pd.csi.storage.gke.io"}

    assert settle(moved)["volumes"]["pv"]["phase"] == "Released"


def test_a_time_that_is_none_is_refused_at_its_path() -> None:
    odd = storage_class("fast", "csi.example.com", annotations=DEFAULT)
    odd["metadata"]["creationTimestamp"] = "yesterday"

    with pytest.raises(InvalidObjectError) as refused:
        bind(claim(), odd)

    assert refused.value.path == "fast: metadata.creationTimestamp"
