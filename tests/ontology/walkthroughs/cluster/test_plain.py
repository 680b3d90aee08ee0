"""Manifests survive being typed: what structs do not hold is put back."""

from typing import Any

import pytest

from ontology.walkthroughs.cluster.kinds import decode
from ontology.walkthroughs.cluster.plain import beyond, manifest

POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web", "labels": {"app": "web"}},
    "spec": {
        "containers": [
            {"name": "a", "image": "x", "env": [{"name": "E", "value": "1"}]},
            {"name": "b", "image": "y", "securityContext": {"privileged": True}},
        ],
        "enableServiceLinks": False,
    },
}
CONFIG = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "c", "namespace": "n"},
    "data": {"a": "b"},
}
CLAIMS = {
    "apiVersion": "apps/v1",
    "kind": "StatefulSet",
    "metadata": {"name": "db"},
    "spec": {
        "serviceName": "db",
        "template": {"spec": {"hostIPC": True}},
        "volumeClaimTemplates": [{"metadata": {"name": "d"}, "spec": {"volumeMode": "Block"}}],
    },
}


@pytest.mark.parametrize("raw", [POD, CONFIG, CLAIMS], ids=lambda raw: str(raw["kind"]))
def test_nothing_of_a_manifest_is_lost(raw: dict[str, Any]) -> None:
    typed = decode(raw, path="")

    assert manifest(typed, beyond(raw, typed)) == raw


def test_what_a_struct_holds_is_not_kept_twice() -> None:
    assert beyond(POD, decode(POD, path="")) == {
        "spec": {
            "containers": [{"env": [{"name": "E", "value": "1"}]}, {"securityContext": {"privileged": True}}],
            "enableServiceLinks": False,
        }
    }


def test_defaults_that_say_something_are_shown() -> None:
    raw = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "s"},
        "spec": {"ports": [{"port": 80}]},
    }
    typed = decode(raw, path="")

    spec = manifest(typed, {})["spec"]

    assert (spec["type"], spec["sessionAffinity"], spec["ports"][0]["protocol"]) == (
        "ClusterIP",
        "None",
        "TCP",
    )
