"""The compiled schema says yes exactly where the schema itself finds nothing to refuse."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontology.cluster import compiled, manifests, schema
from ontology.cluster.workloads import Deployment

DEPLOYMENT: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "labels": {"app": "web"}},
    "spec": {
        "replicas": 3,
        "paused": False,
        "strategy": {"rollingUpdate": {"maxSurge": "25%"}},
        "selector": {"matchExpressions": [{"key": "app", "operator": "In", "values": ["web"]}]},
        "template": {"spec": {"containers": [{"name": "c", "resources": {"requests": {"cpu": 1}}}]}},
    },
}
VALUES = st.sampled_from(
    [None, True, 0, 1.0, float("nan"), 2**63, -(2**63), "", "null", [], [None], {}, {"name": None}]
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every member and item of a manifest."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, each in items for found in [(*path, key), *places(each, (*path, key))]]


@given(st.sampled_from(places(DEPLOYMENT)), VALUES)
def test_both_agree_on_a_manifest_with_any_one_value_changed(place: tuple[Any, ...], value: Any) -> None:
    changed = copy.deepcopy(DEPLOYMENT)
    parent: Any = changed
    for key in place[:-1]:
        parent = parent[key]
    parent[place[-1]] = value

    try:
        refused = bool(list(schema.violations(changed, required=False)))
    except schema.UnknownKindError:
        refused = True

    assert compiled.accepts(changed) is not refused


@pytest.mark.parametrize(
    "manifest",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"kind": "Pod"}, id="no apiVersion"),
        pytest.param({"apiVersion": 1, "kind": "Pod"}, id="an apiVersion that is no text"),
        pytest.param({"apiVersion": "v1", "kind": "Pdo"}, id="an unknown kind"),
        pytest.param({**DEPLOYMENT, 1: "x"}, id="a member whose name is no text"),
    ],
)
def test_what_it_cannot_tell_is_left_to_the_schema(manifest: dict[Any, Any]) -> None:
    assert not compiled.accepts(manifest)


def test_a_null_deep_in_a_template_reads_as_absent() -> None:
    changed = copy.deepcopy(DEPLOYMENT)
    changed["spec"]["template"]["spec"]["nodeName"] = None
    changed["spec"]["paused"] = None

    assert manifests.decode(changed, Deployment) == manifests.decode(DEPLOYMENT, Deployment)


def test_a_text_that_says_null_is_kept() -> None:
    named = {**DEPLOYMENT, "metadata": {"name": "null"}}

    assert manifests.decode(named, Deployment).name == "null"


def test_a_kind_that_holds_itself_is_left_to_the_schema() -> None:
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "widgets.example.com"},
        "spec": {
            "group": "example.com",
            "names": {"plural": "widgets", "kind": "Widget"},
            "scope": "Namespaced",
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {}}}],
        },
    }

    assert not compiled.accepts(definition)
    manifests.check(definition, path="objects[0]")
