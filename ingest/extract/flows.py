"""Flows: `A ► B ► C` in a line, arrows at the ends of successive lines, numbered procedures, `A ⊃ B`."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import pairwise, takewhile

from ingest.extract.commands import command_line, subcommand
from ingest.extract.facts import PATTERN, Fact
from ingest.extract.reading import Reading
from ingest.extract.sentences.scene import verbs
from ingest.link.disambiguate import enumeration
from ingest.link.outline import Named, Node
from ingest.link.outline.marks import ARROW, split_brackets, undecorated
from ingest.parse.blocks import BlockKind
from ontology.concepts import ConceptKind

_ENDING_ARROW = re.compile(r"\s*(?:►|▶|→|➡️?|➔|⇒|=>|->)\s*$")
_STARTING_ARROW = re.compile(r"^\s*(?:►|▶|→|➡️?|➔|⇒|=>|->|↓|⬇️?)\s*")
_CONTAINS = re.compile(r"\s*⊃\s*")
_ASKED = re.compile(r"^\s*(?:에|에게|한테)\s.*(?:요청|전달|보내|알림|알린|호출|질의|묻)")
_LATIN = re.compile(r"[\x20-\x7e]+")
_LEAST = 2
_WORDS_OF_A_NAME = 2
_ORDER = frozenset({"steps"})
_STATES = frozenset({"hasPhase", "hasState", "hasCondition"})
_CONDITION = re.compile(r"(?:시|때|경우|when.*|if.*|on .*|after.*)$")
_CREATION = re.compile(r"순(?:서)?(?:으로|로|대로)\s*(?P<verb>생성|만들|만든|삭제)")
_PARAMETER = re.compile(r"\w=\w")
_NO_STEPS = frozenset({ConceptKind.FIELD})
_DONE = ("creates", "deletes", "restarts", "scales")
_ACTORS = frozenset({ConceptKind.COMPONENT})


def arrows(reading: Reading, node: Node) -> Iterator[Fact]:
    """`A ► B`: a change of state between states, an order between steps."""
    if node.line is None or node.kind is BlockKind.HEADING:
        return
    text = node.right if node.separator else node.text
    creation = _CREATION.search(text)
    parts = [p for p in ARROW.split(undecorated(text)) if p.strip()]
    if len(parts) < _LEAST:
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
    steps = [_Step(part, _named_in(node, part), whole=_whole(reading, node, part)) for part in parts]
    names = _actors(steps)
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


def _deed(step: "_Step") -> tuple[str, str]:
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


@cache
def no_steps() -> frozenset[str]:
    """Return the ideas that a flow may name without being steps of it."""
    raw = tomllib.loads(files("ingest.extract").joinpath("flows.toml").read_text(encoding="utf-8"))
    return frozenset(raw["no_steps"])


def chains(reading: Reading, node: Node) -> Iterator[Fact]:
    """Successive items of which each ends in an arrow; glosses in their brackets."""
    siblings = _chain(node)
    if not siblings:
        return
    steps = [_Step(_bare(s.text), list(s.named), command=_command_of(s)) for s in siblings]
    placed = [(name, s.line) for name, s in zip(_actors(steps), siblings, strict=True) if name and s.line]
    for (first, line), (second, next_line) in pairwise(placed):
        if first != second:
            yield Fact(
                subject=first, predicate="precedes", object=second, lines=(line, next_line), kind=PATTERN
            )
    for sibling in siblings:
        yield from _gloss(reading, sibling)


def _gloss(reading: Reading, node: Node) -> Iterator[Fact]:
    bare, brackets = split_brackets(_bare(node.text))
    named = [n for n in node.named if n.name]
    if len(brackets) != 1 or not named or node.line is None:
        return
    whole = reading.linker.resolve(bare, reading.context(node), slot=False)
    if whole is not None:
        yield Fact(
            subject=whole.name,
            predicate="definition",
            object=brackets[0],
            literal=True,
            lines=(node.line,),
            kind=PATTERN,
        )


def procedures(reading: Reading, node: Node) -> Iterator[Fact]:
    """Numbered items that are steps: sentences with an actor, or names below a label of order."""
    if node.block.number is None or node.parent is None or node.line is None:
        return
    if node.index and node.parent.children[node.index - 1].block.number is not None:
        return
    siblings = list(takewhile(lambda c: c.block.number is not None, node.parent.children[node.index :]))
    if len(siblings) < _LEAST:
        return
    if not (_is_ordered(reading, node) or _are_steps(siblings)):
        return
    steps = [_Step(_bare(s.text), list(s.named), command=_command_of(s)) for s in siblings]
    placed = [(name, s.line) for name, s in zip(_actors(steps), siblings, strict=True) if name and s.line]
    for (first, line), (second, next_line) in pairwise(placed):
        if first != second:
            yield Fact(
                subject=first, predicate="precedes", object=second, lines=(line, next_line), kind="structure"
            )


def containment(reading: Reading, node: Node) -> Iterator[Fact]:
    """`A ⊃ B`: B is part of A."""
    if node.line is None or "⊃" not in node.text:
        return
    parts = [[t.name for t in reading.terms(p, node) if t.choice] for p in _CONTAINS.split(node.text)]
    for outer, inner in pairwise(parts):
        for name in inner if outer else ():
            yield Fact(
                subject=name,
                predicate="partOf",
                object=outer[-1],
                lines=(node.line,),
                kind=PATTERN,
            )


def _state(reading: Reading, node: Node, part: str) -> tuple[str, str]:
    """The state that a step is, with the condition in its brackets; empty for another step."""
    term = reading.linker.term(part, reading.context(node), line=node.block.line)
    known = enumeration(term.name) if term.choice else None
    if known is None or known.predicate not in _STATES:
        return "", ""
    return term.name, term.bracket if _CONDITION.search(term.bracket) else ""


def _whole(reading: Reading, node: Node, part: str) -> str:
    return reading.linker.term(part, reading.context(node)).name


def _command(text: str) -> str:
    """Return the command that a step names, without arguments: `kubectl drain으로 …` -> `kubectl drain`."""
    latin = _LATIN.match(text.strip().lstrip("`"))
    command = command_line(latin[0]) if latin else ""
    return subcommand(command) if command else ""


def _command_of(node: Node) -> str:
    """Return the command in a code span of a step: ``정비 전에 `kubectl drain n1` 실행``."""
    spans = (command_line(node.inline.text[start:end]) for start, end in node.inline.codes)
    return next((subcommand(command) for command in spans if command), "")


class _Step:
    """One step of a flow: its text, the names in it, and its command."""

    def __init__(self, text: str, named: list[Named], *, whole: str = "", command: str = "") -> None:
        self.whole = whole
        self.text = text
        self.named = named
        self.command = command or _command(text)


def _actors(steps: list[_Step]) -> list[str]:
    names: list[str] = []
    actor = ""
    for step in steps:
        name, actor = _actor(step, actor)
        names.append(name)
    return names


def _actor(step: _Step, previous: str) -> tuple[str, str]:
    """Return the name of a step and who acts in it.

    The name is the acting component, the one asked when the actor is that of the step before, a command,
    or what the step makes.
    """
    if step.command:
        return step.command, step.command
    if _PARAMETER.search(step.text):
        return "", previous  # `selector app=web`: what the step before goes by
    outside = [n for n in step.named if not _in_brackets(step.text, n) and _may_be_step(n)]
    components = [n for n in outside if n.choice.kind in _ACTORS]
    if components:
        first = components[0]
        if first.name == previous and len(components) > 1:
            return components[1].name, previous
        return first.name, first.name
    if len(outside) == 1 or (outside and outside[0].mention.particle in {"이", "가", "은", "는"}):
        return outside[0].name, previous
    return (outside[-1].name if outside else step.whole if not step.named else ""), previous


def _may_be_step(named: Named) -> bool:
    """People set a flow going, and a field or selector is what a step goes by: none of them is one."""
    return named.choice.kind not in _NO_STEPS and named.name not in no_steps()


def _in_brackets(text: str, named: Named) -> bool:
    before = text[: text.find(named.mention.surface)]
    return before.count("(") > before.count(")")


def _chain(node: Node) -> list[Node]:
    """The run of siblings that arrows join, given at its first node."""
    if node.parent is None or node.kind not in {BlockKind.ITEM, BlockKind.PARAGRAPH} or not node.text:
        return []
    siblings = node.parent.children
    if node.index and _joined(siblings[node.index - 1], node):
        return []
    end = node.index
    while end + 1 < len(siblings) and _joined(siblings[end], siblings[end + 1]):
        end += 1
    return siblings[node.index : end + 1] if end > node.index else []


def _joined(first: Node, second: Node) -> bool:
    return bool(_ENDING_ARROW.search(first.text) or _STARTING_ARROW.match(second.text))


def _bare(text: str) -> str:
    return _STARTING_ARROW.sub("", _ENDING_ARROW.sub("", text))


def _named_in(node: Node, part: str) -> list[Named]:
    start = node.text.find(part)
    return [n for n in node.named if start <= n.start < start + len(part)]


def _is_ordered(reading: Reading, node: Node) -> bool:
    if reading.label_role(node) in _ORDER:
        return True
    return any(
        a.role in _ORDER or _SEQUENCE.search(a.text)
        for a in node.above()
        if a.line is not None and a is node.parent
    )


_SEQUENCE = re.compile(
    r"순서|과정|절차|흐름|단계|방법|steps?\b|flow|process|procedure|workflow|sequence|how ", re.IGNORECASE
)


def _are_steps(siblings: list[Node]) -> bool:
    sentences = sum(
        not s.terms and not s.topics and not s.separator and len(s.text.split()) > _WORDS_OF_A_NAME
        for s in siblings
    )
    acting = sum(
        any(n.choice.kind in _ACTORS for n in s.named) or bool(_command_of(s) or _command(s.text))
        for s in siblings
    )
    return sentences == len(siblings) and acting * 2 >= len(siblings)
