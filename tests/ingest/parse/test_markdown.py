"""Anchored block rules find what markdown-it finds: the library itself is the measure."""

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from ingest.parse.markdown import MAX_NESTING, blocks

NOTES = Path(__file__).parents[2] / "notes"

OPENINGS = [
    "# ", "- ", "  - ", "1. ", "2) ", "12. ", "| ", "|", "> ", "```", "~~~", "---", "===", "- - -", "***", "Pod", "파드", " ",
    "\t", "\n", "\n\n", "[a]: b", "<div>", "</div>", "+ ", "_", "a | b", "|---|", "    ", ":", "\\", "x",
]  # fmt: skip


@cache
def library() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING}).enable("table").disable("code")
    parser.core.ruler.enableOnly(["block"])
    return parser


def shown(tokens: list[Token]) -> list[tuple[object, ...]]:
    return [(t.type, t.tag, t.map, t.content, t.info, t.level) for t in tokens]


@pytest.mark.parametrize("note", sorted(NOTES.glob("*.md")), ids=lambda p: p.stem)
def test_a_note_has_the_blocks_that_the_library_finds(note: Path) -> None:
    text = note.read_text(encoding="utf-8")

    assert shown(blocks(text)) == shown(library().parse(text))


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(OPENINGS), max_size=25).map("".join))
def test_any_mixture_of_openings_has_the_blocks_that_the_library_finds(text: str) -> None:
    assert shown(blocks(text)) == shown(library().parse(text))
