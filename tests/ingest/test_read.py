from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import NoteNotFoundError, NoteTooLargeError, UnreadableNoteError
from ingest.read import decoded, find, from_text, read


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param("노트".encode("utf-16"), "UTF-16", id="another encoding"),
        pytest.param("메모".encode("cp949"), "byte 0, line 1", id="not UTF-8"),
        pytest.param(b"ok\n" + "쿠버".encode("cp949"), "line 2", id="not UTF-8 further down"),
        pytest.param(bytes(range(32)) * 20, "binary", id="binary"),
    ],
)
def test_bytes_that_are_no_text_are_refused_with_the_reason(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableNoteError, match=reason) as caught:
        decoded(data, document="n.md")

    assert caught.value.code == "BAD_INPUT"


def test_a_missing_note_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NoteNotFoundError):
        read(tmp_path / "none.md")


def test_a_note_over_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    note = tmp_path / "big.md"
    note.write_bytes(b"x" * 11)

    with pytest.raises(NoteTooLargeError) as caught:
        read(note, max_bytes=10)

    assert (caught.value.size, caught.value.limit) == (11, 10)


def test_a_folder_gives_its_notes_sorted(tmp_path: Path) -> None:
    for name in ("b.md", "a.md", "c.txt"):
        (tmp_path / name).write_text("x")

    assert [path.name for path, _ in find([tmp_path])] == ["a.md", "b.md"]


def test_a_folder_without_markdown_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NoteNotFoundError, match="no markdown"):
        list(find([tmp_path]))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_do_not_depend_on_how_they_end(end: str) -> None:
    source = decoded(f"# 파드{end}- Pod{end}".encode(), document="n.md")

    assert source.lines == ("# 파드", "- Pod", "")


def test_a_byte_order_mark_is_no_part_of_the_first_line_but_counts_in_offsets() -> None:
    source = decoded("\ufeff# 파드".encode(), document="n.md")

    span = source.span(1, 3, 2)

    assert source.data[span.start : span.end].decode() == "파드"


@given(st.text())
def test_every_line_round_trips_through_its_span(text: str) -> None:
    source = from_text(text)

    for number, line in enumerate(source.lines, 1):
        span = source.span(number, 1, len(line))
        assert source.data[span.start : span.end].decode() == line
