"""What would give a claim a volume, and where no field of its own can."""

from typing import Any

from ontology import evaluators
from ontology.verdict import Role

VOLUME = {
    "apiVersion": "v1",
    "kind": "PersistentVolume",
    "metadata": {"name": "disk"},
    "spec": {
        "capacity": {"storage": "5Gi"},
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": "fast",
        "hostPath": {"path": "/data"},
    },
    "status": {"phase": "Available"},
}


def claim(annotations: dict[str, str], **spec: Any) -> dict[str, Any]:
    wanted = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}, **spec}
    metadata = {"name": "data", "namespace": "default", "annotations": annotations}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": wanted}


def changes(wanted: dict[str, Any]) -> list[Any]:
    asked = {
        "system": "volumes",
        "objects": [VOLUME, wanted],
        "question": {"bind": {"claim": "default/data"}},
    }
    return [step.change for step in evaluators.answer(asked).steps if step.role is Role.CHANGE]


def test_the_class_of_the_volume_is_offered() -> None:
    (offered,) = changes(claim({}, storageClassName="slow"))

    assert offered["spec"] == {"storageClassName": "fast"}


def test_a_class_in_the_old_annotation_does_not_give_way() -> None:
    old = {"volume.beta.kubernetes.io/storage-class": "slow"}

    assert changes(claim(old, storageClassName="slow")) == []
