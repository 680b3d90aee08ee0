"""Instants (RFC 3339) and durations ("1m30s") as whole nanoseconds.

Integers compare exactly and subtract without rounding; an instant counts from 1970-01-01T00:00:00Z.

Source: kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta (`Time`, v1.36) and
pkg.go.dev/time#ParseDuration.
"""

import re
from datetime import UTC, datetime
from functools import lru_cache

from ontology.errors import InvalidObjectError

SECOND = 10**9

_INSTANT = re.compile(
    r"(?P<seconds>\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d)(?:\.(?P<fraction>\d+))?(?P<zone>[Zz]|[+-]\d\d:\d\d)"
)
_UNITS = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "μs": 10**3,
    "ms": 10**6,
    "s": SECOND,
    "m": 60 * SECOND,
    "h": 3600 * SECOND,
}
_PART = re.compile(r"(?P<whole>\d*)(?:\.(?P<fraction>\d*))?(?P<unit>ns|us|µs|μs|ms|s|m|h)")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class InstantError(InvalidObjectError):
    """A text that is not an RFC 3339 instant or not a duration."""

    def __init__(self, text: object, expected: str, *, path: str = "") -> None:
        self.text = text
        super().__init__(f"`{text}` is not {expected}", path=path)


@lru_cache(maxsize=65536)
def parse(text: str, *, path: str = "") -> int:
    """Return an RFC 3339 instant in nanoseconds since 1970.

    Raises:
        InstantError: `text` is in another form, or no such date.
    """
    match = _INSTANT.fullmatch(text)
    expected = "an RFC 3339 instant (such as `2026-03-01T12:00:00Z`)"
    if match is None:
        raise InstantError(text, expected, path=path)
    zone = "+00:00" if match["zone"] in "Zz" else match["zone"]
    try:
        moment = datetime.fromisoformat(match["seconds"] + zone)
    except ValueError as error:
        raise InstantError(text, expected, path=path) from error
    since = moment - _EPOCH
    fraction = int((match["fraction"] or "0")[:9].ljust(9, "0"))
    return (since.days * 86400 + since.seconds) * SECOND + fraction


def render(instant: int) -> str:
    """Return an instant as the API writes it: UTC, whole seconds."""
    return datetime.fromtimestamp(instant // SECOND, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@lru_cache(maxsize=4096)
def duration(text: str, *, path: str = "") -> int:
    """Return a duration in the notation of Go ("1m30s", "-0.5h", "0") in nanoseconds.

    Raises:
        InstantError: `text` is in another form.
    """
    sign, rest = (-1, text[1:]) if text.startswith("-") else (1, text.removeprefix("+"))
    if rest == "0":
        return 0
    total, at = 0, 0
    while match := _PART.match(rest, at):
        if not (match["whole"] or match["fraction"]):
            break
        unit, fraction = _UNITS[match["unit"]], match["fraction"] or ""
        total += int(match["whole"] or 0) * unit + (int(fraction or 0) * unit // 10 ** len(fraction))
        at = match.end()
    if not rest or at != len(rest):
        raise InstantError(text, "a duration (such as `30s` or `1m30s`)", path=path)
    return sign * total
