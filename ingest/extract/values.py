"""Values: enumerations in lists and labels, defaults, conditions with their value, fields with theirs."""

import re
from collections.abc import Iterator

from msgspec.structs import replace

from ingest.extract.facts import PATTERN, STRUCTURE, Fact
from ingest.extract.reading import (
    FIELD_WITH_VALUE,
    Owners,
    Reading,
    first_value,
    is_enumerated,
    narrowed,
    plain_values,
    valued,
)
from ingest.extract.structure import gives_phase
from ingest.link.api import owns
from ingest.link.disambiguate import Choice, Enumeration, enumeration
from ingest.link.outline import Node, Term
from ingest.link.outline.marks import ARROW, is_value
from ingest.parse.blocks import BlockKind, Line
from ontology.concepts import ConceptKind

_TRUTH = re.compile(r"^(?P<v>true|false)\b", re.IGNORECASE)
_UNIT = re.compile(
    r"^(?P<n>[-+]?\d[\d.,]*)\s*(?P<unit>초|s|sec|secs|seconds?|회|번|개|배|times?|명)?(?:\s*\(.*\))?$",
    re.IGNORECASE,
)
_SECONDS = frozenset({"초", "s", "sec", "secs", "second", "seconds"})
_WORDS_OF_A_PROPERTY = 4
_BARE = re.compile(r"^[\w./:%+-]+$")
_ARTICLE = 4
_STANDS_FIRST = re.compile(r"\s*(?:[=:(→–-]|$)")  # behind a value; `…이면` makes a condition of it
_DENIED_BEFORE = re.compile(r"\b(?:not|never|cannot|can't|don't|no longer)\b[^,.;]*$", re.IGNORECASE)
_DENIED_BEHIND = re.compile(r"[^,.]{0,20}?(?:수\s?없|안\s?[되된됨됩]|불가|지\s?(?:않|못|마|말)|금지)")
_NOT_OWNERS = frozenset({"Pod", "Container", "Pod.status", "Pod.phase", "Pod.conditions", "ContainerState"})


def default(text: str) -> str:
    """Return a default as facts write it: `10초` -> `10s`, `1회` -> `1`, else as it stands."""
    match = _UNIT.match(text.strip().strip("`\"'"))
    if match is None:
        return text.strip().strip("`\"'")
    unit = (match["unit"] or "").lower()
    return match["n"] + ("s" if unit in _SECONDS else "")


def enumerated(reading: Reading, node: Node) -> Iterator[Fact]:
    """Lines and labels that list values of an enumeration, below or beside what has them."""
    if node.line is None or node.kind is BlockKind.HEADING:
        return
    if node.separator and node.right:
        yield from _labelled(reading, node)
    for term in node.terms or node.left_terms:
        known = enumeration(term.name) if term.choice else None
        if known is None or _is_topic_of_situation(node, term) or _given(node, term):
            continue
        owners = reading.owners(node)
        yield from _value(reading, node, known, term, owners, STRUCTURE)


def _given(node: Node, term: Term) -> bool:
    # `Ready : False` states a condition with its value, it does not list one
    return bool(node.separator and term in node.left_terms and _TRUTH.match(node.right))


def _is_topic_of_situation(node: Node, term: Term) -> bool:
    """A phase or state that stands as a title, with its own story below, is no value of what is above."""
    above = node.parent
    directly_below_heading = above is not None and above.kind is BlockKind.HEADING
    if (
        term.name.startswith(("PodPhase.", "PodCondition."))
        and above is not None
        and above.kind is BlockKind.ITEM
        and any(t.name.startswith("PodPhase.") for t in above.topics)
    ):
        return True
    return gives_phase(node) or (directly_below_heading and _tells_a_story(node))


def _tells_a_story(node: Node) -> bool:
    return not node.separator and any(c.children for c in node.children)


