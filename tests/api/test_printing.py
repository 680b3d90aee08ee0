"""What goes to a terminal or a pipe: colour only where someone sees it, documents with a version, grids."""

import io
import json
from typing import Any

import pytest
import yaml

from api.printing import document, is_for_eyes, shown, style


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")


def test_colour_goes_to_terminals_only() -> None:
    assert style("yes", "bold", "green", stream=Terminal()) == "\x1b[1;32myes\x1b[0m"
    assert style("yes", "bold", stream=io.StringIO()) == "yes"


def test_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    assert style("yes", "bold", stream=Terminal()) == "yes"


def test_a_dumb_terminal_gets_neither_colour_nor_bars(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")

    assert not is_for_eyes(Terminal())
    assert style("yes", "bold", stream=Terminal()) == "yes"


@pytest.mark.parametrize(("form", "load"), [("json", json.loads), ("yaml", yaml.safe_load)])
def test_a_document_has_a_version_and_a_kind_before_its_body(form: str, load: Any) -> None:
    text = document("Verdict", {"name": "파드", "steps": ("a", "b")}, form)

    assert load(text) == {"apiVersion": "kubelore/v1", "kind": "Verdict", "name": "파드", "steps": ["a", "b"]}
    assert list(load(text))[:2] == ["apiVersion", "kind"]
    assert "파드" in text


@pytest.mark.parametrize(
    ("value", "lines"),
    [
        pytest.param(
            {"ready": True, "a": {"b": 1}}, ["  ready  true", "  a.b    1"], id="leaves with their paths"
        ),
        pytest.param(
            {"n": 1, "rows": [{"at": 0, "to": "Pending"}, {"at": 12, "to": None}]},
            ["  n  1", "  rows", "    at  to", "    0   Pending", "    12  -"],
            id="alike mappings as a grid",
        ),
        pytest.param(
            {"rows": [{"at": 0}, {"at": 1}]}, ["  rows", "    at", "    0", "    1"], id="a grid alone"
        ),
        pytest.param({"rows": [{"at": 0}]}, ["  rows[0].at  0"], id="one line is no grid"),
        pytest.param(
            {"rows": [{"at": 0}, {"to": 1}]},
            ["  rows[0].at  0", "  rows[1].to  1"],
            id="neither are unlike ones",
        ),
        pytest.param(
            {"rows": [{"a": {}}, {"a": {}}]}, ["  rows[0].a  -", "  rows[1].a  -"], id="nor deep ones"
        ),
        pytest.param({}, ["    -"], id="nothing"),
    ],
)
def test_data_is_shown(value: dict[str, Any], lines: list[str]) -> None:
    assert list(shown(value)) == lines
