from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontology.quantities import QuantityError, millis, parse, value


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [
        ("1", "1"),
        (2, "2"),
        (0.5, "0.5"),
        ("100m", "0.1"),
        ("1Gi", str(2**30)),
        ("1.5Gi", str(3 * 2**29)),
        ("1e3", "1000"),
        ("1E3", "1000"),
        ("1E", str(10**18)),
        ("1Ei", str(2**60)),
        ("-1.5k", "-1500"),
        ("+.5", "0.5"),
        ("5.", "5"),
        ("1u", "0.000001"),
        ("0.1n", "0.000000001"),
        ("-0.1n", "-0.000000001"),
        ("1e-12", "0.000000001"),
        ("100E", str(2**63 - 1)),
    ],
)
def test_a_quantity_is_exact(quantity: str | float, expected: str) -> None:
    assert parse(quantity) == Decimal(expected)


@pytest.mark.parametrize("text", ["", "x", "1 Gi", "1gi", "1K", "--1", "1e", ".", "1mi", "Gi"])
def test_other_notations_are_refused(text: str) -> None:
    with pytest.raises(QuantityError):
        parse(text)


def test_whole_units_and_millis_round_up() -> None:
    assert value("100m") == 1
    assert millis("1u") == 1
    assert millis("1.5") == 1500


@given(st.integers(-(10**15), 10**15))
def test_an_integer_is_itself(number: int) -> None:
    assert value(str(number)) == number
    assert millis(f"{number}m") == number
