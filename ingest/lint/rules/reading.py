"""Lines from which nothing was taken: what a learner wrote and kubelore could not read."""

from collections.abc import Iterator

from ingest.lint.checked import Checked, Problem
from ingest.lint.findings import Finding, Severity

_PROBLEM = Problem(kind="unread-line", wording="unread", severity=Severity.INFO)


def unread_lines(checked: Checked) -> Iterator[Finding]:
    """Each line with text that yielded no statement."""
    for line in checked.unread:
        yield checked.finding(line, "", _PROBLEM)
