"""The shipped schema is what the published one reduces to."""

import importlib.util
import pathlib

from jsonschema import Draft202012Validator

from ontology.cluster import schema

_SPEC = importlib.util.spec_from_file_location("schema_build", pathlib.Path(__file__).with_name("build.py"))
assert _SPEC is not None
build = importlib.util.module_from_spec(_SPEC)
assert _SPEC.loader is not None
_SPEC.loader.exec_module(build)

PODS = [
    {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"name": "a", "image": "x"}]}},
    {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"name": "a", "imagee": "x"}]}},
    {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"image": "x"}]}},
    {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": "x"}},
    {"apiVersion": "v1", "kind": "Pod", "spec": {"hostNetwork": "yes", "containers": []}},
    {
        "apiVersion": "v1",
        "kind": "Pod",
        "spec": {"tolerations": [{"tolerationSeconds": 1.5}], "containers": []},
    },
    {"apiVersion": "v1", "kind": "Pod", "spec": {"overhead": {"cpu": 1, "memory": "1Gi"}, "containers": []}},
]


def test_the_shipped_schema_is_up_to_date() -> None:
    assert build.OUT.read_text() == build.dumps(build.build())


def test_it_accepts_what_the_published_schema_accepts() -> None:
    published = Draft202012Validator({"$defs": build.definitions(), "$ref": "#/$defs/io.k8s.api.core.v1.Pod"})

    for pod in PODS:
        assert (not list(schema.violations(pod))) is published.is_valid(pod), pod
