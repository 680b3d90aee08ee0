"""Notes of other styles with the facts a careful reader draws from them: how many are found, how many right."""

import json
import unicodedata
from pathlib import Path

import pytest

from ingest.pipeline import ingest_note
from ingest.read import read
from ontology.statements import Text
from ontology.vocabulary import registry

NOTES = Path(__file__).parent
FLOOR = 0.9

Row = tuple[str, str, str, bool]


def row(subject: str, predicate: str, object_: str, negated: bool) -> Row:
    def folded(text: str) -> str:
        return "".join(unicodedata.normalize("NFKC", text).lower().split()).rstrip(".。!;,")

    ends = [folded(subject), folded(object_)]
    if predicate == "contrastsWith":
        ends.sort()
    return ends[0], predicate, ends[1], negated


def found_in(note: Path) -> set[Row]:
    return {
        row(s.subject, s.predicate, s.object.value if isinstance(s.object, Text) else s.object, s.negated)
        for s in ingest_note(read(note), registry()).statements
    }


@pytest.mark.parametrize("note", sorted(NOTES.glob("*.md")), ids=lambda p: p.stem)
def test_notes_are_read_as_a_careful_reader_does(note: Path) -> None:
    gold = [
        json.loads(line)
        for line in note.with_suffix(".facts.ndjson").read_text(encoding="utf-8").splitlines()
    ]
    rows = {row(g["s"], g["p"], g["o"], g.get("neg", False)): g.get("optional", False) for g in gold}

    found = found_in(note)

    wanted = {r for r, optional in rows.items() if not optional}
    precision, recall = len(found & rows.keys()) / len(found), len(found & wanted) / len(wanted)
    assert 2 * precision * recall / (precision + recall) >= FLOOR, (
        sorted(wanted - found),
        sorted(found - rows.keys()),
    )
