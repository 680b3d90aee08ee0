"""Amounts in the API server's sentences: exact sums of quantities, printed in the canonical form.

Source: kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity (v1.36).
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from ontology import quantities
from ontology.cluster.meta import Quantity

Amounts = Mapping[str, Quantity]

_BINARY = ("Ei", "Pi", "Ti", "Gi", "Mi", "Ki")
_DECIMAL = ("E", "P", "T", "G", "M", "k", "", "m", "u", "n")
_LEAST_BINARY = 1024


def amount(quantity: Quantity) -> Decimal:
    """Return the exact value."""
    return quantities.parse(quantity)


def printed(value: Decimal, *, binary: bool) -> str:
    """Return a value as the API server prints it, with the largest suffix that leaves a whole number."""
    if value == 0:
        return "0"
    suffixes = (
        _BINARY if binary and abs(value) >= _LEAST_BINARY and value == value.to_integral_value() else ()
    )
    for suffix in (*suffixes, *(_DECIMAL if not suffixes else ("",))):
        scaled = value / quantities.parse(f"1{suffix}")
        if scaled == scaled.to_integral_value():
            return f"{int(scaled)}{suffix}"
    return str(value)


def canonical(quantity: Quantity) -> str:
    """Return a quantity as the API server prints it back: `1000m` is `1`, `1024Mi` is `1Gi`."""
    return printed(amount(quantity), binary=is_binary(quantity))


def is_binary(quantity: Quantity) -> bool:
    """Whether a quantity is written with a suffix of powers of two."""
    return str(quantity).endswith("i")


def added(amounts: Iterable[Quantity]) -> str:
    """Return the sum of quantities, printed in the notation of the first that is not nothing."""
    found = [each for each in amounts if amount(each) != 0]
    return printed(sum(map(amount, found), Decimal(0)), binary=bool(found) and is_binary(found[0]))


def taken_off(quantity: Quantity, less: Quantity) -> str:
    """Return a quantity less another, in the notation of the first; nothing where that is below nothing."""
    left = max(amount(quantity) - amount(less), Decimal(0))
    return printed(left, binary=is_binary(quantity))


def listed(found: Amounts) -> str:
    """Return amounts as the API server lists them, by name: `limits.cpu=2,pods=1`."""
    return ",".join(f"{name}={canonical(found[name])}" for name in sorted(found))
