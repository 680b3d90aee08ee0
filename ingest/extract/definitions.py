"""Explanations of a term: `X : Y`, the gloss in `X(Y)`, the first bullet below it, a definition list."""

import re
from collections.abc import Iterator

from msgspec.structs import replace

from ingest.extract.aliases import is_second_name
from ingest.extract.facts import PATTERN, STRUCTURE, Fact
from ingest.extract.reading import Reading, explanation, is_enumerated, plain_values, valued
from ingest.extract.structure import is_contrasted
from ingest.link.outline import Node, Term
from ingest.link.outline.marks import ARROW, is_value, split_brackets
from ingest.parse.blocks import BlockKind, Line
from ontology.concepts import ConceptKind

_COMMAND = re.compile(
    r"^[$>]?\s*(?:kubectl|kubeadm|helm|etcdctl|docker|crictl|systemctl|curl|minikube|kind|k)\s"
)
_LONG = 90
_WORDS_OF_A_TERM = 3
_DEFAULT = re.compile(
    r"(?:defaults?(?: value)?(?: is| to)?|기본\s?값?(?:은|는)?|디폴트)\s*[:=]?\s*(?P<v>\S+)$", re.IGNORECASE
)
_FIELD_WITH_VALUE = re.compile(r"[a-z]\w*:\s\S+")
_STATED = frozenset({"true", "false"})
_RELATIVE = re.compile(r".*[가-힣](?:는|은|한|된|할|던|적인)\s+(?P<list>[^\s][^,]*,.*)$")
_TYPICAL = re.compile(r"(?:대표적인|대표적으로|대표)\s")
_PARTS = re.compile(r"\s*/\s*")


def labels(reading: Reading, node: Node) -> Iterator[Fact]:
    """`X : Y` where X is exactly a concept and Y explains it."""
    if not node.separator or not node.right or node.line is None or node.kind is BlockKind.HEADING:
        return
    if len(node.left_terms) != 1 or not node.left_terms[0].choice:
        return
    if valued(reading, node) or plain_values(reading, node):
        return
    text = explanation(node.right)
    if _explains(reading, node, text):
        yield _definition(node.left_terms[0].name, text, (node.line,), PATTERN)


def _explains(reading: Reading, node: Node, text: str) -> bool:
    if not text or _states_value(text) or _COMMAND.match(text):
        return False
    parts = [p for p in ARROW.split(text) if p.strip()]
    if len(parts) > 1 and all(reading.linker.term(p, reading.context(node)).choice for p in parts):
        return False
    terms = reading.terms(text, node)
    named = [t for t in terms if t.choice]
    if not named:
        return True
    if len(named) < len(terms):
        return len(named) * 2 <= len(terms) or len(terms) == 1
    if len(terms) > 1:
        return False
    return not is_enumerated(named[0].name) and named[0].name != node.left_terms[0].name


def _states_value(text: str) -> bool:
    """`true`, `default true`, `clusterIP: None`: a value is no explanation."""
    default = _DEFAULT.match(text)
    value = default["v"] if default else text
    return is_value(value) or value.lower() in _STATED or _FIELD_WITH_VALUE.fullmatch(text) is not None


def first_bullets(reading: Reading, node: Node) -> Iterator[Fact]:
    """The first bullet directly below a heading or item that names exactly one concept."""
    if (
        node.kind is not BlockKind.ITEM
        or node.block.number is not None
        or node.line is None
        or node.block.task
    ):
        return
    above = node.parent  # whose one concept the bullet explains: see `signs.FIRST`
    if above is None or is_contrasted(above) or above.contrast or above.clause:
        return
    if above.kind is BlockKind.HEADING:
        if above.role or above.topics[0].name == "Document":
            return
    elif above.kind is not BlockKind.ITEM or above.separator or above.role in {"example", "kinds"}:
        return
    if _says_more_than_text(node) and not _value_behind(node):
        return
    text = explanation(node.text)
    if (
        not text
        or _COMMAND.match(text)
        or is_value(text)
        or _is_list(reading, node, text)
        or _is_pattern(text)
    ):
        return
    lines = (above.line, node.line) if above.line else (node.line,)
    yield _definition(above.topics[0].name, text, lines, STRUCTURE)


def _says_more_than_text(node: Node) -> bool:
    shaped = node.separator or node.terms or node.topics or node.role or node.question
    return bool(shaped) or ARROW.search(node.text) is not None


def _value_behind(node: Node) -> bool:
    return node.separator == "|"


def _is_pattern(text: str) -> bool:
    return " " not in text and re.fullmatch(r"[\w.{}<>\[\]/*=:-]+", text) is not None


def _is_list(reading: Reading, node: Node, text: str) -> bool:
    if _TYPICAL.match(text) and node.named:
        return True
    relative = _RELATIVE.match(text)
    if relative and _all_named(reading, node, relative["list"]):
        return True
    terms = reading.terms(text, node) if len(text) < _LONG else ()
    named = sum(bool(t.choice) for t in terms)
    short = all(t.choice or len(t.text.split()) <= _WORDS_OF_A_TERM for t in terms)
    return named > 0 and short and named * 2 > len(terms)


def _all_named(reading: Reading, node: Node, text: str) -> bool:
    terms = reading.terms(text, node)
    return len(terms) > 1 and all(t.choice for t in terms)


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
            yield _definition(topic.name, text, lines, PATTERN)


def _gloss(reading: Reading, node: Node, term: Term, lines: tuple[Line, ...]) -> Iterator[Fact]:
    if is_second_name(reading, term.name, term.bracket) or is_value(term.bracket):
        return
    listed = reading.terms(term.bracket, node)
    if all(t.choice for t in listed) and (len(listed) > 1 or _is_instance(reading, listed[0].name)):
        return
    text = explanation(term.bracket)
    if text:
        yield _definition(term.name, text, lines, PATTERN)


def _is_instance(reading: Reading, name: str) -> bool:
    return reading.kind(name) in {ConceptKind.COMPONENT, ConceptKind.KIND}


def definition_lists(reading: Reading, node: Node) -> Iterator[Fact]:
    """A term with `: explanation` below it."""
    if node.kind is not BlockKind.TERM or len(node.topics) != 1 or node.line is None or node.separator:
        return
    for child in node.children:
        if child.kind is BlockKind.PARAGRAPH and child.line is not None:
            text = explanation(child.text)
            if text and not _is_list(reading, child, text):
                yield _definition(node.topics[0].name, text, (node.line, child.line), PATTERN)
            return


def _definition(subject: str, text: str, lines: tuple[Line, ...], kind: str) -> Fact:
    return Fact(subject=subject, predicate="definition", object=text, lines=lines, kind=kind, literal=True)
