"""Members of a class: `ex) A, B`, `대표적인 C A, B`, `A, B 등`, `such as A, B`, a list below a class."""

import re
from collections.abc import Iterator

from ingest.extract.facts import PATTERN, STRUCTURE, Fact
from ingest.extract.reading import Owners, Reading, is_class, is_enumerated, is_member, is_part
from ingest.link.api import owns
from ingest.link.outline import Named, Node, Term
from ingest.link.outline.marks import ARROW
from ingest.parse.blocks import BlockKind
from ontology.concepts import ConceptKind

_MARK = re.compile(
    r"(?:\bex\)|\bex[.:]|\be\.?g\.?[,:)]?\s|예\)|예시\)|예\s?[:：]|예시\s?[:：]|예를 ?들어[,:]?|for example[,:]?|for instance[,:]?|such as|including)\s*(?P<list>.+)$",  # noqa: E501  one list, one line
    re.IGNORECASE,
)
_TYPICAL = re.compile(
    r"^(?:대표적인|대표적으로|대표|typical|common|popular)\s+(?:예시?\s*[):：]\s*)?(?P<rest>.+)$",
    re.IGNORECASE,
)
_ET_CETERA = re.compile(
    r"\s*(?:등(?:등|이|을|의|에)?|etc\.?|and so on|\.\.\.|…)\s*(?:이? ?있다|이? ?있음|이? ?있습니다|이다|입니다)?[.\s]*$",  # noqa: E501  one list, one line
    re.IGNORECASE,
)
_PATTERN = re.compile(r"^[\w<>{}\[\]-]+(?:[./*@][\w<>{}\[\]*-]+){2,}$")
_RELATIVE = re.compile(r"(?P<modifier>.*[가-힣](?:는|은|한|된|할|던|적인)\s+)(?P<list>[^\s].*)$")
_TAIL = re.compile(r"\s*(?:와|과|처럼)?\s*같(?:이|은)\s.*$")
_LIKE = re.compile(r"^(?P<list>[^.]{1,60}?)(?:와|과)\s*같이\s")
_LEAST = 2
_WORDS_OF_A_NAME = 3
_COMMAND = re.compile(r"^`?(?:kubectl|helm|docker|etcdctl|kubeadm)\b")


def marked(reading: Reading, node: Node) -> Iterator[Fact]:
    """`ex) A, B` behind a sentence or alone."""
    match = _MARK.search(node.text) if node.line is not None and node.kind is not BlockKind.HEADING else None
    if match is None or node.role == "example":
        return
    owners = _class_before(reading, node, match) or _subject(reading, node, match.start())
    yield from _members(reading, node, owners, match["list"], PATTERN)


def _class_before(reading: Reading, node: Node, match: re.Match[str]) -> Owners | None:
    # `CNI 지원 필요 e.g. Calico, Cilium`: members of the class that the sentence names
    members = [t.name for t in reading.terms(match["list"].rstrip(" .)"), node) if t.choice]
    for named in reversed([n for n in node.named if n.end <= match.start()]):
        if members and all(is_member(m, named.name) for m in members):
            return Owners((named.name,), node, ())
    return None


def bracketed(reading: Reading, node: Node) -> Iterator[Fact]:
    """`CNI 플러그인(Calico, Cilium)`: a list of concepts in the brackets behind a concept."""
    if node.line is None or node.kind is BlockKind.HEADING or "(" not in node.text:
        return
    for match in _IN_BRACKETS.finditer(node.text):
        before = [n for n in node.named if _JUST_BEFORE.match(node.text[n.mention.stop : match.start()])]
        head = [n for n in before if n.end <= match.start()]
        terms = reading.terms(match["inner"], node)
        if not head or not terms or not all(t.choice for t in terms):
            continue
        one = len(terms) == 1 and reading.kind(terms[0].name) not in {ConceptKind.COMPONENT, ConceptKind.KIND}
        if one or any(is_enumerated(t.name) or t.name == head[-1].name for t in terms):
            continue
        for term in terms:
            yield Fact(
                subject=head[-1].name, predicate="hasExample", object=term.name, lines=(node.line,), kind=PATTERN  # noqa: E501  one list, one line
            )  # fmt: skip


def labelled(reading: Reading, node: Node) -> Iterator[Fact]:
    """`예시: A, B`, and what stands below a label of examples without being a name."""
    if node.line is None:
        return
    if node.role == "example" and node.right and not node.left_terms:
        yield from _members(reading, node, reading.owners(node), node.right, PATTERN)
    elif _is_listed_example(node):
        owners = reading.owners(node)
        for owner in owners.names:
            yield _example(owner, node.text, owners, node, literal=True, kind=STRUCTURE)


