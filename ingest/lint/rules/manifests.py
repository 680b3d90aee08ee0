"""Manifests in fences that the API server would refuse, each at the line of the field."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from ingest.lint.checked import Checked, Problem
from ingest.lint.findings import Finding, Severity
from ingest.parse import manifests as positions
from ingest.parse.blocks import Block, BlockKind
from ontology import documents
from ontology.cluster import schema
from ontology.errors import OntologyError, UnknownKindError

_YAML = frozenset({"yaml", "yml", "k8s", "kubernetes"})
_TEMPLATE = re.compile(r"\{\{|\}\}|<[^<>\n]+>|^\s*\.\.\.\s*$|\$\{", re.MULTILINE)
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_BUILT_IN = re.compile(r"^(?:v1|(?:apps|batch|autoscaling|policy|extensions)/.*|[a-z.]+\.k8s\.io/.*)$")


def manifests(checked: Checked) -> Iterator[Finding]:
    """Each manifest of a YAML fence; templates and pieces of manifests are left alone."""
    for node in checked.outline.nodes:
        block = node.block
        if node.kind is not BlockKind.FENCE or block.info.split(" ")[0].lower() not in _YAML:
            continue
        text = "\n".join(line.text for line in block.lines)
        if not block.lines or _TEMPLATE.search(text):
            continue
        yield from _fence(checked, block, text)


def _fence(checked: Checked, block: Block, text: str) -> Iterator[Finding]:
    try:
        plain = [each for each in documents.read_yaml(text) if isinstance(each, dict)]
    except OntologyError as error:
        match = re.search(r"line (\d+)", str(error))
        line = min(int(match[1]), len(block.lines)) - 1 if match else 0
        yield checked.finding(block.lines[line].number, "", _problem("yaml", reason=str(error)))
        return
    for document, placed in zip(plain, positions.read(text), strict=False):
        if isinstance(document.get("apiVersion"), str) and isinstance(document.get("kind"), str):
            yield from _manifest(checked, block, document, placed)


def _manifest(
    checked: Checked, block: Block, document: dict[str, Any], placed: positions.Mapping
) -> Iterator[Finding]:
    try:
        violations = list(schema.violations(document, required=True))
    except UnknownKindError as error:
        yield from _unknown_kind(checked, block, placed, error)
        return
    for violation in violations:
        line = block.lines[min(_line(placed, violation.path), len(block.lines) - 1)].number
        field = violation.path.rpartition(".")[2].partition("[")[0]
        problem = _problem(
            "manifest",
            canonical=violation.nearest[0] if violation.nearest else "",
            reason=str(violation),
            path=violation.path,
        )
        yield checked.finding(line, field, problem)


def _unknown_kind(
    checked: Checked, block: Block, placed: positions.Mapping, error: UnknownKindError
) -> Iterator[Finding]:
    key = f"{error.api_version}/{error.kind}"
    gone = _removed().get(key)
    line = block.lines[min(_line(placed, "apiVersion"), len(block.lines) - 1)].number
    if gone is not None:
        problem = Problem(
            kind="outdated",
            wording="removedApi" if gone["instead"] else "removedKind",
            severity=Severity.HIGH,
            canonical=gone["instead"],
            facts={"kind": error.kind, "version": gone["removed"]},
        )
        yield checked.finding(line, error.api_version, problem)
    elif _BUILT_IN.match(error.api_version):  # other groups are those of custom resources
        yield checked.finding(
            line, error.api_version, _problem("manifest", reason=str(error), path=error.path)
        )


@cache
def _removed() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(files("ingest.lint").joinpath("removed_apis.toml").read_text("utf-8"))


def _problem(wording: str, *, canonical: str = "", **facts: Any) -> Problem:
    return Problem(
        kind="invalid-manifest", wording=wording, severity=Severity.HIGH, canonical=canonical, facts=facts
    )


def _line(placed: positions.Mapping, path: str) -> int:
    """Return the line in the fence of the field at a path, or of the nearest one above that is there."""
    value: positions.Value | None = placed
    line = placed.line
    for key, index in _STEP.findall(path):
        if isinstance(value, positions.Mapping):
            entry = next((e for e in value.entries if e[0] == key), None)
            if entry is None:
                return line
            _, value, line = entry
        elif isinstance(value, positions.Sequence) and index and int(index) < len(value.items):
            value = value.items[int(index)]
            line = value.line
        else:
            return line
    return line
