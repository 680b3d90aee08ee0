"""Canaries: which share of the requests goes to the alternative backend.

Header before cookie before weight; what a step does not decide falls to the next.

Source: kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#canary.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from ontology.cluster.ingress import Ingress
from ontology.errors import InvalidObjectError

PREFIX = "nginx.ingress.kubernetes.io/"
# as Go's strconv.ParseBool reads them
_BOOLEANS: Mapping[str, bool] = {
    **dict.fromkeys(("1", "t", "T", "true", "TRUE", "True"), True),
    **dict.fromkeys(("0", "f", "F", "false", "FALSE", "False"), False),
}
_ALWAYS: Mapping[str, bool] = {"always": True, "never": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """What the annotations of a canary Ingress ask for. `weight` of `total` requests go to it."""

    header: str = ""
    header_value: str = ""
    header_pattern: str = ""
    cookie: str = ""
    weight: int = 0
    total: int = 100


def of(ingress: Ingress) -> Canary | None:
    """Return the canary that an Ingress is, None for an ordinary one.

    Raises:
        InvalidObjectError: a weight that is no whole number.
    """
    marks = ingress.metadata.annotations or {}
    if not is_true(ingress, "canary"):
        return None
    total = _number(marks, "canary-weight-total", 100)
    return Canary(
        header=marks.get(PREFIX + "canary-by-header", ""),
        header_value=marks.get(PREFIX + "canary-by-header-value", ""),
        header_pattern=marks.get(PREFIX + "canary-by-header-pattern", ""),
        cookie=marks.get(PREFIX + "canary-by-cookie", ""),
        weight=_number(marks, "canary-weight", 0),
        # a total below 100 is not taken over by the controller
        total=max(total, 100),
    )


def is_true(ingress: Ingress, name: str) -> bool | None:
    """Return what an annotation of the controller says of itself, None where it is absent or says nothing."""
    return _BOOLEANS.get((ingress.metadata.annotations or {}).get(PREFIX + name, ""))


def _number(marks: Mapping[str, str], name: str, default: int) -> int:
    text = marks.get(PREFIX + name, str(default))
    if not text.isdigit():
        raise InvalidObjectError(f"annotation `{PREFIX}{name}` is not a whole number: `{text}`")
    return int(text)


def by_header(canary: Canary, headers: Mapping[str, str]) -> bool | None:
    """Whether the header sends the request to the canary; None when it does not decide."""
    sent = {name.lower(): value for name, value in headers.items()}.get(canary.header.lower())
    if not canary.header or sent is None:
        return None
    if canary.header_value:
        return True if sent == canary.header_value else None
    if canary.header_pattern:
        return _fits(canary.header_pattern, sent)
    return _ALWAYS.get(sent)


def _fits(pattern: str, sent: str) -> bool | None:
    """Return True for a value that the pattern is found in, else None; what is no expression fits nothing."""
    try:
        return True if re.search(pattern, sent) else None
    except re.error:
        return None


def by_cookie(canary: Canary, cookies: Mapping[str, str]) -> bool | None:
    """Whether the cookie sends the request to the canary; None when it does not decide."""
    return _ALWAYS.get(cookies.get(canary.cookie, "")) if canary.cookie else None


def share(canary: Canary) -> Fraction:
    """Return the share of undecided requests that goes to the canary, exactly."""
    return Fraction(min(canary.weight, canary.total), canary.total)


def by_weight(canary: Canary, random: Random) -> bool:
    """Whether one undecided request goes to the canary, by the seeded generator."""
    return random.randrange(canary.total) < canary.weight
