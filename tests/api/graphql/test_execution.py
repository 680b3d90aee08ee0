from typing import Any

import pytest

from api.graphql.execution import Executor, Operation
from api.graphql.limits import Limits
from api.graphql.windows import Windows
from api.problems import RefusedError

DEEP = "{ concepts { nodes { facts { nodes { subject { facts { nodes { subject { name } } } } } } } } }"
DOUBLING = (
    "{ ...f0 } "
    + " ".join(f"fragment f{n} on Query {{ ...f{n + 1} ...f{n + 1} }}" for n in range(60))
    + " fragment f60 on Query { concepts { totalCount } }"
)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        pytest.param("{", "BAD_INPUT", id="no document"),
        pytest.param("{ nothing }", "BAD_INPUT", id="no such field"),
        pytest.param("query A { __typename } query B { __typename }", "BAD_INPUT", id="which operation?"),
        pytest.param("query($n: Int!) { concepts(first: $n) { totalCount } }", "BAD_INPUT", id="a variable is missing"),
        pytest.param("{ concepts {} }", "BAD_INPUT", id="an empty selection"),
        pytest.param(DEEP, "TOO_LARGE", id="too deep"),
        pytest.param("{ " + " ".join(f"a{n}: __typename" for n in range(9)) + " }", "TOO_LARGE", id="aliases"),
        pytest.param("{ " + "__typename @skip(if: true) " * 9 + "}", "TOO_LARGE", id="directives"),
        pytest.param("{ concepts(first: 999) { nodes { name } } }", "TOO_COSTLY", id="cost"),
        pytest.param("query($n: Int = 999) { concepts(first: $n) { nodes { name } } }", "TOO_COSTLY",
                     id="cost of a default"),
        pytest.param("{ node(id: 1) { ... on Concept { facts(first: 999) { nodes { id } } } } }", "TOO_COSTLY",
                     id="cost within a fragment"),
        pytest.param("{ concepts" * 500 + "}" * 500, "BAD_INPUT", id="deeper than the parser goes"),
        pytest.param("fragment a on Query { ...b } fragment b on Query { ...a } { ...a }", "BAD_INPUT", id="a circle"),
    ],
)  # fmt: skip
def test_a_document_is_refused_before_it_runs(windows: Windows, query: str, code: str) -> None:
    executor = Executor(Limits(depth=6, aliases=8, directives=8, cost=500))

    answer = executor.execute(Operation(query=query), windows)

    assert answer.refused
    assert "data" not in answer.body
    assert answer.body["errors"][0]["extensions"]["code"] == code


def test_fragments_that_double_cost_no_time(windows: Windows) -> None:
    answer = Executor().execute(Operation(query=DOUBLING), windows)

    assert answer.body["errors"][0]["extensions"]["code"] == "TOO_COSTLY"


def test_the_size_of_a_page_in_a_variable_counts(windows: Windows) -> None:
    executor = Executor(Limits(cost=500))
    query = "query($n: Int) { concepts(first: $n) { nodes { name } } }"

    small = executor.execute(Operation(query=query, variables={"n": 10}), windows)
    large = executor.execute(Operation(query=query, variables={"n": 999}), windows)

    assert not small.refused
    assert large.body["errors"][0]["extensions"]["code"] == "TOO_COSTLY"


def test_the_query_that_tools_introspect_with_passes(windows: Windows) -> None:
    from graphql import get_introspection_query  # noqa: PLC0415

    answer = Executor().execute(Operation(query=get_introspection_query()), windows)

    assert "errors" not in answer.body


def test_a_mistake_of_ours_says_nothing_but_its_class(
    windows: Windows, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr("api.graphql.scenarios.evaluate", broken)

    answer = Executor().execute(Operation(query="{ evaluate(scenario: {}) { outcome } }"), windows)

    assert answer.body["errors"][0]["message"] == "internal error: ZeroDivisionError"
    assert answer.body["errors"][0]["extensions"] == {"code": "INTERNAL"}
    assert "a secret" in caplog.text


def test_read_only_runs_queries_alone(windows: Windows) -> None:
    executor = Executor()

    assert not executor.execute(Operation(query="{ __typename }"), windows, read_only=True).refused
    with pytest.raises(RefusedError):
        executor.execute(Operation(query="mutation { __typename }"), windows, read_only=True)
