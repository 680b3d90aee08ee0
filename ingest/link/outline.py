"""The outline of a note: every block with the concepts it names, and what stands above it.

A node is a block that was read: plain text, mentions, the parts of a label, the role of a label that is
no concept, and the *topics* that what stands below belongs to. Built from the top down, since the
meaning of a name depends on what stands above it.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from importlib.resources import files

from ingest.lexicon.entries import Lexicon
from ingest.lexicon.normalize import fold, stems, trimmed
from ingest.link.api import GENERIC, direct_fields, owns
from ingest.link.disambiguate import Choice, Context, choose, enumerations, has_sense
from ingest.link.mentions import Mention, Written, find
from ingest.link.repair import Repair, Speller
from ingest.parse.blocks import Block, BlockKind, Line
from ingest.parse.inline import Inline, plain
from ingest.parse.note import Note, anchor
from ontology.concepts import ConceptKind

ARROW = re.compile(r"\s*(?:►|▶|→|➡️?|➔|⟶|⇒|=>|->|-->|⇨|≫)\s*")
_DECORATION = re.compile(
    r"^(?:[\s▼▲▶►◆◇■□●○•※★☆✓✔✅❌⚠️👉💡🔹🔸📌📎📝🚀🔑🔥⭐❓❗🟢🔴🟡⬇⬆]|[\u2600-\u27bf\ufe0f\U0001f000-\U0001faff]|[0-9#*]\ufe0f?\u20e3)+\s*"
)
_NUMBERING = re.compile(r"^(?:\(?\d{1,3}(?:[.-]\d{1,3})*[.)]?\s+|\[\d{1,3}\]\s*|\d{1,3}[.)]\s*|[①-⑳]\s*|[가나다라마바사][.)]\s+|[IVX]{1,4}\.\s+|Step\s+\d+[.:]?\s*|제?\d+[장강과주차]\.?\s+)", re.IGNORECASE)  # fmt: skip  # noqa: E501  one list, one line
_TRAILING = re.compile(r"[\s▼▲◆■●※★\ufe0f\u2600-\u27bf\U0001f000-\U0001faff]+$")
_SEPARATOR = re.compile(r"\s*(?:::|：)\s*|\s+:\s+|:\s+|:$|\s+(?:=>|⇒|=|–|—|-|\|)\s+")
_BRACKETS = re.compile(r"\s*[(（](?P<inner>[^()（）]*(?:\([^()]*\)[^()（）]*)*)[)）]")
_PARTICLE_BEHIND = re.compile(_BRACKETS.pattern + r"(?=[가-힣])")
_GLOSSED_PAIR = re.compile(r"^[^()（）]+[(（][^()（）]*[)）]\s*(?:,|/|&|\+|와\s|과\s|랑\s|및\s|and\s|or\s)")
_DEFAULT = re.compile(r"^(?:기본값?|디폴트|default|기본 ?설정|\*?default\*?)$", re.IGNORECASE)
_LIST = re.compile(r"\s*(?:,|、|·|;)\s*")
_ALTERNATIVES = re.compile(
    r"\s*(?:/|\||&|\+)\s*|\s+(?:and|or|및|또는|혹은|그리고)\s+|(?<=[가-힣A-Za-z0-9)）])(?:와|과|랑|이랑)\s+|,\s*(?:and|or)\s+"
)
_APART = re.compile(r"\s+[/|]\s+")
_CLAUSE = re.compile(
    r"(?:방법|하기|기 위한|때|는 법|이유|어떻게.*|왜.*|무엇.*|인가|나요|까요?|[?？]|한다|합니다|하는가|는지|한 경우|할 경우|경우|보기|만들기|알아보기|이란)$"  # noqa: E501  one list, one line
    r"|^(?:how|why|when|what|where|which|installing|using|creating|deleting|setting up|understanding|running|getting|is|are|does|do|can|should)\b",  # noqa: E501  one list, one line
    re.IGNORECASE,
)
_SITUATION = re.compile(
    r"(?:시|때|중|후|전|경우|상황|동안|이후|이전)$|^(?:when|while|if|after|before|on|during|once)\b|(?:실패|성공|완료|발생|failure|success)$",
    re.IGNORECASE,
)
_CONTRAST = re.compile(r"(?:\s+vs\.?\s+|\s+versus\s+|\s*≠\s*|\s*⟷\s*|\s+대\s+)", re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-z][A-Za-z0-9]{4,}")
_OPENING = re.compile(r"[(（]")
_VALUE = re.compile(
    r"(?:[-+]?\d[\d.,:/]*(?:\s?[~-]\s?\d[\d.,]*)?\s*(?:초|분|시간|일|회|번|개|배|%|ms|s|sec|secs|seconds?|m|min|mins|minutes?|h|hours?|d|days?|[KMGTPE]i?B?|times?|명)?(?:\s*\(.*\))?"
    r"|true|false|yes|no|none|null|nil|\"\"|''|\[\]|\{\}|[\w./:-]*[/:.][\w./:-]+|None)$",
    re.IGNORECASE,
)
_QUESTION_MARK = re.compile(r"[?？\s]+$")
_QUESTION = re.compile(
    r"[?？]|(?:이란|란|무엇인가|무엇인가요|뭔가요|뭐야|뭔지)$|^(?:Q\s*\d*[.:)]\s*)?what(?:'s| is| are)\b",
    re.IGNORECASE,
)
_WHAT_IS = (
    re.compile(
        r"(?:Q\s*\d*\s*[.:)]\s*)?what(?:'s| is| are| does)\s+(?:an?\s+|the\s+)?(?P<x>.+?)(?:\s+mean|\s+in k(?:ubernetes|8s))?$",  # noqa: E501  one list, one line
        re.IGNORECASE,
    ),
    re.compile(r"(?:Q\s*\d*\s*[.:)]\s*)?(?P<x>.+?)(?:이란|란|은|는|이|가)?\s*(?:무엇|뭐|뭔)[가-힣]*$"),
    re.compile(r"(?:Q\s*\d*\s*[.:)]\s*)?(?P<x>[^\s]+(?:\s[^\s]+){0,3}?)(?:이란|란)$"),
)
_ALTERNATIVE_CLAUSE = re.compile(r"\s+[/|]\s+|,\s|\s*[(（]")
_MODIFIER = re.compile(r"(?:의|안|내|간|별|용|[A-Za-z0-9]|[가-힣]{2,}(?<![은는이가을를에로와과고며면서]))$")
_LONG = 90
_ROLES_OF_HEADINGS = frozenset(
    [
        "command",
        "example",
        "option",
        "field",
        "default",
        "definition",
        "purpose",
        "remark",
        "navigation",
        "steps",
        "value",
        "cause",
    ]
)
_ROLES_BEFORE_NAMES = frozenset(
    ["command", "example", "option", "definition", "default", "purpose", "cause", "alias", "remark"]
)
_QUESTION_OR_ANSWER = re.compile(r"(?:Q|A|질문|답변?|문|Ans(?:wer)?|Question)\s*\d*$", re.IGNORECASE)
_HANGUL_WORD = re.compile(r"[가-힣]{2,8}")
_HANGUL = re.compile(r"[가-힣]")
_OBJECT_NAME = re.compile(r"(?:^|[\s'\"`(])(?P<name>default|[a-z0-9]+(?:-[a-z0-9]+)+)[`'\"]?\s$")
_SAYS = re.compile(r"\b(?:is|are|was|were|can|cannot|must|should|may|has|have|does|do)\b", re.IGNORECASE)
_LATIN_WORD = re.compile(r"[A-Za-z]{4,40}$")
_WHOLE = frozenset(
    {"Document", "Kubernetes", "KubernetesArchitecture", "Cluster", "ControlPlane", "WorkerNode"}
)
_FIELDS_AROUND = 2
_PAIR = 2
_NEAR = 2  # how far above a line the words around it reach
_LABEL_WORDS = 6
_PHRASE_WORDS = 6
_URL = re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
_CHAIN = 8
_REMEMBERED = 1 << 15
_LONGEST_NAME = 60
_LONGEST_LINE = 8000  # what is longer is data, not prose: it stays unread, and the linter says so


@dataclass(frozen=True, slots=True)
class Named:
    """A mention with the concept that was chosen for it."""

    mention: Mention
    choice: Choice

    @property
    def name(self) -> str:
        """The canonical name."""
        return self.choice.name

    @property
    def start(self) -> int:
        """Where the mention starts in the text."""
        return self.mention.start

    @property
    def end(self) -> int:
        """Where the mention ends, particle not counted."""
        return self.mention.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One member of a list: its text without bracket and default marker, and its concept if it is one."""

    text: str
    bracket: str = ""
    default: bool = False
    choice: Choice | None = None
    role: str = ""

    @property
    def name(self) -> str:
        """The concept's name, empty for none."""
        return self.choice.name if self.choice else ""


