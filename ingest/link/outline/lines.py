"""Items and paragraphs: labels, lists of names, arrows that explain, phrases named by their last words."""

import re

from msgspec.structs import replace

from ingest.link.api import direct_fields
from ingest.link.disambiguate import Choice, Context
from ingest.link.outline.headings import choices
from ingest.link.outline.labels import first_separator, read_label
from ingest.link.outline.linker import Linker
from ingest.link.outline.marks import ARROW, ARROWHEADS, compared, undecorated
from ingest.link.outline.nodes import Node, Term
from ingest.link.outline.questions import asked, wondered
from ingest.link.outline.words import is_situation
from ingest.parse.blocks import BlockKind
from ontology.concepts import ConceptKind

_LONG = 90
_LATIN_WORD = re.compile(r"[A-Za-z]{4,40}$")
_HANGUL = re.compile(r"[가-힣]")
_MODIFIER = re.compile(r"(?:의|안|내|간|별|용|[A-Za-z0-9]|[가-힣]{2,}(?<![은는이가을를에로와과고며면서]))$")
_PHRASE_WORDS = 6
_FIELDS_AROUND = 2
_PAIR = 2
_ACTING = frozenset({ConceptKind.COMPONENT, ConceptKind.KIND})
_EXPLAINING = frozenset({"=>", "⇒"})


class LineReader:
    """Reads the lines of one note."""

    def __init__(self, linker: Linker) -> None:
        self._linker = linker
        self._fields: dict[tuple[int, str], int] = {}

    def read(self, node: Node, context: Context) -> None:
        """Find out what a line is: a label, a flow, a list of names, or text."""
        text = undecorated(node.text)
        if not text:
            return
        node.question = asked(text)
        node.wondered = "" if node.question else wondered(text)
        arrow = None if ARROWHEADS.isdisjoint(node.characters) else ARROW.search(text)
        separator = first_separator(text, node)
        if (
            separator
            and (
                arrow is None or separator.start() < arrow.start() or self._explains(text, separator, context)
            )
            and read_label(self._linker, node, text, separator, context)
        ):
            return
        if arrow is not None:
            self._pointed(node, text, arrow, context)
        elif len(text) <= _LONG:
            self._named(node, text, context)

    def _named(self, node: Node, text: str, context: Context) -> None:
        line = node.block.line
        sides = compared(text)
        if len(sides) > 1 and all(self._linker.term(p, context, line=line).choice for p in sides):
            node.contrast = True
            return
        terms = self._as_field(node, self._linker.terms(text, context, line=line, wholly=True), context)
        if terms and all(t.choice for t in terms):
            node.terms = terms
            node.topics = choices(terms)
            if len(terms) == 1:
                node.role, node.bracket = terms[0].role, terms[0].bracket
            return
        if len(terms) == 1 and terms[0].role:
            node.role, node.bracket = terms[0].role, terms[0].bracket
            node.contrast = node.role == "contrast"
            return
        node.clause = is_situation(text)

    def _pointed(self, node: Node, text: str, arrow: re.Match[str], context: Context) -> None:
        """`emptyDir → deleted with the Pod`: what is said of a name that cannot act."""
        left, right = text[: arrow.start()], text[arrow.end() :].strip()
        if not left or len(right.split()) < _PAIR or ARROW.search(right):
            return
        line = node.block.line
        term = self._linker.term(left, context, line=line)
        if term.choice is None or term.choice.kind in _ACTING:
            return
        if any(e.kind is ConceptKind.COMPONENT for m in node.mentions for e in m.entries):
            return  # a step of a flow
        if all(t.choice for t in self._linker.terms(right, context, line=line)):
            return
        node.left, node.right, node.separator = left.strip(), right, arrow[0].strip()
        node.left_terms, node.topics = (term,), (term.choice,)

    def _explains(self, text: str, separator: re.Match[str], context: Context) -> bool:
        """Whether `=>` leads to an explanation: between names it is a flow."""
        if separator[0].strip() not in _EXPLAINING:
            return False
        parts = [p for p in ARROW.split(text) if p.strip()]
        return len(parts) == 1 or not all(self._linker.term(p, context).choice for p in parts)

    def _as_field(self, node: Node, terms: tuple[Term, ...], context: Context) -> tuple[Term, ...]:
        """Among fields of the API, a name that is none of them is the field that it nearly is."""
        if len(terms) != 1 or not _LATIN_WORD.match(terms[0].text) or node.parent is None:
            return terms
        choice = terms[0].choice
        if choice is not None and choice.kind is ConceptKind.FIELD:
            return terms
        for owner in context.owners[:2]:
            known = direct_fields(owner)
            if self._fields_around(node.parent, owner, known) < _FIELDS_AROUND:
                continue
            meant = self._linker.speller.among(terms[0].text, known)
            if meant:
                reason = f"a field of {owner}"
                self._linker.note(node.block.line, terms[0].text, meant, reason)
                found = self._linker.resolve(meant, context) or Choice(meant, ConceptKind.FIELD, 0.8, reason)
                return (replace(terms[0], choice=found, name=found.name),)
        return terms

    def _fields_around(self, parent: Node, owner: str, known: frozenset[str]) -> int:
        key = (id(parent), owner)
        if key not in self._fields:
            self._fields[key] = sum(undecorated(s.text) in known for s in parent.children)
        return self._fields[key]


def name_by_last_words(node: Node) -> None:
    """`컨테이너의 이미지 다운로드` names what its last words name."""
    if node.kind is BlockKind.PARAGRAPH or not node.named or len(node.text.split()) > _PHRASE_WORDS:
        return
    last = node.named[-1]
    if last.mention.particle or last.choice.kind is not ConceptKind.ABSTRACT or not _HANGUL.search(node.text):
        return
    if node.text[last.mention.stop :].strip() in {"", "시", "때"}:
        before = node.text[: last.start].rstrip()
        if not before or _MODIFIER.search(before):
            node.topics = (last.choice,)
