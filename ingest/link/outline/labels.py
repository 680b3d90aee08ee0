"""Labels: lines of the shape `X : Y`, where X names concepts or says how Y belongs to what is above."""

import re

from msgspec.structs import replace

from ingest.link.api import GENERIC, owns
from ingest.link.disambiguate import Choice, Context
from ingest.link.outline.headings import choices
from ingest.link.outline.linker import Linker
from ingest.link.outline.marks import SEPARATING, SEPARATOR, bracketed, is_value
from ingest.link.outline.nodes import Node, Term
from ingest.link.outline.roles import BEFORE_NAMES, role_of, without_role
from ingest.link.outline.words import is_clause

_LONG = 90
_LABEL_WORDS = 6
_URL = re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
_QUESTION_OR_ANSWER = re.compile(r"(?:Q|A|질문|답변?|문|Ans(?:wer)?|Question)\s*\d*$", re.IGNORECASE)
_FIRST_ALTERNATIVE = re.compile(r"\s+[/|]\s+|,\s|\s*[(（]")
_SAYS = re.compile(r"\b(?:is|are|was|were|can|cannot|must|should|may|has|have|does|do)\b", re.IGNORECASE)
_COLONS = frozenset({":", "::", "：", "="})
_DASHES = frozenset({"-", "–", "—"})


def first_separator(text: str, node: Node) -> re.Match[str] | None:
    """Return the first separator that stands in no address, bracket or code span, and behind a label."""
    if SEPARATING.isdisjoint(node.characters):
        return None
    hidden: list[tuple[int, int]] | None = None
    for match in SEPARATOR.finditer(text):
        if match.start() == 0 or _QUESTION_OR_ANSWER.match(text[: match.start()].strip()):
            continue
        if hidden is None:
            hidden = _hidden(text, node)
        if not any(a <= match.start() < b for a, b in hidden):
            return match
    return None


def _hidden(text: str, node: Node) -> list[tuple[int, int]]:
    urls = [(m.start(), m.end()) for m in _URL.finditer(text)] if "://" in text else []
    codes = node.inline.codes if text == node.inline.text and not node.inline.is_code else ()
    return [*urls, *bracketed(text), *codes]


def read_label(linker: Linker, node: Node, text: str, separator: re.Match[str], context: Context) -> bool:
    """Read `X : Y`; False when what stands before the separator is no label."""
    left, right = text[: separator.start()].strip(), text[separator.end() :].strip()
    sign = separator[0].strip() or ":"
    terms = _names(linker, node, left, right, context)
    if not terms:
        return _reads_as_words(node, left, right, sign)
    node.left, node.separator, node.left_terms = left, sign, terms
    node.role = terms[0].role if len(terms) == 1 else ""
    owner = _owner_on_the_right(linker, terms, right, context, sign)
    if owner is not None:
        node.topics = (owner,)
        return True
    node.right = right
    node.topics = choices(terms)
    node.bracket = terms[0].bracket if len(terms) == 1 else ""
    return True


def _names(linker: Linker, node: Node, left: str, right: str, context: Context) -> tuple[Term, ...]:
    """Return the concepts that a label names, () when it is anything else."""
    if len(left) >= _LONG:
        return ()
    is_valued = bool(right) and is_value(_FIRST_ALTERNATIVE.split(right)[0])
    valued = replace(context, valued=True) if is_valued else context
    terms = linker.terms(left, valued, line=node.block.line, wholly=True)
    if not terms or not all(t.choice for t in terms):
        return ()
    if role_of(left) in BEFORE_NAMES and not any(owns(o, t.name) for o in context.owners[:1] for t in terms):
        return ()
    return terms


def _reads_as_words(node: Node, left: str, right: str, sign: str) -> bool:
    role = role_of(left)
    strong = any(a == 0 and b >= len(left) for a, b in node.inline.strongs)
    if not left or (sign not in _COLONS and not strong and not role):
        return False
    if not role:
        if len(left.split()) > _LABEL_WORDS or is_clause(left) or _SAYS.search(left):
            return False
        role = without_role(left)[1]
        if role:
            node.left_terms = ()
    node.left, node.right, node.separator, node.role = left, right, sign, role
    node.contrast = role == "contrast"
    return True


def _owner_on_the_right(
    linker: Linker, terms: tuple[Term, ...], right: str, context: Context, sign: str
) -> Choice | None:
    # `operator options - matchExpressions`: the field, and what it is a field of
    if sign not in _DASHES or len(terms) != 1 or terms[0].name.rpartition(".")[2] not in GENERIC:
        return None
    owner = linker.resolve(right, context)
    return owner if owner and owns(owner.name, terms[0].name.rpartition(".")[2]) else None
