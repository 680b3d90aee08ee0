"""kubectl command lines that kubectl would refuse."""

from collections.abc import Iterator

from ingest.extract.commands import command_line
from ingest.lexicon.kubectl import mistake
from ingest.lint.checked import Checked, Problem
from ingest.lint.findings import Finding, Severity
from ingest.parse.blocks import BlockKind


def commands(checked: Checked) -> Iterator[Finding]:
    """Each command line, in a fence or a code span, whose words kubectl does not know."""
    for line, text in _command_lines(checked):
        found = mistake(text) if text.startswith("kubectl ") else None
        if found is None:
            continue
        problem = Problem(
            kind="wrong-name" if found.nearest else "unknown-command",
            wording="commandNear" if found.nearest else "command",
            severity=Severity.HIGH,
            canonical=found.nearest,
            facts={"command": text},
        )
        yield checked.finding(line, found.word, problem)


def _command_lines(checked: Checked) -> Iterator[tuple[int, str]]:
    for node in checked.outline.nodes:
        if node.kind is BlockKind.FENCE:
            for each in node.block.lines:
                yield each.number, command_line(each.text)
        elif node.line is not None:
            for start, end in node.inline.codes:
                yield node.line.number, command_line(node.inline.text[start:end])