def _labelled(reading: Reading, node: Node) -> Iterator[Fact]:
    right = node.right
    if ARROW.search(right) and not is_value(right):
        return
    if valued(reading, node):
        return
    terms = reading.terms(right, _as_owner(node))
    values = [t for t in terms if t.choice and is_enumerated(t.name)]
    truth = _TRUTH.match(right)
    if truth and node.left_terms and node.left_terms[0].name.startswith("PodCondition."):
        yield from _condition(reading, node, f"{node.left_terms[0].name}={truth['v'].capitalize()}")
        return
    if not values or len(values) * 2 < len(terms):
        return
    if node.left_terms and len(terms) == 1 and values[0].name == node.left_terms[0].name:
        yield from _own_value(reading, node, values[0])
        return
    for term in values:
        known = enumeration(term.name)
        if known is not None:
            yield from _value(
                reading, node, known, term, _value_owners(reading, node), _kind_of(reading, node)
            )


def _own_value(reading: Reading, node: Node, term: Term) -> Iterator[Fact]:
    known = enumeration(term.name)
    if known is not None:
        yield from _value(reading, node, known, term, reading.owners(node), STRUCTURE)


def _as_owner(node: Node) -> Node:
    return node


def _kind_of(reading: Reading, node: Node) -> str:
    return STRUCTURE if situation(reading, node) is not None else PATTERN


def _value_owners(reading: Reading, node: Node) -> Owners:
    """The label itself owns the values; a label that is no concept leaves them to what is above."""
    if node.topics and node.line is not None:
        return Owners(tuple(t.name for t in node.topics), node, (node.line,))
    owners = reading.owners(node)
    return replace(owners, lines=(*owners.lines, node.line)) if node.line else owners


def _value(  # noqa: PLR0913, PLR0917  the parts of one cell or clause
    reading: Reading, node: Node, known: Enumeration, term: Term, owners: Owners, kind: str
) -> Iterator[Fact]:
    if node.line is None:
        return
    lines = (*owners.lines, node.line)
    described = situation(reading, node) if known.name in _SITUATIONAL else None
    if described is not None:
        subject, evidence = described
        yield Fact(
            subject=subject,
            predicate=known.predicate,
            object=term.name,
            lines=(*evidence, node.line),
            kind=STRUCTURE,
        )
        return
    for subject in _subjects(reading, node, known, owners):
        if subject != term.name:
            yield Fact(subject=subject, predicate=known.predicate, object=term.name, lines=lines, kind=kind)
    if term.default:
        holder = _field(reading, node, known)
        value = term.name.partition(".")[2]
        yield Fact(
            subject=holder,
            predicate="defaultValue",
            object=value,
            literal=True,
            lines=(node.line,),
            kind=PATTERN,
        )


_NEAREST = 4
_MOMENT = re.compile(r"\s*(?:시|때|경우)(?:에)?$")
_SITUATIONAL = frozenset({"PodPhase", "PodCondition", "ContainerState"})


def _subjects(reading: Reading, node: Node, known: Enumeration, owners: Owners) -> tuple[str, ...]:
    """Who has the value: the owner that the enumeration admits, its field where named, else the usual one."""
    chain = [t.name for t in node.topics if node.separator] + list(owners.names)
    for above in (owners.node or node).above():
        chain.extend(t.name for t in above.topics)
    if known.predicate == "hasReason":
        return (_reason_owner(reading, node, known),)
    if known.predicate != "hasValue":
        return (next((c for c in chain if c in known.subjects), _nearest(known, chain)),)
    if known.field and known.field in chain[:2]:
        return (known.field,)
    first = chain[0] if chain else ""
    if first and reading.is_field(first) and not is_enumerated(first):
        return (first,)
    return (
        next(
            (c for c in chain if c in known.owners and not reading.is_field(c) and c != known.name),
            known.subject,
        ),
    )


def owner_of_value(
    reading: Reading, node: Node, known: Enumeration, named: Choice | None, owners: Owners
) -> str:
    """Return who has a value that stands in a table: the field that the head names, else as in a list."""
    if named is not None and known.predicate == "hasValue" and reading.is_field(named.name):
        return named.name
    return _subjects(reading, node, known, owners)[0]


