"""Quantities ("500m", "1Gi", 2) as exact numbers, and durations.

Source: kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity (v1.36).
"""

import re
from decimal import ROUND_CEILING, Decimal, localcontext
from functools import lru_cache

from ontology.errors import InvalidObjectError

_QUANTITY = re.compile(
    r"(?P<number>[+-]?(?:\d+\.?\d*|\.\d+))"
    r"(?P<suffix>[KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?"
)
_SUFFIXES = {
    None: Decimal(1),
    "n": Decimal("1e-9"),
    "u": Decimal("1e-6"),
    "m": Decimal("1e-3"),
    "k": Decimal(10**3),
    "M": Decimal(10**6),
    "G": Decimal(10**9),
    "T": Decimal(10**12),
    "P": Decimal(10**15),
    "E": Decimal(10**18),
    "Ki": Decimal(2**10),
    "Mi": Decimal(2**20),
    "Gi": Decimal(2**30),
    "Ti": Decimal(2**40),
    "Pi": Decimal(2**50),
    "Ei": Decimal(2**60),
}
_MAX = Decimal(2**63 - 1)
_NANO = Decimal("1e-9")


class QuantityError(InvalidObjectError):
    """A text that is not in the API's notation for quantities."""

    def __init__(self, text: object, *, path: str = "") -> None:
        self.text = text
        super().__init__(f"`{text}` is not a quantity (such as `500m`, `1.5` or `2Gi`)", path=path)


@lru_cache(maxsize=65536)
def parse(quantity: str | float, *, path: str = "") -> Decimal:
    """Return the exact value. Finer than a billionth rounds away from zero; the largest is 2^63 - 1.

    Raises:
        QuantityError: `quantity` is not in the API's notation.
    """
    match = _QUANTITY.fullmatch(str(quantity))
    if match is None:
        raise QuantityError(quantity, path=path)
    suffix = match["suffix"]
    with localcontext() as context:
        context.prec = 60
        number = Decimal(match["number"])
        if suffix is not None and suffix not in _SUFFIXES:
            exponent = int(suffix[1:])
            if abs(exponent) > 30:  # noqa: PLR2004 - beyond the range of the API's own integers
                number = min(number.copy_abs(), Decimal(0)) if exponent < 0 else number * _MAX
            else:
                number = number.scaleb(exponent)
        else:
            number *= _SUFFIXES[suffix]
        if number != (number / _NANO).to_integral_value() * _NANO:
            rounded = (number.copy_abs() / _NANO).to_integral_value(ROUND_CEILING) * _NANO
            number = rounded.copy_sign(number)
        return min(number, _MAX) if number > 0 else max(number, -_MAX)


def value(quantity: str | float, *, path: str = "") -> int:
    """Return whole units, fractions rounded up, as the API's `Value` does: bytes of memory, pods.

    Raises:
        QuantityError: `quantity` is not in the API's notation.
    """
    return int(parse(quantity, path=path).to_integral_value(ROUND_CEILING))


@lru_cache(maxsize=65536)
def millis(quantity: str | float, *, path: str = "") -> int:
    """Return thousandths, fractions rounded up, as the API's `MilliValue` does: "1u" is 1.

    Raises:
        QuantityError: `quantity` is not in the API's notation.
    """
    return int((parse(quantity, path=path) * 1000).to_integral_value(ROUND_CEILING))
