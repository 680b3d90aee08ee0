"""The bundled notes: they cover what real notes cover, and every manifest in them is one the API accepts."""

import re
from pathlib import Path

import pytest

from api import examples
from ontology.cluster import schema
from ontology.documents import read_yaml

NOTES = sorted(examples.notes().glob("*.md"))
_FENCE = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)

CHAPTERS = {
    "pod lifecycle": "ContainersReady",
    "probes": "readinessProbe",
    "scheduling": "nodeAffinity",
    "affinity between pods": "podAntiAffinity",
    "taints": "PreferNoSchedule",
    "services": "ClusterIP",
    "cluster DNS": "svc.cluster.local",
    "headless services": "clusterIP: None",
    "endpoints": "EndpointSlice",
    "external names": "ExternalName",
    "volumes": "emptyDir",
    "claims": "PersistentVolumeClaim",
    "provisioning": "provisioner",
    "reclaiming": "Retain",
    "access to the API": "kubeconfig",
    "service accounts": "ServiceAccount",
    "permissions": "ClusterRoleBinding",
    "StatefulSet and ReplicaSet": "volumeClaimTemplates",
    "ingress": "pathType",
    "autoscaling of replicas": "HPA",
    "autoscaling of resources": "VPA",
    "autoscaling of nodes": "ClusterAutoscaler",
    "architecture": "kube-apiserver",
    "network": "CNI",
    "storage": "CSI",
    "logging": "Fluentd",
}


def test_there_are_notes_enough() -> None:
    assert 8 <= len(NOTES) <= 12
    assert all(60 <= len(note.read_text("utf-8").splitlines()) <= 150 for note in NOTES)


@pytest.mark.parametrize("word", CHAPTERS.values(), ids=CHAPTERS)
def test_the_notes_cover(word: str) -> None:
    assert any(word in note.read_text("utf-8") for note in NOTES)


@pytest.mark.parametrize("note", NOTES, ids=lambda path: path.stem)
def test_every_manifest_of_the_note_is_accepted(note: Path) -> None:
    for fence in _FENCE.findall(note.read_text("utf-8")):
        for manifest in read_yaml(fence):
            assert list(schema.violations(manifest)) == []
