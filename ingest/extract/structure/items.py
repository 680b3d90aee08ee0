"""A list item or label that names a concept: field, option, part, member, step or subtopic."""

from collections.abc import Iterator

from ingest.extract.contrast import is_contrasted
from ingest.extract.facts import PATTERN, STRUCTURE, Fact
from ingest.extract.reading import Reading, is_member, valued
from ingest.extract.structure.relations import OPTION, related
from ingest.link.disambiguate import enumerations
from ingest.link.outline import Node, Term
from ingest.parse.blocks import BlockKind

_PAIR = 2
_MODIFIED = 2


def items(reading: Reading, node: Node) -> Iterator[Fact]:
    """A list item or label that names a concept: field, option, part, member, step or subtopic."""
    if node.line is None or node.kind is BlockKind.HEADING or is_contrasted(node):
        return
    if node.separator and valued(reading, node):
        return
    terms = node.left_terms or node.terms or _head(node)
    if node.separator in {"-", "–", "—"} and node.left_terms and not node.right and node.topics:
        yield from _field_beside_owner(reading, node)
        return
    if not terms or not all(t.choice for t in terms):
        return
    if _announces_values(reading, node):
        return
    owners = reading.owners(node)
    if node.kind is BlockKind.PARAGRAPH and not _speaks_for_others(node):
        return
    pair = _class_and_member(terms)
    for term in terms[:1] if pair else terms:
        yield from related(reading, node, owners, term, alone=len(terms) == 1)
    if pair:
        yield Fact(
            subject=terms[1].name, predicate="isA", object=terms[0].name, lines=(node.line,), kind=PATTERN
        )


def _announces_values(reading: Reading, node: Node) -> bool:
    # `kube-proxy mode : iptables, ipvs`: the label is the type of what follows, no topic
    types = {t.name for t in node.left_terms} & enumerations().keys()
    return any(t.name.partition(".")[0] in types for t in reading.terms(node.right, node)) if types else False


def _head(node: Node) -> tuple[Term, ...]:
    # `컨테이너의 이미지 다운로드`: named by its last words
    return (
        ()
        if node.separator or len(node.named) > _MODIFIED
        else tuple(Term(text=node.text, choice=t, name=t.name) for t in node.topics)
    )


def _field_beside_owner(reading: Reading, node: Node) -> Iterator[Fact]:
    # `operator options - matchExpressions`
    if node.line is None:
        return
    owner = node.topics[0].name
    owners = reading.owners(node)
    yield from related(reading, node, owners, Term(text=owner, choice=node.topics[0], name=owner), alone=True)
    field = node.left_terms[0].name.rpartition(".")[2]
    predicate = "hasOption" if OPTION.search(node.text) else "hasField"
    yield Fact(
        subject=owner,
        predicate=predicate,
        object=f"{owner}.{field}",
        lines=(node.line,),
        kind=STRUCTURE,
        confidence=0.7,
    )


def _class_and_member(terms: tuple[Term, ...]) -> bool:
    return len(terms) == _PAIR and is_member(terms[1].name, terms[0].name)


def _speaks_for_others(node: Node) -> bool:
    return bool(node.children)
