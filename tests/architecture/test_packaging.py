import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = ("api", "graph", "ingest", "ontology")
# Found by uvicorn, never imported by us.
LOADED_BY_OTHERS = {"httptools", "uvloop", "websockets"}


@cache
def declared() -> frozenset[str]:
    """The run-time dependencies, by normalised name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return frozenset(normal(each.partition("==")[0]) for each in project["dependencies"])


def normal(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


@cache
def imported() -> dict[str, str]:
    """Every third-party package that our code imports, with one file that does."""
    found = {}
    for package in OURS:
        for file in sorted((ROOT / package).rglob("*.py")):
            if "node_modules" not in file.parts:
                found |= {name: str(file.relative_to(ROOT)) for name in names(file)}
    return {name: file for name, file in found.items() if name not in (*OURS, *sys.stdlib_module_names)}


def names(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (each.name.partition(".")[0] for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


@pytest.mark.parametrize("package", OURS)
def test_no_other_distribution_owns_our_names(package: str) -> None:
    assert set(packages_distributions().get(package, ["kubelore"])) == {"kubelore"}


def test_what_is_imported_is_declared() -> None:
    owners = packages_distributions()
    missing = {
        name: file
        for name, file in imported().items()
        if not {normal(each) for each in owners.get(name, [name])} & declared()
    }

    assert missing == {}


def test_what_is_declared_is_imported() -> None:
    owners = packages_distributions()
    used = {normal(each) for name in imported() for each in owners.get(name, [name])}

    assert declared() - used - LOADED_BY_OTHERS == set()


def test_every_dependency_is_explained() -> None:
    page = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8").lower()
    explained = {normal(each) for each in re.findall(r"\*\*([\w.-]+)\*\*", page)}

    assert declared() - explained == set()


def test_pins_name_no_host() -> None:
    assert "://" not in (ROOT / "constraints.txt").read_text()
    assert '"resolved"' not in (ROOT / "api/web/frontend/package-lock.json").read_text()


def test_no_test_folder_is_a_package() -> None:
    assert list((ROOT / "tests").rglob("__init__.py")) == []
