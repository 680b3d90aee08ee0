"""A compiled operation answers as the ordinary executor does: same bytes, errors included."""

from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from api.graphql.execution import Executor, Operation
from api.graphql.limits import Limits
from api.graphql.schema import SCHEMA
from api.graphql.windows import Windows
from api.json import encode

_GRAPHQL = SCHEMA._schema  # noqa: SLF001
# Costly documents too: the two ways are compared, whatever they take.
LIMITS = Limits(tokens=10_000, depth=40, cost=10**9)
COMPILED, ORDINARY = Executor(LIMITS), Executor(LIMITS, compiles=False)


def both(windows: Windows, query: str, variables: dict[str, Any] | None = None) -> bytes:
    """Run a document both ways and return the one answer."""
    asked = Operation(query=query, variables=variables or {})
    compiled, ordinary = (encode(each.execute(asked, windows).body) for each in (COMPILED, ORDINARY))
    assert compiled == ordinary
    return compiled


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        pytest.param("{ concepts { nodes { id name kind label } } }", {}, id="a list"),
        pytest.param("{ a: concepts { totalCount } b: concepts { totalCount } }", {}, id="aliases"),
        pytest.param("{ concepts { nodes { name } nodes { iri } totalCount } }", {}, id="fields that merge"),
        pytest.param(
            "{ ...q } fragment q on Query { concepts { nodes { ...c } } } fragment c on Concept { name ...d } "
            "fragment d on Node { id }",
            {},
            id="fragments",
        ),
        pytest.param("{ concepts { nodes { ... { name } ... on Node { id } } } }", {}, id="inline fragments"),
        pytest.param(
            'query($a: Boolean!, $b: Boolean!) { concept(id: "Pod") { name @include(if: $a) iri @skip(if: $b) } }',
            {"a": True, "b": False},
            id="directives on variables",
        ),
        pytest.param(
            'query($a: Boolean!, $b: Boolean!) { concept(id: "Pod") { name @include(if: $a) iri @skip(if: $b) } }',
            {"a": False, "b": False},
            id="the other way round",
        ),
        pytest.param('{ concept(id: "Pod") { name @skip(if: true) iri } }', {}, id="a constant directive"),
        pytest.param(
            "query($n: Int = 2, $l: [Lang!]) { concepts(first: $n) { nodes { label(lang: $l) } } }",
            {"l": ["KO", "EN"]},
            id="variables and defaults",
        ),
        pytest.param("query($n: Int) { concepts(first: $n) { totalCount } }", {}, id="a variable left out"),
        pytest.param("query($n: Int) { concepts(first: $n) { totalCount } }", {"n": -1}, id="a resolver that raises"),
        pytest.param('{ concept(id: "Gone") { name } concepts { totalCount } }', {}, id="an error and a null"),
        pytest.param(
            "query($w: FactFilter) { facts(where: $w) { nodes { predicate object { name } } } }",
            {"w": {"negated": False, "object": {"kind": ["ENUM"]}}},
            id="an input object",
        ),
        pytest.param(
            "query($t: String) { facts(where: {text: {contains: $t}}) { nodes { text } } }", {"t": "pods"},
            id="a variable within an input object",
        ),
        pytest.param(
            "query($id: ID!) { node(id: $id) { __typename id ... on Concept { name } ... on Fact { predicate } } }",
            {"id": "RmFjdDpmMQ"},
            id="an interface",
        ),
        pytest.param('{ node(id: "x") { id } }', {}, id="a null of an interface"),
        pytest.param("{ __typename concepts { __typename nodes { __typename } } }", {}, id="type names"),
        pytest.param("{ __schema { queryType { name } } }", {}, id="introspection"),
        pytest.param('{ evaluate(scenario: {system: "x", question: {y: {}}}) { outcome } }', {}, id="a refusal"),
        pytest.param("{ systems { nodes { name questions { schema } } } }", {}, id="JSON"),
        pytest.param("query A { __typename } query B { concepts { totalCount } }", {}, id="no operation named"),
    ],
)  # fmt: skip
def test_both_ways_answer_the_same(windows: Windows, query: str, variables: dict[str, Any]) -> None:
    both(windows, query, variables)


def test_a_plain_document_is_not_left_to_the_ordinary_executor(windows: Windows) -> None:
    executor = Executor()

    executor.execute(Operation(query='{ concept(id: "Pod") { label facts { nodes { id } } } }'), windows)
    assert executor.fallbacks == 0
    executor.execute(Operation(query='{ concept(id: "Gone") { label } }'), windows)
    assert executor.fallbacks == 1


def test_the_graph_version_is_that_of_the_request(windows: Windows) -> None:
    from graph.snapshot import Snapshot  # noqa: PLC0415

    executor, query = Executor(), "{ concepts { totalCount } }"
    empty = Windows(type(windows.source)(Snapshot("v2", (), (), (), ())))

    full = executor.execute(Operation(query=query), windows).body
    assert full["data"]["concepts"]["totalCount"] == 6
    assert executor.execute(Operation(query=query), empty).body == {"data": {"concepts": {"totalCount": 0}}}


# Arguments worth trying; a field whose required arguments are not here is not asked for.
ARGUMENTS = {
    "id": ['"Pod"', '"Taint"', '"Gone"', '"scheduling.taints"', '"podPhase"', '"Q29uY2VwdDpQb2Q"'],
    "ids": ['["Q29uY2VwdDpQb2Q", "x"]'],
    "text": ['"파드"', '"taint"'],
    "path": ['"pods.md"', '"gone.md"'],
    "from": ['"Pod"'],
    "to": ['"PodPhase.Pending"', '"Node"'],
    "name": ['"rbac"', '"gone"'],
    "first": ["0", "1", "3", "-1"],
    "last": ["2"],
    "lang": ["[KO]", "[KO, EN]", "[]"],
    "side": ["BOTH", "OBJECT"],
    "where": [],
    "kind": [],
}


@st.composite
def selections(draw: st.DrawFn, type_: GraphQLObjectType | GraphQLInterfaceType, depth: int) -> str:
    """A selection on a type, at most so deep."""
    names = sorted(
        name for name, field in type_.fields.items() if depth > 1 or is_leaf_type(get_named_type(field.type))
    )
    chosen = draw(st.lists(st.sampled_from(names), min_size=1, max_size=4)) if names else []
    parts = ["__typename"]
    for position, name in enumerate(chosen):
        field = type_.fields[name]
        arguments = []
        for argument, each in field.args.items():
            required = isinstance(each.type, GraphQLNonNull) and "default" not in str(each.default)
            values = ARGUMENTS.get(argument, [])
            if isinstance(get_named_type(each.type), GraphQLEnumType) and argument == "kind":
                values = []
            if required and not values:
                break
            if values and (required or draw(st.booleans())):
                arguments.append(f"{argument}: {draw(st.sampled_from(values))}")
        else:
            named = get_named_type(field.type)
            inner = "" if is_leaf_type(named) else draw(selections(named, depth - 1))
            given = f"({', '.join(arguments)})" if arguments else ""
            parts.append(f"a{depth}_{position}: {name}{given} {inner}")
    return "{ " + " ".join(parts) + " }"


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_document_both_ways(windows: Windows, data: st.DataObject) -> None:
    query = data.draw(selections(_GRAPHQL.query_type, 4))

    both(windows, query)
