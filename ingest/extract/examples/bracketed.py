"""`CNI 플러그인(Calico, Cilium)`: a list of concepts in the brackets behind a concept."""

import re
from collections.abc import Iterator

from ingest.extract.examples.members import JUST_BEFORE
from ingest.extract.facts import PATTERN, Fact
from ingest.extract.reading import Reading, is_enumerated
from ingest.link.outline import Node
from ingest.parse.blocks import BlockKind
from ontology.concepts import ConceptKind

_IN_BRACKETS = re.compile(r"[(（](?P<inner>[^()（）]{2,80})[)）]")


def bracketed(reading: Reading, node: Node) -> Iterator[Fact]:
    """`CNI 플러그인(Calico, Cilium)`: a list of concepts in the brackets behind a concept."""
    if node.line is None or node.kind is BlockKind.HEADING or "(" not in node.text:
        return
    for match in _IN_BRACKETS.finditer(node.text):
        start = match.start()
        head = [
            n
            for n in node.named
            if n.end <= start and JUST_BEFORE.match(node.text, min(n.mention.stop, start), start)
        ]
        terms = reading.terms(match["inner"], node)
        if not head or not terms or not all(t.choice for t in terms):
            continue
        one = len(terms) == 1 and reading.kind(terms[0].name) not in {ConceptKind.COMPONENT, ConceptKind.KIND}
        if one or any(is_enumerated(t.name) or t.name == head[-1].name for t in terms):
            continue
        for term in terms:
            yield Fact(
                subject=head[-1].name, predicate="hasExample", object=term.name, lines=(node.line,), kind=PATTERN  # noqa: E501  one list, one line
            )  # fmt: skip
