"""What data outlives, and where pods may start with a volume: from the pages on volumes of kubernetes.io/docs."""

from typing import Any

import pytest

from ontology.errors import InvalidQuestionError
from ontology.evaluators import answer, evaluate
from ontology.lang import Lang
from ontology.messages import render
from ontology.patches import apply
from ontology.scenario import decode
from ontology.verdict import Outcome, Role, Verdict

Json = dict[str, Any]
PVC = {"persistentVolumeClaim": {"claimName": "data"}}


def pod(name: str = "web", node: str = "n1", **source: Any) -> Json:
    spec = {"nodeName": node, "containers": [], "volumes": [{"name": "data"} | source]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}


def claim(*modes: str, name: str = "data", volume: str = "pv") -> Json:
    spec = {"accessModes": list(modes) or ["ReadWriteOnce"], "volumeName": volume}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name}, "spec": spec}


def volume(policy: str = "Retain", *, made_by: str = "", **source: Any) -> Json:
    spec = {"persistentVolumeReclaimPolicy": policy} | source
    metadata = {"name": "pv", "annotations": {"pv.kubernetes.io/provisioned-by": made_by} if made_by else {}}
    return {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": metadata, "spec": spec}


CSI = {"csi": {"driver": "ebs.csi.aws.com", "volumeHandle": "v"}}
NFS = {"nfs": {"server": "s", "path": "/"}}
LOCAL = {"local": {"path": "/mnt"}}


def ask(question: Json, *objects: Json) -> Verdict:
    verdict = answer({"system": "volumes", "objects": list(objects), "question": question})
    assert all(render(step, lang) for step in verdict.steps for lang in Lang)
    return verdict


EVENTS = ("containerRestart", "podDelete", "nodeMove", "nodeLoss")


@pytest.mark.parametrize(
    ("source", "place", "available"),
    [
        pytest.param({"emptyDir": {}}, "podDirectory", (True, False, False, False), id="emptyDir"),
        pytest.param(
            {"emptyDir": {"medium": "Memory"}}, "memory", (True, False, False, False), id="emptyDir in memory"
        ),
        pytest.param({"hostPath": {"path": "/x"}}, "node", (True, True, False, False), id="hostPath"),
        pytest.param({"nfs": {"server": "s", "path": "/"}}, "network", (True, True, True, True), id="nfs"),
        pytest.param({"configMap": {"name": "c"}}, "api", (True, True, True, True), id="configMap"),
        pytest.param({"secret": {"secretName": "s"}}, "api", (True, True, True, True), id="secret"),
        pytest.param({"csi": {"driver": "d"}}, "podDirectory", (True, False, False, False), id="inline csi"),
        pytest.param(
            {"awsElasticBlockStore": {"volumeID": "v"}}, "network", (True, True, True, True), id="cloud disk"
        ),
    ],
)
def test_a_pods_volume_outlives(source: Json, place: str, available: tuple[bool, ...]) -> None:
    verdicts = [ask({"survives": {"volume": "default/web/data", "event": e}}, pod(**source)) for e in EVENTS]

    assert tuple(v.answer["available"] for v in verdicts) == available
    assert {v.answer["place"] for v in verdicts} == {place}


@pytest.mark.parametrize(
    ("made_of", "event", "kept", "available"),
    [
        pytest.param(CSI, "nodeLoss", True, True, id="CSI outlives its node"),
        pytest.param(NFS, "podDelete", True, True, id="NFS outlives the pod"),
        pytest.param(LOCAL, "podDelete", True, True, id="local outlives the pod"),
        pytest.param(LOCAL, "nodeMove", True, False, id="local stays on its node"),
        pytest.param(LOCAL, "nodeLoss", False, False, id="local goes with its node"),
        pytest.param(
            {"hostPath": {"path": "/x"}}, "nodeLoss", False, False, id="hostPath goes with its node"
        ),
        pytest.param(CSI, "claimDelete", True, False, id="Retain keeps it for nobody"),
    ],
)
def test_a_persistent_volume_outlives(made_of: Json, event: str, kept: bool, available: bool) -> None:
    asked = {"survives": {"volume": "default/web/data", "event": event}}

    found = ask(asked, pod(**PVC), claim(), volume(**made_of)).answer

    assert (found["kept"], found["available"]) == (kept, available)


EBS = "ebs.csi.aws.com"


@pytest.mark.parametrize(
    ("made", "kept"),
    [
        pytest.param(volume("Delete", made_by=EBS, **CSI), False, id="a driver deletes what it has made"),
        pytest.param(volume("Delete", **CSI), True, id="no driver deletes what somebody else has made"),
        pytest.param(volume("Delete", made_by="kubernetes.io/aws-ebs"), False, id="moved to its driver"),
        pytest.param(volume("Delete", **NFS), True, id="nobody deletes from NFS"),
        pytest.param(volume("Delete", hostPath={"path": "/tmp/x"}), False, id="hostPath below /tmp"),  # noqa: S108 - nothing is opened
        pytest.param(volume("Delete", hostPath={"path": "/srv"}), True, id="hostPath elsewhere"),
        pytest.param(volume("Recycle", **NFS), False, id="NFS is scrubbed"),
        pytest.param(volume("Recycle", **CSI), True, id="CSI cannot be scrubbed"),
        pytest.param(volume("Retain", made_by=EBS, **CSI), True, id="Retain"),
    ],
)
def test_the_data_of_a_deleted_claim_is_kept(made: Json, kept: bool) -> None:
    verdict = ask({"survives": {"volume": "pv", "event": "claimDelete"}}, made)

    assert (verdict.answer["kept"], verdict.answer["available"]) == (kept, False)
    told = any(step.rule == "volumes.notReclaimed" for step in verdict.steps)
    assert told is (kept and made["spec"]["persistentVolumeReclaimPolicy"] != "Retain")


def test_an_ephemeral_volumes_claim_goes_with_the_pod() -> None:
    ephemeral = pod(ephemeral={"volumeClaimTemplate": {"spec": {"accessModes": ["ReadWriteOnce"]}}})
    objects = [ephemeral, claim(name="web-data"), volume("Delete", made_by=EBS, **CSI)]

    assert (
        ask({"survives": {"volume": "default/web/data", "event": "podDelete"}}, *objects).outcome
        is Outcome.NO
    )
    assert (
        ask({"survives": {"volume": "default/web/data", "event": "containerRestart"}}, *objects).outcome
        is Outcome.YES
    )


@pytest.mark.parametrize(
    ("objects", "event"),
    [
        pytest.param([pod(**PVC), claim(volume="")], "podDelete", id="a claim without a volume"),
        pytest.param([pod(emptyDir={})], "claimDelete", id="a volume without a claim"),
    ],
)
def test_it_cannot_be_told(objects: list[Json], event: str) -> None:
    assert (
        ask({"survives": {"volume": "default/web/data", "event": event}}, *objects).outcome is Outcome.UNKNOWN
    )


CLASS = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "fast"}, "provisioner": "ebs.csi.aws.com"}  # fmt: skip
EPHEMERAL = {"ephemeral": {"volumeClaimTemplate": {"spec": {"accessModes": ["ReadWriteOnce"]}}}}
OF_POD = "default/web/data"


