import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.msgpack import encode

from api import readings
from graph import embedded, reading
from ingest import read
from ingest.emit import emit
from ingest.ingested import Ingested
from ingest.pipeline import ingest_note
from ontology import iri, vocabulary

NOTE = """# Pod

- Wating, 파드 : Running
- Taint effects: NoSchedule
- hostPath can be dangerous

## 그림

![a](http://a.test/x.png) ![again](http://b.test/x.png)

## 그림

![a](http://a.test/x.png)

| 필드 | 기본값 |
| --- | --- |
| periodSeconds | 10초 |

- HPA와 VPA는 함께 사용할 수 없다
"""


def both_ways(note: Ingested) -> tuple[reading.NoteReading, reading.NoteReading]:
    name = iri.note(note.document)
    store = embedded.in_memory()
    store.load([emit(note, known=vocabulary.registry())])
    return readings.of_note(note), reading.of_triples(name, store.triples(name))


@settings(deadline=None, max_examples=30)
@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.booleans(),
)
def test_a_note_just_read_is_the_same_as_its_graph_read_back(odd: str, line_end: str, mark: bool) -> None:
    text = ("\ufeff" if mark else "") + f"{odd}\n{NOTE}".replace("\n", line_end)
    note = ingest_note(read.from_text(text), vocabulary.registry())

    given_on, read_back = both_ways(note)

    assert given_on == read_back
    assert encode(given_on) == encode(read_back)


@pytest.mark.parametrize("text", ["", "# x", "just a line"])
def test_so_is_a_note_that_says_nothing(text: str) -> None:
    given_on, read_back = both_ways(ingest_note(read.from_text(text), vocabulary.registry()))

    assert given_on == read_back
