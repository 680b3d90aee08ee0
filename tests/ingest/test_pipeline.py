import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.ingested import Ingested
from ingest.pipeline import ingest_note
from ingest.read import decoded, from_text
from ontology.statements import Statement, Strength, Text
from ontology.vocabulary import registry

NOTES = Path(__file__).parents[1] / "notes"

MARKDOWN = st.lists(
    st.sampled_from(
        [
            "# ",
            "## ",
            "- ",
            "  - ",
            "1. ",
            "| ",
            "> ",
            "```yaml",
            "```",
            "---",
            "Pod",
            "파드",
            "는",
            " : ",
            " → ",
            "Ready",
            "(",
            ")",
            "`",
            "**",
            "[[",
            "]]",
            "\n",
            "\n",
            "\n\n",
            ", ",
            "기본값",
            "10초",
            "가 없으면 안 된다",
            " creates ",
            "\t",
            "\r\n",
            "kubectl get pods",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n",
            "\x00",
            "\ufeff",
            "옵션",
            "?",
            "![x](y%20z.png)",
        ]
    ),
    max_size=40,
).map("".join)


def ingest(text: str) -> Ingested:
    return ingest_note(from_text(text), registry())


def rows(text: str) -> set[tuple[str, str, str, bool]]:
    return {(s.subject, s.predicate, shown(s), s.negated) for s in ingest(text).statements}


def shown(statement: Statement) -> str:
    return statement.object.value if isinstance(statement.object, Text) else statement.object


@settings(max_examples=200, deadline=None)
@given(st.one_of(MARKDOWN, st.text(max_size=300)))
def test_no_text_is_too_strange_to_ingest_and_every_span_lies_in_it(text: str) -> None:
    source = from_text(text)

    ingested = ingest_note(source, registry())

    for statement in ingested.statements:
        for span in statement.spans:
            assert 0 <= span.start <= span.end <= len(source.data)
            source.data[span.start : span.end].decode()  # never cuts a character in two
            assert 1 <= span.line <= span.end_line <= len(source.lines)


@pytest.mark.parametrize("note", sorted(NOTES.glob("*.md")), ids=lambda p: p.stem)
def test_what_is_read_does_not_depend_on_line_ends_marks_or_composition(note: Path) -> None:
    text = note.read_text(encoding="utf-8")
    crlf = decoded(("\ufeff" + text.replace("\n", "\r\n")).encode(), document="n.md")
    decomposed = unicodedata.normalize("NFD", text)

    plain = rows(text)
    again = {(s.subject, s.predicate, shown(s), s.negated) for s in ingest_note(crlf, registry()).statements}

    assert again == plain
    assert {row[:2] for row in rows(decomposed)} == {row[:2] for row in plain}


def test_the_same_bytes_give_the_same_statements_in_the_same_order() -> None:
    text = (NOTES / "vault.md").read_text(encoding="utf-8")

    assert ingest(text).statements == ingest(text).statements


def test_a_span_quotes_what_the_author_typed() -> None:
    source = decoded("\ufeff## 프로브\r\n- periodSeconds : 검사 간격\r\n".encode(), document="n.md")

    statement = next(s for s in ingest_note(source, registry()).statements if s.predicate == "definition")

    assert [source.data[s.start : s.end].decode() for s in statement.spans] == ["periodSeconds : 검사 간격"]


@pytest.mark.parametrize(
    ("line", "strength"),
    [
        pytest.param("- 파드는 반드시 노드에 배치된다", Strength.MUST, id="must"),
        pytest.param("- 파드는 가급적 노드에 배치된다", Strength.SHOULD, id="should"),
        pytest.param("- A Pod may use a ServiceAccount", Strength.MAY, id="may"),
        pytest.param("- A Pod uses a ServiceAccount", Strength.PLAIN, id="plain"),
    ],
)
def test_how_firmly_a_sentence_speaks_is_kept(line: str, strength: Strength) -> None:
    found = [s for s in ingest(f"# 쿠버네티스\n\n## 정리\n\n{line}\n").statements if s.kind == "sentence"]

    assert [s.strength for s in found] == [strength]


def test_lines_that_gave_nothing_are_told() -> None:
    assert ingest("# Pod\n\n- Deployment는 ReplicaSet을 관리한다\n- 오늘은 날씨가 좋다\n").unread == (4,)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("- " * 10_000 + "x", id="10,000 lists in each other"),
        pytest.param(">" * 10_000 + " x", id="10,000 quotes in each other"),
        pytest.param("Pod " * 250_000, id="a line of a million columns"),
        pytest.param("`" * 100_000, id="ticks"),
        pytest.param("![" * 50_000, id="openings of pictures"),
        pytest.param("```yaml\n" + "[" * 5_000, id="an open fence of open brackets"),
    ],
)
def test_hostile_markdown_ends(text: str) -> None:
    assert ingest(text).document == "note.md"


def test_what_decided_between_meanings_is_kept() -> None:
    links = ingest("# Toleration\n\n- operator\n  - Equal\n  - `Exists`\n").links

    chosen = {link.surface: (link.name, link.reason) for link in links}

    assert chosen["Exists"][0] == "TolerationOperator.Exists"
    assert "Toleration" in chosen["Exists"][1]
