"""Ages as kubectl prints them: two units at most, and fewer the longer ago it is.

Source: kubernetes.io/docs/reference/kubectl/ (the AGE column; k8s.io/apimachinery `duration`, v1.36).
"""

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_YEAR = 365 * _DAY
# from 0 to below the limit: the unit shown, and the smaller one beside it where it is not 0
_FORMS = (
    (2 * _MINUTE, (1, "s"), None),
    (10 * _MINUTE, (_MINUTE, "m"), (1, "s")),
    (3 * _HOUR, (_MINUTE, "m"), None),
    (8 * _HOUR, (_HOUR, "h"), (_MINUTE, "m")),
    (48 * _HOUR, (_HOUR, "h"), None),
    (8 * _DAY, (_DAY, "d"), (_HOUR, "h")),
    (2 * _YEAR, (_DAY, "d"), None),
    (8 * _YEAR, (_YEAR, "y"), (_DAY, "d")),
)


def shown(nanoseconds: int) -> str:
    """Return an age: `119s`, `5m12s`, `119m`, `5h30m`, `25h`, `2d3h`, `10d`, `2y5d`, `9y`.

    A clock up to a second behind shows `0s`, one further behind `<invalid>`.
    """
    seconds = abs(nanoseconds) // 10**9
    if nanoseconds < 0:
        return "0s" if seconds <= 1 else "<invalid>"
    for limit, (size, unit), smaller in _FORMS:
        if seconds < limit:
            rest = (seconds % size) // smaller[0] if smaller else 0
            return f"{seconds // size}{unit}" + (f"{rest}{smaller[1]}" if smaller and rest else "")
    return f"{seconds // _YEAR}y"
