from typing import Any

import pytest

from ontology.cluster.pods import Pod
from ontology.errors import (
    BadInputError,
    InvalidObjectError,
    InvalidQuestionError,
    OntologyError,
    UnknownKindError,
    UnknownQuestionError,
    UnknownSystemError,
)
from ontology.evaluators import answer
from ontology.scenario import decode

POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": {"containers": []}}


def scenario(**changes: Any) -> dict[str, Any]:
    return {"system": "podLifecycle", "objects": [POD], "question": {"status": {}}} | changes


def test_objects_decode_by_kind_in_order() -> None:
    decoded = decode(scenario(objects=[POD, {"apiVersion": "v1", "kind": "Node"}, POD]))

    assert [pod.metadata.name for pod in decoded.all(Pod)] == ["web", "web"]


def test_lists_are_flattened_and_typed_lists_lend_their_kind() -> None:
    nested = {
        "apiVersion": "v1",
        "kind": "List",
        "items": [POD, {"apiVersion": "v1", "kind": "PodList", "items": [{"metadata": {"name": "db"}}]}],
    }

    decoded = decode(scenario(objects=[nested]))

    assert [path for path, _ in decoded.manifests] == ["objects[0].items[0]", "objects[0].items[1].items[0]"]
    assert [pod.metadata.name for pod in decoded.all(Pod)] == ["web", "db"]


def test_null_members_are_absent() -> None:
    pod = POD | {
        "spec": {"containers": [{"name": "a", "resources": None, "ports": None}], "tolerations": None}
    }

    (decoded,) = decode(scenario(objects=[pod])).all(Pod)

    assert decoded.spec.tolerations is None
    assert decoded.spec.containers is not None
    assert decoded.spec.containers[0].resources.requests is None


@pytest.mark.parametrize(
    ("raw", "error", "path"),
    [
        pytest.param([], BadInputError, "", id="a list"),
        pytest.param(scenario(sytem="x"), BadInputError, "sytem", id="an unknown member"),
        pytest.param({"objects": []}, BadInputError, "system", id="no system"),
        pytest.param(scenario(objects={}), BadInputError, "objects", id="objects not a list"),
        pytest.param(scenario(objects=[1]), InvalidObjectError, "objects[0]", id="a number for an object"),
        pytest.param(scenario(objects=[{}]), InvalidObjectError, "objects[0]", id="no kind"),
        pytest.param(
            scenario(objects=[{"apiVersion": "v1", "kind": "Deployment"}]),
            UnknownKindError,
            "objects[0]",
            id="a kind of another group",
        ),
        pytest.param(
            scenario(objects=[POD | {"spec": {"containers": [{"imagee": "x"}]}}]),
            InvalidObjectError,
            "objects[0].spec.containers[0].imagee",
            id="an unknown field",
        ),
        pytest.param(
            scenario(objects=[POD | {"spec": {"containers": "x"}}]),
            InvalidObjectError,
            "objects[0].spec.containers",
            id="a field of the wrong type",
        ),
        pytest.param(scenario(question={}), InvalidQuestionError, "question", id="no question"),
        pytest.param(
            scenario(question={"a": 1, "b": 2}), InvalidQuestionError, "question", id="two questions"
        ),
        pytest.param(
            scenario(question={"status": {"podIsTerminall": True}}),
            InvalidQuestionError,
            "question.status",
            id="an unknown member of the question",
        ),
        pytest.param(scenario(system="podLifecycel"), UnknownSystemError, "system", id="an unknown system"),
        pytest.param(
            scenario(question={"stat": {}}), UnknownQuestionError, "question", id="an unknown question"
        ),
    ],
)
def test_what_cannot_be_answered_says_where(raw: Any, error: type[OntologyError], path: str) -> None:
    with pytest.raises(error) as caught:
        answer(raw)

    assert caught.value.path == path


def test_the_nearest_name_is_offered() -> None:
    with pytest.raises(UnknownSystemError, match="did you mean `podLifecycle`"):
        answer(scenario(system="podLifecycel"))
    with pytest.raises(InvalidQuestionError, match="did you mean `podIsTerminal`"):
        answer(scenario(question={"status": {"podIsTerminall": True}}))
