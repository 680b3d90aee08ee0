"""A card's light markdown as HTML: everything escaped, then fences, quotes, code and bold marked up."""

import re
from html import escape

_FENCE = re.compile(r"^```\w*\n(.*?)\n?^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_BOLD = re.compile(r"\*\*([^*\n]+)\*\*")
_QUOTE = re.compile(r"^&gt; (.*)$")


def to_html(text: str) -> str:
    """Return the text as an HTML fragment, without a line break in it."""
    parts, last = [], 0
    for match in _FENCE.finditer(text):
        parts += [_prose(text[last : match.start()]), f"<pre>{_breaks(escape(match[1]))}</pre>"]
        last = match.end()
    return "".join([*parts, _prose(text[last:])])


def _prose(text: str) -> str:
    marked = _BOLD.sub(r"<b>\1</b>", _CODE.sub(r"<code>\1</code>", escape(text.strip("\n"))))
    lines = [_QUOTE.sub(r"<blockquote>\1</blockquote>", line) for line in marked.split("\n")]
    return _breaks("\n".join(lines)).replace("</blockquote><br>", "</blockquote>") if text.strip() else ""


def _breaks(text: str) -> str:
    # tab-separated and sorted files want one line; Anki shows `<br>` in `<pre>` as a line break too
    return text.replace("\n", "<br>")
