"""Manifests kept as text: accepted where the strict schema accepts them, and read as the plain ones are."""

import json
from typing import Any

import msgspec
import pytest

from ontology.cluster import bulk, manifests
from ontology.cluster.pods import Pod

POD: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web", "labels": {"app": "web"}},
    "spec": {"containers": [{"name": "c", "resources": {"limits": {"cpu": 1}}}]},
}


def as_text(manifest: dict[str, Any]) -> bulk.TextManifest:
    text = memoryview(json.dumps(manifest).encode())
    return bulk.TextManifest(msgspec.json.decode(text, type=bulk.Head), text)


@pytest.mark.parametrize(
    ("change", "accepted"),
    [
        pytest.param({}, True, id="a pod"),
        pytest.param({"status": None}, True, id="an explicit null"),
        pytest.param({"spec": {"containers": None}}, True, id="a null where a list may be"),
        pytest.param({"spec": {"contaners": []}}, False, id="an unknown field"),
        pytest.param({"spec": {"priority": "high"}}, False, id="a wrong type"),
        pytest.param({"spec": {"hostNetwork": 1}}, False, id="a number is no boolean"),
        pytest.param({"metadata": {"labels": {"a": 1}}}, False, id="a label that is no string"),
    ],
)
def test_acceptance(change: dict[str, Any], accepted: bool) -> None:
    manifest = {**POD, **change}
    text = as_text(manifest)

    assert bulk.accepts(bulk.Head("v1", "Pod"), text.text) is accepted


def test_it_reads_as_the_plain_manifest() -> None:
    text = as_text(POD)

    assert dict(text) == POD
    assert (text["kind"], len(text)) == ("Pod", len(POD))
    assert manifests.decode(text, Pod) == manifests.decode(POD, Pod)


def test_nulls_are_absent_in_text_as_in_plain_manifests() -> None:
    manifest = {**POD, "metadata": {"name": "web", "namespace": None}}

    assert manifests.decode(as_text(manifest), Pod) == manifests.decode(manifest, Pod)
