"""Cards whose answer is computed: a scenario, and the verdict that the semantics give at this build."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from graph.citations import Citation, Citations
from graph.flashcards.cards import Card, Kind, Source, Words, identity
from graph.flashcards.reading import Reading
from graph.flashcards.wording import word, word_by
from ontology import evaluators
from ontology.documents import write_json, write_yaml
from ontology.lang import Lang
from ontology.messages import render
from ontology.verdict import Verdict

Scenario = Mapping[str, Any]

_STEPS = 6


def verdicts(reading: Reading, scenarios: Iterable[Scenario], engine: str) -> Iterator[Card]:
    """Predict the verdict: for the scenarios whose rules the notes speak of.

    Stories of a whole cluster ask nothing: they are to be read and run, not to be guessed.

    Raises:
        OntologyError: a scenario that cannot be answered.
    """
    citations = Citations(reading.snapshot)
    for raw in scenarios:
        if "question" not in raw:
            continue
        verdict = evaluators.answer({key: value for key, value in raw.items() if key != "then"})
        cited = _cited(citations, verdict)
        if cited is not None:
            yield _card(reading, raw, verdict, cited, engine)


def _cited(citations: Citations, verdict: Verdict) -> Citation | None:
    """The passage of the notes that states best what the verdict rests on."""
    for step in verdict.steps:
        for citation in citations.of_step(step.rule, step.concepts, limit=1):
            return citation
    return None


def _card(reading: Reading, raw: Scenario, verdict: Verdict, cited: Citation, engine: str) -> Card:
    system, question = str(raw["system"]), write_json(raw["question"])
    objects = raw.get("objects", raw.get("given", []))
    names = _by_language(str(raw.get("name", "")))
    steps = list(verdict.steps)[:_STEPS]
    front = {
        "system": system,
        "question": question,
        "manifests": "---\n".join(write_yaml(each) for each in objects) or "# -\n",
    }
    telling = _selected(verdict.answer, raw.get("then"))
    back = {"answer": write_yaml(telling), "engine": engine}
    outcome = word(f"verdict.{verdict.outcome.value}", {})
    return Card(
        id=identity(Kind.VERDICT, system, question, write_json(objects)),
        kind=Kind.VERDICT,
        front=word_by("verdict.front", {lang: {**front, "name": names[lang]} for lang in Lang}),
        back=word_by(
            "verdict.back",
            {
                lang: {
                    **back,
                    "outcome": outcome[lang],
                    "steps": "\n".join(f"- {render(step, lang)}" for step in steps),
                }
                for lang in Lang
            },
        ),
        concepts=cited.concepts,
        deck=reading.headings(cited.note, cited.line),
        sources=(Source(document=cited.document, line=cited.line, quote=cited.quote),),
        layer="inferred",
    )


def _selected(answer: Any, then: Any) -> Any:
    """What the answer says of the members that the scenario expects something of; all of it without any."""
    if not isinstance(answer, Mapping) or not isinstance(then, Mapping) or not then:
        return answer
    return {key: _selected(answer[key], each) for key, each in then.items() if key in answer}


def _by_language(name: str) -> Words:
    """A scenario's name, which may be `English · 한국어`."""
    english, dot, korean = name.partition(" · ")
    return {Lang.EN: english, Lang.KO: korean if dot else english}
