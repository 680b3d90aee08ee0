"""Components: what they are called, where they stand, how they run, and what goes down with them."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

from ontology.errors import InvalidQuestionError, did_you_mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One component. `part_of` is the process it lives in, empty for its own; `runs` how that runs."""

    name: str
    plane: str
    runs: str
    part_of: str
    brings: tuple[str, ...]

    @property
    def process(self) -> str:
        """The name of the process that talks to others for it."""
        return self.part_of or self.name


@cache
def table(name: str) -> Mapping[str, Any]:
    """Return a table of this package."""
    text = files("ontology.semantics.architecture").joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def components() -> Mapping[str, Component]:
    """Return all components, by name, in the order of the table."""
    raw = table("components")
    return {
        name: Component(
            name=name,
            plane=each["plane"],
            runs=each.get("runs", ""),
            part_of=each.get("partOf", ""),
            brings=tuple(each.get("brings", ())),
        )
        for name, each in raw.items()
    }


@cache
def _names() -> Mapping[str, str]:
    found = {name.lower(): name for name in components()}
    for name, each in table("components").items():
        for other in each.get("also", ()):
            found.setdefault(other.lower(), name)
    return found


def component(name: str, path: str) -> Component:
    """Return a component by its name or another that people use; case does not count.

    Raises:
        InvalidQuestionError: there is none of that name; says the nearest.
    """
    found = _names().get(name.strip().lower())
    if found is None:
        near = get_close_matches(name.lower(), _names(), n=3, cutoff=0.6)
        nearest = dict.fromkeys(_names()[each] for each in near)
        raise InvalidQuestionError(f"unknown component `{name}`" + did_you_mean(nearest), path=path)
    return components()[found]


def down(names: Iterable[str], path: str) -> frozenset[str]:
    """Return all that is down when these are: what is part of one, and what one brings down with it.

    Raises:
        InvalidQuestionError: a name that no component has; `path` is where the names stand.
    """
    named = [component(name, f"{path}[{index}]") for index, name in enumerate(names)]
    fallen = {each.name for each in named} | {name for each in named for name in each.brings}
    return frozenset(fallen | {each.name for each in components().values() if each.part_of in fallen})
