"""Inline markdown to plain text: what a reader sees, and which parts the author marked.

Only what bears on meaning is kept: code spans, emphasis, links and pictures. Positions are offsets into
the plain text. One pass of one regular expression; text without markup is returned as it is. Quantifiers that
could run over the openings of other constructs are bounded, so hostile input stays linear.
"""

import re
from html import unescape
from unicodedata import is_normalized, normalize

import msgspec

_MARKUP = re.compile(
    r"""
    (?=[\\`!\[<*_=~&])  # one glance at most characters
    (?:
    (?P<escape>\\[!-/:-@\[-`{-~])
  | (?P<code>(?<!`)(?P<ticks>`++)(?P<codetext>[^`]+)(?P=ticks)(?!`))
  | (?P<image>!\[(?P<alt>[^\]]{0,500})\]\((?P<address>[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)(?:\s+["'(](?P<title>[^)]{0,500})["')])?\s*\))
  | (?P<embed>!\[\[(?P<file>[^\]|\#]{1,300})[^\]]{0,300}\]\])
  | (?P<wiki>\[\[(?P<page>[^\]|]{1,300})(?:\|(?P<shown>[^\]]{1,300}))?\]\])
  | (?P<link>\[(?P<linktext>(?:[^\[\]]|\[[^\[\]]*\])*)\]\((?P<target>[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)(?:\s+"[^"]*")?\s*\))
  | (?P<foot>\[\^[^\]]{1,100}\])
  | (?P<auto><(?P<uri>[a-z][a-z0-9+.-]*:[^<>\s]*)>)
  | (?P<break><br\s*/?>)
  | (?P<tag></?[a-zA-Z][a-zA-Z0-9-]*(?:\s[^<>]*)?/?>)
  | (?P<strong>\*\*|__)
  | (?P<mark>==|~~)
  | (?P<em>\*|(?<![0-9A-Za-z_])_(?=[^\s_])|(?<=[^\s_])_(?![0-9A-Za-z_]))
  | (?P<entity>&(?:\#\d{1,7}|\#x[0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)
    )
    """,  # noqa: E501  one list, one line
    re.VERBOSE,
)
_SPECIAL = re.compile(r"[`*_\[<~=\\&!]")


class Picture(msgspec.Struct, frozen=True, gc=False):
    """An image in running text: its alternative text, address as written, and caption."""

    alt: str
    address: str
    title: str


class Inline(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Plain text with the ranges that were code or strong, and what it links to and shows."""

    text: str
    codes: tuple[tuple[int, int], ...] = ()
    strongs: tuple[tuple[int, int], ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    pictures: tuple[Picture, ...] = ()

    @property
    def is_code(self) -> bool:
        """Whether the whole text is one code span."""
        return len(self.codes) == 1 and self.codes[0] == (0, len(self.text))


def plain(raw: str) -> Inline:
    """Return inline markdown as plain text with its marks, in NFC."""
    raw = raw if is_normalized("NFC", raw) else normalize("NFC", raw)
    return _marked(raw) if _SPECIAL.search(raw) else Inline(text=raw)


def _marked(raw: str) -> Inline:  # noqa: C901, PLR0912  one case after the other, none inside another
    out: list[str] = []
    codes: list[tuple[int, int]] = []
    strongs: list[tuple[int, int]] = []
    links: list[tuple[str, str]] = []
    pictures: list[Picture] = []
    opened: dict[str, int] = {}
    length = position = 0
    for match in _MARKUP.finditer(raw):
        before = raw[position : match.start()]
        out.append(before)
        length += len(before)
        position = match.end()
        shown = ""
        match match.lastgroup:
            case "escape":
                shown = match[0][1]
            case "code":
                shown = match["codetext"].strip() or match["codetext"]
                codes.append((length, length + len(shown)))
            case "image":
                pictures.append(Picture(match["alt"], match["address"], match["title"] or ""))
            case "embed":
                pictures.append(Picture("", match["file"].strip(), ""))
            case "wiki":
                shown = match["shown"] or match["page"].rpartition("#")[2].strip()
                links.append((shown, match["page"]))
            case "link":
                inner = plain(match["linktext"])
                shown = inner.text
                codes.extend((length + a, length + b) for a, b in inner.codes)
                pictures.extend(inner.pictures)
                links.append((shown, match["target"]))
            case "auto":
                shown = match["uri"]
                links.append((shown, shown))
            case "break":
                shown = " "
            case "entity":
                shown = unescape(match[0])
            case "strong":
                start = opened.pop(match[0], None)
                if start is None:
                    opened[match[0]] = length
                elif length > start:
                    strongs.append((start, length))
            case _:
                if match["em"] and _is_arithmetic(raw, match.start(), match.end()):
                    shown = match[0]
        out.append(shown)
        length += len(shown)
    out.append(raw[position:])
    return Inline(
        text="".join(out),
        codes=tuple(codes),
        strongs=tuple(strongs),
        links=tuple(links),
        pictures=tuple(pictures),
    )


def _is_arithmetic(raw: str, start: int, end: int) -> bool:
    # `* ` between blanks is a wildcard or a product, never emphasis
    return raw[start - 1 : start].isspace() and raw[end : end + 1].isspace()
