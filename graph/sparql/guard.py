"""What a query may ask: to read this graph, and nothing outside it.

The engine would refuse an update by itself, but not `SERVICE`, which sends requests to other machines. A
query is cut into tokens only as far as is needed to tell a keyword from a string, a comment or a name.

Source: W3C SPARQL 1.1 Query Language, section 19 (grammar; 19.2, code point escapes).
"""

import re

from graph.errors import QueryError

_TOKEN = re.compile(
    r"""(?P<skipped>
          \#[^\n\r]*
        | \"\"\"(?:(?:"|"")?(?:[^"\\]|\\.))*\"\"\" | '''(?:(?:'|'')?(?:[^'\\]|\\.))*'''
        | "(?:[^"\\\n\r]|\\.)*" | '(?:[^'\\\n\r]|\\.)*'
        | <[^<>"{}|^`\\\s]*>
        | [?$]\w+
        | @[A-Za-z]+(?:-[A-Za-z0-9]+)*
        | (?:[^\W\d_](?:[\w.-]*[\w-])?)?:(?:[\w:%.~!$&'*+,;=/?\#@()\\-]*[\w:%-])?
        )
      | (?P<word>[A-Za-z]+)
      | .""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_LAST = 0x10FFFF

READING = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})
_WRITING = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"})
_PROLOGUE = frozenset({"PREFIX", "BASE", "VERSION"})


def form(query: str) -> str:
    """Return the form of a query that may be run: SELECT, ASK, CONSTRUCT or DESCRIBE.

    Raises:
        QueryError: an update, a SERVICE, or none of the forms.
    """
    words = _words(query)
    # Escapes may stand anywhere and spell a keyword; a string they open or close hides nothing twice.
    spelled = _words(_ESCAPE.sub(_character, query))
    if "SERVICE" in words or "SERVICE" in spelled:
        raise QueryError("SERVICE is not allowed: queries read this graph only")
    first = next((word for word in words if word not in _PROLOGUE), "")
    if first in _WRITING:
        raise QueryError(f"{first} is not allowed: the graph is read-only here, notes change it")
    if first not in READING:
        raise QueryError("not a SPARQL query: expected SELECT, ASK, CONSTRUCT or DESCRIBE")
    return first


def names_graphs(query: str) -> bool:
    """Whether the query itself says which graphs it is about (FROM, FROM NAMED)."""
    return "FROM" in _words(query)


def _words(query: str) -> list[str]:
    return [match["word"].upper() for match in _TOKEN.finditer(query) if match["word"]]


def _character(escape: re.Match[str]) -> str:
    code = int(escape[1] or escape[2], 16)
    return chr(code) if code <= _LAST else ""