@dataclass(slots=True, eq=False, kw_only=True)
class Node:
    """One block, read. `terms` are what it names when it names nothing else than concepts."""

    block: Block
    parent: "Node | None"
    line: Line | None
    inline: Inline
    text: str
    mentions: tuple[Mention, ...] = ()
    named: tuple[Named, ...] = ()
    left: str = ""
    right: str = ""
    separator: str = ""
    terms: tuple[Term, ...] = ()
    left_terms: tuple[Term, ...] = ()
    topics: tuple[Choice, ...] = ()
    role: str = ""
    bracket: str = ""
    clause: bool = False
    contrast: bool = False
    question: str = ""
    children: list["Node"] = field(default_factory=list)
    index: int = 0
    section: int | None = None

    @property
    def kind(self) -> BlockKind:
        """What the block is in markdown."""
        return self.block.kind

    @property
    def is_label(self) -> bool:
        """Whether the text has the shape `X : Y`."""
        return bool(self.separator)

    def above(self) -> Iterator["Node"]:
        """Yield the nodes above, nearest first."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def walk(self) -> Iterator["Node"]:
        """Yield this node and all below, in the order of the note, without recursion."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.children))


@dataclass(slots=True, eq=False)
class Outline:
    """A note's nodes, in order, with its repairs."""

    root: Node
    nodes: tuple[Node, ...]
    title: str
    subject: str
    contents: dict[str, int]
    anchors: dict[int, str]
    linker: "Linker"

    @property
    def repairs(self) -> tuple[Repair, ...]:
        """The misspelt names that were read as known ones, by line."""
        return tuple(sorted(self.linker.repairs.values(), key=lambda r: (r.line, r.found)))


