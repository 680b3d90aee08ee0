"""`A ► B`: a change of state between states, an order between steps."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from ingest.extract.facts import PATTERN, Fact
from ingest.extract.flows.steps import LEAST, Step, names_of
from ingest.extract.reading import Reading
from ingest.extract.sentences.scene import verbs
from ingest.link.disambiguate import enumeration
from ingest.link.outline import Named, Node
from ingest.link.outline.marks import ARROW, undecorated
from ingest.parse.blocks import BlockKind
from ontology.concepts import ConceptKind

_STATES = frozenset({"hasPhase", "hasState", "hasCondition"})
_CONDITION = re.compile(r"(?:시|때|경우|when.*|if.*|on .*|after.*)$")
_CREATION = re.compile(r"순(?:서)?(?:으로|로|대로)\s*(?P<verb>생성|만들|만든|삭제)")
_DONE = ("creates", "deletes", "restarts", "scales")


def arrows(reading: Reading, node: Node) -> Iterator[Fact]:
    """`A ► B`: a change of state between states, an order between steps."""
    if node.line is None or node.kind is BlockKind.HEADING:
        return
    text = node.right if node.separator else node.text
    creation = _CREATION.search(text)
    parts = [p for p in ARROW.split(undecorated(text)) if p.strip()]
    if len(parts) < LEAST:
        return
    states = [_state(reading, node, part) for part in parts]
    if all(name for name, _ in states):
        for (first, condition), (second, _) in pairwise(states):
            yield Fact(
                subject=first,
                predicate="transitionsTo",
                object=second,
                lines=(node.line,),
                kind=PATTERN,
                condition=condition,
            )
        return
    if node.left_terms and not all(_whole(reading, node, part) for part in parts):
        return
    steps = [Step(part, _named_in(node, part), whole=_whole(reading, node, part)) for part in parts]
    names = names_of(steps)
    predicate = "precedes"
    if creation:
        predicate = "deletes" if creation["verb"] == "삭제" else "creates"
    named = [(name, step) for name, step in zip(names, steps, strict=True) if name]
    for (first, _), (second, step) in pairwise(named):
        deed, suffering = _deed(step)
        if deed and suffering != first:
            yield Fact(subject=first, predicate=deed, object=suffering, lines=(node.line,), kind=PATTERN)
        elif first != second:
            yield Fact(subject=first, predicate=predicate, object=second, lines=(node.line,), kind=PATTERN)


def _deed(step: "Step") -> tuple[str, str]:
    """Return what `파드 축출` says is done, and to what: such a step is what the one before it does."""
    if not step.named or not step.text.strip().startswith(step.named[0].mention.surface):
        return "", ""
    done_to = step.named[0]
    deed = step.text.partition(done_to.mention.surface)[2].strip()
    predicate = _deeds().get(deed, "") if done_to.choice.kind is ConceptKind.KIND else ""
    return predicate, done_to.name


@cache
def _deeds() -> dict[str, str]:
    stems = verbs()["ko"]
    return {stem: predicate for predicate in _DONE for stem in stems[predicate]}


def _state(reading: Reading, node: Node, part: str) -> tuple[str, str]:
    """The state that a step is, with the condition in its brackets; empty for another step."""
    term = reading.linker.term(part, reading.context(node), line=node.block.line)
    known = enumeration(term.name) if term.choice else None
    if known is None or known.predicate not in _STATES:
        return "", ""
    return term.name, term.bracket if _CONDITION.search(term.bracket) else ""


def _whole(reading: Reading, node: Node, part: str) -> str:
    return reading.linker.term(part, reading.context(node)).name


def _named_in(node: Node, part: str) -> list[Named]:
    start = node.text.find(part)
    return [n for n in node.named if start <= n.start < start + len(part)]
