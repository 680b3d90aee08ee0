"""N-Triples, read without making an object of every term: the read model is built from millions of them.

Source: W3C RDF 1.1 N-Triples, sections 2 and 7 (grammar and escapes).
"""

import re
from collections.abc import Iterator

from graph.store import Term

# subject, predicate, and one of IRI, blank node, literal with its tag
_TRIPLE = re.compile(
    r"(<[^>]*>|_:\S+) <([^>]*)> "
    r"(?:<([^>]*)>|(_:\S+)|\"((?:[^\"\\]|\\.)*)\"(?:@([A-Za-z0-9-]+)|\^\^<([^>]*)>)?) \."
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_SHORT = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}


def read(ntriples: bytes) -> Iterator[tuple[str, str, Term]]:
    """Yield subject, predicate and object of each triple; subject and predicate as bare IRIs.

    A blank node as subject keeps its `_:`. Only what an engine writes is read: one triple a line, single
    spaces, no comments.
    """
    for subject, predicate, named, blank, text, language, datatype in _TRIPLE.findall(ntriples.decode()):
        if named:
            term = Term("iri", named)
        elif blank:
            term = Term("bnode", blank)
        else:
            term = Term("literal", unescape(text), language or datatype)
        yield subject[1:-1] if subject[0] == "<" else subject, predicate, term


def raw(ntriples: bytes) -> Iterator[tuple[str, str, str]]:
    """Yield subject, predicate and object of each line as they are written, sorted."""
    for line in sorted(filter(None, ntriples.decode().split("\n"))):
        subject, predicate, rest = line.split(" ", 2)
        yield subject, predicate, rest.removesuffix(" .")


def unescape(text: str) -> str:
    """Return a literal's text without its escapes."""
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(escape: re.Match[str]) -> str:
    short, long, letter = escape.groups()
    return _SHORT[letter] if letter else chr(int(short or long, 16))