@cache
def roles() -> dict[str, str]:
    """Return the role of each label, by its folded form."""
    raw = tomllib.loads(files("ingest.link").joinpath("roles.toml").read_text(encoding="utf-8"))
    return {fold(form): role for role, forms in raw.items() for form in forms}


@lru_cache(maxsize=_REMEMBERED)
def role_of(phrase: str) -> str:
    """Return the role of a label (`옵션` -> `option`), empty for none."""
    known = roles()
    for stem in stems(trimmed(phrase)):
        role = known.get(fold(stem))
        if role:
            return role
    return ""


@lru_cache(maxsize=_REMEMBERED)
def undecorated(text: str) -> str:
    """Return a heading or item without numbering, emoji and ornaments around it."""
    before = None
    while before != text:
        before = text
        text = _DECORATION.sub("", text)
        text = _NUMBERING.sub("", text)
    return _TRAILING.sub("", text)


@lru_cache(maxsize=_REMEMBERED)
def split_brackets(text: str) -> tuple[str, tuple[str, ...]]:
    """Return text without its brackets, and what stood in them."""
    inner = tuple(m["inner"].strip() for m in _BRACKETS.finditer(text)) if _OPENING.search(text) else ()
    return (_unbracketed(text), inner) if inner else (text, ())


def _unbracketed(text: str) -> str:
    # `테인트(Taint)와`: the particle belongs to the word before the bracket
    return _BRACKETS.sub(" ", _PARTICLE_BEHIND.sub("", text)).replace("  ", " ").strip()


