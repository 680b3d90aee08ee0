"""Second names: an abbreviation, a full name or a translation that the notes themselves give."""

import re
from collections.abc import Iterator

from ingest.extract.facts import PATTERN, Fact
from ingest.extract.reading import Reading
from ingest.lexicon.normalize import fold
from ingest.link.outline import Node
from ingest.link.outline.marks import undecorated
from ingest.parse.blocks import BlockKind

_ABBREVIATION = re.compile(r"[A-Z][A-Za-z0-9]{0,5}s?$")
_HANGUL_NAME = re.compile(r"[가-힣]+(?:\s[가-힣]+){0,3}$")
_LEAST = 2
_LONGEST = 60
_LOCAL = re.compile(r"^[A-Z][A-Za-z]*\.")


def is_second_name(reading: Reading, name: str, text: str) -> bool:
    """Whether `text` is another name of the concept: a label of it, its initials, or itself spelled out."""
    folded = fold(text)
    local = _LOCAL.sub("", name)
    if folded in {fold(name), fold(local)}:
        return True
    if any(e.name == name for e in reading.lexicon.candidates(text)):
        return True
    return _is_abbreviation(text, local)


def _is_abbreviation(text: str, name: str) -> bool:
    if not _ABBREVIATION.match(text) or len(text) < _LEAST:
        return False
    initials = "".join(c for c in name if c.isupper())
    letters = text.rstrip("s").upper()
    return letters in (initials, initials[: len(letters)]) or (
        len(letters) == len(initials)
        and sum(a == b for a, b in zip(letters, initials, strict=True)) >= len(letters) - 1
    )


def brackets(reading: Reading, node: Node) -> Iterator[Fact]:
    """`Toleration(톨러레이션)`, `HPA (Horizontal Pod Autoscaler)`: names and headings with a second name."""
    if node.line is None:
        return
    pairs = [(t.name, t.text, t.bracket) for t in (node.terms or node.left_terms) if t.choice and t.bracket]
    if node.kind is BlockKind.HEADING and node.bracket and len(node.topics) == 1:
        pairs.append((node.topics[0].name, undecorated(node.text).partition("(")[0].strip(), node.bracket))
    pairs.extend(_in_sentence(node))
    for name, first, second in dict.fromkeys(pairs):
        if is_second_name(reading, name, second):
            yield from _alias(node, name, first, second)


def _in_sentence(node: Node) -> Iterator[tuple[str, str, str]]:
    for named in node.named:
        following = node.text[named.end :].lstrip()
        if following.startswith("("):
            inner = following[1:].partition(")")[0].strip()
            if inner and len(inner) < _LONGEST:
                yield named.name, named.mention.surface, inner


def labels(reading: Reading, node: Node) -> Iterator[Fact]:
    """`RWO : ReadWriteOnce`: a short form and what it stands for."""
    if not node.separator or not node.right or node.line is None or node.kind is BlockKind.HEADING:
        return
    terms = reading.terms(node.right, node)
    if len(terms) != 1 or not terms[0].choice:
        return
    left = node.left.strip()
    name = terms[0].name
    if (node.left_terms and node.left_terms[0].name == name) or (
        not node.left_terms and is_second_name(reading, name, left)
    ):
        yield from _alias(node, name, terms[0].text, left)


def roles(reading: Reading, node: Node) -> Iterator[Fact]:
    """`약어 : HPA` below a concept."""
    if node.role == "alias" and node.right and node.line is not None and not node.left_terms:
        owners = reading.owners(node)
        if len(owners.names) == 1:
            for second in re.split(r"\s*[,/]\s*", node.right):
                yield Fact(
                    subject=owners.names[0], predicate="alsoKnownAs", object=second, literal=True,
                    lines=(*owners.lines, node.line), kind=PATTERN,
                )  # fmt: skip


def _alias(node: Node, name: str, first: str, second: str) -> Iterator[Fact]:
    if node.line is None:
        return
    local = fold(_LOCAL.sub("", name))
    shown = first if fold(second) in {local, fold(name)} else second
    if fold(shown) not in {fold(name), local}:
        yield Fact(
            subject=name,
            predicate="alsoKnownAs",
            object=shown,
            literal=True,
            lines=(node.line,),
            kind=PATTERN,
        )
