"""Names in another spelling than the API's: case, number, blanks."""

import re
from collections.abc import Iterator

from ingest.lexicon.normalize import fold
from ingest.link.outline import Named, Node
from ingest.lint.checked import Checked, Problem
from ingest.lint.findings import Finding, Severity
from ingest.parse.blocks import BlockKind
from ontology.concepts import ConceptKind

_HUMPS = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
_SPELLED = frozenset({ConceptKind.ENUM, ConceptKind.FIELD, ConceptKind.KIND, ConceptKind.COMPONENT})


def names(checked: Checked) -> Iterator[Finding]:
    """Each mention whose letters are those of a name, but not in its spelling."""
    for node in checked.outline.nodes:
        if node.line is None or node.kind is BlockKind.FENCE:
            continue
        for named in node.named:
            problem = _problem(node, named)
            if problem is not None:
                yield checked.finding(node.line.number, named.mention.surface, problem)


def _problem(node: Node, named: Named) -> Problem | None:
    written, kind = named.mention.surface, named.choice.kind
    if kind not in _SPELLED or not written.isascii() or " " in written:
        return None
    right = named.name.rpartition(".")[2] if kind is not ConceptKind.COMPONENT else named.name
    if written == right or not _same_letters(written, right):
        return None
    if not _is_meant_as_name(node, named, right):
        return None
    return Problem(
        kind="wrong-name",
        wording="spelling",
        severity=_severity(kind, written, right),
        canonical=right,
        facts={"sort": kind.value},
    )


def _same_letters(written: str, right: str) -> bool:
    plain, canonical = fold(written), fold(right)
    return plain == canonical or _singular(plain) == _singular(canonical) or _humps(written) == _humps(right)


def _humps(name: str) -> list[str]:
    return [_singular(hump.lower()) for hump in _HUMPS.findall(name)]


def _singular(word: str) -> str:
    return word.removesuffix("s")


def _is_meant_as_name(node: Node, named: Named, right: str) -> bool:
    """Whether the author wrote the name itself, not the everyday word or a plural of it."""
    written = named.mention.surface
    humps = len(_HUMPS.findall(right))
    if named.choice.kind is ConceptKind.KIND:
        # `pods`, `service` and `Deployments` are good English; `Statefulset` and `clusterRole` are slips
        plural = written.removesuffix("s") == right or written == right.removesuffix("s")
        return humps > 1 and (not plural or right.endswith("s")) and not written.islower()
    if named.choice.kind is ConceptKind.COMPONENT:
        # all lower case is how people type names of programs; a capital in the wrong place is a slip
        return not written.islower() and not written.isupper() and fold(written) == fold(right)
    if humps > 1:
        return True
    # a field or value of one word counts where it stands alone: a label, a member of a list, code
    slot = (
        named.mention.code or written in (node.left, node.text) or any(t.text == written for t in node.terms)
    )
    return slot and named.choice.kind is ConceptKind.ENUM and written.lower() != right


def _severity(kind: ConceptKind, written: str, right: str) -> Severity:
    """A wrong field or value breaks a manifest; another case in prose is read all the same."""
    if kind is ConceptKind.ENUM or (kind is ConceptKind.FIELD and fold(written) != fold(right)):
        return Severity.MEDIUM
    return Severity.LOW