def _is_listed_example(node: Node) -> bool:
    below_label = node.parent is not None and node.parent.role == "example" and node.kind is BlockKind.ITEM
    return below_label and not node.terms and not node.separator and not _COMMAND.match(node.text)


def typical(reading: Reading, node: Node) -> Iterator[Fact]:
    """`대표적인 웹 서버 A, B`: the class and its members."""
    match = _TYPICAL.match(node.text)
    if match is None or node.line is None or node.separator:
        return
    rest = _ET_CETERA.sub("", match["rest"])
    named = [n for n in node.named if n.start >= match.start("rest")]
    owners = reading.owners(node)
    if not named:
        return
    first = named[0]
    behind = node.text[first.mention.stop :].lstrip(" :(-")
    class_, members = "", rest
    following = reading.terms(_ET_CETERA.sub("", behind), node) if behind else ()
    if first.choice.kind is ConceptKind.ABSTRACT and any(t.choice for t in following):
        class_, members = first.name, behind
    for owner in owners.names:
        if class_:
            yield _example(owner, class_, owners, node, kind=PATTERN)
    yield from _members(reading, node, owners, members, PATTERN)
    for term in reading.terms(_ET_CETERA.sub("", members), node):
        if class_ and term.choice:
            yield Fact(subject=term.name, predicate="isA", object=class_, lines=(node.line,), kind=PATTERN)


def modified(reading: Reading, node: Node) -> Iterator[Fact]:
    """`노드에 저장하는 A, B`: a list of names behind a relative clause, below a class."""
    if (
        node.line is None
        or node.kind is not BlockKind.ITEM
        or node.separator
        or node.terms
        or ARROW.search(node.text)
    ):
        return
    match = _RELATIVE.match(_ET_CETERA.sub("", node.text))
    if match is None or "," not in match["list"] or _TYPICAL.match(node.text):
        return
    terms = reading.terms(match["list"], node)
    owners = reading.owners(node)
    if len(terms) < _LEAST or not all(t.choice for t in terms) or any(is_enumerated(t.name) for t in terms):
        return
    for owner in owners.names:
        if reading.kind(owner) in {ConceptKind.ABSTRACT, None}:
            for term in terms:
                yield _example(owner, term.name, owners, node, kind=STRUCTURE)


def label_members(reading: Reading, node: Node) -> Iterator[Fact]:  # noqa: C901, PLR0912  one case after the other, none inside another
    """`Workload : Deployment, DaemonSet`: a list of concepts behind a class."""
    if not node.separator or not node.right or node.line is None or node.kind is BlockKind.HEADING:
        return
    terms = reading.terms(_ET_CETERA.sub("", node.right), node)
    listed = [t for t in terms if t.choice and not is_enumerated(t.name)]
    if len(listed) < _LEAST or len(listed) < len(terms):
        return
    if node.left_terms:
        owners = Owners(tuple(t.name for t in node.left_terms), node, ())
    elif node.role in {"kinds", "example", "parts"}:
        owners = reading.owners(node)
    elif not node.role:
        owners = reading.owners(node)
        listed = [t for t in listed if all(owns(o, t.name) or is_member(t.name, o) for o in owners.names)]
    else:
        return
    if node.role == "example":
        return
    for owner in owners.names:
        for term in listed:
            if term.name == owner:
                continue
            lines = (*owners.lines, node.line)
            if reading.is_field(term.name) and not is_member(term.name, owner):
                predicate = "hasOption" if node.role == "option" else "hasField"
                yield Fact(subject=owner, predicate=predicate, object=term.name, lines=lines, kind=PATTERN)
            elif node.role == "parts" or is_part(term.name, owner):
                yield Fact(subject=term.name, predicate="partOf", object=owner, lines=lines, kind=PATTERN)
            elif reading.kind(owner) is ConceptKind.ABSTRACT or is_class(owner) or node.role == "kinds":
                yield _example(owner, term.name, owners, node, kind=PATTERN)


def et_cetera(reading: Reading, node: Node) -> Iterator[Fact]:
    """`A, B 등` below a class."""
    if node.line is None or node.terms or node.separator or node.kind is BlockKind.HEADING:
        return
    bare = _ET_CETERA.sub("", node.text)
    if bare == node.text or _TYPICAL.match(bare) or _RELATIVE.match(bare):
        return
    terms = reading.terms(bare, node)
    if not terms or not all(t.choice for t in terms) or any(is_enumerated(t.name) for t in terms):
        return
    owners = reading.owners(node)
    for owner in owners.names:
        for term in terms:
            if owner != term.name:
                yield _example(owner, term.name, owners, node, kind=STRUCTURE)


def likened(reading: Reading, node: Node) -> Iterator[Fact]:
    """`A, B와 같이 …`: what the line speaks of, by example."""
    match = _LIKE.match(node.text) if node.line is not None and node.kind is not BlockKind.HEADING else None
    if match is None:
        return
    terms = reading.terms(match["list"], node)
    if terms and any(t.choice for t in terms):
        yield from _members(reading, node, reading.owners(node), match["list"], "sentence")


