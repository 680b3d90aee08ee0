"""The grammar of kubectl: which commands there are, and the one that a wrong word was meant to be."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files

from ontology.cluster import schema

_LIKE = 0.75
_CORRECTIONS = 3  # verb, subcommand, resource


@dataclass(frozen=True, slots=True)
class Grammar:
    """Commands, their subcommands with aliases, and which of them need one or take a resource."""

    commands: tuple[str, ...]
    subcommands: Mapping[str, tuple[str, ...]]
    required: frozenset[str]
    resources: frozenset[str]
    other_names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Mistake:
    """A word that kubectl does not know there, and the nearest that it does (empty for none)."""

    word: str
    nearest: str


@cache
def grammar() -> Grammar:
    """Return the grammar of the kubectl that belongs to the Kubernetes version spoken."""
    raw = tomllib.loads(files("ingest.lexicon").joinpath("kubectl.toml").read_text("utf-8"))
    aliases = raw["aliases"]
    return Grammar(
        commands=tuple(raw["commands"]),
        subcommands={name: (*found, *aliases.get(name, ())) for name, found in raw["subcommands"].items()},
        required=frozenset(raw["required"]["commands"]),
        resources=frozenset(raw["resources"]["commands"]),
        other_names=frozenset(raw["resources"]["other_names"]),
    )


@cache
def resource_names() -> frozenset[str]:
    """Return the names that kubectl takes for built-in resources: kinds, plurals and short names."""
    kinds = {key.rpartition("/")[2].lower() for key in schema.load().kinds}
    plurals = {kind + ("es" if kind.endswith(("s", "x", "ch")) else "s") for kind in kinds}
    return frozenset(kinds | plurals | grammar().other_names)


def words(command: str) -> list[str]:
    """Return the leading words of a command line: all before the first flag, placeholder or quote."""
    found: list[str] = []
    for word in command.split():
        if word.startswith(("-", "<", "[", "{", "$", "'", '"', "(", "|", ">", "…", "...")):
            break
        found.append(word)
    return found


def mistake(command: str) -> Mistake | None:
    """Return the first word of a kubectl command line that kubectl would refuse, None for none.

    A resource that is not built in may be a custom one: it is a mistake only where a built-in name is near.
    """
    _, *rest = words(command) or [""]
    if not rest:
        return None
    known = grammar()
    verb, *arguments = rest
    if verb not in known.commands:
        return Mistake(verb, _near(verb, known.commands))
    if not arguments:
        return None
    if verb in known.required and arguments[0] not in known.subcommands[verb]:
        return Mistake(arguments[0], _near(arguments[0], known.subcommands[verb]))
    if verb in known.resources:
        return _resource(arguments[0])
    return None


def _resource(argument: str) -> Mistake | None:
    for name in argument.partition("/")[0].split(","):
        plain = name.partition(".")[0].lower()
        if plain and plain not in resource_names() and plain.isalpha():
            near = _near(plain, resource_names())
            if near:
                return Mistake(name, near)
    return None


def _near(word: str, known: tuple[str, ...] | frozenset[str]) -> str:
    return next(iter(get_close_matches(word, sorted(known), n=1, cutoff=_LIKE)), "")


def corrected(command: str) -> str:
    """Return a kubectl command line with the words put right that have a near one; others stay."""
    if not command.startswith("kubectl "):
        return command
    for _ in range(_CORRECTIONS):
        found = mistake(command)
        if found is None or not found.nearest:
            break
        command = command.replace(f" {found.word}", f" {found.nearest}", 1)
    return command
