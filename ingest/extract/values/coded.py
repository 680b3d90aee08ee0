"""`Headless = `clusterIP: None``, `` `immutable: true` = … ``: a field with its value in a code span."""

import re
from collections.abc import Iterator

from ingest.extract.facts import PATTERN, Fact
from ingest.extract.reading import (
    FIELD_WITH_VALUE,
    Owners,
    Reading,
    narrowed,
)
from ingest.link.api import owns
from ingest.link.outline import Node

_ARTICLE = 4
_STANDS_FIRST = re.compile(r"\s*(?:[=:(→–-]|$)")  # behind a value; `…이면` makes a condition of it
_DENIED_BEFORE = re.compile(r"\b(?:not|never|cannot|can't|don't|no longer)\b[^,.;]*$", re.IGNORECASE)
_DENIED_BEHIND = re.compile(r"[^,.]{0,20}?(?:수\s?없|안\s?[되된됨됩]|불가|지\s?(?:않|못|마|말)|금지)")


def coded(reading: Reading, node: Node) -> Iterator[Fact]:
    """`Headless = `clusterIP: None``, `` `immutable: true` = … ``: a field with its value in a code span."""
    if node.line is None or node.inline.is_code:
        return
    for start, end in node.inline.codes:
        match = FIELD_WITH_VALUE.fullmatch(node.inline.text, start, end)
        if match is None or not reading.is_field(match["field"]):
            continue
        owners = _owners_of_coded(reading, node, match[0]) or _subject_of_coded(node, match)
        denied = owners is not None and owners.node is node and not node.left_terms and _is_denied(match)
        for owner in narrowed(owners.names, match["field"]) if owners else ():
            if owner != match["field"]:
                yield Fact(
                    subject=owner, predicate="hasField", object=f"{match['field']}={match['value']}",
                    lines=(*owners.lines, node.line) if owners else (node.line,), kind=PATTERN,
                    negated=denied,
                )  # fmt: skip


def _owners_of_coded(reading: Reading, node: Node, written: str) -> Owners | None:
    """The label before it, or what is above where it stands first."""
    if node.left_terms and node.right == written:
        return Owners(tuple(t.name for t in node.left_terms), node, ())
    if node.text.startswith(written) and _STANDS_FIRST.match(node.text[len(written) :]):
        return reading.owners(node)
    return None


def _subject_of_coded(node: Node, match: re.Match[str]) -> Owners | None:
    """`A Job must not use `restartPolicy: Always``: the name that opens the sentence, if it has the field."""
    first = node.named[0] if node.named and not node.separator else None
    if first is None or first.end >= match.start() or len(node.text[: first.start]) > _ARTICLE:
        return None
    return Owners((first.name,), node, ()) if owns(first.name, match["field"]) else None


def _is_denied(match: re.Match[str]) -> bool:
    before, behind = match.string[: match.start()], match.string[match.end() :]
    return _DENIED_BEFORE.search(before) is not None or _DENIED_BEHIND.match(behind) is not None
