"""Phrases and running text to concepts, within one note."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from msgspec.structs import replace

from ingest.lexicon.entries import Lexicon
from ingest.lexicon.normalize import fold, trimmed
from ingest.link.api import GENERIC, owns
from ingest.link.disambiguate import Choice, Context, choose, has_sense
from ingest.link.mentions import Mention
from ingest.link.outline.marks import REMEMBERED, alternatives, members, split_brackets, undecorated
from ingest.link.outline.nodes import Named, Node, Term
from ingest.link.outline.roles import role_of, without_role
from ingest.link.outline.words import words
from ingest.link.repair import Repair, Speller
from ontology.concepts import ConceptKind

_DEFAULTS = frozenset(words("default", "marks"))
_GENERAL_NOUNS = frozenset(words("general", "nouns"))
_TOKEN = re.compile(r"[A-Za-z][A-Za-z0-9]{4,}")
_HANGUL_WORD = re.compile(r"[가-힣]{2,8}")
_PATH = re.compile(r"[A-Za-z][\w.\[\]*-]*")
_INDEX = re.compile(r"\[[^\]]*\]")
_TOP_OF_OBJECTS = frozenset({"spec", "metadata", "status"})
_OBJECT_NAME = re.compile(r"(?:^|[\s'\"`(])(?P<name>default|[a-z0-9]+(?:-[a-z0-9]+)+)[`'\"]?\s$")
_END_OF_OBJECT_NAME = re.compile(r"[a-z0-9`'\"]\s")
_PAIR = 2
_LONGEST_NAME = 60


class Linker:
    """Resolves names in one note."""

    def __init__(self, lexicon: Lexicon, speller: Speller) -> None:
        self.lexicon = lexicon
        self.speller = speller
        self.repairs: dict[tuple[int, str], Repair] = {}

    def note(self, line: int, found: str, canonical: str, rule: str) -> None:
        """Remember what was read as something else than it says."""
        if line:
            self.repairs.setdefault((line, found), Repair(line, found, canonical, rule))

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
            repaired = self._repaired(bare, line)
            if repaired != bare:
                entries, bare = self.lexicon.candidates(repaired), repaired
        if entries:
            return choose(bare, entries, context)
        return self._dotted(bare, context) if "." in bare else None

    def _dotted(self, phrase: str, context: Context) -> Choice | None:
        # `spec.containers[].image`, `Pod.spec`: the last step, if all steps are names
        if not _PATH.fullmatch(phrase):
            return None
        steps = [s for s in _INDEX.sub("", phrase).split(".") if s]
        if len(steps) < _PAIR or not all(s in GENERIC or self._is_step(s) for s in steps):
            return None
        if steps[-1] in GENERIC and steps[-2] not in _TOP_OF_OBJECTS:
            owner = self.resolve(steps[-2], context, slot=False)
            name = f"{owner.name if owner else steps[-2]}.{steps[-1]}"
            return Choice(name, ConceptKind.FIELD, 1.0, "a path")
        fields = [e for e in self.lexicon.candidates(steps[-1]) if e.kind is ConceptKind.FIELD]
        return choose(steps[-1], fields, context) if fields else None

    def _is_step(self, name: str) -> bool:
        named = any(fold(e.name) == fold(name) for e in self.lexicon.candidates(name))
        return named or name in _TOP_OF_OBJECTS

    def _repaired(self, phrase: str, line: int) -> str:
        out = phrase
        for match in _TOKEN.finditer(phrase):
            better = self.speller.word(match[0], slot=True)
            if better is not None and self.lexicon.candidates(out.replace(match[0], better)):
                out = out.replace(match[0], better)
                self.note(line, match[0], better, "a name of its own, one slip away")
        return out

    def term(self, text: str, context: Context, *, line: int = 0) -> Term:
        """Return one member of a list, resolved."""
        bare, brackets = split_brackets(text)
        if len(bare) > _LONGEST_NAME:
            return Term(text=bare, bracket=brackets[0] if brackets else "")
        rest = [b for b in brackets if b.lower() not in _DEFAULTS]
        bare = undecorated(bare).strip()
        if bare.endswith("*") or bare.startswith("*"):
            bare = bare.strip("* ")
        choice = self.resolve(bare, context, line=line)
        if choice is None and len(rest) == 1 and _HANGUL_WORD.fullmatch(bare):
            choice = self.resolve(rest[0], context, line=line, slot=False)  # `전략(strategy)`
        role = ""
        if choice is None:
            choice, role = self._qualified_term(bare, context, line)
        return Term(
            text=bare,
            bracket=rest[0] if rest else "",
            default=len(rest) < len(brackets),
            choice=choice,
            name=choice.name if choice else "",
            role=role,
        )

    def _qualified_term(self, bare: str, context: Context, line: int) -> tuple[Choice | None, str]:
        """Resolve `effect option`, `kubeconfig 파일`: a name with a noun for the sort of thing it is."""
        shorter, role = without_role(bare)
        if role and shorter:
            choice = self.resolve(shorter, context, line=line)
            if choice is not None:
                return choice, role
        head, _, last = bare.rpartition(" ")
        if head and last.lower() in _GENERAL_NOUNS:
            choice = self.resolve(head, context, line=line)
            if choice is not None:
                return choice, ""
        return None, role_of(bare)

    def terms(self, text: str, context: Context, *, line: int = 0, wholly: bool = False) -> tuple[Term, ...]:
        """Return the members of a list of terms; a text that is none comes back as one unresolved term.

        With `wholly` a list that holds anything but names comes back empty, as soon as that is seen.
        """
        whole = self.term(text, context, line=line)
        if whole.choice is not None:
            return (whole,)
        parts = members(text)
        if len(parts) == 1:
            return self._alternatives(parts[0], whole, context, line, wholly=wholly)
        context = _listed(context, self._enumerations(parts))
        found: list[Term] = []
        for part in parts:
            one = self.term(part, context, line=line)
            several = (one,) if one.choice else self._alternatives(part, one, context, line, wholly=wholly)
            if wholly and not all(t.choice for t in several):
                return ()
            found.extend(several)
        return tuple(found)

    def _alternatives(
        self, part: str, one: Term, context: Context, line: int, *, wholly: bool
    ) -> tuple[Term, ...]:
        """Return the members of `A / B`, `A and B`, or `one` when none of them is a name."""
        pieces = alternatives(part)
        if len(pieces) <= 1:
            return (one,)
        inner = _listed(context, self._enumerations(pieces))
        several: list[Term] = []
        for piece in pieces:
            several.append(self.term(piece, inner, line=line))
            if wholly and several[-1].choice is None:
                return (one,)
        return tuple(several) if any(t.choice for t in several) else (one,)

    def _enumerations(self, parts: Iterable[str]) -> Counter[str]:
        types: Counter[str] = Counter()
        for part in parts:
            types.update(self.enumerations_of(undecorated(split_brackets(part)[0])))
        return types

    def enumerations_of(self, phrase: str) -> set[str]:
        """Return the enumerations that a phrase may be a value of."""
        entries = self.lexicon.candidates(phrase)
        return {e.name.partition(".")[0] for e in entries if e.kind is ConceptKind.ENUM}

    # -- running text ------------------------------------------------------------------------------

    def slips(self, texts: Iterable[str]) -> frozenset[str]:
        """Return the misspelt names in some texts."""
        found = set(_TOKEN.findall("\n".join(texts)))
        return frozenset(word for word in found if self.speller.word(word) is not None)

    def slipped(self, text: str, slips: frozenset[str]) -> bool:
        """Whether one of the misspelt names stands in a text."""
        return not slips.isdisjoint(_TOKEN.findall(text))

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

    def link(self, node: Node, context: Context) -> tuple[Named, ...]:
        """Return the mentions of a node's text with the concepts chosen for them."""
        return self.linked(node.text, node.mentions, context)

    def linked(self, text: str, mentions: Sequence[Mention], context: Context) -> tuple[Named, ...]:
        """Return the mentions of a text with the concepts chosen for them."""
        found: list[Named] = []
        running: dict[bool, Context] = {}
        for mention in mentions:
            entries = mention.entries
            choice = None
            if len(entries) == 1 and not mention.code:
                choice = _only(entries[0].name, entries[0].kind, entries[0].form)
            if choice is None:
                if mention.code not in running:
                    running[mention.code] = replace(
                        context, marked=False, code=mention.code, valued=False, topic=False
                    )
                choice = choose(mention.surface, entries, running[mention.code])
            if choice is not None:
                found.append(Named(mention, choice, choice.name, mention.start, mention.end))
        return tuple(_objects_named(text, found))


