"""What every rule asks of the outline: to whom a line belongs, and which lines say so."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files

import msgspec

from ingest.lexicon.entries import Lexicon
from ingest.link.api import direct_fields, owns
from ingest.link.disambiguate import Context, Words, enumeration
from ingest.link.outline import Linker, Node, Outline, Term
from ingest.link.outline.marks import is_value
from ingest.parse.blocks import BlockKind, Line
from ontology.concepts import ConceptKind

_EXAMPLE = re.compile(
    r"[\s,;(（]*(?:\bex\)|\bex\.|\bex:|\be\.?g\.?[,:)]?\s|예\)|예시\)|예:|예시:|예를 들어|예를들어|for example|for instance).*$",  # noqa: E501  one list, one line
    re.IGNORECASE | re.DOTALL,
)
_DEFAULT_MARK = re.compile(
    r"\s*[(（]\s*(?:기본값?|디폴트|defaults?|기본 ?설정)(?:\s*[:=]?\s*[\w%.]{1,12})?\s*[)）]", re.IGNORECASE
)
_BRACKET = re.compile(r"\s*[(（](?P<inner>[^()（）]*)[)）]")
_EXAMPLE_LETTERS = frozenset("예xXgGfF")  # of `예`, `ex`, `e.g.`, `for`
_ANSWER_LETTERS = frozenset("Aa답")
_ANSWER = re.compile(r"^(?:A|답|답변|Ans(?:wer)?)\s*\d*\s*[.:)]\s*", re.IGNORECASE)


class Owners(msgspec.Struct, frozen=True, gc=False):
    """The concepts to which a line belongs, the node that names them, and the lines in between."""

    names: tuple[str, ...]
    node: Node | None
    lines: tuple[Line, ...]


@cache
def _classes() -> tuple[dict[str, frozenset[str]], frozenset[str], frozenset[str], frozenset[str]]:
    raw = tomllib.loads(files("ingest.extract").joinpath("classes.toml").read_text(encoding="utf-8"))
    members = {name: frozenset(each) for name, each in raw["members"].items()}
    parts = raw["parts"]
    return members, frozenset(parts["wholes"]), frozenset(parts["parts"]), frozenset(parts["of_clusters"])


def is_member(name: str, of: str) -> bool:
    """Whether the concept is a member of the class."""
    return name in _classes()[0].get(of, ())


def is_class(name: str) -> bool:
    """Whether the concept is a class whose members we know."""
    return name in _classes()[0]


def is_part(name: str, of: str) -> bool:
    """Whether the concept is a part of the whole, as a component is of the control plane."""
    _, wholes, parts, of_clusters = _classes()
    return of in wholes and (name in parts or (name in of_clusters and of in {"Cluster", "Kubernetes"}))


class Reading:
    """A note's outline as the rules see it."""

    def __init__(self, outline: Outline, lexicon: Lexicon) -> None:
        self.outline = outline
        self.linker: Linker = outline.linker  # resolves further phrases of the note
        self.lexicon = lexicon
        self._terms: dict[tuple[int, str], tuple[Term, ...]] = {}
        self._owners: dict[int, Owners] = {}
        self._headings: dict[int, Owners] = {}
        self._chains: dict[int, tuple[str, ...]] = {}
        self._contexts: dict[int, Context] = {}

    def owners(self, node: Node) -> Owners:
        """Return the nearest concepts above a node; the note's subject when nothing above names one."""
        known = self._owners.get(id(node.parent))  # siblings share what is above
        if known is None:
            known = self._owners[id(node.parent)] = self._find_owners(node)
        return known

    def _find_owners(self, node: Node) -> Owners:
        between: list[Line] = []
        for above in node.above():
            if above.topics:
                return Owners(tuple(t.name for t in above.topics), above, (*_own(above), *reversed(between)))
            if above.kind is not BlockKind.HEADING and above.line is not None:
                between.append(above.line)
        return Owners((self.outline.subject,), None, tuple(reversed(between)))

    def heading(self, node: Node) -> Owners:
        """Return the concepts of the nearest heading above that names some."""
        known = self._headings.get(id(node.parent))
        if known is None:
            known = self._headings[id(node.parent)] = self._find_heading(node)
        return known

    def _find_heading(self, node: Node) -> Owners:
        for above in node.above():
            if above.kind is BlockKind.HEADING and above.topics:
                if above.parent is self.outline.root and above.section == 0 and len(above.topics) > 1:
                    return Owners((self.outline.subject,), above, _own(above))
                return Owners(tuple(t.name for t in above.topics), above, _own(above))
        return Owners((self.outline.subject,), None, ())

    def label_role(self, node: Node) -> str:
        """Return the role of the label that stands between a node and its owners, or of its own label."""
        if node.role:
            return node.role
        for above in node.above():
            if above.role and above.role not in {"term", "remark", "navigation"}:
                return above.role
            if above.topics:
                return ""
        return ""

    def contents_line(self, node: Node) -> tuple[Line, ...]:
        """Return the line of the table of contents that leads to a heading."""
        anchor = self.outline.anchors.get(id(node), "")
        line = self.outline.contents.get(anchor)
        return (Line("", line, 1, line),) if line else ()

    def context(self, node: Node) -> Context:
        """Return the context of a phrase that stands in a node, its own topics nearest."""
        known = self._contexts.get(id(node))
        if known is None:
            known = Context(owners=self._chain(node), around=Words(node.text), marked=True)
            self._contexts[id(node)] = known
        return known

    def _chain(self, node: Node | None) -> tuple[str, ...]:
        """Return the concepts from a node upwards, nearest first, each once."""
        if node is None:
            return ()
        known = self._chains.get(id(node))
        if known is None:
            above = self._chain(node.parent)
            known = tuple(dict.fromkeys([*(t.name for t in node.topics), *above])) if node.topics else above
            self._chains[id(node)] = known
        return known

    def terms(self, text: str, node: Node) -> tuple[Term, ...]:
        """Return a list of terms that stands in a node; unresolved members have no concept."""
        if not text:
            return ()
        key = (id(node), text)
        known = self._terms.get(key)
        if known is None:
            known = self._terms[key] = self.linker.terms(text, self.context(node), line=node.block.line)
        return known

    def kind(self, name: str) -> ConceptKind | None:
        """Return the sort of a concept."""
        found = self.lexicon.kind(name)
        if found is None and "." in name:
            return ConceptKind.FIELD
        return found

    def is_field(self, name: str) -> bool:
        """Whether the concept is a field, option or flag."""
        return name.startswith("--") or self.kind(name) is ConceptKind.FIELD


