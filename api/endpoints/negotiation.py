"""Which of the forms that we offer a client wants.

Source: RFC 9110, section 12.5.1 (Accept).
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache


def choose(accept: str | None, offers: Sequence[str]) -> str | None:
    """Return the offer that `accept` likes best, the first of equals; None if it accepts none.

    Without a header everything is accepted.
    """
    return _chosen(accept or "", tuple(offers))


@lru_cache(maxsize=512)  # clients send the same few headers again and again
def _chosen(accept: str, offers: tuple[str, ...]) -> str | None:
    if not accept.strip():
        return offers[0]
    ranges = list(_ranges(accept))
    rated = [(_quality(offer, ranges), -position, offer) for position, offer in enumerate(offers)]
    quality, _, best = max(rated)
    return best if quality > 0 else None


def _ranges(accept: str) -> Iterator[tuple[str, float]]:
    for part in accept.split(","):
        media_range, *parameters = (piece.strip() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip().lower() == "q":
                quality = _number(value)
        if media_range:
            yield media_range.lower(), quality


def _quality(offer: str, ranges: Sequence[tuple[str, float]]) -> float:
    """Return the quality of the most specific range that names the offer."""
    sort = offer.partition("/")[0]
    for named in (offer, f"{sort}/*", "*/*"):
        found = [quality for media_range, quality in ranges if media_range == named]
        if found:
            return max(found)
    return 0.0


def _number(text: str) -> float:
    try:
        return min(1.0, max(0.0, float(text)))
    except ValueError:
        return 0.0
