"""Every pattern has notes with the facts that they yield: `patterns/<rule>.txt`, one file a rule.

A case is a name, a note, and lines with the facts that it says (`=>`) or must not say (`=/>`); `%%` parts cases.
"""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from ingest.extract.rules import RULES, name_of
from ingest.extract.sentences import english, korean
from ingest.extract.sentences.rules import sentences
from ingest.pipeline import examine
from ingest.read import from_text
from ontology.vocabulary import registry

Read = Callable[[str], set[str]]

PATTERNS = Path(__file__).parent / "patterns"
SAYS, DOES_NOT_SAY = "=> ", "=/> "


class Case(NamedTuple):
    """A note with the facts that a rule reads in it, and those that it must not."""

    rule: str
    name: str
    note: str
    facts: frozenset[str]
    not_facts: frozenset[str]


def cases() -> list[Case]:
    return [
        case_of(path.stem, text)
        for path in sorted(PATTERNS.glob("*.txt"))
        for text in path.read_text(encoding="utf-8").split("\n%%\n")
    ]


def case_of(rule: str, text: str) -> Case:
    name, *lines = text.splitlines()
    facts = [line.removeprefix(SAYS) for line in lines if line.startswith(SAYS)]
    not_facts = [line.removeprefix(DOES_NOT_SAY) for line in lines if line.startswith(DOES_NOT_SAY)]
    note = "\n".join(line for line in lines if not line.startswith((SAYS, DOES_NOT_SAY)))
    return Case(rule, name, note, frozenset(facts), frozenset(not_facts))


def rules_of_sentences() -> set[str]:
    listed = [
        *korean.VERBS.values(),
        *(rule for _, rule in korean.RULES),
        *english.RULES,
        english.frames.frames,
    ]
    return {".".join(rule.__module__.split(".")[-2:]) for rule in listed}


def test_every_rule_has_its_cases() -> None:
    named = {name_of(rule) for _, _, rule in RULES if rule is not sentences} | rules_of_sentences()

    assert {path.stem for path in PATTERNS.glob("*.txt")} == named


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.rule}: {case.name}")
def test_a_pattern_says(read: Read, case: Case) -> None:
    said = read(case.note)

    assert case.facts <= said
    assert not case.not_facts & said
    assert case.facts or case.not_facts


@pytest.mark.parametrize(
    "case",
    [case for case in cases() if case.rule not in rules_of_sentences() and case.facts],
    ids=lambda case: f"{case.rule}: {case.name}",
)
def test_it_is_the_pattern_that_says_it(case: Case) -> None:
    statements = examine(from_text(case.note), registry()).statements

    assert case.rule in {statement.rule for statement in statements}


@pytest.mark.parametrize(
    "note",
    [
        pytest.param("---\ntags: [pod]\ntitle: Pod\n---\n", id="front matter"),
        pytest.param("parent:: [[Pod]]", id="navigation"),
        pytest.param("안녕하세요! 오늘은 2024년 1월 1일입니다.", id="greeting and date"),
        pytest.param("![Pod](https://a.io/1.png)", id="alternative text"),
        pytest.param("- `kubectl create serviceaccount ci`\n- `a: b`", id="nothing above that it belongs to"),
    ],
)
def test_what_is_no_fact_yields_none(read: Read, note: str) -> None:
    assert {fact for fact in read(note) if "hasCommand" not in fact} == set()


def test_a_value_is_told_with_its_field_and_only_so(read: Read) -> None:
    assert read("# Headless Service\n- clusterIP : None") == {"HeadlessService hasField clusterIP=None"}
