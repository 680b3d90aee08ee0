"""RFC 3339 instants and durations as Go writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontology import instants
from ontology.instants import SECOND, InstantError


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        pytest.param("1970-01-01T00:00:00Z", 0, id="the epoch"),
        pytest.param("1970-01-01T00:00:01.5Z", 1_500_000_000, id="a fraction"),
        pytest.param("1970-01-01T09:00:00+09:00", 0, id="another zone"),
        pytest.param("1970-01-01T00:00:00.123456789Z", 123_456_789, id="nanoseconds"),
        pytest.param("1969-12-31T23:59:59Z", -SECOND, id="before the epoch"),
    ],
)
def test_an_instant_counts_nanoseconds(text: str, nanoseconds: int) -> None:
    assert instants.parse(text) == nanoseconds


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-02-30T00:00:00Z", "2026-03-01 12:00:00Z", "2026-03-01"]
)
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(InstantError):
        instants.parse(text)


@given(st.integers(min_value=0, max_value=4_000_000_000))
def test_rendering_gives_the_instant_back(seconds: int) -> None:
    assert instants.parse(instants.render(seconds * SECOND)) == seconds * SECOND


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        pytest.param("30s", 30 * SECOND, id="seconds"),
        pytest.param("1m30s", 90 * SECOND, id="several units"),
        pytest.param("1.5h", 5400 * SECOND, id="a fraction"),
        pytest.param("-2m", -120 * SECOND, id="negative"),
        pytest.param("300ms", 300_000_000, id="milliseconds"),
        pytest.param("0", 0, id="zero needs no unit"),
    ],
)
def test_a_duration_adds_up_its_parts(text: str, nanoseconds: int) -> None:
    assert instants.duration(text) == nanoseconds


@pytest.mark.parametrize("text", ["", "30", "s", "1d", "1m 30s", ".s"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(InstantError):
        instants.duration(text)