def _nearest(known: Enumeration, chain: list[str]) -> str:
    if known.subject in chain[:_NEAREST]:
        return known.subject
    if known.predicate == "hasOperator":
        return next((c for c in chain if c in known.owners and not c.endswith(".operator")), known.subject)
    return known.subject


def _reason_owner(reading: Reading, node: Node, known: Enumeration) -> str:
    """A reason belongs to the state named beside it, otherwise to what stands above."""
    parent = node.parent
    for sibling in parent.children if parent else ():
        for term in reading.terms(sibling.right, sibling) if sibling is not node and sibling.right else ():
            if term.name.startswith("ContainerState.") and len(reading.terms(sibling.right, sibling)) == 1:
                return term.name
    for above in node.above():
        for topic in above.topics:
            if topic.name in known.owners or topic.name.startswith("ContainerState."):
                return topic.name
            if topic.kind is ConceptKind.FIELD and topic.name == known.subject:
                return topic.name
    return known.subject


def _field(reading: Reading, node: Node, known: Enumeration) -> str:
    for candidate in (node, *node.above()):
        for topic in candidate.topics:
            if reading.is_field(topic.name) and not is_enumerated(topic.name):
                return topic.name
        if candidate.topics and candidate is not node:
            break
    return known.name


def situation(reading: Reading, node: Node) -> tuple[str, tuple[Line, ...]] | None:
    """Return the situation in which a line gives a phase, condition or state, with the lines that say so.

    Only labels `pod` and `container` may stand in between; what they hang on is the situation.
    """
    del reading
    lines: list[Line] = []
    own = {t.name for t in node.left_terms}
    if not node.separator or not (own & _NOT_OWNERS or any(n.startswith("PodCondition.") for n in own)):
        return None
    for above in node.above():
        if above.kind is not BlockKind.ITEM or above.line is None:
            return None
        lines.insert(0, above.line)
        names = {t.name for t in above.topics}
        if names and names <= {"Pod", "Container"}:
            continue
        if names & _NOT_OWNERS:
            return None
        if above.topics:
            return above.topics[0].name, tuple(lines)
        return (_MOMENT.sub("", above.text), tuple(lines)) if above.clause else None
    return None


def _condition(reading: Reading, node: Node, name: str) -> Iterator[Fact]:
    if node.line is None:
        return
    described = situation(reading, node)
    subject, lines = described or ("Pod", ())
    yield Fact(
        subject=subject, predicate="hasCondition", object=name, lines=(*lines, node.line), kind=STRUCTURE
    )


def fields(reading: Reading, node: Node) -> Iterator[Fact]:
    """`clusterIP : None`: a field with its value; a property of the notes keeps its own words."""
    if not node.separator or not node.right or node.line is None or node.kind is BlockKind.HEADING:
        return
    value = first_value(node)
    if not is_value(value):
        return
    owners = reading.owners(node)
    if node.role == "default":
        return
    if node.left_terms and node.left_terms[0].choice:
        name = node.left_terms[0].name
        if len(node.left_terms) > 1 or not (reading.is_field(name) or owns(owners.names[0], name)):
            return
        # `nodePort 범위 : 30000-32767` is the range of the field, not its value
        name = node.left if node.left_terms[0].role == "scope" else name.rpartition(".")[2]
    elif node.role or owners.node is None or len(node.left.split()) > _WORDS_OF_A_PROPERTY:
        return
    else:
        name = node.left
    for owner in narrowed(owners.names, name):
        if owner != name:
            yield Fact(
                subject=owner, predicate="hasField", object=f"{name}={value.strip('`')}",
                lines=(*owners.lines, node.line), kind=PATTERN,
            )  # fmt: skip


def coded(reading: Reading, node: Node) -> Iterator[Fact]:
    """`Headless = `clusterIP: None``, `` `immutable: true` = … ``: a field with its value in a code span."""
    if node.line is None or node.inline.is_code:
        return
    for start, end in node.inline.codes:
        match = FIELD_WITH_VALUE.fullmatch(node.inline.text, start, end)
        if match is None or not reading.is_field(match["field"]):
            continue
        owners = _owners_of_coded(reading, node, match[0]) or _subject_of_coded(node, match)
        denied = owners is not None and owners.node is node and not node.left_terms and _is_denied(match)
        for owner in narrowed(owners.names, match["field"]) if owners else ():
            if owner != match["field"]:
                yield Fact(
                    subject=owner, predicate="hasField", object=f"{match['field']}={match['value']}",
                    lines=(*owners.lines, node.line) if owners else (node.line,), kind=PATTERN,
                    negated=denied,
                )  # fmt: skip


