from collections.abc import Iterable

import pytest

from api import note_reading
from api.note_reading import NewNote, read_all
from ingest.read import Source, from_text


def sources() -> list[Source]:
    texts = [f"# Pod\n\n- Pending, Running : 상태 {number}\n" for number in range(9)]
    texts[5] += "- 파드는 컨테이너를 담는다\n" * 40
    return [from_text(text, document=f"{number}.md") for number, text in enumerate(texts)]


def plain(notes: Iterable[NewNote]) -> list[NewNote]:
    return [note._replace(nquads=(b"".join(note.nquads),)) for note in notes]


def test_several_processes_read_what_one_reads_in_the_same_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(note_reading, "_LONG", 500)  # so that one of them is a long note

    many = plain(read_all(sources(), "reader", many=True))

    assert many == plain(read_all(sources(), "reader", many=False))
    assert [note.report.document for note in many] == [source.document for source in sources()]