class Linker:
    """Resolves names in one note."""

    def __init__(self, lexicon: Lexicon, speller: Speller) -> None:
        self.lexicon = lexicon
        self.speller = speller
        self.repairs: dict[tuple[int, str], Repair] = {}

    # -- whole phrases -----------------------------------------------------------------------------

    def resolve(self, phrase: str, context: Context, *, line: int = 0, slot: bool = True) -> Choice | None:
        """Return the concept that the whole phrase names, or None. A misspelt word is repaired."""
        bare = trimmed(phrase)
        if not bare or len(bare) > _LONGEST_NAME:
            return None
        if bare in GENERIC:
            generic = _qualified(bare, context)
            if generic is not None:
                return generic
        entries = self.lexicon.candidates(bare)
        if not entries and slot:
            repaired = self._repaired_phrase(bare, line)
            if repaired != bare:
                entries, bare = self.lexicon.candidates(repaired), repaired
        if entries:
            return choose(bare, entries, context)
        return self._dotted(bare, context)

    def _dotted(self, phrase: str, context: Context) -> Choice | None:
        # `spec.containers[].image`, `Pod.spec`: the last step, if all steps are names
        if "." not in phrase or not re.fullmatch(r"[A-Za-z][\w.\[\]*-]*", phrase):
            return None
        steps = [s for s in re.sub(r"\[[^\]]*\]", "", phrase).split(".") if s]
        if len(steps) < _PAIR or not all(s in GENERIC or self._is_step(s) for s in steps):
            return None
        last = self.lexicon.candidates(steps[-1])
        fields = [e for e in last if e.kind is ConceptKind.FIELD]
        if steps[-1] in GENERIC and len(steps) >= _PAIR and steps[-2] not in {"spec", "metadata", "status"}:
            owner = self.resolve(steps[-2], context, slot=False)
            return Choice(
                f"{owner.name if owner else steps[-2]}.{steps[-1]}", ConceptKind.FIELD, 1.0, "a path"
            )
        return choose(steps[-1], fields, context) if fields else None

    def _is_step(self, name: str) -> bool:
        named = any(fold(e.name) == fold(name) for e in self.lexicon.candidates(name))
        return named or name in {
            "spec",
            "metadata",
            "status",
        }

    def _repaired_phrase(self, phrase: str, line: int) -> str:
        out = phrase
        for match in _TOKEN.finditer(phrase):
            better = self.speller.word(match[0], slot=True)
            if better is not None and self.lexicon.candidates(out.replace(match[0], better)):
                out = out.replace(match[0], better)
                self.note(line, match[0], better, "a name of its own, one slip away")
        return out

    def note(self, line: int, found: str, canonical: str, rule: str) -> None:
        """Remember what was read as something else than it says."""
        if line:
            self.repairs.setdefault((line, found), Repair(line, found, canonical, rule))

    def term(self, text: str, context: Context, *, line: int = 0) -> Term:
        """Return one member of a list, resolved."""
        bare, brackets = split_brackets(text)
        if len(bare) > _LONGEST_NAME:
            return Term(text=bare, bracket=brackets[0] if brackets else "")
        default = any(_DEFAULT.match(b) for b in brackets)
        rest = [b for b in brackets if not _DEFAULT.match(b)]
        bare = undecorated(bare).strip()
        if bare.endswith("*") or bare.startswith("*"):
            bare = bare.strip("* ")
        choice = self.resolve(bare, context, line=line)
        if choice is None and len(rest) == 1 and _HANGUL_WORD.fullmatch(bare):
            choice = self.resolve(rest[0], context, line=line, slot=False)  # `전략(strategy)`
        role = ""
        if choice is None:
            shorter, role = without_role(bare)
            if role and shorter:
                choice = self.resolve(shorter, context, line=line)
                role = role if choice else ""
        if choice is None:
            head, _, last = bare.rpartition(" ")
            if head and last.lower() in _GENERAL_NOUNS:
                choice = self.resolve(head, context, line=line)
        if choice is None and role_of(bare):
            role = role_of(bare)
        return Term(text=bare, bracket=rest[0] if rest else "", default=default, choice=choice, role=role)

    def terms(self, text: str, context: Context, *, line: int = 0) -> tuple[Term, ...]:
        """Return the members of a list of terms; a text that is none comes back as one unresolved term."""
        whole = self.term(text, context, line=line)
        if whole.choice is not None:
            return (whole,)
        parts = [p for p in _split_top(text, _LIST) if p.strip()]
        if len(parts) == 1:
            return self._alternatives(parts[0], whole, context, line)
        siblings = self._siblings(parts)
        context = _with_siblings(context, siblings)
        found: list[Term] = []
        for part in parts:
            one = self.term(part, context, line=line)
            found.extend((one,) if one.choice else self._alternatives(part, one, context, line))
        return tuple(found)

    def _alternatives(self, part: str, one: Term, context: Context, line: int) -> tuple[Term, ...]:
        """Return the members of `A / B`, `A and B`, or `one` when none of them is a name."""
        separator = _APART if _APART.search(part) else _ALTERNATIVES  # `kubernetes.io/tls / Opaque`
        pieces = [p for p in _split_top(part, separator) if p.strip()]
        if len(pieces) > 1:
            inner = _with_siblings(context, self._siblings(pieces))
            several = tuple(self.term(p, inner, line=line) for p in pieces)
            if any(t.choice for t in several):
                return several
        return (one,)

    def _siblings(self, parts: list[str]) -> Counter[str]:
        types: Counter[str] = Counter()
        for part in parts:
            types.update(self.enumerations_of(undecorated(split_brackets(part)[0])))
        return types

    def enumerations_of(self, phrase: str) -> set[str]:
        """Return the enumerations that a phrase may be a value of."""
        entries = self.lexicon.candidates(phrase)
        return {e.name.partition(".")[0] for e in entries if e.kind is ConceptKind.ENUM}

    def mended(self, text: str, line: int) -> tuple[str, list[tuple[int, int]]]:
        """Return text with misspelt names put right, and where that moved the offsets, by how much."""
        shift: list[tuple[int, int]] = []
        out: list[str] = []
        position = moved = 0
        for match in _TOKEN.finditer(text):
            better = self.speller.word(match[0])
            if better is None:
                continue
            out += [text[position : match.start()], better]
            position = match.end()
            moved += len(better) - len(match[0])
            shift.append((match.end() + moved, moved))
            self.note(line, match[0], better, "a word, one slip away")
        if not shift:
            return text, []
        out.append(text[position:])
        return "".join(out), shift

    # -- running text ------------------------------------------------------------------------------

    def link(self, node: Node, context: Context) -> tuple[Named, ...]:
        """Return the mentions of a node's text with the concepts chosen for them."""
        if not node.mentions:
            return ()
        found: list[Named] = []
        running = {code: _running(context, code=code) for code in {m.code for m in node.mentions}}
        for mention in node.mentions:
            entries = mention.entries
            if (
                len(entries) == 1
                and entries[0].kind is not ConceptKind.ENUM
                and not mention.code
                and not has_sense(entries[0].form)
            ):
                found.append(
                    Named(
                        mention,
                        Choice(entries[0].name, entries[0].kind, 1.0, "the only concept of this form"),
                    )
                )
                continue
            choice = choose(mention.surface, entries, running[mention.code])
            if choice is not None:
                found.append(Named(mention, choice))
        return tuple(_objects_named(node.text, found))


