from pathlib import Path

import pytest

from api import ingesting, places
from api.outcomes import Change
from api.settings import Settings


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("notes/pod.md", "notes/deep/pod.md", "more/pod.md"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"# Pod\n\n- Pending, Running\n\n{name}\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(*given: Path | str, known: dict[str, Path] | None = None) -> list[str]:
    return [each.document for each in places.find([Path(place) for place in given], known or {})]


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("written", ["notes", "./notes", "more/../notes", "notes/"])
def test_a_note_is_known_by_its_path_below_the_folder(written: str) -> None:
    assert names(written) == ["deep/pod.md", "pod.md"]


def test_by_whatever_path_the_folder_is_given(here: Path) -> None:
    assert names(here / "notes") == names("notes") == ["deep/pod.md", "pod.md"]


def test_a_file_is_known_by_its_own_name(here: Path) -> None:
    assert names("notes/pod.md") == names(here / "notes" / "pod.md") == ["pod.md"]


def test_one_file_by_two_paths_is_one_note(here: Path) -> None:
    assert names("notes/pod.md", here / "notes" / "pod.md", "notes") == ["pod.md", "deep/pod.md"]


def test_another_file_of_that_name_gets_folders_in_front(here: Path) -> None:
    assert names("notes", "more") == ["deep/pod.md", "pod.md", "more/pod.md"]
    assert names("more", known={"pod.md": here / "notes/pod.md"}) == ["more/pod.md"]


def test_a_file_that_is_gone_leaves_its_name(here: Path) -> None:
    assert names("more", known={"pod.md": here / "gone/pod.md"}) == ["pod.md"]


def test_a_file_keeps_its_name(here: Path) -> None:
    assert names("notes/deep", known={"deep/pod.md": here / "notes/deep/pod.md"}) == ["deep/pod.md"]


def test_a_record_that_is_lost_or_broken_is_none(tmp_path: Path) -> None:
    assert places.load(tmp_path) == {}
    (tmp_path / "places.json").write_text("[1]")
    assert places.load(tmp_path) == {}


def test_a_folder_removes_only_what_stood_in_it(here: Path) -> None:
    settings = Settings(data=here / "data")
    ingesting.ingest([Path("notes"), here / "more"], settings)
    (here / "notes" / "deep" / "pod.md").unlink()

    report = ingesting.ingest([here / "notes"], settings)

    assert [(note.document, note.change) for note in report.notes] == [
        ("pod.md", Change.UNCHANGED),
        ("deep/pod.md", Change.REMOVED),
    ]
    assert [note.path for note in report.snapshot.notes] == ["more/pod.md", "pod.md"]


def test_no_path_of_the_machine_is_in_the_graph(here: Path) -> None:
    report = ingesting.ingest([here / "notes"], Settings(data=here / "data"))

    assert {note.path for note in report.snapshot.notes} == {"pod.md", "deep/pod.md"}
