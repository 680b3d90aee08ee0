"""What a set of scenarios exercised: the rules that were applied, and the concepts that they met.

A rule is exercised when a verdict applied it; one that only almost applied is not. A concept is met when such
a rule decides it or a step names it. What counts are the concepts that some rule of the vocabulary decides.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from api.printing import style
from ontology import vocabulary
from ontology.verdict import Role, Step

_WIDTH = 110


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What of a whole was reached, by name, sorted."""

    reached: tuple[str, ...]
    missed: tuple[str, ...]

    @property
    def total(self) -> int:
        """How many there are."""
        return len(self.reached) + len(self.missed)

    def __str__(self) -> str:
        """Word it as `3 of 12`."""
        return f"{len(self.reached)} of {self.total}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The rules of each system that were applied, and the concepts that were met."""

    rules: dict[str, Share]
    concepts: Share


def measure(steps: Iterable[Step]) -> Coverage:
    """Return what the steps of any verdicts exercised, against the whole vocabulary."""
    applied = [step for step in steps if step.role is Role.APPLIED]
    known = vocabulary.rules()
    exercised = {step.rule for step in applied}
    met = {name for step in applied for name in step.concepts}
    met.update(name for rule in exercised & known.keys() for name in known[rule].decides)
    of_system: dict[str, list[str]] = defaultdict(list)
    for rule in known:
        of_system[rule.partition(".")[0]].append(rule)
    return Coverage(
        rules={system: _share(of_system[system], exercised) for system in sorted(of_system)},
        concepts=_share({name for rule in known.values() for name in rule.decides}, met),
    )


def _share(all_: Iterable[str], reached: set[str]) -> Share:
    names = sorted(all_)
    return Share(
        reached=tuple(name for name in names if name in reached),
        missed=tuple(name for name in names if name not in reached),
    )


def plain(found: Coverage) -> dict[str, Any]:
    """Return a coverage as plain data."""
    return {
        "systems": {
            system: {"rules": share.total, "applied": share.reached, "neverApplied": share.missed}
            for system, share in found.rules.items()
        },
        "concepts": {
            "total": found.concepts.total,
            "met": found.concepts.reached,
            "neverMet": found.concepts.missed,
        },
    }


def lines(found: Coverage) -> Iterator[str]:
    """Yield what a terminal shows: of a system that was not asked at all, only how many rules it has."""
    width = max(map(len, found.rules))
    applied = sum(len(share.reached) for share in found.rules.values())
    yield style(f"rules applied: {applied} of {sum(share.total for share in found.rules.values())}", "bold")
    for system, share in found.rules.items():
        yield f"  {system:<{width}}  {share} ({len(share.reached) / share.total:.0%})"
        if share.reached:
            yield from _listed(share.missed)
    yield style(f"concepts met: {found.concepts}; never met:", "bold")
    yield from _listed(found.concepts.missed)


def _listed(names: Sequence[str]) -> Iterator[str]:
    indent = " " * 4
    # a name is not broken: it is there to be copied
    return iter(
        wrap(
            ", ".join(names),
            _WIDTH,
            initial_indent=indent,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
    )
