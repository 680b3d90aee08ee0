"""Defaults that a sentence states: `periodSeconds의 기본값은 10초`, `maxSurge defaults to 25%`."""

import re
from collections.abc import Iterator

from ontology.checks.claims import Claim
from ontology.checks.sentences import Sentence

_NAME = r"<(?P<name>[\w.:-]+)>"
_AMOUNT = r"\d[\d.,]*\s?(?:%|ms|초|분|시간|일|회|개|번|s\b|sec\w*|m\b|min\w*|h\b|hours?|[KMG]i?B?)?"
_VALUE = rf"(?:<\w+:(?P<enum>\w+)>|`?(?P<value>{_AMOUNT}|true|false)`?)"
_DEFAULT = r"(?:기본\s?(?:값|설정)?|디폴트|default(?: value)?)"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_NAME}(?:의|은|는)?\s?{_DEFAULT}\s?(?:은|는|이|:|=|is|to|of)?\s?{_VALUE}",
        rf"{_NAME} (?:defaults to|is by default) {_VALUE}",
        rf"{_NAME} is {_VALUE}[^,.]{{0,12}} by default",
        rf"default (?:value )?(?:of |for )?(?:the )?{_NAME} (?:is|:|=) {_VALUE}",
        rf"기본\s?{_NAME}(?:은|는|:)\s?{_VALUE}",
    )
)
_SAYS_DEFAULT = re.compile(r"기본|디폴트|default", re.IGNORECASE)


def defaults(sentence: Sentence) -> Iterator[tuple[Claim, str]]:
    """Yield each default that a sentence states, with its words."""
    if not _SAYS_DEFAULT.search(sentence.written):
        return
    for pattern in _PATTERNS:
        for match in pattern.finditer(sentence.text):
            name = match["name"].replace(":", ".")
            value = match["enum"] or match["value"]
            yield Claim(name, "defaultValue", value, words=sentence.written), sentence.quoted(*match.span())
