"""Benchmarks run only when asked for: `make bench`. They print what they measure and hold it against a floor."""

from collections.abc import Callable
from pathlib import Path

import pytest

from graph.snapshot import ConceptNode, FactNode, Snapshot


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--bench", action="store_true", help="run the benchmarks below tests/bench")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    wanted = config.getoption("--bench", default=False)
    return None if wanted or collection_path.is_dir() else True


@pytest.fixture
def report(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Print a line at once, whatever pytest captures."""

    def line(text: str) -> None:
        with capsys.disabled():
            print(f"\n{text}", end="", flush=True)  # noqa: T201 - what a benchmark is for

    return line


@pytest.fixture(scope="session")
def made_up() -> Callable[[int, int], Snapshot]:
    """Make a graph of so many concepts, each with so many facts about others."""

    def snapshot(concepts: int, facts: int) -> Snapshot:
        nodes = tuple(
            ConceptNode(f"c{i:04}", f"https://kubelore.dev/id/c{i:04}", "kind", {"ko": (f"개념{i}",), "en": (f"C{i}",)}, {}, (), "")
            for i in range(concepts)
        )  # fmt: skip
        stated = tuple(
            FactNode(f"f{i}-{n}", i, "uses", (i * 7 + n) % concepts, "", -1, (n,), "quote", 0, 5, "curated", "", "",
                     False, "plain", "", "")
            for i in range(concepts)
            for n in range(facts)
        )  # fmt: skip
        return Snapshot("bench", nodes, stated, (), ())

    return snapshot
