"""`kubelore doctor`: whether the graph is whole, and has the shape that readers rely on."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from api.context import Context, context
from api.printing import counted, document, style
from graph import embedded, projection, validation
from graph.validation import Validation
from ontology.lang import Lang

_HINTS = {
    True: "",
    False: ": older than the store, run `kubelore ingest` again",
    None: ": not compared with the store",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("-o", "--output", choices=("table", "json", "turtle"), default="table")
    parser.add_argument("--lang", choices=[lang.value for lang in Lang], default=Lang.EN.value)
    parser.add_argument("--data", type=Path, metavar="DIR", help="where the graph is kept (.kubelore)")


def run(arguments: argparse.Namespace) -> int:
    """Run the command: 0 healthy, 1 something is wrong with the graph; what cannot be opened is an error."""
    here = context(arguments.data)
    store = embedded.read_store(here.settings.store)
    try:
        found = validation.check(store)
        # a graph that lacks its shape cannot be read as a whole
        is_current = (
            projection.project(store).version == here.view.snapshot.version if found.conforms else None
        )
    finally:
        store.close()
    if arguments.output == "turtle":
        sys.stdout.write(found.turtle())
    elif arguments.output == "json":
        sys.stdout.write(document("HealthReport", _plain(here, found, is_current=is_current), "json"))
    else:
        sys.stdout.writelines(
            f"{line}\n" for line in _lines(here, found, arguments.lang, is_current=is_current)
        )
    return 0 if found.conforms and is_current else 1


def _plain(here: Context, found: Validation, *, is_current: bool | None) -> dict[str, Any]:
    snapshot = here.view.snapshot
    return {
        "conforms": found.conforms,
        "readModelIsCurrent": is_current,
        "version": snapshot.version,
        "notes": len(snapshot.notes),
        "facts": len(snapshot.facts),
        "concepts": len(snapshot.concepts),
        "findings": len(snapshot.findings),
        "violations": [
            {"graph": v.graph, "focus": v.focus, "shape": v.shape, "value": v.value, "message": v.message}
            for v in found.violations
        ],
    }


def _lines(here: Context, found: Validation, lang: str, *, is_current: bool | None) -> Iterator[str]:
    snapshot = here.view.snapshot
    yield f"{_mark(ok=True)} store {here.settings.store}"
    yield f"{_mark(ok=is_current is not False)} read model {snapshot.version}{_HINTS[is_current]}"
    yield (
        f"  {counted(len(snapshot.notes), 'note')}, {counted(len(snapshot.facts), 'fact')}, "
        f"{counted(len(snapshot.concepts), 'concept')}, {counted(len(snapshot.findings), 'finding')}"
    )
    yield f"{_mark(ok=found.conforms)} shapes: {counted(len(found.violations), 'violation')}"
    for each in found.violations:
        message = each.message.get(lang, each.message[Lang.EN.value])
        yield f"  {each.severity.lower()}: {each.focus} {each.value}: {message}".replace(" :", ":")


def _mark(*, ok: bool) -> str:
    return style("ok", "green") if ok else style("!!", "red")
