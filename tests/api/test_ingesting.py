import subprocess
import sys
import time
from pathlib import Path

import pytest

from api import ingesting
from api.context import Context
from api.outcomes import Change, Report
from api.settings import Settings
from graph import embedded, serialize, snapshot
from graph.errors import StoreBrokenError, StoreLockedError
from graph.store import known_notes
from ingest.errors import NoteNotFoundError
from ontology import iri

POD = "# Pod\n\n- Pending, Running\n"
TAINT = "# Taint\n\n- Taint : 노드가 파드를 밀어내는 표시\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data")


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "pod.md").write_text(POD)
    (folder / "taint.md").write_text(TAINT)
    return folder


def changes(report: Report) -> dict[str, Change]:
    return {Path(note.document).name: note.change for note in report.notes}


def nquads(settings: Settings) -> bytes:
    store = embedded.read_store(settings.store)
    return b"".join(serialize.nquads(store, store.graphs()))


def test_a_first_run_adds_every_note_and_counts_what_it_yields(notes: Path, settings: Settings) -> None:
    report = ingesting.ingest([notes], settings)

    assert changes(report) == {"pod.md": Change.ADDED, "taint.md": Change.ADDED}
    assert all(note.facts and note.concepts and 0 < note.coverage <= 1 for note in report.notes)
    assert len(report.snapshot.notes) == 2


