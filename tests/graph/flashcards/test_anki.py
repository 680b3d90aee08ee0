"""The package, judged by Anki itself: it imports, and imports again without doubles."""

import csv
import json
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from anki.collection import (
    Collection,
    ImportAnkiPackageOptions,
    ImportAnkiPackageRequest,
    ImportLogWithChanges,
)

from graph.flashcards import Card, Kind, Source, anki, build, writers
from graph.snapshot import Snapshot
from ontology.lang import Lang

Read = Callable[..., Snapshot]

NOTE = """\
# Pod

## Probe & more

- readinessProbe : a < b & c 이면 트래픽에서 제외하는 검사
- periodSeconds
  - 검사하는 시간 간격 | 10초

## Taint

- effect
  - NoSchedule : 배치하지 않는다
  - NoExecute : 축출한다
"""
STAMP = 1_700_000_000.0


def no_link(_: Source) -> str:
    return ""


def to_line(source: Source) -> str:
    return f"http://127.0.0.1:8000/notes/{source.document}#L{source.line}"


@pytest.fixture
def cards(read: Read) -> tuple[Card, ...]:
    return build(read(pod=NOTE))


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    opened = Collection(str(tmp_path / "collection.anki2"))
    yield opened
    opened.close()


def bring(collection: Collection, file: Path) -> ImportLogWithChanges:
    request = ImportAnkiPackageRequest(
        package_path=str(file), options=ImportAnkiPackageOptions(with_scheduling=False)
    )
    return collection.import_anki_package(request)


def write(cards: tuple[Card, ...], file: Path, *, lang: Lang = Lang.KO, stamp: float = STAMP) -> Path:
    anki.write(cards, file, lang=lang, timestamp=stamp, link=to_line)
    return file


def test_anki_takes_every_card(cards: tuple[Card, ...], collection: Collection, tmp_path: Path) -> None:
    log = bring(collection, write(cards, tmp_path / "deck.apkg"))

    assert len(log.log.new) == collection.note_count() == len(cards)
    assert {note.name for note in collection.models.all_names_and_ids()} >= {"kubelore", "kubelore cloze"}


def test_a_note_in_anki_has_the_cards_fields(
    cards: tuple[Card, ...], collection: Collection, tmp_path: Path
) -> None:
    bring(collection, write(cards, tmp_path / "deck.apkg"))

    found = collection.find_notes("tag:kind::definition tag:concept::readinessProbe")
    note = collection.get_note(found[0])
    assert note["Front"] == "<code>readinessProbe</code>는 무엇인가요?"
    assert note["Back"] == "a &lt; b &amp; c 이면 트래픽에서 제외하는 검사"
    assert '<a href="http://127.0.0.1:8000/notes/pod.md#L5">pod.md:5</a>' in note["Source"]
    deck = collection.decks.name(note.cards()[0].did)
    assert deck == "kubelore::Pod::Probe & more"


def test_each_gap_is_a_card(cards: tuple[Card, ...], collection: Collection, tmp_path: Path) -> None:
    bring(collection, write(cards, tmp_path / "deck.apkg"))

    (found,) = collection.find_notes("tag:kind::members")
    assert len(collection.get_note(found).cards()) == 2


def test_importing_again_makes_no_doubles(
    cards: tuple[Card, ...], collection: Collection, tmp_path: Path
) -> None:
    file = write(cards, tmp_path / "deck.apkg")
    bring(collection, file)

    log = bring(collection, file)

    assert len(log.log.new) == 0
    assert collection.note_count() == len(cards)


def test_a_later_deck_updates_what_changed_and_forks_no_note_type(
    read: Read, cards: tuple[Card, ...], collection: Collection, tmp_path: Path
) -> None:
    bring(collection, write(cards, tmp_path / "one.apkg"))
    types = len(collection.models.all_names_and_ids())
    edited = build(read(pod=NOTE.replace("축출한다", "쫓아낸다")))

    log = bring(collection, write(edited, tmp_path / "two.apkg", stamp=STAMP + 60))

    assert len(log.log.new) == 0
    assert len(log.log.updated) > 0
    assert len(collection.models.all_names_and_ids()) == types
    (found,) = collection.find_notes("tag:kind::definition tag:concept::TaintEffect.NoExecute")
    assert collection.get_note(found)["Back"] == "쫓아낸다"


def test_the_same_cards_and_stamp_give_the_same_bytes(
    cards: tuple[Card, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = write(cards, tmp_path / "one.apkg").read_bytes()
    monkeypatch.setattr(time, "time", lambda: STAMP + 10_000)

    assert write(cards, tmp_path / "two.apkg").read_bytes() == one


def test_no_member_of_the_package_carries_the_clock(cards: tuple[Card, ...], tmp_path: Path) -> None:
    with zipfile.ZipFile(write(cards, tmp_path / "deck.apkg")) as package:
        assert {member.date_time for member in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_frozen_ids_are_frozen() -> None:
    assert (anki.BASIC_ID, anki.CLOZE_ID) == (1764201001, 1764201002)
    assert anki.FIELDS == ("Front", "Back", "Source")
    assert anki.deck_id("kubelore::k8s") == anki.deck_id("kubelore::k8s") != anki.deck_id("kubelore")


def test_csv_is_what_anki_reads(cards: tuple[Card, ...]) -> None:
    text = writers.to_csv(cards, lang=Lang.EN, link=no_link)

    head = [line for line in text.splitlines() if line.startswith("#")]
    rows = list(csv.reader(line for line in text.splitlines() if not line.startswith("#")))
    assert head[0] == "#separator:Comma"
    assert [row[0] for row in rows] == [card.id for card in cards]
    assert {len(row) for row in rows} == {7}


def test_csv_imports_into_anki(cards: tuple[Card, ...], collection: Collection, tmp_path: Path) -> None:
    bring(collection, write((), tmp_path / "types.apkg"))
    bring(collection, write(cards[:1], tmp_path / "one.apkg"))
    file = tmp_path / "deck.csv"
    file.write_text(writers.to_csv(cards[:1], lang=Lang.KO, link=no_link), encoding="utf-8")

    meta = collection.get_csv_metadata(str(file), None)

    assert (meta.guid_column, meta.notetype_column, meta.deck_column, meta.tags_column) == (1, 2, 3, 7)
    assert meta.is_html


def test_markdown_has_a_question_an_answer_and_gaps(cards: tuple[Card, ...]) -> None:
    text = writers.to_markdown(cards, lang=Lang.KO, link=to_line)

    assert "`periodSeconds`의 기본값은 무엇인가요?\n?\n`10s`\n" in text
    assert "==NoSchedule==, ==NoExecute==" in text
    assert "#flashcards/Pod/Taint" in text


def test_json_has_both_languages(cards: tuple[Card, ...]) -> None:
    document = json.loads(writers.to_json(cards, link=no_link))

    assert (document["apiVersion"], document["kind"]) == ("kubelore/v1", "Deck")
    assert [each["id"] for each in document["cards"]] == [card.id for card in cards]
    assert all(set(each["front"]) == {"en", "ko"} for each in document["cards"])


def test_kinds_with_gaps_are_cloze_notes(cards: tuple[Card, ...]) -> None:
    assert {card.kind for card in cards if "{{c1::" in card.front[Lang.KO]} == {Kind.MEMBERS}
