"""What a terminal shows of plain data."""

from typing import Any

import pytest

from api.printing import shown


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
