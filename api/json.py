"""JSON as it leaves us: fast where it can be, complete where it must be."""

import json
from typing import Any

import orjson


def encode(value: Any, *, indent: bool = False) -> bytes:
    """Return `value` as JSON in UTF-8.

    Integers beyond 64 bits and lone surrogates, which scenarios may hold and orjson refuses, are written
    by the standard library instead, the latter escaped.
    """
    try:
        return orjson.dumps(value, option=orjson.OPT_INDENT_2 if indent else None)
    except TypeError:
        separators = None if indent else (",", ":")
        text = json.dumps(value, ensure_ascii=False, indent=2 if indent else None, separators=separators)
        return text.encode("utf-8", "backslashreplace")