# `B/E server`, `kubeconfig 파일`: a noun that says only what sort of thing the name before it is
_GENERAL_NOUNS = frozenset(
    [
        "server",
        "servers",
        "file",
        "files",
        "object",
        "objects",
        "resource",
        "resources",
        "component",
        "components",
        "field",
        "command",
        "plugin",
        "daemon",
        "서버",
        "파일",
        "오브젝트",
        "객체",
        "리소스",
        "자원",
        "컴포넌트",
        "필드",
        "명령어",
        "명령",
        "플러그인",
        "프로그램",
        "기능",
        "방식",
        "개념",
    ]
)


def _objects_named(text: str, found: list[Named]) -> Iterator[Named]:
    """`kube-system 네임스페이스` is an object of its kind: `Namespace/kube-system`."""
    for named in found:
        name = _OBJECT_NAME.search(text, 0, named.start) if named.choice.kind is ConceptKind.KIND else None
        if name is None or any(n.start <= name.start("name") < n.end for n in found):
            yield named
            continue
        reason = "an object named with its kind"
        yield Named(
            named.mention,
            Choice(f"{named.name}/{name['name']}", ConceptKind.KIND, named.choice.score, reason),
        )


def _qualified(field: str, context: Context) -> Choice | None:
    """`port` below `httpGet` is `httpGet.port`: the bare name says nothing."""
    for owner in context.owners:
        root = owner.partition(".")[0]
        if owns(root, field):
            return Choice(f"{root}.{field}", ConceptKind.FIELD, 1.5, f"a field of {root}")
    return None


def _running(context: Context, *, code: bool) -> Context:
    return replace(context, marked=False, code=code, valued=False, topic=False)


def _with_siblings(context: Context, siblings: Counter[str]) -> Context:
    if not siblings:
        return context
    return replace(context, siblings=Counter(context.siblings or {}) + siblings, marked=True)


@lru_cache(maxsize=_REMEMBERED)
def without_role(phrase: str) -> tuple[str, str]:
    """Return a phrase without the role word at its end, and the role (`effect option` -> `effect`)."""
    words = phrase.split()
    for count in (2, 1):
        if len(words) > count:
            role = role_of(" ".join(words[-count:]))
            if role and role not in {"navigation", "term"}:
                return " ".join(words[:-count]), role
    return phrase, ""


def _split_top(text: str, separator: re.Pattern[str]) -> list[str]:
    """Split where no bracket is open."""
    if not _OPENING.search(text):
        return separator.split(text)
    parts: list[str] = []
    start = 0
    closed = _closed_ranges(text)
    for match in separator.finditer(text):
        if not any(a < match.start() < b for a, b in closed):
            parts.append(text[start : match.start()])
            start = match.end()
    parts.append(text[start:])
    return parts


def _closed_ranges(text: str) -> list[tuple[int, int]]:
    return [(m.start(), m.end()) for m in _BRACKETS.finditer(text)]


