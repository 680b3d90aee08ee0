"""`kubelore export`: the graph as Turtle, TriG, JSON-LD, N-Quads, Mermaid or DOT."""

import argparse
import sys
from pathlib import Path

from api.context import Context, context
from ontology.lang import Lang
from ontology.statements import Layer

_RDF = ("turtle", "trig", "jsonld", "nquads")
_DRAWN = ("mermaid", "dot")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    layers = [layer.value for layer in Layer]
    parser.add_argument("--format", choices=(*_RDF, *_DRAWN), default="turtle", help="(turtle)")
    parser.add_argument("--layer", choices=layers, action="append", help="only this; may be repeated (all)")
    parser.add_argument("--around", metavar="CONCEPT", help="mermaid, dot: only what surrounds this concept")
    parser.add_argument("--depth", type=int, default=1, metavar="N", help="with --around: facts away (1)")
    parser.add_argument("--lang", choices=[lang.value for lang in Lang], default=Lang.EN.value)
    parser.add_argument("--out", type=Path, metavar="FILE", help="write there instead of standard output")
    parser.add_argument("--data", type=Path, metavar="DIR", help="where the graph is kept (.kubelore)")


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    here = context(arguments.data)
    layers = frozenset(arguments.layer or (layer.value for layer in Layer))
    text = (
        _drawn(here, arguments, layers)
        if arguments.format in _DRAWN
        else _rdf(here, arguments.format, layers)
    )
    if arguments.out:
        arguments.out.write_bytes(text)
    else:
        sys.stdout.buffer.write(text)
    return 0


def _rdf(here: Context, form: str, layers: frozenset[str]) -> bytes:
    from graph import embedded, serialize, store  # noqa: PLC0415 - a drawing needs no store

    opened = embedded.read_store(here.settings.store)
    try:
        graphs = [name for name in opened.graphs() if store.layer_of(name) in layers]
        return b"".join(serialize.FORMATS[form](opened, graphs))
    finally:
        opened.close()


def _drawn(here: Context, arguments: argparse.Namespace, layers: frozenset[str]) -> bytes:
    from graph import diagrams  # noqa: PLC0415 - RDF needs no drawing

    found = here.view.snapshot
    if arguments.around:
        concept = here.view.concept(arguments.around)
        diagram = diagrams.around(found, concept, depth=arguments.depth)
    else:
        diagram = diagrams.whole(found, layers=layers)
    return diagrams.FORMATS[arguments.format](diagram, Lang(arguments.lang)).encode()
