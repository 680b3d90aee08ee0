"""Headings: the concepts that they name, or the label, contrast or question that they are."""

import re
from collections.abc import Iterable

from msgspec.structs import replace

from ingest.link.disambiguate import Choice, Context
from ingest.link.outline.linker import Linker
from ingest.link.outline.marks import compared, split_brackets, undecorated
from ingest.link.outline.nodes import Node, Term
from ingest.link.outline.questions import asked, wondered
from ingest.link.outline.roles import OF_HEADINGS, belongs_elsewhere, role_of, without_role
from ingest.link.outline.tree import replace_text
from ingest.link.outline.words import is_clause

_DASHED = re.compile(r"\s+[-–—]\s+|\s*:\s+")
_GLOSSED_PAIR = re.compile(r"^[^()（）]+[(（][^()（）]*[)）]\s*(?:,|/|&|\+|와\s|과\s|랑\s|및\s|and\s|or\s)")
_PAIR = 2


def read_heading(linker: Linker, node: Node, context: Context) -> None:
    """Give a heading its topics, or the role that it has instead."""
    text = undecorated(node.text)
    topical = replace(context, topic=True)
    bare, brackets = split_brackets(text)
    node.bracket = brackets[0] if brackets else ""
    if _reads_as_versus(linker, node, bare, topical):
        return
    node.question = asked(text)
    node.wondered = "" if node.question else wondered(text)
    if _reads_as_contrast(linker, node, bare, topical) or _reads_as_pair(linker, node, bare, topical):
        return
    if is_clause(bare):
        node.clause = True
        return
    role = role_of(bare)
    if role in OF_HEADINGS or (role == "parts" and belongs_elsewhere(context.owners)):
        node.role = role
        return
    _name_topics(linker, node, text, bare, topical)


def _reads_as_versus(linker: Linker, node: Node, bare: str, context: Context) -> bool:
    sides = compared(bare)
    if len(sides) < _PAIR:
        return False
    terms = tuple(linker.term(side, context, line=node.block.line) for side in sides)
    if not all(t.choice for t in terms):
        return False
    node.contrast = True
    node.topics = choices(terms)
    return True


def _reads_as_contrast(linker: Linker, node: Node, bare: str, context: Context) -> bool:
    rest, role = without_role(bare)
    if "contrast" not in {role, role_of(bare)}:
        return False
    node.contrast = True
    node.role = "contrast"
    node.topics = choices(linker.terms(rest, context, line=node.block.line))
    return True


def _reads_as_pair(linker: Linker, node: Node, bare: str, context: Context) -> bool:
    """`X - Y`: X, by means of Y."""
    pair = _DASHED.split(bare, maxsplit=1)
    if len(pair) != _PAIR:
        return False
    terms = tuple(linker.term(p, context, line=node.block.line) for p in pair)
    if not all(t.choice for t in terms):
        return False
    node.left_terms, node.terms = terms[:1], terms[1:]
    node.topics = choices(terms[:1])
    return True


def _name_topics(linker: Linker, node: Node, text: str, bare: str, context: Context) -> None:
    dealt = _GLOSSED_PAIR.match(text) is not None  # each name has its own bracket
    terms = linker.terms(text if dealt else bare, context, line=node.block.line)
    if terms and all(t.choice for t in terms):
        node.terms, node.topics = terms, choices(terms)
        node.role = terms[0].role if len(terms) == 1 else ""
        node.bracket = "" if dealt else node.bracket
        return
    # most headings are their own bare text, whose mentions are known; code in a heading is read as words
    same = node if bare == node.text and not node.inline.codes else replace_text(node, bare, linker)
    node.topics = distinct(n.choice for n in linker.link(same, context))


def choices(terms: Iterable[Term]) -> tuple[Choice, ...]:
    """Return the concepts of terms, each once."""
    return distinct(t.choice for t in terms if t.choice)


def distinct(found: Iterable[Choice]) -> tuple[Choice, ...]:
    """Return choices of different concepts."""
    return tuple({choice.name: choice for choice in found}.values())
