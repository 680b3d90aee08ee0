"""What the API server refuses in an Ingress, as its reference of Ingress v1 tells."""

from typing import Any

import pytest

from ontology.errors import InvalidObjectError
from tests.ontology.semantics.ingress.requests import backend, ingress, path, send

REFUSED = [
    pytest.param({"rules": [{"http": {"paths": [{"path": "foo", "pathType": "Prefix", "backend": backend("web")}]}}]}, "absolute path", id="path not absolute"),
    pytest.param({"rules": [{"http": {"paths": [{"path": "/a//b", "pathType": "Exact", "backend": backend("web")}]}}]}, 'must not contain "//"', id="empty element"),
    pytest.param({"rules": [{"http": {"paths": [{"path": "/a/..", "pathType": "Prefix", "backend": backend("web")}]}}]}, "must not contain", id="parent at the end"),
    pytest.param({"rules": [{"http": {"paths": [{"path": "/", "backend": backend("web")}]}}]}, "pathType must be specified", id="no path type"),
    pytest.param({"rules": [{"http": {"paths": [{"path": "/", "pathType": "Regex", "backend": backend("web")}]}}]}, "unsupported value", id="unknown path type"),
    pytest.param({"rules": [{"http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "web"}}}]}}]}, "exactly one of `name` and `number`", id="no port"),
    pytest.param({"rules": [{"host": "192.0.2.1"}]}, "not an IP address", id="an address as host"),
    pytest.param({"rules": [{"host": "a.*.test"}]}, "whole first label", id="a wildcard inside"),
    pytest.param({"rules": [{"host": "*"}]}, "whole first label", id="a wildcard alone"),
    pytest.param({"defaultBackend": {}}, "exactly one of `service` and `resource`", id="an empty backend"),
    pytest.param({}, "either `defaultBackend` or `rules`", id="nothing at all"),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "message"), REFUSED)
def test_what_the_api_refuses_is_refused_with_its_path(spec: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidObjectError, match=message) as refused:
        send(ingress("i", **spec))

    assert (refused.value.path or "").startswith("objects[5].spec")


def test_a_class_is_named_by_the_field_or_by_the_old_annotation_but_not_by_both() -> None:
    both = ingress("i", path("/"), marks={"kubernetes.io/ingress.class": "nginx"}, ingressClassName="nginx")

    with pytest.raises(InvalidObjectError, match="can not be set when the class field is also set"):
        send(both)
