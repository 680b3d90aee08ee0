"""`X(Y)`: what stands in brackets behind a concept explains it, unless it is a name or a list."""

import re
from collections.abc import Iterator

from msgspec.structs import replace

from ingest.extract.aliases.names import is_second_name
from ingest.extract.definitions.explanations import definition_of
from ingest.extract.facts import PATTERN, Fact
from ingest.extract.reading import Reading, explanation, is_enumerated
from ingest.link.outline import Node, Term
from ingest.link.outline.marks import is_value, split_brackets
from ingest.parse.blocks import BlockKind, Line
from ontology.concepts import ConceptKind

_PARTS = re.compile(r"\s*/\s*")


def glosses(reading: Reading, node: Node) -> Iterator[Fact]:
    """`X(Y)`: what stands in brackets behind a concept explains it, unless it is a name or a list."""
    if node.line is None:
        return
    if node.kind is BlockKind.HEADING:
        yield from _heading_gloss(reading, node)
        return
    if node.separator and node.right:
        yield from _gloss_of_value(reading, node)
    terms = node.terms or node.left_terms
    if not terms or not all(t.choice for t in terms):
        return
    for term in terms:
        if term.bracket:
            yield from _gloss(reading, node, term, (node.line,))


def _gloss_of_value(reading: Reading, node: Node) -> Iterator[Fact]:
    # `RWO : ReadWriteOnce (하나의 노드에 읽고 쓰기)`
    bare, brackets = split_brackets(node.right)
    if len(brackets) != 1 or node.line is None:
        return
    terms = reading.terms(bare, node)
    if len(terms) == 1 and terms[0].choice and is_enumerated(terms[0].name):
        yield from _gloss(reading, node, replace(terms[0], text=bare, bracket=brackets[0]), (node.line,))


def _heading_gloss(reading: Reading, node: Node) -> Iterator[Fact]:
    if not node.bracket or not node.topics or node.line is None:
        return
    listed = reading.terms(node.bracket, node)
    if listed and all(t.choice for t in listed):
        return
    lines = (*reading.contents_line(node), node.line)
    parts = [p for p in _PARTS.split(node.bracket) if p]
    dealt = parts if len(parts) == len(node.topics) > 1 else [node.bracket] * len(node.topics)
    for topic, text in zip(node.topics, dealt, strict=True):
        if not is_second_name(reading, topic.name, text):
            yield definition_of(topic.name, text, lines, PATTERN)


def _gloss(reading: Reading, node: Node, term: Term, lines: tuple[Line, ...]) -> Iterator[Fact]:
    if is_second_name(reading, term.name, term.bracket) or is_value(term.bracket):
        return
    listed = reading.terms(term.bracket, node)
    if all(t.choice for t in listed) and (len(listed) > 1 or _is_instance(reading, listed[0].name)):
        return
    text = explanation(term.bracket)
    if text:
        yield definition_of(term.name, text, lines, PATTERN)


def _is_instance(reading: Reading, name: str) -> bool:
    return reading.kind(name) in {ConceptKind.COMPONENT, ConceptKind.KIND}
