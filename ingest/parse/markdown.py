"""markdown-it's block grammar, with each rule tried only where it can begin.

Nothing of CommonMark is changed: most block rules ask for their opening character first and say no, and a
note has thousands of lines that open nothing. Here the first character of a line picks the rules, and rules
whose mark stands nowhere in the note (the pipe of a table, the underline of a heading) are not asked at all.
Inline text stays as it is written: `ingest.parse.inline` reads it.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.parser_block import ParserBlock
from markdown_it.ruler import Ruler
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

# Deeper structure is left as it is: no reader follows it, and the parser recurses once a level.
MAX_NESTING = 100

_BlockRule = Callable[[StateBlock, int, int, bool], bool]

# The characters that a block of each rule may begin with; a rule that is not named may begin with any.
_OPENINGS = {
    "fence": "`~",
    "blockquote": ">",
    "hr": "*-_",
    "list": "*-+0123456789",
    "reference": "[",
    "html_block": "<",
    "heading": "#",
}
_OPENING_CHARACTERS = frozenset("".join(_OPENINGS.values()))
_BREAKING = frozenset(_OPENINGS["hr"])
_BREAKING_OR_BLANK = _BREAKING | {" ", "\t"}
_UNDERLINE = re.compile(r"^[ \t>]*(?:-+|=+)[ \t]*$", re.MULTILINE)


class _Anchored(Ruler[_BlockRule]):
    """A ruler whose chains are one rule each, which asks those that the line's first character admits."""

    def __init__(self) -> None:
        super().__init__()
        self._chains: dict[str, list[_BlockRule]] = {}

    def getRules(self, chainName: str = "") -> list[_BlockRule]:  # noqa: N802, N803  the library's name
        known = self._chains.get(chainName)
        if known is None:
            known = self._chains[chainName] = [self._dispatch(chainName)]
        return known

    def _dispatch(self, chain: str) -> _BlockRule:
        named = [
            (rule.name, rule.fn)
            for rule in self.__rules__
            if rule.enabled and (not chain or chain in rule.alt)
        ]
        anywhere = tuple(fn for name, fn in named if name not in _OPENINGS)
        opened = {
            character: tuple(fn for name, fn in named if character in _OPENINGS.get(name, character))
            for character in _OPENING_CHARACTERS
        }
        # a thematic break ends as it begins: most lists are told from one by their last character
        unbroken = {
            character: tuple(
                fn for name, fn in named if character in _OPENINGS.get(name, character) and name != "hr"
            )
            for character in _BREAKING
        }

        def first_that_matches(state: StateBlock, line: int, end: int, silent: bool) -> bool:
            at = state.bMarks[line] + state.tShift[line]
            stop = state.eMarks[line]
            opening = state.src[at] if at < stop else ""
            rules = opened.get(opening, anywhere)
            if opening in _BREAKING and state.src[stop - 1] not in _BREAKING_OR_BLANK:
                rules = unbroken[opening]
            for rule in rules:  # noqa: SIM110  `any` would build a generator a line
                if rule(state, line, end, silent):
                    return True
            return False

        return first_that_matches


class _State(StateBlock):
    """The parser's state, whose tokens hold what a note is built from and nothing else."""

    def push(self, ttype: str, tag: str, nesting: int) -> Token:
        token = object.__new__(_Token)
        token.type = ttype
        token.tag = tag
        token.nesting = nesting  # type: ignore[assignment]  # -1, 0 or 1, as the parser gives it
        token.map = None
        token.content = token.info = ""
        if nesting < 0:
            self.level -= 1
        token.level = self.level
        if nesting > 0:
            self.level += 1
        self.tokens.append(token)
        return token


class _Token(Token):
    """A token without the fields that only a renderer reads."""

    __slots__ = ()


class _Blocks(ParserBlock):
    """The block parser with anchored rules."""

    def __init__(self) -> None:
        super().__init__()
        plain = self.ruler
        self.ruler = _Anchored()
        for rule in plain.__rules__:
            self.ruler.push(rule.name, rule.fn, {"alt": rule.alt})

    def parse(self, src: str, md: MarkdownIt, env: Any, outTokens: list[Token]) -> list[Token]:  # noqa: N803
        state = _State(src, md, env, outTokens)
        self.tokenize(state, state.line, state.lineMax)
        return state.tokens


@cache
def _parser(*, tables: bool, underlined: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING})
    parser.block = _Blocks()
    # Indented code is off: in notes, deep indentation is a list that lost its parent more often than code.
    off = ["code", *([] if tables else ["table"]), *([] if underlined else ["lheading"])]
    parser.block.ruler.disable(off)
    return parser


def blocks(text: str) -> list[Token]:
    r"""Return the block tokens of text whose lines end in `\n`; inline content stands in them unparsed."""
    parser = _parser(tables="|" in text, underlined=_UNDERLINE.search(text) is not None)
    return parser.block.parse(text, parser, {}, []) or []
