"""Queries made up from the schema: whatever is asked, no mistake of our own answers."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import nodes
from hypothesis_graphql import queries as made_up

from api.context import View
from api.graphql.execution import Executor, Operation
from api.graphql.limits import Limits
from api.graphql.schema import SDL
from api.graphql.windows import Windows
from api.json import encode
from graph.projection import of_vocabulary

# wide enough that most are not refused before they run
LIMITS = Limits(tokens=20_000, depth=40, aliases=1_000, directives=1_000, cost=50_000_000)
QUERIES = made_up(
    SDL,
    custom_scalars={
        "JSON": st.just(nodes.Null) | st.booleans().map(nodes.Boolean) | st.text().map(nodes.String)
    },
)


@pytest.fixture(scope="module")
def windows() -> Windows:
    """The whole vocabulary, without a note."""
    return Windows(View(of_vocabulary()))


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(query=QUERIES)
def test_compiled_or_not_the_answer_is_the_same_and_no_mistake_of_ours(query: str, windows: Windows) -> None:
    compiled, ordinary = (
        Executor(LIMITS, compiles=each).execute(Operation(query=query), windows) for each in (True, False)
    )

    assert encode(compiled.body) == encode(ordinary.body)
    codes = {error["extensions"]["code"] for error in ordinary.body.get("errors", ())}
    assert "INTERNAL" not in codes, ordinary.body["errors"]