@pytest.mark.parametrize(
    ("name", "event", "objects", "rule", "available"),
    [
        pytest.param(OF_POD, "podDelete", [pod(emptyDir={})], "volumes.survives", True, id="emptyDir: network storage"),
        pytest.param(OF_POD, "nodeLoss", [pod(emptyDir={}), CLASS], "volumes.provisioned", True, id="emptyDir: a class makes a volume"),
        pytest.param(OF_POD, "nodeLoss", [pod(emptyDir={}), claim(name="free"), volume(**CSI)], "volumes.place", True, id="emptyDir: a claim that is free"),
        pytest.param(OF_POD, "nodeMove", [pod(hostPath={"path": "/x"})], "volumes.survives", True, id="hostPath"),
        pytest.param(OF_POD, "nodeLoss", [pod(**PVC), claim(), volume(**LOCAL)], "volumes.survives", True, id="a local volume"),
        pytest.param(OF_POD, "podDelete", [pod(**EPHEMERAL), claim(name="web-data"), volume("Delete", **CSI)], "volumes.ephemeralClaim", True, id="an ephemeral claim"),
        pytest.param(OF_POD, "podDelete", [pod(**PVC), claim(volume=""), volume(**CSI)], "volumes.namedVolume", True, id="a claim without a volume"),
        pytest.param("pv", "claimDelete", [volume("Delete", made_by=EBS, **CSI)], "volumes.reclaimed", False, id="Delete: kept at least"),
        pytest.param("pv", "claimDelete", [volume("Retain", **CSI)], None, False, id="Retain: nothing more to do"),
    ],
)  # fmt: skip
def test_the_change_that_is_offered_saves_the_data(
    name: str, event: str, objects: list[Json], rule: str | None, available: bool
) -> None:
    question = {"survives": {"volume": name, "event": event}}
    scenario = decode({"system": "volumes", "objects": objects, "question": question})

    offered = [step for step in evaluate(scenario).steps if step.role is Role.CHANGE]

    assert [step.rule for step in offered] == ([rule] if rule else [])
    for step in offered:
        assert all(render(step, lang) for lang in Lang)
        found = evaluate(apply(scenario, step.change or {})).answer
        assert (found["available"], found["kept"]) == (available, True)


DRIVER = {
    "apiVersion": "storage.k8s.io/v1",
    "kind": "CSIDriver",
    "metadata": {"name": "ebs.csi.aws.com"},
    "spec": {"attachRequired": False},
}


