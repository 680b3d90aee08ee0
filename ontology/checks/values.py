"""Values as notes write them: `10초`, `10s`, `10 seconds` are one, and so are `1m` and `60s`."""

import re
from functools import lru_cache

_AMOUNT = re.compile(r"(?P<number>\d[\d,]*(?:\.\d+)?)\s*(?P<unit>[A-Za-z%가-힣]*)")
_COPULA = re.compile(r"(?:이다|입니다|이에요|예요|임|로|으로)?[.\s]*$")
_SECONDS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "초"), 1),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "분"), 60),
    **dict.fromkeys(("h", "hr", "hour", "hours", "시간"), 3600),
    **dict.fromkeys(("d", "day", "days", "일"), 86400),
    **dict.fromkeys(("y", "year", "years", "년"), 365 * 86400),
}
_UNITS = {"퍼센트": "%", "percent": "%", "바이트": "b", "bytes": "b", "byte": "b"}
_COUNTERS = frozenset(
    ["", "개", "회", "번", "배", "명", "글자", "자", "time", "times", "pod", "pods", "nodes", "replicas"]
)  # fmt: skip
# Mi and MiB, M and MB: notes do not tell them apart with care.
_BYTES = re.compile(r"^(?P<prefix>[kmgt])i?b?$")


@lru_cache(maxsize=4096)
def normal(value: str) -> str:
    """Return one form of a value: seconds for durations, bare numbers for counts, lower case for words."""
    text = _COPULA.sub("", value.strip()).strip("`'\"").lower()
    found = _AMOUNT.fullmatch(text)
    if found is None:
        return text
    number = float(found["number"].replace(",", ""))
    unit = found["unit"]
    if unit in _SECONDS:
        return f"{number * _SECONDS[unit]:g}"
    size = _BYTES.match(unit)
    if size is not None:
        return f"{number:g}{size['prefix']}"
    unit = _UNITS.get(unit, unit)
    return f"{number:g}" if unit in _COUNTERS else f"{number:g}{unit}"
