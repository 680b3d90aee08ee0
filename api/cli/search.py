"""`kubelore search`: concepts, sections and facts that a text finds, in Korean and English at once."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from api.context import View, context
from api.printing import document, style
from graph.search import Hit, search
from graph.search.snippets import Snippet

_KINDS = ("concept", "section", "fact")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("text", metavar="TEXT", nargs="+", help="words in either language")
    parser.add_argument("--kind", choices=_KINDS, action="append", help="only these; may be repeated")
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="at most so many (20)")
    parser.add_argument("-o", "--output", choices=("table", "json"), default="table")
    parser.add_argument("--data", type=Path, metavar="DIR", help="where the graph is kept (.kubelore)")


def run(arguments: argparse.Namespace) -> int:
    """Run the command: 0 when something was found, else 1."""
    view = context(arguments.data).view
    text = " ".join(arguments.text)
    hits = search(view.index, text, limit=arguments.limit, kinds=arguments.kind or _KINDS)
    if arguments.output == "json":
        body = {"text": text, "hits": [_plain(view, hit) for hit in hits]}
        sys.stdout.write(document("SearchResult", body, "json"))
    else:
        sys.stdout.writelines(f"{line}\n" for hit in hits for line in _lines(view, hit))
    return 0 if hits else 1


def _plain(view: View, hit: Hit) -> dict[str, Any]:
    return {
        "kind": hit.document.kind,
        "name": _name(view, hit),
        "document": _document(view, hit),
        "line": hit.line or None,
        "snippet": hit.snippet.text,
        "highlights": [list(each) for each in hit.snippet.highlights],
    }


def _lines(view: View, hit: Hit) -> Iterator[str]:
    place = f"{_document(view, hit)}:{hit.line}" if hit.line else ""
    yield f"{hit.document.kind:<7}  {style(_name(view, hit), 'bold')}  {style(place, 'dim')}".rstrip()
    shown = _highlighted(hit.snippet)
    if shown != _name(view, hit):
        yield f"         {shown}"


def _name(view: View, hit: Hit) -> str:
    """What is found is called: a concept by its name, a section by its title, a fact by what it says."""
    found, item = view.snapshot, hit.document.item
    if hit.document.kind == "concept":
        return found.concepts[item].name
    if hit.document.kind == "section":
        return found.notes[hit.document.note].sections[item].title
    fact = found.facts[item]
    target = fact.text if fact.object < 0 else found.concepts[fact.object].name
    return f"{found.concepts[fact.subject].name} {fact.predicate} {target}"


def _document(view: View, hit: Hit) -> str | None:
    return view.snapshot.notes[hit.document.note].path if hit.document.note >= 0 else None


def _highlighted(snippet: Snippet) -> str:
    parts, at = [], 0
    for start, end in snippet.highlights:
        if start >= at:
            parts += [snippet.text[at:start], style(snippet.text[start:end], "bold", "yellow")]
            at = end
    return "".join((*parts, snippet.text[at:]))