class _Reader:
    """Builds the outline of one note, top down."""

    def __init__(self, linker: Linker) -> None:
        self.linker = linker
        self.siblings: dict[int, Counter[str]] = {}
        self.fields: dict[tuple[int, str], int] = {}
        self.chains: dict[int, tuple[str, ...]] = {}

    def read(self, root: Node) -> None:
        for node in root.walk():
            if node.line is None:
                continue
            context = self._context(node)
            if node.kind is BlockKind.HEADING:
                self._heading(node, context)
            else:
                self._text(node, context)
            node.named = self.linker.link(node, context)
            if not node.topics and not node.separator:
                self._head_of_phrase(node)

    def _context(self, node: Node) -> Context:
        above = node.parent
        words = [node.text]
        for _ in range(_NEAR):
            if above is not None:
                words.append(above.text)
                above = above.parent
        return Context(
            owners=self._chain(node.parent),
            siblings=self._siblings(node.parent),
            expected=_expected(node),
            marked=True,
            code=node.inline.is_code,
            words=" ".join(words).lower(),
        )

    def _chain(self, node: Node | None) -> tuple[str, ...]:
        """The concepts from a node upwards, nearest first; kept, since siblings share it."""
        if node is None:
            return ()
        known = self.chains.get(id(node))
        if known is None:
            names = (*(t.name for t in node.topics), *self._chain(node.parent))
            known = self.chains[id(node)] = tuple(dict.fromkeys(names))[:_CHAIN]
        return known

    def _siblings(self, parent: Node | None) -> Counter[str]:
        if parent is None:
            return Counter()
        known = self.siblings.get(id(parent))
        if known is None:
            known = Counter()
            for child in parent.children:
                if child.kind in {BlockKind.ITEM, BlockKind.TERM} and len(child.text) < _LONG:
                    head = _SEPARATOR.split(undecorated(child.text), maxsplit=1)[0]
                    known.update(self.linker.enumerations_of(split_brackets(head)[0]))
            self.siblings[id(parent)] = known
        return known

    # -- headings ----------------------------------------------------------------------------------

    def _heading(self, node: Node, context: Context) -> None:
        text = undecorated(node.text)
        topical = replace(context, topic=True)
        line = node.block.line
        bare, brackets = split_brackets(text)
        node.bracket = brackets[0] if brackets else ""
        compared = [p for p in _CONTRAST.split(bare) if p.strip()]
        if len(compared) > 1:
            terms = tuple(self.linker.term(p, topical, line=line) for p in compared)
            if all(t.choice for t in terms):
                node.contrast = True
                node.topics = _choices(terms)
                return
        node.question = _asked(text)
        if role_of(bare) == "contrast" or without_role(bare)[1] == "contrast":
            node.contrast = True
            node.role = "contrast"
            node.topics = _choices(self.linker.terms(without_role(bare)[0], topical, line=line))
            return
        dashed = re.split(r"\s+[-–—]\s+|\s*:\s+", bare, maxsplit=1)
        if len(dashed) == _PAIR:
            pair = tuple(self.linker.term(p, topical, line=line) for p in dashed)
            if all(t.choice for t in pair):
                node.left_terms, node.terms = pair[:1], pair[1:]
                node.topics = _choices(pair[:1])
                return
        if _CLAUSE.search(bare):
            node.clause = True
            return
        role = role_of(bare)
        if role in _ROLES_OF_HEADINGS or (role == "parts" and _belong_elsewhere(context.owners)):
            node.role = role
            return
        dealt = _GLOSSED_PAIR.match(text) is not None  # each name has its own bracket
        terms = self.linker.terms(text if dealt else bare, topical, line=line)
        if terms and all(t.choice for t in terms):
            node.terms, node.topics = terms, _choices(terms)
            node.role = terms[0].role if len(terms) == 1 else ""
            node.bracket = "" if dealt else node.bracket
            return
        named = self.linker.link(replace_text(node, bare, self.linker), topical)
        node.topics = _distinct(n.choice for n in named)

    # -- items and paragraphs ----------------------------------------------------------------------

    def _text(self, node: Node, context: Context) -> None:
        text = undecorated(node.text)
        if not text:
            return
        line = node.block.line
        node.question = _asked(text)
        separator = _first_separator(text, node)
        arrow = ARROW.search(text)
        if (
            separator
            and (
                arrow is None or separator.start() < arrow.start() or self._explains(text, separator, context)
            )
            and self._label(node, text, separator, context, line)
        ):
            return
        if arrow is not None or len(text) > _LONG:
            if arrow is not None:
                self._pointed(node, text, arrow, context, line)
            return
        compared = [p for p in _CONTRAST.split(text) if p.strip()]
        if len(compared) > 1 and all(self.linker.term(p, context, line=line).choice for p in compared):
            node.contrast = True
            return
        terms = self._as_field(node, self.linker.terms(text, context, line=line), context, line)
        if terms and all(t.choice for t in terms):
            node.terms = terms
            node.topics = _choices(terms)
            if len(terms) == 1:
                node.role, node.bracket = terms[0].role, terms[0].bracket
            return
        if len(terms) == 1 and terms[0].role:
            node.role, node.bracket = terms[0].role, terms[0].bracket
            node.contrast = node.role == "contrast"
            return
        node.clause = bool(_SITUATION.search(text))

    def _pointed(self, node: Node, text: str, arrow: re.Match[str], context: Context, line: int) -> None:
        """`emptyDir → deleted with the Pod`: what is said of a name that cannot act."""
        left, right = text[: arrow.start()], text[arrow.end() :].strip()
        if not left or len(right.split()) < _PAIR or ARROW.search(right):
            return
        term = self.linker.term(left, context, line=line)
        acting = {ConceptKind.COMPONENT, ConceptKind.KIND}
        if term.choice is None or term.choice.kind in acting:
            return
        if any(e.kind is ConceptKind.COMPONENT for m in node.mentions for e in m.entries):
            return  # a step of a flow
        if all(t.choice for t in self.linker.terms(right, context, line=line)):
            return
        node.left, node.right, node.separator = left.strip(), right, arrow[0].strip()
        node.left_terms, node.topics = (term,), (term.choice,)

    def _explains(self, text: str, separator: re.Match[str], context: Context) -> bool:
        """Whether `=>` leads to an explanation: between names it is a flow."""
        parts = [p for p in ARROW.split(text) if p.strip()]
        flows = len(parts) > 1 and all(self.linker.term(p, context).choice for p in parts)
        return separator[0].strip() in {"=>", "⇒"} and not flows

    def _as_field(self, node: Node, terms: tuple[Term, ...], context: Context, line: int) -> tuple[Term, ...]:
        """Among fields of the API, a name that is none of them is the field that it nearly is."""
        if len(terms) != 1 or not _LATIN_WORD.match(terms[0].text) or node.parent is None:
            return terms
        choice = terms[0].choice
        if choice is not None and choice.kind is ConceptKind.FIELD:
            return terms
        for owner in context.owners[:2]:
            known = direct_fields(owner)
            if self._fields_around(node.parent, owner, known) < _FIELDS_AROUND:
                continue
            meant = self.linker.speller.among(terms[0].text, known)
            if meant:
                self.linker.note(line, terms[0].text, meant, f"a field of {owner}")
                found = self.linker.resolve(meant, context) or Choice(
                    meant, ConceptKind.FIELD, 0.8, f"a field of {owner}"
                )
                return (replace(terms[0], choice=found),)
        return terms

    def _fields_around(self, parent: Node, owner: str, known: frozenset[str]) -> int:
        key = (id(parent), owner)
        if key not in self.fields:
            self.fields[key] = sum(undecorated(s.text) in known for s in parent.children)
        return self.fields[key]

    def _label(self, node: Node, text: str, separator: re.Match[str], context: Context, line: int) -> bool:
        left, right = text[: separator.start()].strip(), text[separator.end() :].strip()
        sign = separator[0].strip() or ":"
        valued = replace(context, valued=bool(right) and is_value(_ALTERNATIVE_CLAUSE.split(right)[0]))
        terms = self.linker.terms(left, valued, line=line) if len(left) < _LONG else ()
        said = role_of(left)
        owned = any(owns(o, t.name) for o in context.owners[:1] for t in terms)
        if said in _ROLES_BEFORE_NAMES and not owned:
            terms = ()
        if terms and all(t.choice for t in terms):
            owner = self._owner_on_the_right(terms, right, context, sign)
            if owner is not None:
                node.left, node.separator, node.left_terms = left, sign, terms
                node.topics, node.role = (owner,), terms[0].role
                return True
            node.left, node.right, node.separator = left, right, sign
            node.left_terms, node.topics = terms, _choices(terms)
            node.role = terms[0].role if len(terms) == 1 else ""
            node.bracket = terms[0].bracket if len(terms) == 1 else ""
            return True
        strong = any(a == 0 and b >= len(left) for a, b in node.inline.strongs)
        if sign not in {":", "::", "：", "="} and not strong and not role_of(left):
            return False
        if not left or (
            not role_of(left)
            and (len(left.split()) > _LABEL_WORDS or bool(_CLAUSE.search(left)) or bool(_SAYS.search(left)))
        ):
            return False
        role = role_of(left)
        if not role:
            _shorter, role = without_role(left)
            if role:
                node.left_terms = ()
        node.left, node.right, node.separator, node.role = left, right, sign, role
        node.contrast = role == "contrast"
        return True

    def _owner_on_the_right(
        self, terms: tuple[Term, ...], right: str, context: Context, sign: str
    ) -> Choice | None:
        # `operator options - matchExpressions`: the field, and what it is a field of
        if sign not in {"-", "–", "—"} or len(terms) != 1 or terms[0].name.rpartition(".")[2] not in GENERIC:
            return None
        owner = self.linker.resolve(right, context)
        return owner if owner and owns(owner.name, terms[0].name.rpartition(".")[2]) else None

    def _head_of_phrase(self, node: Node) -> None:
        """`컨테이너의 이미지 다운로드` names what its last words name."""
        if node.kind is BlockKind.PARAGRAPH or not node.named or len(node.text.split()) > _PHRASE_WORDS:
            return
        if not _HANGUL.search(node.text):
            return
        last = node.named[-1]
        rest = node.text[last.mention.stop :].strip()
        if (
            rest in {"", "시", "때"}
            and not last.mention.particle
            and last.choice.kind is ConceptKind.ABSTRACT
        ):
            before = node.text[: last.start].rstrip()
            if not before or _MODIFIER.search(before):
                node.topics = (last.choice,)


