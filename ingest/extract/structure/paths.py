"""Each step of a dotted path in a code span: `securityContext.runAsUser`."""

import re
from collections.abc import Iterator
from itertools import pairwise

from ingest.extract.facts import PATTERN, Fact
from ingest.extract.reading import Reading
from ingest.lexicon.normalize import fold
from ingest.link.api import GENERIC
from ingest.link.outline import Node
from ontology.concepts import ConceptKind

_PATH = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:\[[^\]]*\])?(?:\.[A-Za-z][A-Za-z0-9]*(?:\[[^\]]*\])?)+")
_INDEX = re.compile(r"\[[^\]]*\]")


def paths(reading: Reading, node: Node) -> Iterator[Fact]:
    """Each step of a dotted path in a code span: `securityContext.runAsUser`."""
    if node.line is None:
        return
    for start, end in node.inline.codes:
        path = node.inline.text[start:end]
        if not _PATH.fullmatch(path):
            continue
        steps = [s for s in _INDEX.sub("", path).split(".") if s]
        if steps and steps[0] in {"spec", "metadata", "status"}:
            steps = steps[1:]
        names = [_step(reading, steps[:i], step) for i, step in enumerate(steps, 1)]
        for owner, name in pairwise(names):
            if owner and name:
                yield Fact(subject=owner, predicate="hasField", object=name, lines=(node.line,), kind=PATTERN)


def _step(reading: Reading, steps: list[str], step: str) -> str:
    """Return the concept of one step of a path; a generic one is qualified by the step before."""
    if step in GENERIC:
        return f"{steps[-2]}.{step}" if len(steps) > 1 else ""
    same = [e for e in reading.lexicon.candidates(step) if fold(e.name) == fold(step)]
    return next((e.name for e in same if e.kind is ConceptKind.FIELD), same[0].name if same else "")
