"""RDF graphs in the forms that clients ask for by media type.

Source: W3C RDF 1.1 Turtle, N-Triples; JSON-LD 1.1.
"""

from collections.abc import Mapping

import pyoxigraph
from pyoxigraph import RdfFormat

from ontology import iri

TURTLE = "text/turtle"
JSON_LD = "application/ld+json"
N_TRIPLES = "application/n-triples"
FORMS: Mapping[str, RdfFormat] = {
    TURTLE: RdfFormat.TURTLE,
    JSON_LD: RdfFormat.JSON_LD,
    N_TRIPLES: RdfFormat.N_TRIPLES,
}


def convert(ntriples: bytes, media_type: str) -> bytes:
    """Return N-Triples in the form of that media type, with our prefixes where the form has any."""
    # sorted, so that equal graphs give equal bytes
    lines = b"".join(sorted(ntriples.splitlines(keepends=True)))
    if media_type == N_TRIPLES:
        return lines
    triples = (quad.triple for quad in pyoxigraph.parse(lines, format=RdfFormat.N_TRIPLES))
    text = pyoxigraph.serialize(triples, format=FORMS[media_type], prefixes=dict(iri.PREFIXES)) or b""
    return _sorted_prefixes(text) if media_type == TURTLE else text


def _sorted_prefixes(turtle: bytes) -> bytes:
    # the engine writes them first, in an order that changes from process to process
    lines = turtle.splitlines(keepends=True)
    prefixes = sorted(line for line in lines if line.startswith(b"@prefix "))
    return b"".join([*prefixes, *lines[len(prefixes) :]])