def test_only_what_changed_is_read_again(
    notes: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingesting.ingest([notes], settings)
    (notes / "pod.md").write_text(POD + "- Failed\n")
    read: list[str] = []
    monkeypatch.setattr(
        embedded.EmbeddedStore,
        "replace",
        lambda self, graph, quads, real=embedded.EmbeddedStore.replace: (
            read.append(graph),
            real(self, graph, quads),
        ),
    )

    report = ingesting.ingest([notes], settings)

    assert changes(report) == {"pod.md": Change.CHANGED, "taint.md": Change.UNCHANGED}
    changed = next(note.document for note in report.notes if note.change is Change.CHANGED)
    assert read == [iri.note(changed), iri.INFERRED_GRAPH]


def test_an_unchanged_note_costs_a_hash(
    notes: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = ingesting.ingest([notes], settings)
    saved = settings.snapshot.stat()

    def fail(*_: object) -> None:
        pytest.fail("nothing was to be read or written")

    monkeypatch.setattr("ingest.pipeline.ingest_note", fail)
    monkeypatch.setattr("graph.projection.read", fail)
    monkeypatch.setattr(embedded.EmbeddedStore, "replace", fail)
    report = ingesting.ingest([notes], settings)

    assert set(changes(report).values()) == {Change.UNCHANGED}
    assert report.snapshot == before.snapshot
    assert settings.snapshot.stat().st_mtime_ns == saved.st_mtime_ns


def test_a_note_that_is_gone_is_removed_and_notes_elsewhere_stay(
    notes: Path, tmp_path: Path, settings: Settings
) -> None:
    other = tmp_path / "other.md"
    other.write_text(POD)
    ingesting.ingest([notes, other], settings)
    (notes / "taint.md").unlink()

    report = ingesting.ingest([notes], settings)

    assert changes(report) == {"pod.md": Change.UNCHANGED, "taint.md": Change.REMOVED}
    assert {Path(note.path).name for note in report.snapshot.notes} == {"pod.md", "other.md"}


def test_another_reader_reads_every_note_again(
    notes: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingesting.ingest([notes], settings)
    monkeypatch.setattr(ingesting, "fingerprint", lambda: "another")

    assert set(changes(ingesting.ingest([notes], settings)).values()) == {Change.CHANGED}


def test_equal_notes_give_equal_graphs_in_any_order(notes: Path, tmp_path: Path) -> None:
    one, other = Settings(data=tmp_path / "one"), Settings(data=tmp_path / "other")

    ingesting.ingest([notes], one)
    ingesting.ingest([notes / "taint.md"], other)
    ingesting.ingest([notes], other)

    assert nquads(one) == nquads(other)
    assert one.snapshot.read_bytes() == other.snapshot.read_bytes()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(bytes(range(100)), "binary", id="binary"),
        pytest.param(b"# Pod\n\xff\xfe\xfa caf\xe9\n", "not UTF-8", id="bad UTF-8"),
        pytest.param(b"", "empty", id="empty"),
        pytest.param(b" \n\n", "empty", id="blank"),
        pytest.param(b"x" * 101, "limit is 100", id="too large"),
    ],
)
def test_a_note_that_cannot_be_read_is_refused_and_the_graph_keeps_what_it_knew(
    notes: Path, tmp_path: Path, content: bytes, reason: str
) -> None:
    settings = Settings(data=tmp_path / "data", max_note_bytes=100)
    before = ingesting.ingest([notes], settings).snapshot
    (notes / "pod.md").write_bytes(content)

    report = ingesting.ingest([notes], settings)

    (refused,) = report.refused
    assert reason in str(refused.error)
    assert report.snapshot == before


def test_a_place_that_is_not_there_changes_nothing(notes: Path, tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "empty").mkdir()

    for place in (tmp_path / "none", tmp_path / "empty"):
        with pytest.raises(NoteNotFoundError):
            ingesting.ingest([notes, place], settings)
    assert not settings.data.exists()


def test_a_locked_or_broken_store_is_left_as_it_is(notes: Path, settings: Settings) -> None:
    holder = embedded.open_store(settings.store)
    with pytest.raises(StoreLockedError):
        ingesting.ingest([notes], settings)
    holder.close()

    current = settings.store / "CURRENT"
    current.write_bytes(b"garbage")
    with pytest.raises(StoreBrokenError):
        ingesting.ingest([notes], settings)
    assert current.read_bytes() == b"garbage"


def test_a_lost_read_model_is_made_again(notes: Path, settings: Settings) -> None:
    before = ingesting.ingest([notes], settings).snapshot
    settings.snapshot.write_bytes(b"garbage")

    assert ingesting.ingest([notes], settings).snapshot == before
    assert snapshot.load(settings.snapshot) == before


def test_a_run_cut_short_between_store_and_read_model_is_caught_up(
    notes: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingesting.ingest([notes], settings)
    (notes / "pod.md").write_text(POD + "- Failed\n")
    with monkeypatch.context() as patch:
        patch.setattr(snapshot, "save", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            ingesting.ingest([notes], settings)

    report = ingesting.ingest([notes], settings)

    assert set(changes(report).values()) == {Change.UNCHANGED}
    assert "- Failed" in snapshot.load(settings.snapshot).notes[0].text


def test_readers_see_a_newer_graph_when_they_ask_for_it(notes: Path, settings: Settings) -> None:
    context = Context(settings)
    assert context.view.snapshot.notes == ()

    ingesting.ingest([notes], settings)
    pinned = context.view

    assert context.refresh()
    assert not context.refresh()
    assert pinned.snapshot.notes == ()
    assert len(context.view.snapshot.notes) == 2


INGEST = "import sys; from api.cli import main; sys.exit(main(sys.argv[1:]))"


@pytest.mark.parametrize("seconds", [0, 0.02, 0.06, 0.12])
def test_killed_at_any_moment_each_note_is_old_or_new(
    tmp_path: Path, settings: Settings, seconds: float
) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    files = [folder / f"{number}.md" for number in range(8)]
    for file in files:
        file.write_text(POD)
    ingesting.ingest([folder], settings)
    old = {note.path: note.digest for note in snapshot.load(settings.snapshot).notes}
    for file in files:
        file.write_text(POD + TAINT * 3)

    process = subprocess.Popen(
        [sys.executable, "-c", INGEST, "ingest", str(folder), "--data", str(settings.data)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while not settings.stale.exists() and process.poll() is None:
        time.sleep(0.001)
    time.sleep(seconds)
    process.kill()
    process.wait()

    store = embedded.open_store(settings.store)
    known = known_notes(store)
    sizes = {(known[path].digest, len(store.triples(iri.note(path)))) for path in known}
    store.close()
    assert set(known) == set(old)
    assert len(sizes) == len({digest for digest, _ in sizes})
    assert len(snapshot.load(settings.snapshot).notes) == 8
    report = ingesting.ingest([folder], settings)
    assert {note.digest for note in report.snapshot.notes}.isdisjoint(old.values())