def build(note: Note, lexicon: Lexicon, speller: Speller) -> Outline:
    """Return the outline of a parsed note."""
    linker = Linker(lexicon, speller)
    root = _nodes(note.root)
    nodes = [n for n in root.walk() if n.line is not None]
    _find_mentions(linker, nodes)
    headings = [n for n in nodes if n.kind is BlockKind.HEADING]
    _number_sections(root, headings)
    _Reader(linker).read(root)
    first = headings[0] if headings else None
    taken: dict[str, int] = {}
    subject = first.topics[0].name if first and len(first.topics) == 1 else "Document"
    if first is not None and not first.topics:
        first.topics = (
            Choice("Document", ConceptKind.ABSTRACT, 1.0, "the first heading names not exactly one concept"),
        )
    return Outline(
        root=root,
        nodes=tuple(root.walk()),
        title=undecorated(first.text) if first else "",
        subject=subject,
        contents=dict(note.contents),
        anchors={id(n): anchor(n.inline.text, taken) for n in headings},
        linker=linker,
    )


def _nodes(block: Block) -> Node:
    root = _node(block, None)
    stack = [root]
    while stack:
        parent = stack.pop()
        adopted: Node | None = None
        for child in parent.block.children:
            owner = adopted if adopted is not None and _adopts(adopted, child) else parent
            node = _node(child, owner)
            node.index = len(owner.children)
            owner.children.append(node)
            if owner is parent:
                adopted = node if _is_intro(node) else None
            stack.append(node)
    return root


