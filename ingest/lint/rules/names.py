"""Names in another spelling than the API's: case, number, blanks."""

import re
from collections.abc import Iterator
from functools import lru_cache

from ingest.lexicon.normalize import fold
from ingest.link.disambiguate import Choice
from ingest.link.outline import Node
from ingest.lint.checked import Checked, Problem
from ingest.lint.findings import Finding, Severity
from ingest.parse.blocks import BlockKind
from ontology.concepts import ConceptKind, ConceptRegistry

_HUMPS = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
_PUNCTUATION = ".,;:!?()"
_SPELLED = frozenset({ConceptKind.ENUM, ConceptKind.FIELD, ConceptKind.KIND, ConceptKind.COMPONENT})


def names(checked: Checked) -> Iterator[Finding]:
    """Each mention whose letters are those of a name, but not in its spelling."""
    for node in checked.outline.nodes:
        if node.line is None or node.kind is BlockKind.FENCE:
            continue
        for written, choice, alone in _written(checked, node):
            bare = written.strip(_PUNCTUATION)
            problem = (
                None if bare in _canonical(checked.lexicon.registry) else _problem(bare, choice, alone=alone)
            )
            if problem is not None:
                yield checked.finding(node.line.number, bare, problem)


def _written(checked: Checked, node: Node) -> Iterator[tuple[str, Choice, bool]]:
    """Yield each name as it stands, what it was read as, and whether it stands alone as a term."""
    for term in checked.terms(node):
        if term.choice is not None:
            yield term.text, term.choice, True
    for named in node.named:
        yield named.mention.surface, named.choice, named.mention.code


@lru_cache(maxsize=4)
def _canonical(registry: ConceptRegistry) -> frozenset[str]:
    """Every name that some concept bears: `ExternalName` is right, though the field is `externalName`."""
    return frozenset(part for concept in registry for part in (concept.name, concept.name.rpartition(".")[2]))


def _problem(written: str, choice: Choice, *, alone: bool) -> Problem | None:
    if choice.kind not in _SPELLED or not written.isascii() or " " in written or written.startswith("-"):
        return None
    right = choice.name if choice.kind is ConceptKind.COMPONENT else choice.name.rpartition(".")[2]
    if written == right or right.startswith("-") or not _same_letters(written, right):
        return None
    if "-" in written and "-" not in right:
        return None  # a label or file name made of the same words
    if not _is_meant_as_name(written, right, choice.kind, alone=alone):
        return None
    return Problem(
        kind="wrong-name",
        wording="spelling",
        severity=_severity(choice.kind, written, right),
        canonical=right,
    )


def _same_letters(written: str, right: str) -> bool:
    plain, canonical = fold(written), fold(right)
    return plain == canonical or _singular(plain) == _singular(canonical) or _humps(written) == _humps(right)


def _humps(name: str) -> list[str]:
    return [_singular(hump.lower()) for hump in _HUMPS.findall(name)]


def _singular(word: str) -> str:
    return word.removesuffix("s")


def _is_meant_as_name(written: str, right: str, kind: ConceptKind, *, alone: bool) -> bool:
    """Whether the author wrote the name itself, not the everyday word or a plural of it."""
    humps = len(_HUMPS.findall(right))
    if kind is ConceptKind.KIND:
        # `pods`, `service` and `Deployments` are good English; `Statefulset` and `clusterRole` are slips
        plural = written.removesuffix("s") == right or written == right.removesuffix("s")
        return humps > 1 and (not plural or right.endswith("s")) and not written.islower()
    if kind is ConceptKind.COMPONENT:
        # all lower case is how people type names of programs; a capital in the wrong place is a slip
        return not written.islower() and not written.isupper() and fold(written) == fold(right)
    # a field or value of one word counts only where it stands alone: a label, a member of a list, code
    return humps > 1 or (alone and kind is ConceptKind.ENUM and written.lower() != right)


def _severity(kind: ConceptKind, written: str, right: str) -> Severity:
    """A wrong field or value breaks a manifest; another case in prose is read all the same."""
    if kind is ConceptKind.ENUM or (kind is ConceptKind.FIELD and fold(written) != fold(right)):
        return Severity.MEDIUM
    return Severity.LOW