@pytest.mark.parametrize(
    ("modes", "made_of", "other_node", "reason"),
    [
        pytest.param(["ReadWriteOnce"], CSI, "n1", "", id="RWO on the same node"),
        pytest.param(["ReadWriteOnce"], CSI, "n2", "FailedAttachVolume", id="RWO on another node"),
        pytest.param(["ReadWriteMany"], CSI, "n2", "", id="RWX on another node"),
        pytest.param(["ReadOnlyMany"], CSI, "n2", "", id="ROX on another node"),
        pytest.param(["ReadWriteOncePod"], CSI, "n1", "Unschedulable", id="RWOP on the same node"),
        pytest.param(["ReadWriteOncePod"], NFS, "n2", "Unschedulable", id="RWOP whatever it is made of"),
        pytest.param(["ReadWriteOnce"], NFS, "n2", "", id="RWO is not enforced without attaching"),
        pytest.param(["ReadWriteOnce"], CSI, "", "", id="the other pod waits for a node"),
        pytest.param(["ReadWriteOncePod"], CSI, "", "", id="RWOP: only a pod on a node is in the way"),
        pytest.param(
            ["ReadWriteOnce"],
            CSI | {"accessModes": ["ReadWriteOnce", "ReadWriteMany"]},
            "n2",
            "",
            id="the volume allows more than the claim asks for",
        ),
    ],
)
def test_a_second_pod_starts(modes: list[str], made_of: Json, other_node: str, reason: str) -> None:
    objects = [pod("web", "n1", **PVC), pod("old", other_node, **PVC), claim(*modes), volume(**made_of)]

    verdict = ask({"start": {"pod": "default/web"}}, *objects)

    assert verdict.answer["reason"] == reason
    assert verdict.outcome is (Outcome.NO if reason else Outcome.YES)


@pytest.mark.parametrize(
    ("modes", "on", "rule", "change"),
    [
        pytest.param(["ReadWriteOncePod"], "n1", "volumes.attach", {"accessModes": ["ReadWriteOnce"]}, id="RWOP, same node"),
        pytest.param(["ReadWriteOncePod"], "n2", "volumes.attach", {"accessModes": ["ReadWriteMany"]}, id="RWOP, another node"),
        pytest.param(["ReadWriteOnce"], "n2", "volumes.oneNode", {"question": {"node": "n2"}}, id="RWO, another node"),
    ],
)  # fmt: skip
def test_the_change_that_is_offered_lets_the_pod_start(
    modes: list[str], on: str, rule: str, change: Json
) -> None:
    objects = [pod("web", "n1", **PVC), pod("old", on, **PVC), claim(*modes), volume(**CSI)]
    question = {"start": {"pod": "default/web"}}
    scenario = decode({"system": "volumes", "objects": objects, "question": question})

    (offered,) = [step for step in evaluate(scenario).steps if step.role is Role.CHANGE]

    assert offered.change is not None
    assert (offered.rule, offered.change.get("spec", offered.change)) == (rule, change)
    assert all(render(offered, lang) for lang in Lang)
    assert evaluate(apply(scenario, offered.change)).outcome is Outcome.YES


def test_a_driver_without_attaching_enforces_nothing() -> None:
    objects = [pod("web", "n1", **PVC), pod("old", "n2", **PVC), claim(), volume(**CSI), DRIVER]

    assert ask({"start": {"pod": "default/web"}}, *objects).outcome is Outcome.YES


def test_a_finished_pod_holds_nothing() -> None:
    old = pod("old", "n2", **PVC) | {"status": {"phase": "Succeeded"}}

    assert (
        ask({"start": {"pod": "default/web"}}, pod(**PVC), old, claim(), volume(**CSI)).outcome is Outcome.YES
    )


@pytest.mark.parametrize(
    "question",
    [
        {"survives": {"volume": "x", "event": "podDelete"}},
        {"survives": {"volume": "pv", "event": "flood"}},
        {"start": {"pod": "x"}},
    ],
)
def test_bad_questions_are_refused(question: Json) -> None:
    with pytest.raises(InvalidQuestionError):
        ask(question, volume())


def test_a_mode_that_helps_is_offered_for_claim_and_volume_together() -> None:
    one = {"accessModes": ["ReadWriteOncePod"]}
    objects = [
        pod("web", "n1", **PVC),
        pod("old", "n1", **PVC),
        claim("ReadWriteOncePod"),
        volume(**CSI, **one),
    ]
    question = {"start": {"pod": "default/web"}}
    scenario = decode({"system": "volumes", "objects": objects, "question": question})

    (offered,) = [step for step in evaluate(scenario).steps if step.role is Role.CHANGE]

    assert offered.change is not None
    assert [each["kind"] for each in offered.change["items"]] == ["PersistentVolumeClaim", "PersistentVolume"]