def _number_sections(root: Node, headings: list[Node]) -> None:
    """Give every node the index of the heading that it stands below; a heading has its own."""
    numbers = {id(heading): number for number, heading in enumerate(headings)}
    for node in root.walk():
        above = node.parent.section if node.parent is not None else None
        node.section = numbers.get(id(node), above)


def _node(block: Block, parent: Node | None) -> Node:
    line = block.lines[0] if block.lines and block.kind is not BlockKind.FENCE else None
    inline = plain(line.text) if line and len(line.text) <= _LONGEST_LINE else Inline(text="")
    text = inline.text.strip() if len(inline.text) <= _LONGEST_LINE else ""
    return Node(block=block, parent=parent, line=line, inline=inline, text=text)


def _is_intro(node: Node) -> bool:
    """A paragraph that ends in a colon, or is all bold, speaks for what follows."""
    if node.kind is not BlockKind.PARAGRAPH:
        return False
    return node.text.endswith((":", "：")) or _is_bold(node)


def _is_bold(node: Node) -> bool:
    return any(a == 0 and b >= len(node.inline.text.rstrip(" :")) for a, b in node.inline.strongs)


def _adopts(intro: Node, block: Block) -> bool:
    if block.kind is BlockKind.HEADING:
        return False
    if _is_bold(intro):
        return not (
            block.kind is BlockKind.PARAGRAPH and block.lines and block.lines[0].text.startswith("**")
        )
    return block.kind in {BlockKind.ITEM, BlockKind.FENCE, BlockKind.TABLE}


def _find_mentions(linker: Linker, nodes: list[Node]) -> None:
    mended = [linker.mended(node.text, node.block.line) for node in nodes]
    written = [
        Written(text, () if shift else _codes(node))
        for node, (text, shift) in zip(nodes, mended, strict=True)
    ]
    for node, (_, shift), mentions in zip(nodes, mended, find(linker.lexicon, written), strict=True):
        node.mentions = tuple(_shifted(m, shift) for m in mentions) if shift else mentions


def _codes(node: Node) -> tuple[tuple[int, int], ...]:
    return node.inline.codes if node.text == node.inline.text else ()


def _shifted(mention: Mention, shift: list[tuple[int, int]]) -> Mention:
    return replace(
        mention,
        start=_original(mention.start, shift),
        end=_original(mention.end, shift),
        stop=_original(mention.stop, shift),
    )


def _original(offset: int, shift: list[tuple[int, int]]) -> int:
    moved = 0
    for position, delta in shift:
        if offset >= position:
            moved = delta
    return offset - moved


def _expected(node: Node) -> frozenset[str]:
    found: set[str] = set()
    for above in node.above():
        for topic in above.topics:
            found.update(_ENUMERATIONS_BY_FIELD.get(topic.name, ()))
        if above.topics:
            break
    return frozenset(found)


def _enumerations_by_field() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name, each in enumerations().items():
        for key in {name, each.field} - {""}:
            found.setdefault(key, []).append(name)
    return {key: tuple(sorted(names)) for key, names in found.items()}


_ENUMERATIONS_BY_FIELD = _enumerations_by_field()


def _belong_elsewhere(owners: tuple[str, ...]) -> bool:
    """Whether `구성 요소` is a label of what stands above (RBAC), and not the components of Kubernetes."""
    return bool(owners) and owners[0] not in _WHOLE


def _choices(terms: tuple[Term, ...]) -> tuple[Choice, ...]:
    return _distinct(t.choice for t in terms if t.choice)


def _distinct(choices: Iterable[Choice]) -> tuple[Choice, ...]:
    return tuple({choice.name: choice for choice in choices}.values())


def _first_separator(text: str, node: Node) -> re.Match[str] | None:
    urls = [(m.start(), m.end()) for m in _URL.finditer(text)] if "://" in text else []
    closed = _closed_ranges(text) if _OPENING.search(text) else []
    codes = node.inline.codes if text == node.inline.text and not node.inline.is_code else ()
    for match in _SEPARATOR.finditer(text):
        if match.start() == 0 or _QUESTION_OR_ANSWER.match(text[: match.start()].strip()):
            continue
        if not any(a <= match.start() < b for a, b in (*urls, *closed, *codes)):
            return match
    return None


def is_value(text: str) -> bool:
    """Whether text is a value, not words: a number with a unit, `true`, `None`, an address, a code."""
    return _VALUE.match(text.strip().strip("`'\"")) is not None


def _asked(text: str) -> str:
    """Return what a question of the form `what is X` asks after, empty for other text."""
    if not _QUESTION.search(text):
        return ""
    bare = _QUESTION_MARK.sub("", text.partition("?")[0].partition("？")[0].strip())
    for pattern in _WHAT_IS:
        match = pattern.match(bare)
        if match:
            return match["x"].strip()
    return ""


def replace_text(node: Node, text: str, linker: Linker) -> Node:
    """Return a node like this one with other text and its own mentions."""
    mentions = find(linker.lexicon, [Written(text)])[0]
    return Node(
        block=node.block, parent=node.parent, line=node.line, inline=node.inline, text=text, mentions=mentions
    )
