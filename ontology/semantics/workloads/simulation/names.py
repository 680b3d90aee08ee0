"""Names that Kubernetes makes up: the hash of a template, the five characters of a pod.

Both have the form of real ones, and are the same in every run. Their value is our own: the real hash is taken
over Go's print-out of its own structs, and the five characters are random.
"""

import json
from typing import Any

# Without vowels, and without what reads like another character.
_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
_OFFSET, _PRIME, _BITS = 2166136261, 16777619, 2**32
_SUFFIX = 5


def template_hash(template: Any) -> str:
    """Return the hash of a pod template: 32 bits in decimal, each digit as a harmless character."""
    return "".join(_ALPHABET[ord(digit) % len(_ALPHABET)] for digit in str(_fnv(template)))


def suffix(*parts: Any) -> str:
    """Return five characters that stand for `parts`."""
    number = _fnv(parts)
    return "".join(_ALPHABET[number // len(_ALPHABET) ** place % len(_ALPHABET)] for place in range(_SUFFIX))


def _fnv(value: Any) -> int:
    """Return the FNV-1a hash (32 bits) of a value's JSON."""
    found = _OFFSET
    for byte in json.dumps(value, sort_keys=True, default=str).encode():
        found = (found ^ byte) * _PRIME % _BITS
    return found
