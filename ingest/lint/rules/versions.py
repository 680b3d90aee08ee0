"""Things that a version of Kubernetes deprecated or took away, as the curated layer has it."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache

from ingest.link.outline import Named, Node
from ingest.lint.checked import Checked, Problem
from ingest.lint.findings import Finding, Severity
from ingest.parse.blocks import BlockKind
from ontology.concepts import ConceptKind
from ontology.lang import Lang
from ontology.statements import Text
from ontology.vocabulary.curation import CuratedFact, curated

_STATUS: Mapping[str, Mapping[str, str]] = {
    "Deprecated": {"en": "deprecated", "ko": "사용 중단"},
    "Removed": {"en": "removed", "ko": "제거된"},
}

# A sentence that says itself that something is gone, or speaks of what was, needs not be told.
_TELLS = re.compile(
    r"제거|삭제되었|삭제됐|사라[졌진지]|없어[졌진지]|폐기|지원\s?(?:이\s)?(?:중단|종료)|사용\s?중단|더\s?이상"
    r"|대체[되됐한하]|대신|예전|과거|\b(?:removed|deprecated|dropped|gone|no longer|replaced)\b"
    r"|\b(?:obsolete|used to|formerly)\b",
    re.IGNORECASE,
)


@cache
def _gone() -> Mapping[str, CuratedFact]:
    """Return what is deprecated or removed, by name, with the fact that says since when."""
    return {
        fact.subject: fact
        for fact in curated()
        if fact.predicate == "status" and _shown(fact.object) in _STATUS and fact.changed_in
    }


def _note(fact: CuratedFact) -> Mapping[str, str]:
    return {lang.value: fact.note.get(lang, "") for lang in Lang}


def _shown(object_: str | Text) -> str:
    return object_.value if isinstance(object_, Text) else object_


def gone_things(checked: Checked) -> Iterator[Finding]:
    """The first mention that each section makes of something deprecated or gone."""
    seen: dict[int | None, set[str]] = defaultdict(set)
    told = _told(checked)
    for node in checked.outline.nodes:
        # a heading or a label that only names the thing says nothing about it yet
        if (
            node.line is None
            or node.kind is BlockKind.HEADING
            or not _speaks(node)
            or _TELLS.search(node.text)
        ):
            continue
        for named in node.named:
            fact = _gone().get(named.name)
            if fact is None or named.name in seen[node.section] or not _is_meant(node, named):
                continue
            if (named.name, node.line.number) in told:
                continue
            seen[node.section].add(named.name)
            problem = Problem(
                kind="outdated",
                wording="gone",
                severity=Severity.MEDIUM,
                facts={
                    "name": named.name.rpartition(".")[2],
                    "status": _STATUS[_shown(fact.object)],
                    "version": fact.changed_in,
                    "note": _note(fact),
                },
            )
            yield checked.finding(node.line.number, named.mention.surface, problem)


def _is_meant(node: Node, named: Named) -> bool:
    """Whether a kind of the API is meant, not the everyday word: by its very name, or below it as a topic."""
    if named.choice.kind is not ConceptKind.KIND or named.mention.surface == named.name:
        return True
    return any(topic.name == named.name for above in node.above() for topic in above.topics)


def _speaks(node: Node) -> bool:
    return not node.terms or bool(node.right)


def _told(checked: Checked) -> frozenset[tuple[str, int]]:
    """What the note itself says to be deprecated or gone, and the lines that say so."""
    return frozenset(
        (statement.subject, line)
        for statement in checked.statements
        if statement.predicate == "status"
        for line in statement.lines
    )
