"""Sweeps and comparisons: what becomes of a scenario as parts of it change."""

from typing import Any

import strawberry
from strawberry.scalars import JSON

from api.graphql.scenarios import Evaluation, attempt, plain
from api.graphql.windows import Windows
from ontology import variations
from ontology.errors import BadInputError


@strawberry.input(description="A place of a scenario, and the values that it is to take.")
class Vary:
    """One axis of a sweep."""

    path: str = strawberry.field(
        description='As errors name places: `objects[0].spec.replicas`, `objects[0].metadata.labels["a.b"]`.'
    )
    values: list[JSON] = strawberry.field(description="The values, in the order of the table.")


@strawberry.type(description="One combination of values, and the verdict on the scenario that has them.")
class SweepRow:
    """One row of a sweep."""

    values: list[JSON] = strawberry.field(description="The values, in the order of the columns.")
    evaluation: Evaluation = strawberry.field(description="The verdict, or why there is none.")


@strawberry.type(description="A table of verdicts: a row for each combination of values.")
class Sweep:
    """The result of a sweep."""

    columns: list[str] = strawberry.field(description="The paths that vary, as given.")
    rows: list[SweepRow] = strawberry.field(description="Every combination; the last column changes fastest.")


@strawberry.type(description="A place where two answers differ.")
class Difference:
    """One difference."""

    path: str = strawberry.field(description="Where, in the answer.")
    first: JSON | None = strawberry.field(description="What the first has there.")
    second: JSON | None = strawberry.field(description="What the second has there.")


@strawberry.type(description="Two scenarios side by side.")
class Comparison:
    """The result of a comparison."""

    first: Evaluation = strawberry.field(description="The first.")
    second: Evaluation = strawberry.field(description="The second.")

    @strawberry.field(description="Whether both have a verdict, and the answers are equal.")
    def same(self) -> bool:
        return bool(self.first.verdict and self.second.verdict) and not self.differences()

    @strawberry.field(description="Where the answers differ; empty unless both scenarios have one.")
    def differences(self) -> list[Difference]:
        if self.first.verdict is None or self.second.verdict is None:
            return []
        first, second = (plain(each.source.answer) for each in (self.first.verdict, self.second.verdict))
        return [
            Difference(path=each.path, first=each.first, second=each.second)
            for each in variations.differences(first, second)
        ]

    @strawberry.field(description="The rules that only the first applied, by name.")
    def only_first(self) -> list[str]:
        return _only(self.first, self.second)

    @strawberry.field(description="The rules that only the second applied, by name.")
    def only_second(self) -> list[str]:
        return _only(self.second, self.first)


def _only(one: Evaluation, other: Evaluation) -> list[str]:
    return [each for each in _rules(one) if each not in _rules(other)]


def _rules(evaluation: Evaluation) -> dict[str, None]:
    steps = evaluation.verdict.source.steps if evaluation.verdict else ()
    return dict.fromkeys(step.rule for step in steps if step.role.value == "applied")


def sweep(view: Windows, raw: Any, vary: list[Vary], *, most: int) -> Sweep:
    """Return the table of a scenario's verdicts.

    Raises:
        BadInputError, TooLargeError: nothing varies, a path leads nowhere, or there are too many rows.
    """
    if not isinstance(raw, dict):
        raise BadInputError("a scenario is a mapping", path="scenario")
    if not vary:
        raise BadInputError("nothing varies", path="vary")
    axes = [variations.Variation(each.path, tuple(each.values)) for each in vary]
    rows = [
        SweepRow(values=list(values), evaluation=attempt(view, varied))
        for values, varied in variations.grid(raw, axes, most=most)
    ]
    return Sweep(columns=[each.path for each in vary], rows=rows)


def compare(view: Windows, first: Any, second: Any) -> Comparison:
    """Return two scenarios side by side, each with its verdict or error."""
    return Comparison(first=attempt(view, first), second=attempt(view, second))
