"""All lint rules. Order is the order of the output within a line, and nothing else."""

from collections.abc import Callable, Iterator

from ingest.lint.checked import Checked
from ingest.lint.findings import Finding
from ingest.lint.rules.abbreviations import abbreviations
from ingest.lint.rules.commands import commands
from ingest.lint.rules.headings import duplicate_headings, empty_sections
from ingest.lint.rules.labels import mislabelled
from ingest.lint.rules.links import contents, dead_anchors
from ingest.lint.rules.manifests import manifests
from ingest.lint.rules.misspellings import ordinary_words, repaired_names
from ingest.lint.rules.names import names
from ingest.lint.rules.reading import unread_lines
from ingest.lint.rules.versions import contradicted, outdated

Rule = Callable[[Checked], Iterator[Finding]]

RULES: tuple[Rule, ...] = (
    repaired_names,
    ordinary_words,
    names,
    abbreviations,
    mislabelled,
    commands,
    manifests,
    outdated,
    contradicted,
    dead_anchors,
    contents,
    duplicate_headings,
    empty_sections,
    unread_lines,
)


def check(checked: Checked) -> tuple[Finding, ...]:
    """Return the findings of a note, by place; one text is reported once a kind."""
    found: dict[tuple[int, int, str, str], Finding] = {}
    for rule in RULES:
        for each in rule(checked):
            found.setdefault((each.line, each.column, each.found, each.kind), each)
    return tuple(sorted(found.values(), key=lambda f: (f.line, f.column, f.kind, f.found)))
