"""Load over time: constant, step, spike, sine, or measured points.

A load is what all pods together have to do, in whole milli-units (millicores, thousandths of requests a
second); an instant is a number of seconds since the run began.
"""

import csv
import io
import math
from bisect import bisect_right
from collections.abc import Callable

from ontology import instants, quantities
from ontology.cluster.meta import Quantity
from ontology.errors import InvalidQuestionError
from ontology.quantities import QuantityError
from ontology.scenario import Question

_PATH = "question.simulate.load"
Load = Callable[[float], int]


class Curve(Question, frozen=True):
    """A load curve; which members count depends on `shape`.

    `constant`: `base`. `step`: `base`, from `at` on `peak`. `spike`: `base`, for `duration` from `at` on
    `peak`. `sine`: between `base` and `peak` once in `period`, lowest first. `csv`: lines `seconds,value`,
    each valid until the next.
    """

    shape: str
    base: Quantity = 0
    peak: Quantity = 0
    at: str = "0s"
    duration: str = "0s"
    period: str = "24h"
    csv: str = ""


def read(curve: Curve) -> Load:
    """Return the load as a function of time.

    Raises:
        InvalidQuestionError: no such shape, a negative load, or points that are not in order.
        InvalidObjectError: an amount that is no quantity.
    """
    base, peak = _amount(curve.base, "base"), _amount(curve.peak, "peak")
    start, length, period = (
        instants.duration(text, path=f"{_PATH}.{name}") / instants.SECOND
        for name, text in (("at", curve.at), ("duration", curve.duration), ("period", curve.period))
    )
    match curve.shape:
        case "constant":
            return lambda _: base
        case "step":
            return lambda second: peak if second >= start else base
        case "spike":
            return lambda second: peak if start <= second < start + length else base
        case "sine":
            return lambda second: _sine(second, base, peak, period)
        case "csv":
            return _measured(curve.csv)
        case other:
            raise InvalidQuestionError(
                f"`{other}` is not a load curve (constant, step, spike, sine, csv)", path=f"{_PATH}.shape"
            )


def _amount(given: Quantity, name: str) -> int:
    milli = quantities.millis(given, path=f"{_PATH}.{name}")
    if milli < 0:
        raise InvalidQuestionError(f"a load is not negative, as `{given}` is", path=f"{_PATH}.{name}")
    return milli


def _sine(second: float, low: int, high: int, period: float) -> int:
    if period <= 0:
        raise InvalidQuestionError("a period is longer than nothing", path=f"{_PATH}.period")
    return round(low + (high - low) * (1 - math.cos(2 * math.pi * second / period)) / 2)


def _measured(text: str) -> Load:
    points: list[tuple[float, int]] = []
    for number, row in enumerate(csv.reader(io.StringIO(text.strip())), 1):
        try:
            second, value = float(row[0]), _amount(row[1].strip(), "csv")
        except (IndexError, ValueError, QuantityError) as error:
            if number == 1:
                continue  # a heading
            raise InvalidQuestionError(
                f"line {number} is not `seconds,value`", path=f"{_PATH}.csv"
            ) from error
        points.append((second, value))
    seconds = [second for second, _ in points]
    if not points or seconds != sorted(seconds) or not all(map(math.isfinite, seconds)):
        raise InvalidQuestionError("points `seconds,value` in order are needed", path=f"{_PATH}.csv")
    return lambda second: points[max(0, bisect_right(seconds, second) - 1)][1]
