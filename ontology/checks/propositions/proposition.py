"""One proposition, and the reading of all of them."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any
from urllib.parse import urljoin

from ontology import documents
from ontology.checks.claims import Result
from ontology.checks.trials import Trial, trials
from ontology.checks.values import normal
from ontology.lang import Lang

_PAGES = "https://kubernetes.io/docs/"

_NAME = re.compile(r"<[^<>]*>")

Triple = tuple[str, str, str, bool]

# Short names for what many patterns share.
_MACROS: Mapping[str, str] = {
    "TIME": r"(?P<value>\d[\d.,]*\s?(?:초|분|시간|일|년|ms|s\b|sec\w*|m\b|min\w*|h\b|hours?|day\w*|year\w*))",
    "NUMBER": r"(?P<value>\d[\d.,]*)",
    "VERSION": r"(?<![\d.])v?(?P<value>1\.\d{1,2})(?![\d.]*\d)",
    "SIZE": r"(?P<value>\d[\d.,]*\s?(?:[KMGT]i?B?|바이트|bytes?))",
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Proposition:
    """What may be claimed, how notes say it, and what decides it.

    `claims` are the facts that mean it. `about` are concepts of which a sentence must speak for `says` to
    mean it: any one, none for any sentence. `given` are words that name the condition under which it holds.
    `verbatim` patterns say their polarity themselves. `values` are the right ones where a pattern captures a
    value, `format` what it must look like. `vouched` is what becomes of it where no trial decides.
    """

    claims: tuple[Triple, ...]
    about: frozenset[str]
    says: tuple[str, ...]
    given: str
    verbatim: bool
    values: tuple[str, ...]
    format: str
    trials: tuple[Trial, ...]
    vouched: Result | None
    until: str
    note: Mapping[Lang, str]
    source: str

    @cached_property
    def patterns(self) -> tuple[re.Pattern[str], ...]:
        """The words that say it, compiled: as one where none captures a value, since that is quicker."""
        if self.values or self.format:
            return tuple(_compiled(each) for each in self.says)
        return (_compiled("|".join(f"(?:{each})" for each in self.says)),)

    @cached_property
    def condition(self) -> re.Pattern[str] | None:
        """The words that name the condition under which it holds, compiled."""
        return _compiled(self.given) if self.given else None

    def accepts(self, value: str) -> bool:
        """Whether a value that a sentence names is a right one."""
        if self.format:
            return re.fullmatch(self.format, value, re.IGNORECASE) is not None
        return normal(value) in {normal(each) for each in self.values}

    @property
    def name(self) -> str:
        """The first claim, as a reader writes it."""
        return named(self.claims[0])


def named(triple: Triple) -> str:
    """Return a claim as one line: `not: livenessProbe creates Pod`."""
    subject, predicate, target, negated = triple
    return f"{'not: ' if negated else ''}{subject} {predicate} {target}"


def _compiled(pattern: str) -> re.Pattern[str]:
    # a name is one word: its dot ends no sentence
    pattern = _NAME.sub(lambda name: name[0].replace(r"\.", ":"), pattern)
    for name, words in _MACROS.items():
        pattern = pattern.replace(f"%{name}%", words)
    return re.compile(pattern, re.IGNORECASE)


@cache
def propositions() -> tuple[Proposition, ...]:
    """Return all propositions, by file and place."""
    folder = files("ontology.checks.propositions")
    sources = sorted((f for f in folder.iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name)
    return tuple(
        _proposition(raw)
        for source in sources
        for raw in documents.read_yaml(source.read_bytes())
        if raw is not None
    )


@cache
def by_triple() -> Mapping[Triple, Proposition]:
    """Return the proposition that each claim means."""
    return {triple: each for each in propositions() for triple in each.claims}


@cache
def by_concept() -> Mapping[str, Sequence[Proposition]]:
    """Return the propositions that sentences about a concept may say; those of any sentence under `""`."""
    found: dict[str, list[Proposition]] = defaultdict(list)
    for each in propositions():
        if each.says:
            for name in each.about or ("",):
                found[name].append(each)
    return found


def _proposition(raw: Mapping[str, Any]) -> Proposition:
    says = raw.get("says", ())
    return Proposition(
        claims=tuple(_triples(raw["claims"])),
        about=frozenset(raw.get("about", ())),
        says=(says,) if isinstance(says, str) else tuple(says),
        given=raw.get("given", ""),
        verbatim=raw.get("verbatim", False),
        values=tuple(map(str, raw.get("values", ()))),
        format=raw.get("format", ""),
        trials=trials(raw.get("trials", ())),
        vouched=_vouched(raw),
        until=str(raw.get("until", "")),
        note={Lang(lang): text for lang, text in raw["note"].items()},
        source=urljoin(_PAGES, raw["source"]),
    )


def _triples(raw: Sequence[str]) -> Iterator[Triple]:
    for each in raw:
        subject, predicate, target = each.removeprefix("not ").split(" ", maxsplit=2)
        yield subject, predicate, target, each.startswith("not ")


def _vouched(raw: Mapping[str, Any]) -> Result | None:
    if "until" in raw:
        return Result.OUTDATED
    return Result(raw["result"]) if "result" in raw else None
