"""What learners write of each chapter, rightly and wrongly, in both languages."""

from pathlib import Path

import pytest

from ingest.lint.rules.claims import Checkup, results
from ingest.pipeline import examine
from ingest.read import from_text
from ontology.checks.claims import Result
from ontology.vocabulary import registry

_WRONG = {Result.REFUTED, Result.OUTDATED}
_ROWS = [
    tuple(line.split("\t"))
    for line in Path(__file__).with_name("claims.tsv").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def _checkups(topic: str, sentence: str) -> list[Checkup]:
    return list(results(examine(from_text(f"# {topic}\n\n- {sentence}\n"), registry())))


@pytest.mark.parametrize(("topic", "sentence", "expected"), _ROWS, ids=[row[1] for row in _ROWS])
def test_what_becomes_of_a_sentence(topic: str, sentence: str, expected: str) -> None:
    found = {each.check.result for each in _checkups(topic, sentence)}

    if expected == "wrong":
        assert found & _WRONG
    elif expected == "strong":
        assert Result.TOO_STRONG in found
        assert not found & _WRONG
    else:
        assert not found & {*_WRONG, Result.TOO_STRONG}
        assert expected == "open" or Result.CONFIRMED in found
