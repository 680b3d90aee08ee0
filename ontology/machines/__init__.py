"""The state machines of Kubernetes: one transition table each, worded in both languages.

`en.toml` and `ko.toml` hold words for titles, states, events, guards and effects; `describe` makes the
sentence of a transition of them.
"""

import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

from ontology.errors import UnknownConceptError
from ontology.lang import Lang, with_particle
from ontology.machine import Machine, Transition
from ontology.machines import containers, nodes, pods, volumes


@cache
def machines() -> Mapping[str, Machine]:
    """Return every machine by name."""
    tables = (*pods.MACHINES, *containers.MACHINES, *volumes.MACHINES, *nodes.MACHINES)
    return {machine.name: machine for machine in tables}


def machine(name: str) -> Machine:
    """Return a machine by name.

    Raises:
        UnknownConceptError: no machine of that name; says the nearest.
    """
    found = machines().get(name)
    if found is None:
        raise UnknownConceptError(name, nearest=get_close_matches(name, machines(), n=2, cutoff=0.4))
    return found


@cache
def words(lang: Lang) -> Mapping[str, Mapping[str, Any]]:
    """Return the words of one language: `titles`, `subjects`, `states`, `events`, `guards`, `effects`."""
    return tomllib.loads(
        files("ontology.machines").joinpath(f"{lang.value}.toml").read_text(encoding="utf-8")
    )


def title(machine: Machine, lang: Lang) -> str:
    """Return what the machine is called."""
    return str(words(lang)["titles"][machine.name])


def state_text(machine: Machine, state: str, lang: Lang) -> str:
    """Return what a state means."""
    return str(words(lang)["states"][machine.name][state])


def describe(machine: Machine, transition: Transition, lang: Lang) -> str:
    """Return a transition as one or two sentences."""
    return _SENTENCES[lang](machine, transition)


def _word(lang: Lang, section: str, name: str) -> str:
    return str(words(lang)[section][name]) if name else ""


def _english(machine: Machine, row: Transition) -> str:
    event, guard, effect = (
        _word(Lang.EN, section, name)
        for section, name in (("events", row.event), ("guards", row.guard), ("effects", row.effect))
    )
    subject = _word(Lang.EN, "subjects", machine.name)
    condition = f"when {event}" + (f", and {guard}" if guard else "")
    change = f"stays {row.state}" if row.next == row.state else f"goes from {row.state} to {row.next}"
    return f"{condition}, {subject} {change}" + (f"; {effect}" if effect else "")


def _korean(machine: Machine, row: Transition) -> str:
    event, guard, effect = (
        _word(Lang.KO, section, name)
        for section, name in (("events", row.event), ("guards", row.guard), ("effects", row.effect))
    )
    condition = (f"{guard} 경우, " if guard else "") + event
    subject = _word(Lang.KO, "subjects", machine.name)
    topic = with_particle(subject, "은/는")
    change = (
        f"{row.state} 상태에 머무릅니다"
        if row.next == row.state
        else f"{row.state}에서 {with_particle(row.next, '으로/로')} 바뀝니다"
    )
    return f"{condition} {topic} {change}" + (f". {effect}" if effect else "")


_SENTENCES = {Lang.EN: _english, Lang.KO: _korean}
