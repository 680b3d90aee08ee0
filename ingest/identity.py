"""What the parts of a note are called in the graph: IRIs that follow from what a part says and where.

No counters of the run and no times: equal notes have equal names, and an edit elsewhere in a note keeps them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from ingest.ingested import Ingested
from ingest.lint.findings import Finding
from ingest.parse.note import Image
from ontology import iri
from ontology.statements import Statement, Text


def facts(note: Ingested) -> Iterator[tuple[str, Statement]]:
    """Yield each statement with the IRI of its fact; what a note says again has an IRI of its own."""
    said: Counter[tuple[str, ...]] = Counter()
    for each in note.statements:
        is_text = isinstance(each.object, Text)
        target = each.object.value if isinstance(each.object, Text) else each.object
        meaning = (each.subject, each.predicate, target, str(is_text), str(each.negated), each.condition)
        said[meaning] += 1
        yield iri.fact(note.document, *meaning, str(said[meaning])), each


def findings(note: Ingested) -> Mapping[str, Finding]:
    """Return the findings by IRI; of those that say the same of the same place, the first."""
    base = iri.note(note.document)
    named: dict[str, Finding] = {}
    for each in note.findings:
        place = (each.kind, str(each.line), str(each.column), each.found, each.canonical)
        named.setdefault(iri.part(base, "finding", *place), each)
    return named


def images(note: Ingested) -> Mapping[str, Sequence[Image]]:
    """Return by name the places that show a picture: one picture, however often it is shown."""
    found: dict[str, list[Image]] = defaultdict(list)
    for image in note.images:
        found[image.name].append(image)
    return found
