"""`대표적인 웹 서버 A, B`: the class and its members."""

from collections.abc import Iterator

from ingest.extract.examples.members import ET_CETERA, TYPICAL, as_example, listed_members
from ingest.extract.facts import PATTERN, Fact
from ingest.extract.reading import Reading
from ingest.link.outline import Node
from ontology.concepts import ConceptKind


def typical(reading: Reading, node: Node) -> Iterator[Fact]:
    """`대표적인 웹 서버 A, B`: the class and its members."""
    match = TYPICAL.match(node.text)
    if match is None or node.line is None or node.separator:
        return
    rest = ET_CETERA.sub("", match["rest"])
    named = [n for n in node.named if n.start >= match.start("rest")]
    owners = reading.owners(node)
    if not named:
        return
    first = named[0]
    behind = node.text[first.mention.stop :].lstrip(" :(-")
    class_, members = "", rest
    following = reading.terms(ET_CETERA.sub("", behind), node) if behind else ()
    if first.choice.kind is ConceptKind.ABSTRACT and any(t.choice for t in following):
        class_, members = first.name, behind
    for owner in owners.names:
        if class_:
            yield as_example(owner, class_, owners, node, kind=PATTERN)
    yield from listed_members(reading, node, owners, members, PATTERN)
    for term in reading.terms(ET_CETERA.sub("", members), node):
        if class_ and term.choice:
            yield Fact(subject=term.name, predicate="isA", object=class_, lines=(node.line,), kind=PATTERN)
