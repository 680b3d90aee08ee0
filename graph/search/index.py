"""What can be found: the texts of concepts, sections and facts of one snapshot, joined into one.

There is no inverted index. The joined text is scanned with `str.find`, which at the size of many thousand
notes costs milliseconds, is built in one pass, and finds words inside compounds in either language.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from graph.search import tokenize
from graph.snapshot import ConceptNode, NoteNode, Snapshot

# A line end parts the lines of a document, this parts documents: no query can contain either.
_BETWEEN = "\n\x1e"


@dataclass(frozen=True, slots=True)
class Document:
    """Something that can be found.

    `kind` is `concept`, `section` or `fact`; `item` indexes the snapshot's concepts, facts, or, for a
    section, the note's sections of note `note`. The first `titles` lines of its text are what it is called.
    """

    kind: str
    item: int
    note: int
    titles: int
    text: str


class Index:
    """The documents of one snapshot. Immutable once built."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.documents = tuple(_documents(snapshot))
        self.text = _BETWEEN.join(each.text for each in self.documents)
        self.folded = tokenize.fold(self.text)
        lengths = (len(each.text) + len(_BETWEEN) for each in self.documents)
        self._starts = tuple(accumulate(lengths, initial=0))

    def find(self, needle: str) -> Iterator[tuple[int, int]]:
        """Yield document and place in the joined text of every occurrence of a folded needle, in order."""
        at = self.folded.find(needle)
        while at >= 0:
            yield bisect_right(self._starts, at) - 1, at
            at = self.folded.find(needle, at + len(needle))

    def start(self, document: int) -> int:
        """Return where a document starts in the joined text."""
        return self._starts[document]

    def line(self, document: Document, line: int) -> int:
        """Return the line of the note where that line of the document stands, 0 where there is none."""
        if document.kind == "section":
            return self.snapshot.notes[document.note].sections[document.item].line + line
        lines = self.snapshot.facts[document.item].lines if document.kind == "fact" else ()
        return lines[-1] if lines else 0

    def degree(self, concept: int) -> int:
        """Return how many facts a concept takes part in."""
        return len(self.snapshot.outgoing[concept]) + len(self.snapshot.incoming[concept])

    @cached_property
    def labels(self) -> dict[str, tuple[int, ...]]:
        """Concepts by their folded labels and names."""
        found: dict[str, dict[int, None]] = {}
        for index, concept in enumerate(self.snapshot.concepts):
            for label in (concept.name, *_labels(concept)):
                found.setdefault(tokenize.fold(tokenize.composed(label)), {})[index] = None
        return {label: tuple(concepts) for label, concepts in found.items()}


def _documents(snapshot: Snapshot) -> Iterator[Document]:
    for index, concept in enumerate(snapshot.concepts):
        labels = list(dict.fromkeys((concept.name, *_labels(concept))))
        text = "\n".join((*labels, *concept.definition.values()))
        yield Document("concept", index, -1, len(labels), tokenize.composed(text))
    for index, note in enumerate(snapshot.notes):
        yield from _sections(index, note)
    for index, fact in enumerate(snapshot.facts):
        subject = snapshot.concepts[fact.subject].name
        target = fact.text if fact.object < 0 else snapshot.concepts[fact.object].name
        text = f"{subject} {fact.predicate} {target}\n{fact.quote}"
        yield Document("fact", index, fact.note, 0, tokenize.composed(text))


def _sections(index: int, note: NoteNode) -> Iterator[Document]:
    """Each section with its own lines, those of the sections inside it left to them."""
    lines = note.lines
    starts = [section.line for section in note.sections]
    for item, section in enumerate(note.sections):
        following = starts[item + 1] if item + 1 < len(starts) else len(lines) + 1
        own = lines[section.line : min(following - 1, section.end_line)]
        yield Document("section", item, index, 1, tokenize.composed("\n".join((section.title, *own))))


def _labels(concept: ConceptNode) -> Iterator[str]:
    for labels in concept.labels.values():
        yield from labels
