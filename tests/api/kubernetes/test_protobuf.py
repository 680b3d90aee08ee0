"""Bodies as kubectl 1.32.4 posted them, recorded byte by byte."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from api.kubernetes.protobuf import MEDIA_TYPE, decode
from ontology.errors import BadInputError, UnknownKindError

_V1 = "authorization.k8s.io/v1"
# kubectl auth can-i get pods/web -n dev --as jane --as-group devs
GET_POD = bytes.fromhex(
    "6b3873000a320a17617574686f72697a6174696f6e2e6b38732e696f2f7631121753656c665375626a656374416363657373526576696577123b"
    "0a100a0012001a0022002a00320038004200121d0a1b0a0364657612036765741a0022002a04706f647332003a037765621a08080012001a0020"
    "001a002200"
)
# kubectl auth can-i create deployments.apps --subresource scale --as jane -A
CREATE_SCALE = bytes.fromhex(
    "6b3873000a320a17617574686f72697a6174696f6e2e6b38732e696f2f7631121753656c665375626a65637441636365737352657669657712480a"
    "100a0012001a0022002a00320038004200122a0a280a0012066372656174651a046170707322002a0b6465706c6f796d656e7473320573"
    "63616c653a001a08080012001a0020001a002200"
)
# kubectl auth can-i --list -n dev --as jane
LIST = bytes.fromhex(
    "6b3873000a310a17617574686f72697a6174696f6e2e6b38732e696f2f7631121653656c665375626a65637452756c6573526576696577121f0a10"
    "0a0012001a0022002a0032003800420012050a036465761a04180022001a002200"
)
# kubectl auth can-i get /healthz
GET_URL = bytes.fromhex(
    "6b3873000a320a17617574686f72697a6174696f6e2e6b38732e696f2f7631121753656c665375626a656374416363657373526576696577122f0a"
    "100a0012001a0022002a003200380042001211120f0a082f6865616c74687a12036765741a08080012001a0020001a002200"
)


@pytest.mark.parametrize(
    ("body", "kind", "spec"),
    [
        pytest.param(
            GET_POD,
            "SelfSubjectAccessReview",
            {"resourceAttributes": {"namespace": "dev", "verb": "get", "resource": "pods", "name": "web"}},
            id="a pod",
        ),
        pytest.param(
            CREATE_SCALE,
            "SelfSubjectAccessReview",
            {
                "resourceAttributes": {
                    "verb": "create",
                    "group": "apps",
                    "resource": "deployments",
                    "subresource": "scale",
                }
            },
            id="a subresource",
        ),
        pytest.param(LIST, "SelfSubjectRulesReview", {"namespace": "dev"}, id="a list"),
        pytest.param(
            GET_URL,
            "SelfSubjectAccessReview",
            {"nonResourceAttributes": {"path": "/healthz", "verb": "get"}},
            id="a URL",
        ),
    ],
)
def test_a_recorded_body_is_the_review_it_stands_for(body: bytes, kind: str, spec: dict[str, Any]) -> None:
    found = decode(body)

    assert (found["apiVersion"], found["kind"], found["spec"]) == (_V1, kind, spec)


def test_a_recorded_body_is_answered(client: TestClient) -> None:
    asked = client.post(
        "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
        content=GET_POD,
        headers={"content-type": MEDIA_TYPE, "impersonate-user": "bo", "impersonate-group": "devs"},
    )

    assert asked.status_code == 201
    assert asked.json()["status"] == {
        "allowed": True,
        "reason": 'RBAC: allowed by RoleBinding "read/dev" of Role "reader" to Group "devs"',
    }


@pytest.mark.parametrize(
    ("body", "error"),
    [
        pytest.param(b"{}", BadInputError, id="no envelope"),
        pytest.param(GET_POD[:-9], BadInputError, id="cut"),
        pytest.param(b"k8s\0" + b"\xff" * 40, BadInputError, id="noise"),
        pytest.param(b"k8s\0", UnknownKindError, id="empty"),
        pytest.param(GET_POD.replace(b"AccessReview", b"AccessRevieW"), UnknownKindError, id="another kind"),
    ],
)
def test_what_is_no_review_is_refused(body: bytes, error: type[Exception], client: TestClient) -> None:
    with pytest.raises(error):
        decode(body)
    refused = client.post(
        "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
        content=body,
        headers={"content-type": MEDIA_TYPE},
    )
    assert refused.status_code in {400, 422}
    assert refused.json()["kind"] == "Status"
