import pytest

from ingest.parse.blocks import Block, BlockKind
from ingest.parse.inline import plain
from ingest.parse.note import parse


def outline(text: str) -> list[tuple[int, str, str]]:
    found: list[tuple[int, str, str]] = []

    def walk(block: Block, depth: int) -> None:
        for child in block.children:
            found.append((depth, child.kind.value, child.lines[0].text if child.lines else ""))
            walk(child, depth + 1)

    walk(parse(tuple(text.split("\n"))).root, 0)
    return found


def test_what_stands_below_a_number_by_two_blanks_belongs_to_it() -> None:
    assert outline("1. a\n  - b\n    - c\n2. d") == [
        (0, "item", "a"),
        (1, "item", "b"),
        (2, "item", "c"),
        (0, "item", "d"),
    ]


def test_a_list_four_blanks_deep_below_a_line_is_a_list() -> None:
    assert outline("text:\n    - a\n    - b") == [
        (0, "paragraph", "text:"),
        (0, "item", "a"),
        (0, "item", "b"),
    ]


def test_headings_hold_what_stands_below_them() -> None:
    assert outline("# a\nx\n### b\n## c") == [
        (0, "heading", "a"),
        (1, "paragraph", "x"),
        (1, "heading", "b"),
        (1, "heading", "c"),
    ]


def test_front_matter_is_no_text() -> None:
    note = parse(("---", "title: x", "---", "# a"))

    assert note.front_matter == (1, 3)
    assert [b.kind for b in note.root.children] == [BlockKind.HEADING]


def test_the_table_of_contents_is_taken_out() -> None:
    note = parse(("- [A](#a)", "  - [B](#b)", "# A"))

    assert note.contents == {"a": 1, "b": 2}


def test_a_callout_has_its_type_and_title() -> None:
    (quote,) = parse(("> [!note] Title", "> body")).root.children

    assert (quote.info, quote.lines[0].text, quote.children[0].lines[0].text) == ("note", "Title", "body")


def test_a_definition_list_hangs_on_its_term() -> None:
    (term,) = parse(("Term", ": one", ": two")).root.children

    assert (term.kind, [c.lines[0].text for c in term.children]) == (BlockKind.TERM, ["one", "two"])


def test_cells_know_their_columns() -> None:
    (table,) = parse(("| a | bb |", "|---|---|", "| 파드 | x |")).root.children

    assert [[(c.text, c.column) for c in row] for row in table.rows] == [
        [("a", 3), ("bb", 7)],
        [("파드", 3), ("x", 8)],
    ]


def test_lines_that_an_editor_wrapped_are_one() -> None:
    wrapped = "A Service selects Pods by label and balances the traffic between\nall of them."

    assert outline(wrapped) == [(0, "paragraph", wrapped.replace("\n", " "))]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        pytest.param("**Pod** and `kubectl`", "Pod and kubectl", id="emphasis and code"),
        pytest.param("[[Pod|파드]]는", "파드는", id="wikilink with its own text"),
        pytest.param("see [docs](http://x/(a))", "see docs", id="link with brackets in it"),
        pytest.param("a * b", "a * b", id="a star between blanks"),
        pytest.param("snake_case_name", "snake_case_name", id="underscores in a word"),
        pytest.param("&lt;b&gt; \\*", "<b> *", id="entities and escapes"),
        pytest.param("![x](a.png) y", " y", id="a picture is no text"),
    ],
)
def test_markup_is_taken_off(raw: str, text: str) -> None:
    assert plain(raw).text == text