def of_class(reading: Reading, node: Node) -> Iterator[Fact]:
    """`Calico, Flannel 등의 CNI 플러그인`, `MySQL 같은 DB`: members before, their class behind."""
    if node.line is None or node.kind is BlockKind.HEADING:
        return
    for match in _SUCH.finditer(node.text):
        class_ = next((n for n in node.named if 0 <= n.start - match.end() <= _NEAR), None)
        if class_ is None or not _is_class(reading, class_.name):
            continue
        members = _run_before(node, match.start())
        for member in members:
            if member.name != class_.name and not is_enumerated(member.name):
                yield Fact(
                    subject=class_.name,
                    predicate="hasExample",
                    object=member.name,
                    lines=(node.line,),
                    kind=PATTERN,
                )  # fmt: skip


def _run_before(node: Node, end: int) -> list[Named]:
    """The names that end at a place, joined by commas or particles."""
    found: list[Named] = []
    for named in reversed([n for n in node.named if n.end <= end]):
        if not _JOINT.match(node.text[named.end : found[0].start if found else end]):
            break
        found.insert(0, named)
    return found


def patterns(reading: Reading, node: Node) -> Iterator[Fact]:
    """A name pattern that stands alone below a concept (`name.namespace.svc.cluster.local`)."""
    if node.line is None or node.kind is not BlockKind.ITEM:
        return
    text = (node.right if node.separator and node.left_terms else node.text).strip("` ")
    if (
        _PATTERN.match(text)
        and not any(t.choice for t in node.terms)
        and "://" not in text
        and text.count(".") > 1
    ):
        if node.separator and node.left_terms:
            owners = Owners(tuple(t.name for t in node.left_terms), node, ())
        else:
            owners = reading.owners(node)
        for owner in owners.names[:1]:
            yield _example(owner, text, owners, node, literal=True, kind=STRUCTURE)


def _subject(reading: Reading, node: Node, before: int) -> Owners:
    if node.left_terms and node.left_terms[0].choice:
        return Owners(tuple(t.name for t in node.left_terms), node, ())
    owners = reading.owners(node)
    head = [n for n in node.named if n.end <= before]
    if (
        head
        and _JUST_BEFORE.match(node.text[head[-1].mention.stop : before])
        and _is_class(reading, head[-1].name)
    ):
        return Owners((head[-1].name,), node, ())
    return owners


def _members(reading: Reading, node: Node, owners: Owners, text: str, kind: str) -> Iterator[Fact]:
    for term in reading.terms(_ET_CETERA.sub("", text).rstrip(" ."), node):
        if not term.choice and (_is_prose(term) or len(term.text) > _LONGEST):
            break  # the list is over, the sentence goes on
        if not term.text:
            continue
        name = term.name or _noun(term.text)
        for owner in owners.names:
            if owner != name:
                yield _example(owner, name, owners, node, literal=not term.choice, kind=kind)
        if term.bracket and term.choice and node.line is not None and not _DENIED.search(term.bracket):
            yield Fact(
                subject=name, predicate="definition", object=term.bracket, literal=True, lines=(node.line,), kind=PATTERN  # noqa: E501  one list, one line
            )  # fmt: skip


_IN_BRACKETS = re.compile(r"[(（](?P<inner>[^()（）]{2,80})[)）]")
_SUCH = re.compile(r"\s*(?:등의|등과 같은|등 다양한|등|와 같은|과 같은|나 .{1,12} 같은|같은|처럼)\s+")
_JOINT = re.compile(r"^(?:와|과|나|이나|랑)?\s*(?:,|·|/|및|또는)?\s*$")
_DENIED = re.compile(r"\s[XxOo✗✕❌⭕]$")
_NEAR = 3
_LONGEST = 60
_JUST_BEFORE = re.compile(r"[\s,(:–—-]*(?:plugins?|플러그인)?[\s,(:–—-]*$", re.IGNORECASE)


def _is_class(reading: Reading, name: str) -> bool:
    return is_class(name) or reading.kind(name) is ConceptKind.ABSTRACT


def _noun(text: str) -> str:
    return text.strip("`'\" ")


def _is_prose(term: Term) -> bool:
    return len(term.text.split()) > _WORDS_OF_A_NAME


def _example(owner: str, name: str, owners: Owners, node: Node, *, kind: str, literal: bool = False) -> Fact:  # noqa: PLR0913  the parts of one cell or clause
    lines = (*owners.lines, node.line) if node.line else owners.lines
    return Fact(subject=owner, predicate="hasExample", object=name, lines=lines, kind=kind, literal=literal)