FIELD_WITH_VALUE = re.compile(r"(?P<field>[A-Za-z]\w*)\s*:\s+(?P<value>\S+)")
_COMMAS = re.compile(r"\s*[,/|]\s*")
_PLAIN_WORD = re.compile(r"[a-z][a-z0-9-]*")


def narrowed(owners: Iterable[str], name: str) -> tuple[str, ...]:
    """Return the owners that the API knows to have the field; all of them when it knows none."""
    names = tuple(owners)
    qualifier = name.partition(".")[0]
    if "." in name and qualifier in names:
        return (qualifier,)
    direct = tuple(o for o in names if name.rpartition(".")[2] in direct_fields(o))
    knowing = direct or tuple(o for o in names if owns(o, name))
    return knowing or names


def is_enumerated(name: str) -> bool:
    """Whether the concept is a value of an enumeration that notes list."""
    return enumeration(name) is not None


def _own(node: Node) -> tuple[Line, ...]:
    return (node.line,) if node.line else ()


def explanation(text: str) -> str:
    """Return an explanation verbatim: no value after `|`, no appended example, no default marker."""
    text = text.split(" | ", maxsplit=1)[0]
    if not _EXAMPLE_LETTERS.isdisjoint(text):
        text = _EXAMPLE.sub("", text)
    if "(" in text or "（" in text:
        text = _DEFAULT_MARK.sub("", text)
    return (_ANSWER.sub("", text) if text[:1] in _ANSWER_LETTERS else text).strip()


def fields_in_code(node: Node) -> list[tuple[int, int]]:
    """Return the ranges of the code spans that hold a field and its value (`` `clusterIP: None` ``)."""
    if ":" not in node.characters or node.text != node.inline.text:
        return []
    return [(a, b) for a, b in node.inline.codes if FIELD_WITH_VALUE.fullmatch(node.text, a, b)]


def sections(node: Node) -> Iterator[Node]:
    """Yield the headings directly above a node, nearest first."""
    for above in node.above():
        if above.kind is BlockKind.HEADING:
            yield above


def plain_values(reading: Reading, node: Node) -> tuple[str, ...]:
    """Return the words that stand behind a field as its values: lower case, one word each, no names."""
    if (
        len(node.left_terms) != 1
        or not node.left_terms[0].choice
        or not reading.is_field(node.left_terms[0].name)
    ):
        return ()
    words = tuple(w.strip("`'\" ") for w in _COMMAS.split(node.right))
    if len(words) <= 1 or not all(_PLAIN_WORD.fullmatch(w) for w in words):
        return ()
    known = sum(reading.is_field(w) for w in words)
    return () if known * 2 > len(words) else words


def first_value(node: Node) -> str:
    """Return what stands first on the right of a label (`None / 설명` -> `None`)."""
    return node.right.split(" / ")[0].split(" | ")[0].strip().rstrip(".")


def valued(reading: Reading, node: Node) -> bool:
    """Whether a line is a field with its value: then it is neither a definition nor a bare field."""
    if len(node.left_terms) != 1 or not node.right or not is_value(first_value(node)):
        return False
    name = node.left_terms[0].name
    return bool(node.left_terms[0].choice) and (
        reading.is_field(name) or owns(reading.owners(node).names[0], name)
    )
