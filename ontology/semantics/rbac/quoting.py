r"""Quoted text as the API server prints it (Go's `%q`), so that reasons are equal to the byte.

Printable characters stay as they are, Korean too; quotes, backslashes and control characters are escaped.

Source: pkg.go.dev/strconv#Quote.
"""

from unicodedata import category

_SHORT = {
    "\a": r"\a", "\b": r"\b", "\f": r"\f", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\v": r"\v",
    "\\": r"\\", '"': r"\"",
}  # fmt: skip
_BMP = 0xFFFF
_ASCII_END = 0x80


def quote(text: str) -> str:
    """Return `text` in double quotes."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(char: str) -> str:
    short = _SHORT.get(char)
    if short is not None:
        return short
    if char == " " or category(char)[0] in "LMNPS":
        return char
    code = ord(char)
    if code < _ASCII_END:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= _BMP else f"\\U{code:08x}"
