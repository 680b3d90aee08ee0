"""Members of a class: what is listed behind it, and whose members they are."""

import re
from collections.abc import Iterator

from ingest.extract.facts import PATTERN, Fact
from ingest.extract.reading import Owners, Reading, is_class
from ingest.link.outline import Node, Term
from ontology.concepts import ConceptKind

TYPICAL = re.compile(
    r"^(?:대표적인|대표적으로|대표|typical|common|popular)\s+(?:예시?\s*[):：]\s*)?(?P<rest>.+)$",
    re.IGNORECASE,
)
ET_CETERA = re.compile(
    r"\s*(?:등(?:등|이|을|의|에)?|etc\.?|and so on|\.\.\.|…)\s*(?:이? ?있다|이? ?있음|이? ?있습니다|이다|입니다)?[.\s]*$",  # noqa: E501  one list, one line
    re.IGNORECASE,
)
RELATIVE = re.compile(r"(?P<modifier>.*[가-힣](?:는|은|한|된|할|던|적인)\s+)(?P<list>[^\s].*)$")
LEAST = 2
_WORDS_OF_A_NAME = 3
_DENIED = re.compile(r"\s[XxOo✗✕❌⭕]$")
_LONGEST = 60
JUST_BEFORE = re.compile(r"[\s,(:–—-]*(?:plugins?|플러그인)?[\s,(:–—-]*$", re.IGNORECASE)


def subject_of(reading: Reading, node: Node, before: int) -> Owners:
    """Return whose members are listed behind an offset: of a label, the class before, what is above."""
    if node.left_terms and node.left_terms[0].choice:
        return Owners(tuple(t.name for t in node.left_terms), node, ())
    owners = reading.owners(node)
    head = [n for n in node.named if n.end <= before]
    if (
        head
        and JUST_BEFORE.match(node.text[head[-1].mention.stop : before])
        and may_have_members(reading, head[-1].name)
    ):
        return Owners((head[-1].name,), node, ())
    return owners


def listed_members(reading: Reading, node: Node, owners: Owners, text: str, kind: str) -> Iterator[Fact]:
    """Each member of a list; a gloss in its bracket defines it."""
    for term in reading.terms(ET_CETERA.sub("", text).rstrip(" ."), node):
        if not term.choice and (_is_prose(term) or len(term.text) > _LONGEST):
            break  # the list is over, the sentence goes on
        if not term.text:
            continue
        name = term.name or _noun(term.text)
        for owner in owners.names:
            if owner != name:
                yield as_example(owner, name, owners, node, literal=not term.choice, kind=kind)
        if term.bracket and term.choice and node.line is not None and not _DENIED.search(term.bracket):
            yield Fact(
                subject=name, predicate="definition", object=term.bracket, literal=True, lines=(node.line,), kind=PATTERN  # noqa: E501  one list, one line
            )  # fmt: skip


def may_have_members(reading: Reading, name: str) -> bool:
    """Whether a concept is a class: one whose members we know, or any idea."""
    return is_class(name) or reading.kind(name) is ConceptKind.ABSTRACT


def _noun(text: str) -> str:
    return text.strip("`'\" ")


def _is_prose(term: Term) -> bool:
    return len(term.text.split()) > _WORDS_OF_A_NAME


def as_example(  # noqa: PLR0913  the parts of a fact
    owner: str, name: str, owners: Owners, node: Node, *, kind: str, literal: bool = False
) -> Fact:
    """Return one member of a class as a fact."""
    lines = (*owners.lines, node.line) if node.line else owners.lines
    return Fact(subject=owner, predicate="hasExample", object=name, lines=lines, kind=kind, literal=literal)
