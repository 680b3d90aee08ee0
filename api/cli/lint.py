"""`kubelore lint`: what is wrong with notes, where, and what it should be."""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson

from api import sources
from ingest.errors import NoteTooLargeError
from ingest.lint import contradictions
from ingest.lint.findings import Finding, Severity
from ingest.lint.rules import check
from ingest.lint.wording import message
from ingest.pipeline import examine
from ingest.read import Source
from ontology import vocabulary
from ontology.lang import Lang

_ORDER = tuple(Severity)
_SARIF_LEVEL = {
    Severity.INFO: "note",
    Severity.LOW: "note",
    Severity.MEDIUM: "warning",
    Severity.HIGH: "error",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("notes", nargs="+", metavar="NOTE", type=Path, help="markdown files or folders")
    parser.add_argument("--fix", action="store_true", help="put misspelt words right in the files")
    parser.add_argument("-o", "--output", choices=("text", "json", "sarif"), default="text")
    parser.add_argument("--lang", choices=[each.value for each in Lang], default=Lang.EN.value)
    parser.add_argument(
        "--severity",
        choices=[each.value for each in Severity],
        default=Severity.INFO.value,
        help="leave out what is less severe",
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the command: exit 1 when something was found that is more than a remark."""
    registry = vocabulary.registry()
    least = _ORDER.index(Severity(arguments.severity))
    opened = sources.opened(arguments.notes)
    notes = [
        _fixed(path, source, check(examine(source, registry))) if arguments.fix else source
        for path, source in opened.notes
    ]
    examined = [examine(source, registry) for source in notes]
    found = [
        *(finding for note in examined for finding in check(note)),
        *contradictions.findings(examined),
        *(_too_large(error) for error in opened.refused if isinstance(error, NoteTooLargeError)),
    ]
    findings = [finding for finding in found if _ORDER.index(finding.severity) >= least]
    sys.stdout.writelines(_WRITERS[arguments.output](findings, Lang(arguments.lang)))
    return opened.exit_code(1 if any(each.severity is not Severity.INFO for each in findings) else 0)


def _too_large(error: NoteTooLargeError) -> Finding:
    """A note over the limit: nothing of it was read."""
    return Finding(
        document=error.path,
        line=1,
        column=1,
        found="",
        kind="unread-line",
        severity=Severity.HIGH,
        wording="tooLarge",
        facts={"size": error.size, "limit": error.limit},
    )


def _text(findings: Sequence[Finding], lang: Lang) -> Iterator[str]:
    for each in findings:
        yield f"{each.document}:{each.line}:{each.column}: {each.kind} {message(each, lang)}\n"


def _json(findings: Sequence[Finding], _: Lang) -> Iterator[str]:
    for each in findings:
        row = {
            "document": each.document,
            "line": each.line,
            "column": each.column,
            "found": each.found,
            "kind": each.kind,
            "severity": each.severity.value,
            "canonical": each.canonical,
            "message": {lang.value: message(each, lang) for lang in Lang},
        }
        yield orjson.dumps(row).decode() + "\n"


def _sarif(findings: Sequence[Finding], lang: Lang) -> Iterator[str]:
    """Yield one SARIF 2.1.0 log (docs.oasis-open.org/sarif/sarif/v2.1.0)."""
    rules = sorted({each.kind for each in findings})
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "kubelore", "rules": [{"id": rule} for rule in rules]}},
                "columnKind": "unicodeCodePoints",
                "results": [_result(each, lang) for each in findings],
            }
        ],
    }
    yield orjson.dumps(log, option=orjson.OPT_INDENT_2).decode() + "\n"


def _result(finding: Finding, lang: Lang) -> dict[str, Any]:
    region = {
        "startLine": finding.line,
        "startColumn": finding.column,
        "endColumn": finding.column + len(finding.found),
        "byteOffset": finding.start,
        "byteLength": finding.end - finding.start,
    }
    place = {"artifactLocation": {"uri": _uri(finding.document)}, "region": region}
    return {
        "ruleId": finding.kind,
        "level": _SARIF_LEVEL[finding.severity],
        "message": {"text": message(finding, lang)},
        "locations": [{"physicalLocation": place}],
    }


def _uri(document: str) -> str:
    """Return a path as a reference: SARIF wants RFC 3986, so Korean letters and blanks are encoded."""
    path = Path(document)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())


_WRITERS = {"text": _text, "json": _json, "sarif": _sarif}


def _fixed(path: Path, source: Source, findings: Sequence[Finding]) -> Source:
    """Put safe corrections into a file, all of them or, if writing fails, none; return it as it is now."""
    safe = [each for each in findings if each.fixable and each.canonical]
    data = source.data
    for each in sorted(safe, key=lambda f: f.start, reverse=True):
        data = data[: each.start] + each.canonical.encode() + data[each.end :]
    if data == source.data:
        return source
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as written:
        written.write(data)
    Path(written.name).chmod(path.stat().st_mode)
    os.replace(written.name, path)  # noqa: PTH105  atomic, as Path.replace is; named for it
    sys.stderr.write(f"{path}: {len(safe)} corrected\n")
    return Source(source.document, data)