@lru_cache(maxsize=REMEMBERED)
def _only(name: str, kind: ConceptKind, form: str) -> Choice | None:
    """Return the choice of a form that means one thing wherever it stands."""
    if kind is ConceptKind.ENUM or has_sense(form):
        return None
    return Choice(name, kind, 1.0, "the only concept of this form")


def _objects_named(text: str, found: list[Named]) -> Iterator[Named]:
    """`kube-system 네임스페이스` is an object of its kind: `Namespace/kube-system`."""
    for named in found:
        choice, start = named.choice, named.mention.start
        if choice.kind is not ConceptKind.KIND or not _END_OF_OBJECT_NAME.match(
            text, max(start - 2, 0), start
        ):
            yield named
            continue
        name = _OBJECT_NAME.search(text, 0, start)
        if name is None or any(n.start <= name.start("name") < n.end for n in found):
            yield named
            continue
        reason = "an object named with its kind"
        meant = Choice(f"{choice.name}/{name['name']}", ConceptKind.KIND, choice.score, reason)
        yield Named(named.mention, meant, meant.name, named.start, named.end)


def _qualified(field: str, context: Context) -> Choice | None:
    """`port` below `httpGet` is `httpGet.port`: the bare name says nothing."""
    for owner in context.owners:
        root = owner.partition(".")[0]
        if owns(root, field):
            return Choice(f"{root}.{field}", ConceptKind.FIELD, 1.5, f"a field of {root}")
    return None


def _listed(context: Context, enumerations: Counter[str]) -> Context:
    if not enumerations:
        return context
    known = Counter(context.listed) + enumerations if context.listed else enumerations
    return replace(context, listed=known, marked=True)