def _owners_of_coded(reading: Reading, node: Node, written: str) -> Owners | None:
    """The label before it, or what is above where it stands first."""
    if node.left_terms and node.right == written:
        return Owners(tuple(t.name for t in node.left_terms), node, ())
    if node.text.startswith(written) and _STANDS_FIRST.match(node.text[len(written) :]):
        return reading.owners(node)
    return None


def _subject_of_coded(node: Node, match: re.Match[str]) -> Owners | None:
    """`A Job must not use `restartPolicy: Always``: the name that opens the sentence, if it has the field."""
    first = node.named[0] if node.named and not node.separator else None
    if first is None or first.end >= match.start() or len(node.text[: first.start]) > _ARTICLE:
        return None
    return Owners((first.name,), node, ()) if owns(first.name, match["field"]) else None


def _is_denied(match: re.Match[str]) -> bool:
    before, behind = match.string[: match.start()], match.string[match.end() :]
    return _DENIED_BEFORE.search(before) is not None or _DENIED_BEHIND.match(behind) is not None


def listed(reading: Reading, node: Node) -> Iterator[Fact]:
    """`verbs : get, list, watch`: plain words that a field may have for values."""
    if node.line is None or node.kind is BlockKind.HEADING:
        return
    for value in plain_values(reading, node):
        yield Fact(
            subject=node.left_terms[0].name, predicate="hasValue", object=value, literal=True,
            lines=(node.line,), kind=PATTERN,
        )  # fmt: skip


def defaults(reading: Reading, node: Node) -> Iterator[Fact]:
    """`… | 10초`, `기본값: 10초`, `X : … (default: 3)`: the default of the field that the line is about."""
    if node.line is None or node.kind is BlockKind.HEADING:
        return
    holder = _holder(reading, node)
    if not holder:
        return
    name, lines = holder
    for text in _default_texts(node):
        yield Fact(
            subject=name, predicate="defaultValue", object=default(text), literal=True, lines=(*lines, node.line), kind=PATTERN  # noqa: E501  one list, one line
        )  # fmt: skip
        return


_DEFAULT_IN_TEXT = (
    re.compile(
        r"[(（]?\s*(?:기본\s?값|기본|디폴트|defaults?(?: value)?(?: is| to)?|default)\s*(?:은|는|이|:|=|\s)\s*`?(?P<v>[\w./%+-]+(?:\s?(?:초|분|회|번|개|seconds?))?)`?",  # noqa: E501  one list, one line
        re.IGNORECASE,
    ),
)


def _default_texts(node: Node) -> Iterator[str]:
    if node.role == "default" and node.right:
        yield node.right.split("(")[0]
        return
    head, bar, behind = node.text.rpartition(" | ")
    if bar and head and is_value(behind):
        yield behind
        return
    for pattern in _DEFAULT_IN_TEXT:
        match = pattern.search(node.text)
        if match and (is_value(match["v"]) or match["v"][0].isupper()):
            yield match["v"]
            return


def _holder(reading: Reading, node: Node) -> tuple[str, tuple[Line, ...]] | None:
    if len(node.left_terms) == 1 and node.left_terms[0].choice and node.line:
        name = node.left_terms[0].name
        return (name, ()) if reading.is_field(name) else None
    if len(node.terms) == 1 and node.terms[0].choice and reading.is_field(node.terms[0].name):
        return node.terms[0].name, ()
    for named in node.named[:1]:
        if named.choice.kind is ConceptKind.FIELD:
            return named.name, ()
    owners = reading.owners(node)
    if len(owners.names) == 1 and reading.is_field(owners.names[0]):
        return owners.names[0], owners.lines
    return None
