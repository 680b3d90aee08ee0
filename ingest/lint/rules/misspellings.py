"""Misspelt words: names that were read in spite of a slip, and ordinary words that notes often get wrong."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files

from ingest.link.repair import Repair
from ingest.lint.checked import Checked, Problem
from ingest.lint.findings import Finding, Severity

_WORD = re.compile(r"[A-Za-z0-9]+|[^A-Za-z0-9\s]")
_DOUBLED = re.compile(r"(?<!\S)(?P<word>[A-Za-z]{2,})(?: +(?i:(?P=word)))+(?!\S)")
_FEW = 20  # as many words as are faster sought in a line than all its words are looked up
# `had had`, `that that`: right now and then, so left alone
_RIGHTLY_DOUBLED = frozenset({"had", "that", "very", "so", "ha", "bye"})


def repaired_names(checked: Checked) -> Iterator[Finding]:
    """Each word that was read as a name of the lexicon; a typo wherever else it stands in the prose as well.

    What stands in code may be right there, whatever it looks like: it is told, and left to the author.
    """
    problems = {repair.found: _problem(repair) for repair in reversed(checked.outline.repairs)}
    typos = {found: problem for found, problem in problems.items() if problem.kind == "typo"}
    places = list(_occurrences(checked, typos))
    for line, column, found in places:
        yield checked.finding(line, found, typos[found], after=column)
    told = {(line, found) for line, _, found in places}
    for repair in checked.outline.repairs:
        if (repair.line, repair.found) not in told:
            yield checked.finding(repair.line, repair.found, replace(_problem(repair), fixable=False))


def _occurrences(checked: Checked, forms: Iterable[str]) -> Iterator[tuple[int, int, str]]:
    """Yield line, offset and form wherever one of the forms stands as a word of its own in the prose."""
    by_beginning: dict[str, list[str]] = defaultdict(list)
    for form in sorted(forms, key=len, reverse=True):
        by_beginning[_beginning(form)].append(form)
    for number, text in checked.prose:
        if len(by_beginning) <= _FEW and not any(beginning in text for beginning in by_beginning):
            continue
        for word in _WORD.finditer(text):
            for form in by_beginning.get(word[0], ()):
                if text.startswith(form, word.start()) and not _goes_on(text, word.start() + len(form)):
                    yield number, word.start(), form
                    break


def _beginning(form: str) -> str:
    word = _WORD.search(form)
    return word[0] if word else ""


def _goes_on(text: str, at: int) -> bool:
    return text[at : at + 1].isascii() and text[at : at + 1].isalnum()


def _problem(repair: Repair) -> Problem:
    # a field that was written under another name is a word in its own right, not a slip of the pen
    if repair.rule.startswith("a field"):
        return Problem(
            kind="wrong-name",
            wording="field",
            severity=Severity.MEDIUM,
            canonical=repair.canonical,
            facts={"rule": repair.rule},
        )
    canonical = _in_the_case_of(repair.found, repair.canonical)
    return Problem(
        kind="typo", wording="misspelt", severity=Severity.MEDIUM, canonical=canonical, fixable=True
    )


def _in_the_case_of(found: str, canonical: str) -> str:
    """Return the right word in lower case where the author wrote all in lower case, and it is no name."""
    return canonical.lower() if found.islower() and canonical.istitle() else canonical


@cache
def _korean() -> Mapping[str, Mapping[str, str]]:
    raw = files("ingest.lint").joinpath("korean_slips.toml").read_text("utf-8")
    return {table: dict(forms) for table, forms in tomllib.loads(raw).items()}


@cache
def _slip() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, _korean()["slips"])))


@cache
def _particle() -> re.Pattern[str]:
    return re.compile(
        rf"(?<![가-힣])(?P<name>[가-힣]+)(?P<particle>{'|'.join(_korean()['particles'])})(?![가-힣])"
    )


def _korean_slips(checked: Checked, text: str) -> Iterator[tuple[int, str, str]]:
    """Yield where a form stands, the form, and the right one."""
    for match in _slip().finditer(text):
        yield match.start(), match[0], _korean()["slips"][match[0]]
    for match in _particle().finditer(text):
        if checked.lexicon.registry.labelled(match["name"]):
            yield match.start(), match[0], match["name"] + _korean()["particles"][match["particle"]]


def ordinary_words(checked: Checked) -> Iterator[Finding]:
    """Korean words that are often written wrongly, and English words written twice."""
    for number, text in checked.prose:
        for at, wrong, right in _korean_slips(checked, text):
            problem = Problem(
                kind="typo", wording="misspelt", severity=Severity.INFO, canonical=right, fixable=True
            )
            yield checked.finding(number, wrong, problem, after=at)
        for match in _DOUBLED.finditer(text):
            if match["word"].lower() not in _RIGHTLY_DOUBLED:
                problem = Problem(
                    kind="typo",
                    wording="doubled",
                    severity=Severity.LOW,
                    canonical=match["word"],
                    fixable=True,
                )
                yield checked.finding(number, match[0], problem, after=match.start())
