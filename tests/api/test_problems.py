from http import HTTPStatus

import pytest

from api import problems
from ontology import errors


class _LayerError(Exception):
    """What an error of any layer looks like."""

    def __init__(self, code: str, message: str, path: str) -> None:
        self.code = code
        self.path = path
        super().__init__(message)


def test_every_error_of_the_ontology_has_a_code_that_edges_know() -> None:
    unknown = [
        each.__name__ for each in errors.OntologyError.__subclasses__() if each.code not in problems.CODES
    ]

    assert not unknown


@pytest.mark.parametrize(
    ("error", "code", "status", "detail"),
    [
        pytest.param(
            _LayerError("NOT_FOUND", "no note `x`", "x"), "NOT_FOUND", 404, "no note `x`", id="ours"
        ),
        pytest.param(
            FileNotFoundError(2, "No such file or directory", "a.md"),
            "BAD_INPUT",
            400,
            "no such file or directory: `a.md`",
            id="a path that is not there",
        ),
        pytest.param(RecursionError("deep"), "TOO_LARGE", 413, "nested too deeply", id="recursion"),
        pytest.param(
            _LayerError("NO_SUCH_CODE", "secret", ""),
            "INTERNAL",
            500,
            "internal error: _LayerError",
            id="a code that is not ours",
        ),
        pytest.param(
            KeyError("secret"), "INTERNAL", 500, "internal error: KeyError", id="a mistake of our own"
        ),
    ],
)
def test_an_error_becomes_a_problem(error: Exception, code: str, status: int, detail: str) -> None:
    found = problems.problem(error)

    assert (found.code, found.status, found.detail) == (code, status, detail)


def test_a_problem_document_is_one_of_rfc_9457_with_our_code_and_path() -> None:
    error = errors.InvalidObjectError("unknown field `imagee`", path="objects[0].spec")

    assert problems.problem(error).as_json() == {
        "type": "https://kubelore.dev/problem/invalid-object",
        "title": "The API server would refuse this object",
        "status": 422,
        "detail": "unknown field `imagee` at `objects[0].spec`",
        "code": "INVALID_OBJECT",
        "path": "objects[0].spec",
    }


def test_an_edge_may_refuse_with_a_status_of_its_own() -> None:
    refused = problems.RefusedError("BAD_INPUT", "not over GET", status=HTTPStatus.METHOD_NOT_ALLOWED)

    assert problems.problem(refused).status == HTTPStatus.METHOD_NOT_ALLOWED


def test_the_same_problem_in_graphql_in_a_stream_and_in_a_terminal() -> None:
    found = problems.problem(errors.UnknownSystemError("rbca", nearest=["rbac"]))

    assert found.as_extensions() == {"code": "UNKNOWN_SYSTEM", "path": "system"}
    assert found.as_line() == {"error": {"code": "UNKNOWN_SYSTEM", "message": found.detail, "path": "system"}}
    assert found.as_text() == "error: unknown system `rbca` (did you mean `rbac`?) at `system`"
