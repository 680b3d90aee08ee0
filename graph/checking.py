"""What running the claims of notes gave, beside the facts that make them.

A fact that is a claim is decided by its subject, predicate and object, the topics it stands under and its
own words (`ontology.checks`). Where it is a text, such as a definition, what was found wrong with its words
counts. Results belong to the inferred layer: they follow from the facts and from the version of the engine.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache

import msgspec

from graph.reading import Fact, NoteReading
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
    around = _Around(note)
    facts = tuple(msgspec.structs.replace(fact, check=_result(fact, around)) for fact in note.facts)
    return msgspec.structs.replace(note, facts=facts)


def nquads(notes: Iterable[NoteReading], engine: str) -> Iterator[bytes]:
    """Yield the results of notes for the graph of inferences, after the version of who found them."""
    end = f" <{iri.INFERRED_GRAPH}> .\n"
    yield f'<{iri.INFERRED_GRAPH}> <{terms.ENGINE}> "{engine}"{end}'.encode()
    for note in notes:
        lines = (f'<{iri.FACTS}{f.id}> <{terms.CHECK}> "{f.check}"{end}' for f in note.facts if f.check)
        yield "".join(lines).encode()


class _Around:
    """What stands around facts, found by place: a long note has thousands of sections and findings."""

    def __init__(self, note: NoteReading) -> None:
        self.sections = note.node.sections
        self.names = note.section_names
        self.lines = [section.line for section in self.sections]
        self.findings = sorted((f for f in note.findings if f.kind in _FOUND), key=lambda f: f.start)
        self.starts = [finding.start for finding in self.findings]

    def topics(self, line: int) -> tuple[str, ...]:
        """Return the concepts of the sections that a line stands in, the outermost first."""
        found: list[tuple[str, ...]] = []
        section = bisect_right(self.lines, line) - 1
        while section >= 0:
            if line <= self.sections[section].end_line:
                found.append(self.names[section])
            section = self.sections[section].parent
        return tuple(name for names in reversed(found) for name in names)

    def found(self, fact: Fact) -> str:
        """Return what was found wrong with the words of a fact."""
        first, after = bisect_left(self.starts, fact.start), bisect_right(self.starts, fact.end)
        inside = (each for each in self.findings[first:after] if each.end <= fact.end)
        return next((_FOUND[each.kind].value for each in inside), "")


def _result(fact: Fact, around: _Around) -> str:
    if isinstance(fact.object, Text) and fact.predicate == "definition":
        return around.found(fact)
    target = fact.object.value if isinstance(fact.object, Text) else fact.object
    triple = (fact.subject, fact.predicate, target, fact.negated)
    words = f"{fact.condition} {fact.quote}" if is_settled(triple) else ""
    return _decided(triple, around.topics(fact.lines[-1]), words, fact.strength)


@lru_cache(_KEPT)
def _decided(triple: tuple[str, str, str, bool], within: tuple[str, ...], words: str, strength: str) -> str:
    claim = Claim(*triple, within, words, strength == Strength.MUST, strength == Strength.MAY)
    result = check(claim).result
    return "" if result is Result.NOT_TESTABLE else result.value
