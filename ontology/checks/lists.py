"""Lists that leave something out: three of four access modes, a control plane with a component missing."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ontology.checks.claims import Check, Claim, Result
from ontology.checks.wording import said

_FEWEST = 2  # who names one gives an example


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """All members of a list, and where they stand in a fact."""

    members: tuple[str, ...]
    inverse: bool
    source: str


@cache
def _wholes() -> Mapping[tuple[str, str], Whole]:
    raw = tomllib.loads(files("ontology.checks").joinpath("lists.toml").read_text(encoding="utf-8"))
    return {
        (of, each["predicate"]): Whole(
            members=tuple(each["members"]), inverse=each.get("inverse", False), source=each["source"]
        )
        for each in raw["list"]
        for of in each["of"]
    }


@cache
def list_predicates() -> frozenset[str]:
    """Return the predicates of facts that may name a member of a list."""
    return frozenset(predicate for _, predicate in _wholes())


def incomplete(claims: Iterable[Claim]) -> Iterator[tuple[Claim, Check]]:
    """Yield the last claim of each list that names most members and leaves some out."""
    listed: dict[tuple[str, str], dict[str, Claim]] = {}
    for claim in claims:
        for of, member, inverse in (
            (claim.subject, claim.object, False),
            (claim.object, claim.subject, True),
        ):
            whole = _wholes().get((of, claim.predicate))
            if (
                whole is not None
                and whole.inverse is inverse
                and member in whole.members
                and not claim.negated
            ):
                listed.setdefault((of, claim.predicate), {})[member] = claim
    for key, members in listed.items():
        whole = _wholes()[key]
        missing = tuple(each for each in whole.members if each not in members)
        if missing and len(members) >= _FEWEST and len(members) * 2 > len(whole.members):
            note = said("incomplete", of=key[0], missing=missing)
            yield list(members.values())[-1], Check(result=Result.TOO_WEAK, note=note, source=whole.source)
