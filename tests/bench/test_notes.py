"""Reading notes: beside markdown-it-py on the same notes in the same run, linear in size, and how much is found.

Times are of the processor, so that others on the machine count little.
"""

import json
from collections.abc import Callable
from pathlib import Path
from time import process_time

import pytest
from markdown_it import MarkdownIt

from ingest.pipeline import examine
from ingest.read import from_text, read
from ontology.statements import Text
from ontology.vocabulary import registry

NOTES = Path(__file__).parents[1] / "notes"
ROUNDS = 7
SLOWEST = 15  # times markdown-it-py, as it is; the goal is 2


def texts() -> list[str]:
    return [path.read_text(encoding="utf-8") for path in sorted(NOTES.glob("*.md"))]


def least(work: Callable[[], object]) -> float:
    """Seconds of the fastest round, the first one not counted."""
    work()
    spent = []
    for _ in range(ROUNDS):
        began = process_time()
        work()
        spent.append(process_time() - began)
    return min(spent)


def test_reading_beside_markdown_it(report: Callable[[str], None]) -> None:
    notes = texts()
    concepts, markdown = registry(), MarkdownIt("commonmark").enable("table")

    parsing = least(lambda: [markdown.parse(text) for text in notes])
    reading = least(lambda: [examine(from_text(text), concepts) for text in notes])

    size = sum(len(text.encode()) for text in notes)
    report(
        f"read, parse, link, extract {size:,} bytes: {reading * 1000:.1f} ms, markdown-it-py x {reading / parsing:.1f}"
    )
    assert reading / parsing < SLOWEST


def test_time_is_linear_in_size(report: Callable[[str], None]) -> None:
    concepts, note = registry(), "\n".join(texts())

    once, often = (least(lambda n=n: examine(from_text(note * n), concepts)) for n in (2, 16))

    report(f"16 times the note beside 2 times: x {often / once:.1f} for 8 times the size")
    assert often / once < 12


@pytest.mark.parametrize("note", sorted(NOTES.glob("*.md")), ids=lambda p: p.stem)
def test_facts_found_in(note: Path, report: Callable[[str], None]) -> None:
    rows = [
        json.loads(line)
        for line in note.with_suffix(".facts.ndjson").read_text(encoding="utf-8").splitlines()
    ]
    gold = {(r["s"], r["p"], r["o"], r.get("neg", False)): r.get("optional", False) for r in rows}

    found = {
        (s.subject, s.predicate, s.object.value if isinstance(s.object, Text) else s.object, s.negated)
        for s in examine(read(note), registry()).statements
    }

    wanted = {row for row, optional in gold.items() if not optional}
    precision, recall = len(found & gold.keys()) / len(found), len(found & wanted) / len(wanted)
    f1 = 2 * precision * recall / (precision + recall)
    report(f"facts of {note.stem}: precision {precision:.2f}, recall {recall:.2f}, F1 {f1:.2f}")
    assert f1 >= 0.75
