"""`kubelore cards`: flashcards from notes, as a package for Anki or as text."""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from api import context, examples, ingesting, scenarios
from api.problems import RefusedError
from api.settings import Settings, from_environment
from graph import flashcards
from graph.flashcards import Card, Source, writers
from graph.snapshot import Snapshot
from ingest import read
from ontology.lang import Lang

KUBERNETES = "1.36"

Write = Callable[[Sequence[Card], Path, argparse.Namespace, float], None]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument(
        "notes", metavar="NOTE", nargs="*", type=Path, help="notes or folders; without any, the graph's notes"
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help="ends in .apkg, .csv, .md or .json"
    )
    parser.add_argument(
        "--lang", choices=[lang.value for lang in Lang], default="ko", help="of the questions (ko)"
    )
    parser.add_argument(
        "--timestamp",
        type=_seconds,
        metavar="SECONDS",
        help="time of the deck (newest note, or SOURCE_DATE_EPOCH)",
    )
    parser.add_argument(
        "--link", default="", metavar="URL", help="where kubelore is served, for links to lines"
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="where the graph is kept (.kubelore)")


def run(arguments: argparse.Namespace) -> int:
    """Write the deck and say what is in it.

    Raises:
        RefusedError: a file name that says no format, or no notes to make cards of.
    """
    write = WRITERS.get(arguments.out.suffix)
    if write is None:
        raise RefusedError("BAD_INPUT", f"`{arguments.out}` ends in none of {', '.join(WRITERS)}")
    settings = from_environment()
    if arguments.data:
        settings = replace(settings, data=arguments.data)
    snapshot, files = _notes(arguments.notes, settings)
    if not snapshot.notes:
        raise RefusedError("NOT_FOUND", "no notes: name some, or read them with `kubelore ingest` first")
    cards = flashcards.build(
        snapshot, _scenarios(), engine=f"kubelore {version('kubelore')} (Kubernetes {KUBERNETES})"
    )
    write(cards, arguments.out, arguments, _time(arguments.timestamp, files))
    sys.stderr.write(f"{arguments.out}: {_summary(cards)}\n")
    return 0


def _notes(places: Sequence[Path], settings: Settings) -> tuple[Snapshot, list[Path]]:
    """The snapshot to read, and the files whose age is the deck's."""
    if places:
        files = [path for path, _ in read.find(places)]
        with TemporaryDirectory() as data:
            report = ingesting.ingest(places, replace(settings, data=Path(data)))
        for note in report.refused:
            raise note.error or RefusedError("BAD_INPUT", f"{note.document}: cannot be read")
        return report.snapshot, files
    found = context.Context(settings).view.snapshot
    paths = [Path(note.path) for note in found.notes]
    return found, [path for path in paths if path.is_file()] or [settings.snapshot]


def _scenarios() -> list[Mapping[str, object]]:
    """The bundled scenarios that ask one question; the stories, in a folder of their own, make no cards."""
    files = sorted(examples.scenarios().glob("*.yaml"))
    return [loaded.raw for file in files for loaded in scenarios.load(str(file))]


def _time(given: float | None, files: Iterable[Path]) -> float:
    """The time stamp of the deck: never the clock, so that equal notes give equal bytes."""
    if given is not None:
        return given
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch:
        if not epoch.isdecimal():
            raise RefusedError("BAD_INPUT", f"`SOURCE_DATE_EPOCH` is `{epoch}`, expected a number of seconds")
        return float(epoch)
    times = []
    for file in files:
        with suppress(OSError):
            times.append(int(file.stat().st_mtime))
    return float(max(times, default=0))


def _seconds(text: str) -> float:
    try:
        return float(int(text))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"`{text}` is no number of seconds") from error


def _link(base: str, source: Source) -> str:
    return f"{base.rstrip('/')}/notes/{quote(source.document)}#L{source.line}" if base else ""


def _summary(cards: Sequence[Card]) -> str:
    kinds = Counter(card.kind.value for card in cards)
    return f"{len(cards)} cards ({', '.join(f'{number} {kind}' for kind, number in sorted(kinds.items()))})"


def _apkg(cards: Sequence[Card], out: Path, arguments: argparse.Namespace, timestamp: float) -> None:
    from graph.flashcards import anki  # noqa: PLC0415 - genanki loads jinja and more, for this format only

    link = partial(_link, arguments.link)
    anki.write(cards, out, lang=Lang(arguments.lang), timestamp=timestamp, link=link)


def _csv(cards: Sequence[Card], out: Path, arguments: argparse.Namespace, _: float) -> None:
    text = writers.to_csv(cards, lang=Lang(arguments.lang), link=partial(_link, arguments.link))
    out.write_text(text, encoding="utf-8")


def _markdown(cards: Sequence[Card], out: Path, arguments: argparse.Namespace, _: float) -> None:
    text = writers.to_markdown(cards, lang=Lang(arguments.lang), link=partial(_link, arguments.link))
    out.write_text(text, encoding="utf-8")


def _json(cards: Sequence[Card], out: Path, arguments: argparse.Namespace, _: float) -> None:
    out.write_text(writers.to_json(cards, link=partial(_link, arguments.link)), encoding="utf-8")


WRITERS: Mapping[str, Write] = {".apkg": _apkg, ".csv": _csv, ".md": _markdown, ".json": _json}
