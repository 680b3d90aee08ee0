"""Notes made to hurt: each is read in bounded time, says what it could not read, and keeps every place right."""

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.emit import emit
from ingest.ingested import Ingested
from ingest.pipeline import ingest_note
from ingest.read import Source, decoded, from_text
from ontology.vocabulary import registry

DEEP = 10_000
WIDE = 1_000_000
SECONDS = 15  # of the processor; each takes one or two, and what is quadratic would take hours

BOMB = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1} '] * 10)}]\n" for i in range(1, 11))


def fence(language: str, code: str, end: str = "```\n") -> str:
    return f"```{language}\n{code}{end}"


HOSTILE = {
    "lists in one line": "- " * DEEP + "Pod\n",
    "lists of many lines": "".join("  " * level + "- Pod\n" for level in range(1500)),
    "quotes": ">" * DEEP + " Pod\n",
    "quotes of many lines": "".join("> " * level + "Pod\n" for level in range(1500)),
    "brackets": "[" * DEEP + "Pod" + "]" * DEEP,
    "brackets left open": "[" * 10 * DEEP + "Pod",
    "links left open": "[Pod](" * DEEP,
    "wikilinks": "[[" * DEEP + "Pod" + "]]" * DEEP,
    "emphasis": "*" * DEEP + "Pod" + "*" * DEEP,
    "emphasis left open": "**Pod _a " * DEEP,
    "backticks of every length": " ".join("`" * length for length in range(1, 800)) + " Pod",
    "a word as long as a book": "a" * WIDE,
    "a line of names": "Pod " * (WIDE // 4),
    "a line of Korean": "파드는 " * (WIDE // 4),
    "a line of slips": "Wating, " * (WIDE // 8),
    "a list without end": "- Pod : " + "Pending, " * (WIDE // 9),
    "a flow without end": "Pod → Service → " * (WIDE // 16),
    "a line of spaces": "- Pod" + " " * WIDE + ": x\n",
    "a wide table": "|" + "Pod|" * 20_000 + "\n|" + "-|" * 20_000 + "\n|" + "a|" * 20_000 + "\n",
    "a long table": "|a|b|\n|-|-|\n" + "|Pod|Running|\n" * 3000,
    "many headings": "".join(f"# Pod {number}\n\n- Pod\n\n" for number in range(2000)),
    "one heading many times": "# Pod\n\n- Pod\n\n" * 2000,
    "dead links": "[a](#nowhere) " * DEEP,
    "a table of contents": "".join(f"- [a{n}](#a{n})\n" for n in range(2000))
    + "".join(f"\n# a{n}\n" for n in range(2000)),
    "slips": "".join(f"- Wating{number} Runing Secert clster\n" for number in range(2000)),
    "words nobody knows": "".join(f"- xq{number}z kw{number}p\n" for number in range(4000)),
    "a fence left open": fence("yaml", "a: b\n" * 20_000, end=""),
    "deep YAML": fence("yaml", "a: " + "[" * DEEP + "\n"),
    "deeper YAML": fence("yaml", "".join("  " * level + "a:\n" for level in range(1000))),
    "aliases of aliases": fence("yaml", BOMB),
    "deep JSON": "- Wating\n\n" + fence("json", '{"a":' * DEEP + "\n"),
    "tags": "<div>" * DEEP + "Pod\n",
    "tags left open": "<" * 10 * DEEP + "Pod",
    "comments left open": "<!-- Pod " * DEEP,
    "entities": "&#x50;od " * DEEP,
    "accents": "Pod" + "\u0301" * (WIDE // 4),
    "front matter left open": "---\n" + "a: b\n" * 4000,
    "hashes": "#" * WIDE + " Pod",
    "many lines, one number each": "".join(f"{number}. Pod runs on Node\n" for number in range(3000)),
    "old line ends": "# Pod\r- Wating\r- Running\r" * 1000,
}


def read(source: Source) -> Ingested:
    note = ingest_note(source, registry())
    emit(note)
    return note


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    read(from_text("# Pod\n\n- Wating\n"))


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_read_in_bounded_time_or_said_to_be_unread(name: str) -> None:
    source = from_text(HOSTILE[name])

    began = process_time()
    note = read(source)

    assert process_time() - began < SECONDS
    assert note.statements or note.findings
    every_place_is_right(source, note)


def every_place_is_right(source: Source, note: Ingested) -> None:
    for statement in note.statements:
        for span in statement.spans:
            quote = source.data[span.start : span.end].decode()
            before = source.data[: span.start].decode()
            line = source.lines[span.line - 1]
            assert quote.startswith(line[span.column - 1 :][: len(quote)])
            assert before.endswith(line[: span.column - 1])
    for finding in note.findings:
        assert source.data[finding.start : finding.end].decode() == finding.found
        assert source.lines[finding.line - 1][finding.column - 1 :].startswith(finding.found)


SAID = "# 파드\n\n- state : Wating, Running\n- **Pod** → Node\n\n| 필드 | 기본값 |\n| --- | --- |\n| periodSeconds | 10초 |\n"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(SAID.encode(), id="as it is"),
        pytest.param(SAID.replace("\n", "\r\n").encode(), id="CRLF"),
        pytest.param(SAID.replace("\n", "\r").encode(), id="CR"),
        pytest.param(("\ufeff" + SAID).encode(), id="a byte order mark"),
        pytest.param(("\ufeff" + SAID.replace("\n", "\r\n")).encode(), id="both"),
        pytest.param(SAID.replace("\n- **", "\r\n- **").encode(), id="line ends of two sorts"),
        pytest.param(SAID.replace("- state", "\0\n- state").encode(), id="NUL"),
        pytest.param(
            SAID.replace("\n\n|", "\u2028\x0b\x85\n\n|").encode(), id="what only Unicode calls a line end"
        ),
        pytest.param(SAID.rstrip("\n").encode(), id="no line end at the end"),
    ],
)
def test_bytes_of_any_sort_keep_their_places(data: bytes) -> None:
    source = decoded(data, document="note.md")

    note = read(source)

    assert ("Wating", "Waiting") in {(each.found, each.canonical) for each in note.findings}
    assert {"hasState", "defaultValue"} <= {each.predicate for each in note.statements}
    every_place_is_right(source, note)


def test_an_address_that_would_run_is_kept_as_text() -> None:
    note = read(from_text("# Pod\n\n[a](javascript:alert(1)) ![b](javascript:alert(2))\n"))

    assert b"<javascript:" not in emit(note)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=400))
def test_no_text_raises_and_every_place_is_right(text: str) -> None:
    source = from_text(text)

    every_place_is_right(source, read(source))
