from pathlib import Path

import msgspec
import pytest

from graph import snapshot as snapshots
from graph.errors import StoreBrokenError, StoreMissingError
from graph.snapshot import Snapshot


def test_a_saved_snapshot_is_the_same_when_loaded(snapshot: Snapshot, tmp_path: Path) -> None:
    file = tmp_path / "deep" / "snapshot.msgpack"

    snapshots.save(snapshot, file)

    assert snapshots.load(file) == snapshot
    assert [each.name for each in file.parent.iterdir()] == [file.name]


def test_the_version_follows_from_the_content(snapshot: Snapshot) -> None:
    unversioned = msgspec.structs.replace(snapshot, version="")

    assert snapshots.seal(unversioned) == snapshot
    assert snapshots.seal(msgspec.structs.replace(unversioned, facts=())).version != snapshot.version


def test_what_is_no_snapshot_is_told_from_none(tmp_path: Path) -> None:
    file = tmp_path / "snapshot.msgpack"

    with pytest.raises(StoreMissingError):
        snapshots.load(file)
    file.write_bytes(b"garbage")
    with pytest.raises(StoreBrokenError, match="not a snapshot"):
        snapshots.load(file)


def test_a_file_of_another_format_is_refused_not_misread(tmp_path: Path) -> None:
    file = tmp_path / "snapshot.msgpack"
    file.write_bytes(msgspec.msgpack.encode([snapshots.FORMAT + 1, ["whatever"]]))

    with pytest.raises(StoreBrokenError, match="another version"):
        snapshots.load(file)


def test_adjacency_leads_from_a_concept_to_its_facts(snapshot: Snapshot) -> None:
    pod = snapshot.concept_index["Pod"]
    outgoing = [snapshot.facts[index] for index in snapshot.outgoing[pod]]
    incoming = [snapshot.facts[index] for index in snapshot.incoming[pod]]

    assert {fact.subject for fact in outgoing} == {pod}
    assert {fact.object for fact in incoming} == {pod}
    assert any(fact.predicate == "deletes" for fact in incoming)


def test_lines_of_a_note_end_only_where_spans_say_so(snapshot: Snapshot) -> None:
    note = msgspec.structs.replace(snapshot.notes[0], text="a\r\nb\x0cc\rd\u2028e\n")

    assert note.lines == ["a", "b\x0cc", "d\u2028e", ""]
