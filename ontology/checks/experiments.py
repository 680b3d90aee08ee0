"""Experiments: claims that are run.

`experiments.yaml` holds scenarios and what a claim predicts of their verdicts. A claim whose predictions
all come true is confirmed; one whose predictions all fail is refuted; one that holds in some and not in
others is too strong, and the first that fails is the counter-example. The evaluators decide, not the file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from ontology import documents, evaluators
from ontology.checks.claims import Check, Claim, Result
from ontology.lang import Lang


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One scenario and the part of its verdict that the claim predicts."""

    scenario: Mapping[str, Any]
    predicted: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Experiment:
    """What is claimed, in all the ways in which notes say it, its trials, and words for what came out."""

    claims: tuple[tuple[str, str, str, bool], ...]
    trials: tuple[Trial, ...]
    note: Mapping[Lang, str]
    source: str


@cache
def experiments() -> tuple[Experiment, ...]:
    """Return every experiment, in the order of the file."""
    text = files("ontology.checks").joinpath("experiments.yaml").read_bytes()
    return tuple(_experiment(raw) for raw in documents.read_yaml(text))


def _experiment(raw: Mapping[str, Any]) -> Experiment:
    claims = [each.split(" ") for each in raw["claims"]]
    return Experiment(
        claims=tuple((c[-3], c[-2], c[-1], c[0] == "not") for c in claims),
        trials=tuple(Trial(scenario=_scenario(each), predicted=each["predicted"]) for each in raw["trials"]),
        note={Lang(lang): text for lang, text in raw["note"].items()},
        source=raw["source"],
    )


def _scenario(trial: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: trial[name] for name in ("system", "objects", "question")}


@cache
def _by_claim() -> Mapping[tuple[str, str, str, bool], Experiment]:
    return {claim: experiment for experiment in experiments() for claim in experiment.claims}


def run(claim: Claim) -> Check | None:
    """Run a claim; None when no experiment is about it or its contrary."""
    said = (claim.subject, claim.predicate, claim.object)
    experiment = _by_claim().get((*said, claim.negated))
    if experiment is not None:
        return outcome(experiment)
    contrary = _by_claim().get((*said, not claim.negated))
    if contrary is None:
        return None
    found = outcome(contrary)
    # what confirms the contrary refutes the claim; a contrary that is too strong leaves it open
    turned = {Result.CONFIRMED: Result.REFUTED, Result.REFUTED: Result.CONFIRMED}.get(found.result)
    return (
        None
        if turned is None
        else Check(result=turned, note=found.note, source=found.source, scenario=found.scenario)
    )


@cache
def outcome(experiment: Experiment) -> Check:
    """Run the trials of an experiment."""
    met = [agrees(evaluators.answer(t.scenario).answer, t.predicted) for t in experiment.trials]
    if all(met):
        result, shown = Result.CONFIRMED, experiment.trials[0]
    else:
        result = Result.TOO_STRONG if any(met) else Result.REFUTED
        shown = experiment.trials[met.index(False)]
    return Check(result=result, note=experiment.note, source=experiment.source, scenario=shown.scenario)


def agrees(answer: Any, predicted: Any) -> bool:
    """Whether an answer holds all that was predicted; members that were not predicted do not matter."""
    if isinstance(predicted, Mapping):
        return isinstance(answer, Mapping) and all(
            name in answer and agrees(answer[name], part) for name, part in predicted.items()
        )
    if isinstance(predicted, list) and isinstance(answer, Sequence):
        return len(answer) == len(predicted) and all(map(agrees, answer, predicted))
    return bool(answer == predicted)
