"""Duties: what a cluster does, who does it, and whom it needs for that."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ontology.semantics.architecture.components import components, table
from ontology.verdict import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One duty: `actor` acts and turns to `partners`, in this order. Its rule has its name."""

    name: str
    actor: str
    partners: tuple[str, ...]

    @property
    def needs(self) -> tuple[str, ...]:
        """Every component without which it is not done, the process of the actor included."""
        return tuple(dict.fromkeys((self.actor, components()[self.actor].process, *self.partners)))

    def missing(self, down: frozenset[str]) -> tuple[str, ...]:
        """Return the components that are down and without which it is not done."""
        return tuple(each for each in self.needs if each in down)


@cache
def duties() -> Mapping[str, Duty]:
    """Return all duties that have an actor of their own, by name."""
    return {
        name: Duty(name=name, actor=each["actor"], partners=tuple(each.get("with", ())))
        for name, each in table("duties").items()
        if "actor" in each
    }


def made_by(controller: str) -> Duty:
    """Return the duty of a controller to make the objects of another kind."""
    return Duty(name="make", actor=controller, partners=tuple(table("duties")["make"]["with"]))


def step(duty: Duty, down: frozenset[str], *, object_: str = "") -> Step:
    """Return the step of a duty: whether it is done, by whom with whom, and who is missing."""
    missing = duty.missing(down)
    facts = {
        "actor": duty.actor,
        "partners": duty.partners,
        "down": missing,
        "object": object_,
    }
    return Step(f"architecture.{duty.name}", holds=not missing, facts=facts, concepts=duty.needs)
