"""GraphQL in process: compiled operations beside graphql-core on the same schema, and beside strawberry.

Processor time of a request, parsed JSON in and bytes out, without HTTP; the documents are known after the
first round. 2,000 made-up concepts with 20 facts each.
"""

from collections.abc import Callable
from statistics import median
from time import process_time
from typing import Any

import pytest

from api.context import View
from api.graphql.execution import Executor, Operation
from api.graphql.schema import SCHEMA
from api.graphql.windows import Windows
from api.json import encode
from graph.snapshot import Snapshot

CONCEPTS, FACTS, ROUNDS = 2_000, 20, 5


@pytest.mark.parametrize(
    ("query", "variables", "requests", "least"),
    [
        pytest.param("query($id: String!) { concept(id: $id) { name iri label(lang: [KO]) } }", {"id": "c0007"}, 300, 4,
                     id="a concept with 3 fields"),
        pytest.param(
            "query($id: String!) { concept(id: $id) { name facts(first: 20) { nodes { predicate lines layer "
            "object { name label(lang: [KO, EN]) } } } } }", {"id": "c0007"}, 60, 6, id="a concept with 20 facts"),
        pytest.param("query($n: Int!) { concepts(first: $n) { nodes { id name iri kind label(lang: [KO]) } } }",
                     {"n": 500}, 10, 8, id="a list of 500 by 5"),
    ],
)  # fmt: skip
def test_compiled_operations(
    query: str,
    variables: dict[str, Any],
    requests: int,
    least: float,
    made_up: Callable[[int, int], Snapshot],
    report: Callable[[str], None],
) -> None:
    windows = Windows(View(made_up(CONCEPTS, FACTS)))
    compiled, ordinary = Executor(), Executor(compiles=False)
    asked = Operation(query=query, variables=variables)
    ways = {
        "compiled": lambda: encode(compiled.execute(asked, windows).body),
        "graphql-core": lambda: encode(ordinary.execute(asked, windows).body),
        "strawberry": lambda: encode(
            {"data": SCHEMA.execute_sync(query, variable_values=variables, context_value=windows).data}
        ),
    }
    assert len({way() for way in ways.values()}) == 1

    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            began = process_time()
            for _ in range(requests):
                way()
            taken[name].append((process_time() - began) / requests)

    each = {name: median(times) for name, times in taken.items()}
    ratio = each["graphql-core"] / each["compiled"]
    report(
        ", ".join(f"{name} {seconds * 1e6:.0f} us" for name, seconds in each.items())
        + f": {ratio:.1f} times graphql-core, {each['strawberry'] / each['compiled']:.1f} times strawberry"
    )
    assert compiled.fallbacks == 0
    assert ratio > least
