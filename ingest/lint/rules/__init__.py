"""All lint rules."""

from collections.abc import Callable, Iterator

from ingest.lint.checked import Checked
from ingest.lint.findings import Finding
from ingest.lint.rules.abbreviations import abbreviations
from ingest.lint.rules.claims import claims
from ingest.lint.rules.commands import commands
from ingest.lint.rules.headings import duplicate_headings, empty_sections
from ingest.lint.rules.labels import mislabelled
from ingest.lint.rules.links import contents, dead_anchors
from ingest.lint.rules.manifests import manifests
from ingest.lint.rules.misspellings import ordinary_words, repaired_names
from ingest.lint.rules.names import names
from ingest.lint.rules.reading import unread_lines
from ingest.lint.rules.versions import gone_things

Rule = Callable[[Checked], Iterator[Finding]]

# A text that is wrong in both ways is reported by the rule that stands first.
_SPELLING = frozenset({"typo", "wrong-name"})

RULES: tuple[Rule, ...] = (
    commands,
    repaired_names,
    ordinary_words,
    names,
    abbreviations,
    mislabelled,
    manifests,
    claims,
    gone_things,
    dead_anchors,
    contents,
    duplicate_headings,
    empty_sections,
    unread_lines,
)


def check(checked: Checked, rules: tuple[Rule, ...] = RULES) -> tuple[Finding, ...]:
    """Return the findings of a note, by place: what stands there is told once a kind, misspelt only once."""
    found: dict[tuple[int, int, str], Finding] = {}
    for rule in rules:
        for each in rule(checked):
            slot = "spelling" if each.kind in _SPELLING else each.kind
            found.setdefault((each.line, each.column, slot), each)
    return tuple(sorted(found.values(), key=lambda f: (f.line, f.column, f.kind, f.found)))
