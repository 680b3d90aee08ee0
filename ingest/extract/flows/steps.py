"""Steps of a flow, each named by who acts in it, by its command, or by what it makes."""

import re
import tomllib
from functools import cache
from importlib.resources import files

from ingest.extract.commands import command_line, subcommand
from ingest.link.outline import Named, Node
from ontology.concepts import ConceptKind

ENDING_ARROW = re.compile(r"\s*(?:►|▶|→|➡️?|➔|⇒|=>|->)\s*$")
STARTING_ARROW = re.compile(r"^\s*(?:►|▶|→|➡️?|➔|⇒|=>|->|↓|⬇️?)\s*")
_LATIN = re.compile(r"[\x20-\x7e]+")
LEAST = 2
_PARAMETER = re.compile(r"\w=\w")
_NO_STEPS = frozenset({ConceptKind.FIELD})
ACTORS = frozenset({ConceptKind.COMPONENT})


@cache
def no_steps() -> frozenset[str]:
    """Return the ideas that a flow may name without being steps of it."""
    raw = tomllib.loads(files("ingest.extract").joinpath("flows.toml").read_text(encoding="utf-8"))
    return frozenset(raw["no_steps"])


def command_at_start(text: str) -> str:
    """Return the command that a step names, without arguments: `kubectl drain으로 …` -> `kubectl drain`."""
    latin = _LATIN.match(text.strip().lstrip("`"))
    command = command_line(latin[0]) if latin else ""
    return subcommand(command) if command else ""


def command_of(node: Node) -> str:
    """Return the command in a code span of a step: ``정비 전에 `kubectl drain n1` 실행``."""
    spans = (command_line(node.inline.text[start:end]) for start, end in node.inline.codes)
    return next((subcommand(command) for command in spans if command), "")


class Step:
    """One step of a flow: its text, the names in it, and its command."""

    def __init__(self, text: str, named: list[Named], *, whole: str = "", command: str = "") -> None:
        self.whole = whole
        self.text = text
        self.named = named
        self.command = command or command_at_start(text)


def names_of(steps: list[Step]) -> list[str]:
    """Return the name of each step, empty for one that has none."""
    names: list[str] = []
    actor = ""
    for step in steps:
        name, actor = _actor(step, actor)
        names.append(name)
    return names


def _actor(step: Step, previous: str) -> tuple[str, str]:
    """Return the name of a step and who acts in it.

    The name is the acting component, the one asked when the actor is that of the step before, a command,
    or what the step makes.
    """
    if step.command:
        return step.command, step.command
    if _PARAMETER.search(step.text):
        return "", previous  # `selector app=web`: what the step before goes by
    outside = [n for n in step.named if not _in_brackets(step.text, n) and _may_be_step(n)]
    components = [n for n in outside if n.choice.kind in ACTORS]
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


def without_arrows(text: str) -> str:
    """Return a step without the arrows at its ends."""
    return STARTING_ARROW.sub("", ENDING_ARROW.sub("", text))
