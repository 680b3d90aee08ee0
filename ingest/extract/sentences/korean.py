"""Korean sentences: who does what to whom, read off particles, verb stems and endings.

A verb takes the names that stand between the verb before it and itself. The particle says which part a
name plays; a clause in a condition (`-면`, `-때`) says what must be the case, not what the subject does.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from ahocorasick_rs import AhoCorasick, MatchKind

from ingest.extract.facts import Fact
from ingest.extract.reading import Reading, is_class, is_enumerated, is_part
from ingest.extract.sentences.scene import Scene, traits, verbs
from ingest.link.api import direct_fields
from ingest.link.disambiguate import enumeration
from ingest.link.outline import Named
from ontology.concepts import ConceptKind

_TOPIC = frozenset({"은", "는", "이란", "란", "에는", "에서는", "도"})
_SUBJECT = frozenset({"이", "가", "께서"})
_OBJECT = frozenset({"을", "를"})
_BARE = frozenset({"", "도", "만"})
_TARGET = frozenset({"에", "에게", "에게서", "로", "으로", "에서", "에도", "에만", "에는", "한테", "로부터"})
_WITH = frozenset({"와", "과", "랑", "이랑", "와도", "과도", "와의", "과의", "와는", "과는"})
_MADE = frozenset({"Container", "Volume", "InitContainer", "Certificate", "Token", "Image"})
_NEAR = 3
_PLACES = frozenset({"Node", "WorkerNode", "ControlPlane", "DataPlane", "Cluster", "Namespace", "Container"})
_JOINED = re.compile(r"^\s*(?:,|와|과|및|/|또는|그리고|랑|이랑|·|&|\+)?\s*$")
_NEGATED = re.compile(
    r"^[가-힣]{0,6}?(?:지|진)\s?(?:는|도|를)?\s?(?:않|못)|^\s?(?:이|가)?\s?(?:불가|안\s?됨|안\s?되|안\s?된|안\s?됩|안\s?돼|금지|없다|없습|없음)"
    r"|^\s?[가-힣]{0,3}\s?(?:수|순)\s?없|^하지\s?(?:않|못|마)|^(?:되|할|될)?\s?(?:수\s?없)"
)  # fmt: skip
_NOT_BEFORE = re.compile(r"(?:^|\s)(?:안|못|함께|동시)\s*$")
_CONDITIONAL = re.compile(
    r"^(?:하|되|시키|해|돼|[이가]\s?되)?[가-힣]{0,5}?(?:면|다면|려면|때|경우|시(?=[\s,]|$))|^\s?(?:시|후|뒤|전|중|때|시에|하면|되면)(?=[\s,에]|$)|^[가-힣]{1,4}\s(?:때|경우|시)(?=[\s,에는]|$)"
)
_PASSIVE = re.compile(r"^(?:되|된|될|됨|됩|돼|됐|어지|어진|어짐|져|진다|지지)")
_ADNOMINAL_PASSIVE = re.compile(r"^(?:된|되어\s?있는|되어진|돼\s?있는|되는)\s")
_ADNOMINAL = re.compile(r"^(?:하는|한|할|되는|된|될|[가-힣]?[는던])\s+(?=[^\s]*[가-힣A-Za-z])")
_ASKED = re.compile(r"^\s?(?:을|를)?\s?(?:요청|지시|명령)")
_MUST = re.compile(r"^[가-힣\s]{0,8}?(?:야\s?(?:만\s)?(?:한|함|하|됩|된|합|되)|어야|아야|해야|여야)")
_PURPOSE = re.compile(r"(?:(?:을|를)\s?위(?:해|한|하여)|기\s?위(?:해|한|하여)|용도|목적|위해서)")
_USE_AT = re.compile(r"(?:상황에서?|경우에?|때에?|곳에|때)\s?$")
_WITHOUT = re.compile(
    r"^\s?(?:[가-힣]{2}\s?)?(?:이|가|은|는|을|를)?\s?(?:[가-힣]+\s)?(?P<form>없이도?|없어도|없으면|없는|필요\s?없|알\s?필요\s?없)"
)
_NEEDED = re.compile(
    r"^\s?(?:이|가|은|는|도|만|의)?\s?(?:(?:플러그인|파일|서버)의?\s)?(?:(?:지원|설치|설정|생성|등록|구성|사용)(?:이|가|은|는|도)?\s)?(?P<form>필요|필수)"
)
_IS_NEEDED = re.compile(r"^\s?(?:이|가|은|는|도)?\s?(?:필요|필수)")
_GIVEN = re.compile(
    r"^\s?(?:이|가|을|를|만|은|는|도)?\s?(?:값만?\s)?[가-힣\s]{0,14}?(?:설정해야|지정해야|있어야|만들어져\s?있어야|넣어\s?주?어야|생성해야|사용해야|켜야|존재해야|설치해야|주어야)"
)
_HELD = re.compile(r"^\s?(?:만)?\s?[가-힣\s]{0,8}?(?:있으면|알면|알고 있으면|가지면)")
_CANNOT = re.compile(r"(?:않|못|안\s?(?:되|된|됨|됩)|불가|없다|없습)")
_AMOUNT = re.compile(r"^\s?(?:의)?\s?(?:갯수|개수|수량|수(?=[를가는은])|숫자|양|크기)")
_BELONGS = re.compile(
    r"^(?:에\s?(?:속한|포함된|속하는)|\s?안의|\s?안에\s?있는|\s?내부의?|\s?내의|\s?안에\s?속한)\s?$"
)
_UNLIKE = re.compile(r"^(?:와|과|와는|과는)?\s?(?:달리|다르게|다르다|반대로|다른\s?점|대조)")
_COPULA = re.compile(
    r"^(?:이다|다|입니다|임|이에요|예요|의\s?일종|이라고\s?(?:한다|합니다|할)|의\s?한\s?종류|역할|\s?역할)?[.\s]*(?:이다|입니다|을?\s?한다|을?\s?합니다)?\s*$"
)
_SCOPE = re.compile(
    r"^\s?(?:단위|수준|범위|레벨|전체|전역|내에서만|안에서만|내부에서만|에만|만\s?접근|의\s?(?:자원|리소스)에만|내에서\s?만|에서만|별로)"
)
_ORDERED = re.compile(r"(?:차례대로|순서대로|순차적으로|순으로)")
_AFTER = re.compile(r"^(?:[을를]?\s?[가-힣]{1,4}\s?)?(?:한|된)?\s?(?:후|뒤|다음)(?:에)?(?=[\s,]|$)")
_BELONG = re.compile(r"^에\s?(?:속한다|속합니다|속함|속하지\s?않\S*|포함된다|포함됩니다|종속된다|종속됩니다)")
_BRACKETED = re.compile(r"^(?:\s?[가-힣]{2,4})?\s?\([^()]*\)")
_CONDITION_BETWEEN = re.compile(r"[가-힣](?:으면|면|다면|려면)[\s,]|(?:때|경우|시)[\s,]")
_READ_AND_WRITE = re.compile(r"읽(?:고|기|거나)\s*$")
_MATCHES = re.compile(r"^(?:이|가)\s?(?:서로\s)?(?:일치|맞는|맞은|매칭|같은)")
_RELATIVE = re.compile(r"^(?:이|가)\s?(?:일치하는|맞는|매칭되는|같은|있는|없는|붙은|달린)\s")
_QUALIFIES = re.compile(r"\s*[가-힣]+(?:된|되는|한|하는|있는)\s")
_OTHER_OBJECT = re.compile(r"[가-힣A-Za-z](?:을|를)(?=\s|$)")
_PAIR = 2
_CLAUSE = re.compile(r"(?:^|[,.]\s*)(?P<clause>[^,.]*?(?:면|시|때|여도|어도|아도))\s")
_BY_HAND = re.compile(r"(?:직접|수동으로|따로)\s*$")


@dataclass(frozen=True, slots=True)
class _Verb:
    """One verb of the sentence: where it stands, and the names between the verb before it and itself."""

    predicate: str
    start: int
    end: int
    stem: str
    tail: str
    args: tuple[Named, ...]
    head: str

    @property
    def conditional(self) -> bool:
        return _CONDITIONAL.match(self.tail) is not None

    @property
    def passive(self) -> bool:
        return _PASSIVE.match(self.tail) is not None

    @property
    def negated(self) -> bool:
        return _NEGATED.match(self.tail) is not None or (
            _NOT_BEFORE.search(self.head) is not None and self.head.rstrip().endswith(("안", "못"))
        )


@cache
def _stems() -> tuple[AhoCorasick, tuple[tuple[str, str], ...]]:
    """Return one automaton over all stems, and each stem with its predicate."""
    rows = tuple((stem, predicate) for predicate, stems in verbs()["ko"].items() for stem in stems)
    return AhoCorasick([stem for stem, _ in rows], matchkind=MatchKind.LeftmostLongest), rows


def read(reading: Reading, scene: Scene) -> Iterator[Fact]:
    """Yield the facts of one Korean sentence."""
    found = _verbs(scene)
    subject = _subject(scene)
    if (
        subject is not None
        and scene.about
        and any(subject in _patients(scene, v) for v in found if v.passive or v.predicate == "kept")
    ):
        subject = None  # `PVC는 남음`: the topic is what it happens to
    agents = (subject.name,) if subject else scene.about
    yield from _frames(reading, scene, found, agents)
    text = scene.text
    if any(word in text for word in _NEED_WORDS):
        yield from _needs(scene, agents)
    yield from _purposes(scene, agents)
    yield from _wholes(reading, scene)
    yield from _classes(reading, scene, subject, agents)
    yield from _scopes(scene, agents if subject else _paired(scene, found) or agents)
    if "달" in text or "다르" in text or "반대" in text:
        yield from _contrasts(scene, agents)
    if "에 속" in text or "에속" in text or "포함" in text or "종속" in text:
        yield from _belonging(scene, agents)
    yield from _orders(scene, found)
    yield from _traits(scene, agents)
    yield from _matched(reading, scene, agents)
    yield from _fields(reading, scene, agents)


_NEED_WORDS = ("없", "필요", "필수", "야", "있으면", "알면", "가지면")


# -- parts -----------------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def _verbs(scene: Scene) -> tuple[_Verb, ...]:
    automaton, rows = _stems()
    text = scene.text
    covered = [(n.start - scene.offset, n.end - scene.offset) for n in scene.named]
    found: list[_Verb] = []
    last = 0
    for index, start, end in automaton.find_matches_as_indexes(text):
        stem, predicate = rows[index]
        if any(a <= start < b for a, b in covered):
            continue
        if len(stem) == 1 and start and "가" <= text[start - 1] <= "힣":
            continue  # a syllable inside another word
        args = tuple(n for n in scene.named if last <= n.start - scene.offset < start)
        found.append(
            _Verb(
                predicate=predicate,
                start=start,
                end=end,
                stem=stem,
                tail=text[end:],
                args=args,
                head=text[last:start],
            )
        )
        last = end
    return tuple(found)


def _subject(scene: Scene) -> Named | None:
    """The name with a topic particle that the sentence is about."""
    return next((n for n in scene.named if n.mention.particle in {"은", "는", "이란", "란"}), None)


def _carried(
    scene: Scene, found: tuple[_Verb, ...], agents: tuple[str, ...]
) -> Iterator[tuple[_Verb, tuple[str, ...]]]:
    """Yield each verb with who acts when it names nobody: the subject of the clause before goes on.

    The subject of a condition does not: `파드가 자원을 다 쓰면 노드를 추가한다` is not about the pod.
    """
    current = agents
    for verb in found:
        yield verb, current
        pair = _pair(scene, verb) if verb.predicate == "connectsTo" else None
        if pair is not None:
            current = (pair[0].name,)
        if verb.predicate == "creates" and _ASKED.match(verb.tail):
            current = tuple(n.name for n in verb.args if n.mention.particle in {"에", "에게"})[:1] or current
            continue
        if verb.conditional or verb.passive or _ADNOMINAL.match(verb.tail):
            continue
        acting = _agent(verb, ())
        if acting:
            current = acting


def _between(verb: _Verb, named: Named) -> str:
    at = verb.head.rfind(named.mention.surface)
    return verb.head[at:] if at >= 0 else verb.head


def _after(verb: _Verb, named: Named) -> str:
    return _between(verb, named).removeprefix(named.mention.surface)


def _agent(verb: _Verb, agents: tuple[str, ...], *, besides: tuple[Named, ...] = ()) -> tuple[str, ...]:
    """Who acts: the nearest name with 이/가 (or 은/는) before the verb, else who the sentence is about."""
    for named in reversed(verb.args):
        if named.mention.particle in _SUBJECT | {"은", "는"} and named not in besides:
            if named.mention.particle in _SUBJECT and _RELATIVE.match(_after(verb, named)):
                continue  # `레이블이 일치하는 노드를 선택`: the labels match, they do not select
            if named.mention.particle in _SUBJECT and _CONDITION_BETWEEN.search(_between(verb, named)):
                continue
            return (named.name,)
    return agents


def _patients(scene: Scene, verb: _Verb) -> tuple[Named, ...]:
    """What the verb acts on, with what is joined to it."""
    wanted = (
        (_SUBJECT | {"은", "는"} | _BARE | _OBJECT)
        if verb.passive or verb.predicate == "kept"
        else (_OBJECT | _BARE)
    )
    for index in range(len(verb.args) - 1, -1, -1):
        named = verb.args[index]
        gap = scene.text[named.mention.stop - scene.offset : verb.start]
        marked = named.mention.particle in _OBJECT
        last = index == len(verb.args) - 1
        if named.mention.particle in wanted and (
            marked or (_is_near(gap) and (last or named.mention.particle))
        ):
            return _joined(scene, verb.args, index)
        if named.mention.particle == "의" and _AMOUNT.match(gap):
            return (named,)
    return ()


def _is_near(gap: str) -> bool:
    """Whether a bare name may be the object of what follows: no other noun stands in its place."""
    return len(gap.split()) <= _NEAR and (_OTHER_OBJECT.search(gap) is None or _AMOUNT.match(gap) is not None)


def _joined(scene: Scene, args: tuple[Named, ...], index: int) -> tuple[Named, ...]:
    found = [args[index]]
    for at in range(index - 1, -1, -1):
        between = scene.text[args[at].end - scene.offset : args[at + 1].start - scene.offset]
        if not _JOINED.match(between):
            break
        found.insert(0, args[at])
    return tuple(found)


# -- frames ----------------------------------------------------------------------------------------


def _frames(
    reading: Reading, scene: Scene, found: tuple[_Verb, ...], about: tuple[str, ...]
) -> Iterator[Fact]:
    for verb, agents in _carried(scene, found, about):
        if _ADNOMINAL_PASSIVE.match(verb.tail):
            continue
        match verb.predicate:
            case "creates" | "deletes" | "kept" | "restarts" | "scales" | "manages":
                yield from _acts(reading, scene, verb, agents)
            case "uses":
                yield from _used(reading, scene, verb, agents)
            case "stores":
                yield from _stored(scene, verb, agents)
            case "connectsTo":
                yield from _connected(scene, verb, agents)
            case "selects":
                yield from _selected(scene, verb, agents)
            case "runsOn":
                yield from _placed(scene, verb, agents)
            case "grants":
                yield from _granted(scene, verb, agents)
            case _:
                pass


def _acts(reading: Reading, scene: Scene, verb: _Verb, agents: tuple[str, ...]) -> Iterator[Fact]:  # noqa: C901, PLR0911, PLR0912  one case after the other, none inside another
    patients = tuple(p for p in _patients(scene, verb) if not _is_need(scene, p))
    negated = verb.negated
    if verb.predicate == "creates":
        asked = _ASKED.match(verb.tail)
        target = next((n for n in verb.args if n.mention.particle in {"에", "에게"}), None)
        if asked and target is not None and patients:
            for patient in patients:
                if patient.choice.kind is ConceptKind.KIND or patient.name in _MADE:
                    yield scene.fact(target.name, "creates", patient.name, negated=negated)
            for agent in _agent(verb, agents, besides=(target, *patients)):
                if agent != target.name:
                    yield scene.fact(agent, "connectsTo", target.name)
            return
        place = next((n for n in verb.args if n.mention.particle in _TARGET and n.name in _PLACES), None)
        if place is not None and verb.passive and not negated:
            yield from _created_at(reading, scene, verb, place, agents)
            return
    if not patients and verb.predicate in {"creates", "deletes"} and not verb.conditional:
        patients = _patients_before(scene, verb)
    if not patients:
        return
    if verb.stem == "제거" and any(n.mention.particle == "에서" for n in verb.args):
        return  # taken out of a list, not deleted
    explicit = _agent(verb, (), besides=patients)
    if verb.conditional and not explicit:
        return
    if (
        verb.passive
        and not explicit
        and (patients[-1].mention.particle in {"은", "는"} or (negated and _condition(scene, verb)))
    ):
        return  # what happens to the topic, by nobody; what a condition prevents
    if verb.predicate == "creates" and (
        _BY_HAND.search(verb.head) or (_MUST.match(verb.tail) and not explicit)
    ):
        return
    predicate = {"kept": "deletes"}.get(verb.predicate, verb.predicate)
    for agent in explicit or agents:
        for patient in patients:
            if patient.name != agent and _may_suffer(patient, predicate):
                yield scene.fact(
                    agent, predicate, patient.name, negated=negated != (verb.predicate == "kept"), condition=_condition(scene, verb)  # noqa: E501  one list, one line
                )  # fmt: skip


def _patients_before(scene: Scene, verb: _Verb) -> tuple[Named, ...]:
    """`파드 생성 시 … 동시 생성, 삭제`: what the condition names goes on."""
    for earlier in _verbs(scene):
        if earlier.start < verb.start and earlier.predicate in {"creates", "deletes"} and earlier.conditional:
            return _patients(scene, earlier)
    return ()


def _is_need(scene: Scene, named: Named) -> bool:
    """`노드가 없으면 생성되지 않는다`: what is missing or must be given is no patient of what follows."""
    behind = scene.text[named.end - scene.offset :]
    return _WITHOUT.match(behind) is not None or _GIVEN.match(behind) is not None


def _created_at(
    reading: Reading, scene: Scene, verb: _Verb, place: Named, agents: tuple[str, ...]
) -> Iterator[Fact]:
    """`파드가 … 노드에 생성된다`: the pod runs there; a field that says where selects the place."""
    if any(n.name == "Pod" and n.mention.particle in _SUBJECT | _TOPIC for n in verb.args):
        yield scene.fact("Pod", "runsOn", place.name)
    for agent in agents:
        if reading.is_field(agent) and place.name == "Node":
            yield scene.fact(agent, "selects", place.name)


def _may_suffer(named: Named, predicate: str) -> bool:
    if named.name in traits()["traits"]:
        return False
    if predicate in {"creates", "deletes", "restarts", "manages"}:
        return named.choice.kind is not ConceptKind.ENUM and not (
            named.choice.kind is ConceptKind.FIELD and predicate != "creates"
        )
    return True


def _condition(scene: Scene, verb: _Verb) -> str:
    """The clause before the verb that ends in `면`, `시` or `때`, in the words of the note."""
    match = re.search(
        r"(?:^|[,.]\s*)(?P<clause>[^,.]*?(?:면|시|때|여도|어도|아도))\s", scene.text[: verb.start]
    )
    return match["clause"].strip() if match else ""


def _used(reading: Reading, scene: Scene, verb: _Verb, agents: tuple[str, ...]) -> Iterator[Fact]:  # noqa: C901  one case after the other, none inside another
    patients = _patients(scene, verb)
    explicit = _agent(verb, (), besides=patients)
    if _is_no_use(verb) or (verb.conditional and explicit):
        return
    if patients:
        for agent in explicit or agents:
            for patient in patients:
                if patient.name == agent:
                    continue
                if patient.choice.kind is ConceptKind.FIELD:
                    yield from _option(reading, scene, agent, patient, verb)
                elif verb.negated and re.search(r"없으면|없이", scene.text[: verb.start]):
                    continue  # what fails for want of something is no denial of use
                elif verb.stem.startswith("통") or patient.name not in traits()["purposes"]:
                    yield scene.fact(agent, "uses", patient.name, negated=verb.negated)
        return
    partner = next(
        (n for n in reversed(verb.args) if n.mention.particle in _WITH and not _is_likened(scene, n)), None
    )
    if partner is not None:
        for agent in explicit or agents:
            if agent != partner.name:
                yield scene.fact(
                    agent,
                    "uses",
                    partner.name,
                    negated=verb.negated or _CANNOT.search(verb.tail[:8]) is not None,
                )
        return
    if (
        verb.stem in {"사용", "활용", "이용"}
        and not verb.conditional
        and not verb.tail.startswith("하기 때문")
    ):
        yield from _used_at(scene, verb, agents)


def _is_no_use(verb: _Verb) -> bool:
    """`CNI 지원 필요` says what is needed; 읽고 쓰다 is to write."""
    writes = verb.stem.startswith(("쓴", "쓰", "씁", "쓸")) and _READ_AND_WRITE.search(verb.head)
    return bool(writes) or _IS_NEEDED.match(verb.tail) is not None


def _is_likened(scene: Scene, named: Named) -> bool:
    return scene.text[named.mention.stop - scene.offset :].lstrip().startswith(("같", "달", "다르"))


def _used_at(scene: Scene, verb: _Verb, agents: tuple[str, ...]) -> Iterator[Fact]:
    """`A, B에 사용을 권장`, `… 상황에서 사용한다`: what the subject is for."""
    for index, named in enumerate(verb.args):
        if named.mention.particle in {"에", "에서"} and named.end - scene.offset > verb.start - 14:
            for each in _joined(scene, verb.args, index):
                for agent in agents:
                    if each.name != agent:
                        yield scene.fact(agent, "usedFor", each.name, negated=verb.negated)
            return
    if _USE_AT.search(verb.head) or _PURPOSE.search(verb.head):
        for named in verb.args:
            if named.name in traits()["purposes"]:
                for agent in agents:
                    yield scene.fact(agent, "usedFor", named.name)


def _option(reading: Reading, scene: Scene, agent: str, field: Named, verb: _Verb) -> Iterator[Fact]:
    behind = scene.text[field.end - scene.offset : verb.start]
    if field.name.startswith("--"):
        if reading.kind(agent) is ConceptKind.COMPONENT:
            yield scene.fact(agent, "hasOption", field.name)
    elif "옵션" in behind:
        yield scene.fact(agent, "hasOption", field.name)
    elif field.name.rpartition(".")[2] in direct_fields(agent):
        yield scene.fact(agent, "hasField", field.name)
    elif reading.is_field(agent):
        yield scene.fact(agent, "uses", field.name, negated=verb.negated)


def _stored(scene: Scene, verb: _Verb, agents: tuple[str, ...]) -> Iterator[Fact]:
    contents = tuple(
        n
        for n in verb.args
        if n.mention.particle in _OBJECT
        or (n.mention.particle in _SUBJECT and (verb.stem.startswith("들어") or verb.passive))
        or (not n.mention.particle and verb.stem in {"저장", "보관"} and not _gap(scene, n, verb))
        or (n.mention.particle in {"은", "는"} and (verb.passive or _is_put_somewhere(verb)))
    )  # fmt: skip
    if not contents:
        return
    index = verb.args.index(contents[-1])
    contents = _joined(scene, verb.args, index)
    container = next(
        (
            n
            for n in verb.args
            if n.mention.particle in _TARGET
            and n not in contents
            and not _BELONGS.match(_behind(scene, n)[:6])
            and not _QUALIFIES.match(scene.text[n.mention.stop - scene.offset :])
        ),
        None,
    )
    inside = next((n for n in verb.args if n not in contents and _inside(scene, n)), None)
    if any(n.choice.kind is ConceptKind.FIELD for n in verb.args if n not in contents):
        return  # `hostname에 도메인을 넣는다` sets a field
    holder = inside or container or _filled_before(scene, verb)
    explicit = _agent(verb, (), besides=contents)
    for agent in (holder.name,) if holder is not None else explicit or agents:
        for each in contents:
            if each.name != agent and not is_enumerated(each.name):
                yield scene.fact(agent, "stores", each.name, negated=verb.negated)


def _gap(scene: Scene, named: Named, verb: _Verb) -> str:
    return scene.text[named.mention.stop - scene.offset : verb.start].strip()


def _is_put_somewhere(verb: _Verb) -> bool:
    """`인증서는 Secret에 저장한다`: without an object of its own the topic is what is stored."""
    particles = {n.mention.particle for n in verb.args}
    return particles.isdisjoint(_OBJECT) and "에" in particles


def _behind(scene: Scene, named: Named) -> str:
    return scene.text[named.end - scene.offset :]


def _filled_before(scene: Scene, verb: _Verb) -> Named | None:
    """`볼륨에 연결하여 로그를 저장한다`: what was joined before is what holds."""
    before = [n for n in scene.named if n.end - scene.offset <= verb.start and n not in verb.args]
    return next(
        (n for n in reversed(before) if n.mention.particle == "에" and "연결하" in _behind(scene, n)[:14]),
        None,
    )


def _inside(scene: Scene, named: Named) -> bool:
    return scene.text[named.end - scene.offset : named.mention.stop - scene.offset] in {
        "안에",
        "내부에",
        "내에",
    }


def _connected(scene: Scene, verb: _Verb, agents: tuple[str, ...]) -> Iterator[Fact]:  # noqa: C901  one case after the other, none inside another
    explicit = _agent(verb, ())
    pair = _pair(scene, verb)
    if pair is not None and verb.stem in {"연결", "바인딩", "묶", "연동", "통신"}:
        joining = (
            [a for a in agents if a not in {pair[0].name, pair[1].name}]
            if pair[1].mention.particle in _OBJECT
            else []
        )
        if joining and _subject(scene) is not None:
            for agent in joining:
                for partner in pair:
                    yield scene.fact(agent, "connectsTo", partner.name, negated=verb.negated)
            return
        yield scene.fact(pair[0].name, "connectsTo", pair[1].name, negated=verb.negated)
        return
    target = _target(verb)
    if target is None or target.name in {"Resource", "Object", "Data"}:
        return
    things = [n for n in verb.args if n.mention.particle in _OBJECT and n is not target]
    joins = bool(things) and verb.stem in {"연결", "바인딩"} and target.mention.particle in _TARGET
    linking = explicit or (() if scene.above else scene.about)
    if joins and linking:
        yield from _joins(scene, verb, linking, things[-1], target)
        return
    if joins:
        subject: tuple[str, ...] = (things[-1].name,)
    else:
        subject = explicit or agents
    if verb.stem == "접근" and target.name in {"Namespace", "Cluster"}:
        return
    for agent in subject:
        if agent != target.name and (target.choice.kind is not ConceptKind.FIELD):
            yield scene.fact(agent, "connectsTo", target.name, negated=verb.negated and not verb.conditional)


def _joins(
    scene: Scene, verb: _Verb, joining: tuple[str, ...], thing: Named, target: Named
) -> Iterator[Fact]:
    """`RoleBinding = Role을 User에 연결`: it links both."""
    for agent in joining:
        for each in (thing, *_joined(scene, verb.args, verb.args.index(target))):
            if each.name != agent:
                yield scene.fact(agent, "connectsTo", each.name, negated=verb.negated)


def _pair(scene: Scene, verb: _Verb) -> tuple[Named, Named] | None:
    """`A와 B(가) 연결`: both partners."""
    for first, second in pairwise(verb.args):
        between = scene.text[first.end - scene.offset : second.start - scene.offset]
        if re.fullmatch(
            r"(?:와|과|랑|이랑)\s+", between
        ) and second.mention.particle in _SUBJECT | _OBJECT | {"", "은", "는"}:
            return first, second
    return None


def _paired(scene: Scene, found: tuple[_Verb, ...]) -> tuple[str, ...]:
    for verb in found:
        pair = _pair(scene, verb) if verb.predicate == "connectsTo" else None
        if pair is not None:
            return (pair[0].name,)
    return ()


def _target(verb: _Verb) -> Named | None:
    if verb.stem in {"감시", "참조", "호출"}:
        wanted = _OBJECT | {""}
    elif verb.stem in {"연결", "바인딩", "묶", "연동", "통신"}:
        wanted = _TARGET | _WITH
    else:
        wanted = _TARGET - {"로", "으로", "에서"}
    return next((n for n in reversed(verb.args) if n.mention.particle in wanted), None)


def _selected(scene: Scene, verb: _Verb, agents: tuple[str, ...]) -> Iterator[Fact]:
    if verb.stem == "고르" and verb.tail.startswith("게"):
        return  # 고르게: evenly
    patients = tuple(p for p in _patients(scene, verb) if p.mention.particle in _OBJECT)
    yield from _selected_by(scene, verb, agents)
    for agent in _agent(verb, agents, besides=patients):
        for patient in patients:
            if patient.name == agent or patient.choice.kind is ConceptKind.FIELD:
                continue
            is_object = patient.choice.kind is ConceptKind.KIND or patient.name in {
                "ClusterResource",
                "Object",
                "Resource",
            }
            yield scene.fact(agent, "selects" if is_object else "uses", patient.name, negated=verb.negated)


def _selected_by(scene: Scene, verb: _Verb, agents: tuple[str, ...]) -> Iterator[Fact]:
    """`A, B로 파드를 선택`: by what means."""
    for index, named in enumerate(verb.args):
        if named.mention.particle in {"로", "으로"} and named.choice.kind in {
            ConceptKind.FIELD,
            ConceptKind.KIND,
        }:
            for agent in agents:
                for each in _joined(scene, verb.args, index):
                    if each.name != agent:
                        yield scene.fact(agent, "uses", each.name, negated=verb.negated)


def _matched(reading: Reading, scene: Scene, agents: tuple[str, ...]) -> Iterator[Fact]:
    """`레이블이 일치하는 노드`: a field or object that goes by labels uses them."""
    for named in scene.named:
        if named.name == "Label" and _MATCHES.match(scene.text[named.end - scene.offset :]):
            for agent in agents:
                if reading.kind(agent) in {ConceptKind.FIELD, ConceptKind.KIND}:
                    yield scene.fact(agent, "uses", named.name)


def _placed(scene: Scene, verb: _Verb, agents: tuple[str, ...]) -> Iterator[Fact]:
    if verb.conditional:
        return
    places = [n for n in verb.args if n.mention.particle in _TARGET | {"마다"}]
    place = places[-1] if places else None
    if place is None and verb.stem.startswith(("띄", "뜬")):
        shape = next(
            (n for n in verb.args if scene.text[n.end - scene.offset :].lstrip().startswith("형태")), None
        )
        if shape is not None:
            for agent in agents:
                yield scene.fact(agent, "runsOn", shape.name)
        return
    if place is None or not (place.choice.kind is ConceptKind.KIND or place.name in _PLACES):
        return
    things = [
        n for n in verb.args if n is not place and n.mention.particle in _OBJECT | _SUBJECT | {"은", "는"}
    ]
    names = tuple(n.name for n in things[-1:]) or agents
    for name in names:
        if name != place.name:
            yield scene.fact(name, "runsOn", place.name, negated=verb.negated)


def _granted(scene: Scene, verb: _Verb, agents: tuple[str, ...]) -> Iterator[Fact]:
    for patient in _patients(scene, verb):
        if patient.choice.kind is not ConceptKind.ABSTRACT or patient.name in {
            "Object",
            "Resource",
            "User",
            "Data",
        }:
            continue
        owners = agents if verb.stem == "부여" else _agent(verb, agents, besides=(patient,))
        for agent in owners:
            if agent != patient.name:
                yield scene.fact(agent, "usedFor", patient.name, negated=verb.negated)


# -- what is needed --------------------------------------------------------------------------------


def _needs(scene: Scene, agents: tuple[str, ...]) -> Iterator[Fact]:
    done: set[str] = set()
    for index, named in enumerate(scene.named):
        behind = _BRACKETED.sub("", scene.text[named.end - scene.offset :], count=1)
        without = _WITHOUT.match(behind)
        if without:
            denied = not (without["form"] in {"없으면", "없는"} and _CANNOT.search(behind[without.end() :]))
            if without["form"] in {"없으면", "없는"} and denied:
                continue
            if (
                without["form"].startswith("없이")
                and _CANNOT.search(behind[without.end() :][:30])
                and "필요" not in without[0]
            ):
                denied = False
            silent = scene.about if without["form"] == "없는" and scene.about else agents
            yield from _required(scene, (named,), silent, negated=denied)
            done.add(named.name)
            continue
        needed = _NEEDED.match(behind[named.mention.stop - named.end :]) or _NEEDED.match(behind)
        if needed and named.name not in done:
            denied = re.match(r"(?:하지\s?않|\s?없|가\s?없)", behind[needed.end() :]) is not None
            several = _joined(scene, scene.named, index)
            yield from _required(scene, several, agents, negated=denied)
            done.update(n.name for n in several)
            continue
        given = _GIVEN.match(behind)
        following = scene.named[index + 1].start - named.end if index + 1 < len(scene.named) else len(behind)
        if (
            given
            and given.end() <= following + 2
            and named.mention.particle not in _TARGET | _TOPIC
            and not _BY_HAND.search(given[0])
        ):
            several = _joined(scene, scene.named, index)
            if "직접" in behind[: given.end()]:
                continue
            yield from _required(scene, several, _conditional_subject(scene, several) or agents)
            continue
        if named.mention.particle == "만" or behind.startswith((" 값만", "값만", "만 ")):
            held = _HELD.match(behind.removeprefix(" 값만"))
            if held and "가능" in behind[held.end() :]:
                yield from _required(scene, (named,), agents)


def _required(
    scene: Scene, needed: tuple[Named, ...], agents: tuple[str, ...], *, negated: bool = False
) -> Iterator[Fact]:
    first = needed[0]
    before = [
        n for n in scene.named if n.end <= first.start and n.mention.particle in _SUBJECT | {"은", "는"}
    ]
    made = [
        n for n in scene.named if n.end <= first.start and n.mention.particle in _OBJECT and n.name == "Pod"
    ]
    names = (before[-1].name,) if before else agents
    if made and not before:
        names = (made[-1].name,)
    for agent in names:
        for each in needed:
            if each.name != agent and not is_enumerated(each.name):
                yield scene.fact(agent, "requires", each.name, negated=negated)


def _conditional_subject(scene: Scene, needed: tuple[Named, ...]) -> tuple[str, ...]:
    """`A와 연결하고 싶다면 B가 있어야 한다`: A is who needs."""
    before = scene.text[: needed[0].start - scene.offset]
    if not re.search(r"(?:싶다면|하려면|려면|위해서는)\s*$", before):
        return ()
    named = [n for n in scene.named if n.end <= needed[0].start]
    return (named[0].name,) if named else ()


# -- the rest --------------------------------------------------------------------------------------


def _purposes(scene: Scene, agents: tuple[str, ...]) -> Iterator[Fact]:  # noqa: C901  one case after the other, none inside another
    match = _PURPOSE.search(scene.text)
    if match:
        for named in scene.named:
            if named.end - scene.offset <= match.end() and named.name in traits()["purposes"]:
                for agent in agents:
                    if agent != named.name:
                        yield scene.fact(agent, "usedFor", named.name)
    possible = re.search(r"(?:이|가|도)?\s?가능", scene.text)
    for named in scene.named:
        if named.name == "ExternalAccess" and possible and named.end - scene.offset <= possible.start() + 2:
            for agent in agents:
                yield scene.fact(agent, "usedFor", named.name)
    if re.search(r"(?:구분하|나누|전용)", scene.text):
        for named in scene.named:
            if named.name == "NodeDedication":
                for agent in agents:
                    yield scene.fact(agent, "usedFor", named.name)


def _wholes(reading: Reading, scene: Scene) -> Iterator[Fact]:
    """`A에 속한 B`, `A 안의 B`, `A 내부 B`; `A의 B` where B is a known part."""
    for first, second in pairwise(scene.named):
        between = scene.text[first.end - scene.offset : second.start - scene.offset]
        if _BELONGS.match(between):
            if first.name == "Namespace":
                continue
            if second.choice.kind in {ConceptKind.KIND, ConceptKind.COMPONENT} or second.name in {
                "Container",
                "ClusterDNS",
            }:
                yield scene.fact(second.name, "partOf", first.name)
        elif re.fullmatch(r"의\s?", between) and is_part(second.name, first.name):
            yield scene.fact(second.name, "partOf", first.name)
    del reading


def _classes(
    reading: Reading, scene: Scene, subject: Named | None, agents: tuple[str, ...]
) -> Iterator[Fact]:
    """`A는 B이다`, `… DB 역할`: the class that the sentence ends in."""
    if not scene.named:
        return
    last = scene.named[-1]
    behind = scene.text[last.end - scene.offset :]
    role = re.match(r"^\s?역할[을로]?\s?(?:한다|합니다|하는|수행)?[.\s]*$", behind)
    ends = (
        not scene.above
        and not behind.strip(" .")
        and is_class(last.name)
        and bool(scene.text[: last.start - scene.offset].strip())
    )
    if not (role or ends or (behind.strip(" .") and _COPULA.match(behind))):
        return
    if last.choice.kind not in {ConceptKind.ABSTRACT, ConceptKind.KIND, ConceptKind.COMPONENT}:
        return
    for agent in agents:
        if agent != last.name and last is not subject and reading.kind(agent) is not ConceptKind.ENUM:
            yield scene.fact(agent, "isA", last.name)


def _scopes(scene: Scene, agents: tuple[str, ...]) -> Iterator[Fact]:
    for named in scene.named:
        if named.name not in {"Namespace", "Cluster", "ClusterResource", "Node", "Pod"}:
            continue
        behind = scene.text[named.end - scene.offset :]
        if not _SCOPE.match(behind) and not (
            named.name == "ClusterResource" and "단위" in named.mention.surface
        ):
            continue
        if re.match(r"^\s?에만\s?(?:생성|배치|실행)", behind) or (
            named.name in {"Node", "Pod"} and not behind.lstrip().startswith(("단위", "별로"))
        ):
            continue
        scope = "Cluster" if named.name == "ClusterResource" else named.name
        for agent in agents:
            if agent != scope:
                yield scene.fact(agent, "scopedTo", scope)


def _belonging(scene: Scene, agents: tuple[str, ...]) -> Iterator[Fact]:
    """`A는 B에 속한다`: extent for a namespace or cluster, part for any other whole."""
    for named in scene.named:
        match = _BELONG.match(scene.text[named.end - scene.offset :])
        if match is None:
            continue
        for agent in agents:
            if agent == named.name:
                continue
            negated = _CANNOT.search(match[0]) is not None
            predicate = "scopedTo" if named.name in {"Namespace", "Cluster"} else "partOf"
            yield scene.fact(agent, predicate, named.name, negated=negated)


def _contrasts(scene: Scene, agents: tuple[str, ...]) -> Iterator[Fact]:
    for named in scene.named:
        if _UNLIKE.match(scene.text[named.end - scene.offset :]):
            for agent in agents:
                if agent != named.name:
                    yield scene.fact(agent, "contrastsWith", named.name)


def _orders(scene: Scene, found: tuple[_Verb, ...]) -> Iterator[Fact]:
    """`A에서 B로 차례대로`; `A를 생성 후 B를 생성`."""
    ordered = _ORDERED.search(scene.text)
    if ordered:
        steps = [
            n for n in scene.named
            if n.end - scene.offset <= ordered.start() and n.mention.particle in {"에서", "", "로", "으로"} and _is_step(n)  # noqa: E501  one list, one line
        ]  # fmt: skip
        if len(steps) > 1 and any(n.mention.particle == "에서" for n in steps):
            start = next(i for i, n in enumerate(steps) if n.mention.particle == "에서")
            for first, second in pairwise(steps[start:]):
                if first.name != second.name:
                    yield scene.fact(first.name, "precedes", second.name)
    for earlier, later in pairwise(found):
        if earlier.predicate == later.predicate == "creates" and _AFTER.match(earlier.tail):
            one, two = _patients(scene, earlier), _patients(scene, later)
            if one and two and one[-1].name != two[-1].name:
                yield scene.fact(one[-1].name, "precedes", two[-1].name)
    yield from _connected_after(scene, found)
    yield from _transitions(scene)
    yield from _successions(scene)


def _connected_after(scene: Scene, found: tuple[_Verb, ...]) -> Iterator[Fact]:
    """`A를 생성 후 B를 생성하면 … 연결해준다`: what was made last is joined to what was made first."""
    if not found or found[-1].stem != "연결" or found[-1].args or len(found) <= _PAIR:
        return
    made = [p for verb in found[:-1] if verb.predicate == "creates" for p in _patients(scene, verb)]
    if len(made) == _PAIR and made[0].name != made[1].name:
        yield scene.fact(made[1].name, "connectsTo", made[0].name)


def _transitions(scene: Scene) -> Iterator[Fact]:
    if not re.search(r"바뀌|바뀐|변경|전환|전이|넘어|이동|변한|변합|된다|됩니다", scene.text):
        return
    for first, second in pairwise(scene.named):
        one, two = enumeration(first.name), enumeration(second.name)
        if (
            one
            and two
            and one.name == two.name
            and first.mention.particle == "에서"
            and second.mention.particle in {"로", "으로", "이", "가"}
        ):
            yield scene.fact(first.name, "transitionsTo", second.name)


def _successions(scene: Scene) -> Iterator[Fact]:
    """`A는 B로 대체되었다`: B comes after A."""
    for first, second in pairwise(scene.named):
        if (
            first.mention.particle in {"은", "는", "이", "가", "을", "를"}
            and second.mention.particle in {"로", "으로"}
            and scene.text[second.mention.stop - scene.offset :].lstrip().startswith("대체")
        ):
            yield scene.fact(first.name, "transitionsTo", second.name)


def _is_step(named: Named) -> bool:
    return named.choice.kind in {ConceptKind.ABSTRACT, ConceptKind.COMPONENT, ConceptKind.KIND}


def _traits(scene: Scene, agents: tuple[str, ...]) -> Iterator[Fact]:
    if len(agents) != 1:
        return
    for named in scene.named:
        if (
            named.name in traits()["traits"]
            and named.name != agents[0]
            and named.mention.particle not in {"은", "는"}
        ):
            behind = scene.text[named.end - scene.offset :]
            needed = re.match(
                r"^[가-힣]*\s?(?:[가-힣]+을?\s)?[가-힣\s]{0,12}?(?:해야|줘야|어야|이기\s?때문)", behind
            )
            if needed:
                yield scene.fact(agents[0], "requires", named.name)
            elif named.name == "LoadBalancing" and named.mention.surface.startswith("분산"):
                yield scene.fact(agents[0], "usedFor", named.name)
            else:
                yield scene.fact(agents[0], "uses", named.name)


def _fields(reading: Reading, scene: Scene, agents: tuple[str, ...]) -> Iterator[Fact]:
    """A field in a sentence about the kind that has it; an option where the sentence says so."""
    for named in scene.named:
        if named.choice.kind is not ConceptKind.FIELD or len(agents) != 1:
            continue
        behind = scene.text[named.end - scene.offset :]
        if re.match(r"\s?옵션", behind):
            continue
        if reading.kind(agents[0]) is ConceptKind.KIND and named.name.rpartition(".")[2] in direct_fields(
            agents[0]
        ):
            yield scene.fact(agents[0], "hasField", named.name)
