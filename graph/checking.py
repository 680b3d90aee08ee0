"""What running the claims of notes gave, beside the facts that make them.

A fact that is a claim is decided by its subject, predicate and object, the topics it stands under and its
own words (`ontology.checks`). Where it is a text, such as a definition, what was found wrong with its words
counts. Results belong to the inferred layer: they follow from the facts and from the version of the engine.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache

import msgspec

from graph.reading import Fact, NoteReading
from graph.snapshot import FindingNode
from ontology import iri, terms
from ontology.checks.check import check
from ontology.checks.claims import Claim, Result
from ontology.checks.settled import is_settled
from ontology.statements import Strength, Text

# What a finding of a kind says of the fact whose words it is about.
_FOUND = {"wrong-claim": Result.REFUTED, "outdated": Result.OUTDATED}
_KEPT = 1 << 16


def checked(note: NoteReading) -> NoteReading:
    """Return a note whose facts hold what became of them; empty for what nothing decides."""
    topics = tuple(_topics(note))
    facts = tuple(msgspec.structs.replace(fact, check=_result(note, fact, topics)) for fact in note.facts)
    return msgspec.structs.replace(note, facts=facts)


def nquads(notes: Iterable[NoteReading], engine: str) -> Iterator[bytes]:
    """Yield the results of notes for the graph of inferences, after the version of who found them."""
    end = f" <{iri.INFERRED_GRAPH}> .\n"
    yield f'<{iri.INFERRED_GRAPH}> <{terms.ENGINE}> "{engine}"{end}'.encode()
    for note in notes:
        lines = (f'<{iri.FACTS}{f.id}> <{terms.CHECK}> "{f.check}"{end}' for f in note.facts if f.check)
        yield "".join(lines).encode()


def _topics(note: NoteReading) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """First line, last line and concepts of each section."""
    for section, names in zip(note.node.sections, note.section_names, strict=True):
        yield section.line, section.end_line, names


def _result(note: NoteReading, fact: Fact, topics: tuple[tuple[int, int, tuple[str, ...]], ...]) -> str:
    if isinstance(fact.object, Text) and fact.predicate == "definition":
        return next((found for each in note.findings if (found := _of_finding(each, fact))), "")
    line = fact.lines[-1]
    within = tuple(name for first, last, names in topics if first <= line <= last for name in names)
    target = fact.object.value if isinstance(fact.object, Text) else fact.object
    triple = (fact.subject, fact.predicate, target, fact.negated)
    words = f"{fact.condition} {fact.quote}" if is_settled(triple) else ""
    return _decided(triple, within, words, fact.strength)


def _of_finding(finding: FindingNode, fact: Fact) -> str:
    about = fact.start <= finding.start and finding.end <= fact.end
    return _FOUND[finding.kind].value if about and finding.kind in _FOUND else ""


@lru_cache(_KEPT)
def _decided(triple: tuple[str, str, str, bool], within: tuple[str, ...], words: str, strength: str) -> str:
    claim = Claim(*triple, within, words, strength == Strength.MUST, strength == Strength.MAY)
    result = check(claim).result
    return "" if result is Result.NOT_TESTABLE else result.value
