"""Trials: scenarios and what a claim predicts of their verdicts. The evaluators decide, not the file.

The first trial is the usual case. A trial may `vary` parts of its scenario: then every combination is a
trial, at most `MOST` of them, drawn with a fixed seed, and one that fails is a counter-example.
"""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import product
from random import Random
from typing import Any

from ontology import evaluators
from ontology.checks.claims import Result
from ontology.errors import OntologyError

MOST = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One scenario and the part of its verdict that the claim predicts.

    `expects`: the claim predicts that the API server takes the objects (`accepted`) or does not (`refused`).
    `strict`: only a claim that allows of no exception (`never`, `only`) predicts it.
    """

    scenario: Mapping[str, Any]
    predicted: Mapping[str, Any]
    expects: str = ""
    strict: bool = False


def trials(raw: Sequence[Mapping[str, Any]]) -> tuple[Trial, ...]:
    """Return the trials that a file describes, variations spread out."""
    return tuple(
        Trial(
            scenario={name: scenario[name] for name in ("system", "objects", "question")},
            predicted=each.get("predicted", {}),
            expects=each.get("expects", ""),
            strict=each.get("strict", False),
        )
        for each in raw
        for scenario in _varied(each)
    )


def _varied(raw: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    places = raw.get("vary", {})
    combinations = list(product(*places.values()))
    if len(combinations) > MOST:
        combinations = Random(0).sample(combinations, MOST)  # noqa: S311 - a search, no secret
    for values in combinations:
        scenario = deepcopy(raw)
        for place, value in zip(places, values, strict=True):
            _put(scenario, place.split("."), value)
        yield scenario


def _put(scenario: Any, path: Sequence[str], value: Any) -> None:
    """Put a value at a path of member names and indices; null takes away what stands there."""
    *steps, last = path
    for step in steps:
        scenario = scenario[int(step) if isinstance(scenario, list) else step]
    if value is None:
        scenario.pop(last, None)
    else:
        scenario[int(last) if isinstance(scenario, list) else last] = value


def outcome(tried: Sequence[Trial]) -> tuple[Result, Trial]:
    """Run trials: what becomes of the claim, and the trial that shows it."""
    met = [_met(each) for each in tried]
    if all(met):
        return Result.CONFIRMED, tried[0]
    result = Result.TOO_STRONG if met[0] else Result.REFUTED
    return result, tried[met.index(False)]


def _met(trial: Trial) -> bool:
    if not trial.expects:
        return agrees(evaluators.answer(trial.scenario).answer, trial.predicted)
    try:
        evaluators.answer(trial.scenario)
    except OntologyError:
        return trial.expects == "refused"
    return trial.expects == "accepted"


def agrees(answer: Any, predicted: Any) -> bool:
    """Whether an answer holds all that was predicted; members that were not predicted do not matter."""
    if isinstance(predicted, Mapping):
        return isinstance(answer, Mapping) and all(
            name in answer and agrees(answer[name], part) for name, part in predicted.items()
        )
    if isinstance(predicted, list) and isinstance(answer, Sequence):
        return len(answer) == len(predicted) and all(map(agrees, answer, predicted))
    return bool(answer == predicted)
