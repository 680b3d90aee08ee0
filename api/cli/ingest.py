"""`kubelore ingest`: notes into the graph, and what changed."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api import ingesting
from api.ingesting import Progress
from api.outcomes import Change, NoteReport, Report
from api.printing import counted, is_for_eyes, style
from api.problems import problem
from api.settings import Settings, from_environment
from graph.errors import GraphError
from ingest.errors import IngestError

_COLOUR = {Change.ADDED: "green", Change.CHANGED: "yellow", Change.REMOVED: "red", Change.REFUSED: "red"}
_REFUSED = 2


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("places", metavar="NOTE-OR-FOLDER", nargs="+", type=Path, help="markdown notes")
    parser.add_argument("--data", type=Path, metavar="DIR", help="where the graph is kept (.kubelore)")
    parser.add_argument("--watch", action="store_true", help="go on whenever a note is saved")
    parser.add_argument("-q", "--quiet", action="store_true", help="say only what was refused")


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    settings = from_environment(arguments.data)
    code = _once(arguments, settings)
    if arguments.watch:
        from watchfiles import watch  # noqa: PLC0415 - only who watches pays for loading it

        sys.stderr.write("watching; stop with Ctrl-C\n")
        for _ in watch(*arguments.places, raise_interrupt=True):
            code = _again(arguments, settings)
    return code


def _again(arguments: argparse.Namespace, settings: Settings) -> int:
    """As `_once`, but what goes wrong while somebody edits is told and waited for."""
    try:
        return _once(arguments, settings)
    except (IngestError, GraphError, OSError) as error:
        sys.stderr.write(f"{problem(error).as_text()}\n")
        return _REFUSED


def _once(arguments: argparse.Namespace, settings: Settings) -> int:
    with progress_bar() as progress:
        report = ingesting.ingest(arguments.places, settings, progress)
    if not arguments.quiet:
        sys.stdout.writelines(f"{line}\n" for line in _lines(report))
        sys.stdout.flush()
    for note in report.refused:
        sys.stderr.write(f"{problem(note.error).as_text() if note.error else note.document}\n")
    return _REFUSED if report.refused else 0


def _lines(report: Report) -> Iterator[str]:
    for note in report.notes:
        if note.change is not Change.REFUSED:
            yield _line(note)
    found = report.snapshot
    yield (
        f"graph {found.version}: {counted(len(found.notes), 'note')}, {counted(len(found.facts), 'fact')}, "
        f"{counted(len(found.concepts), 'concept')}, {counted(len(found.findings), 'finding')}"
    )


def _line(note: NoteReport) -> str:
    change = style(f"{note.change.value:<9}", *filter(None, [_COLOUR.get(note.change)]))
    if note.change not in (Change.ADDED, Change.CHANGED):
        return f"{change}  {note.document}"
    counts = ", ".join(
        (
            counted(note.facts, "fact"),
            counted(note.concepts, "concept"),
            counted(note.findings, "finding"),
            counted(note.unread, "unread line"),
        )
    )
    return f"{change}  {note.document}: {counts}, {note.coverage:.0%} read"


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Show a bar on standard error while notes are read, if that is a terminal."""
    if not is_for_eyes(sys.stderr):
        yield ingesting.quiet
        return
    from rich.console import Console  # noqa: PLC0415 - slow to load, and of no use in a pipe
    from rich.progress import Progress as Bar  # noqa: PLC0415

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading")

        def show(done: int, total: int, document: str) -> None:
            bar.update(task, completed=done, total=total, description=Path(document).name)

        yield show
