"""The parts that names play in a sentence, read off their particles: who acts, on what, with whom."""

import re
from collections.abc import Iterator
from itertools import pairwise

import msgspec

from ingest.extract.reading import Reading
from ingest.extract.sentences.korean.endings import ADNOMINAL, AMOUNT, ASKED
from ingest.extract.sentences.korean.verbs import Verb, verbs
from ingest.extract.sentences.scene import Scene, Word

TOPIC = frozenset({"은", "는"})
TOPICAL = frozenset({"은", "는", "이란", "란", "에는", "에서는", "도"})
SUBJECT = frozenset({"이", "가", "께서"})
OBJECT = frozenset({"을", "를"})
TARGET = frozenset({"에", "에게", "에게서", "로", "으로", "에서", "에도", "에만", "에는", "한테", "로부터"})
WITH = frozenset({"와", "과", "랑", "이랑", "와도", "과도", "와의", "과의", "와는", "과는"})
TOWARDS = frozenset({"로", "으로"})
TO_WHOM = frozenset({"에", "에게"})
_NAMED_AS_TOPIC = frozenset({"은", "는", "이란", "란"})
_BARE = frozenset({"", "도", "만"})
_ACTING = SUBJECT | TOPIC
_SUFFERING = OBJECT | _BARE
_SUFFERING_PASSIVELY = SUBJECT | TOPIC | _BARE | OBJECT
_PARTNER = SUBJECT | OBJECT | TOPIC | {""}
_NEAR = 3

_JOINED = re.compile(r"\s*(?:,|와|과|및|/|또는|그리고|랑|이랑|·|&|\+)?\s*$")
_RELATIVE = re.compile(r"(?:이|가)\s?(?:일치하는|맞는|매칭되는|같은|있는|없는|붙은|달린)\s")
_CONDITION_BETWEEN = re.compile(r"[가-힣](?:으면|면|다면|려면)[\s,]|(?:때|경우|시)[\s,]")
_OTHER_OBJECT = re.compile(r"[가-힣A-Za-z](?:을|를)(?=\s|$)")
_CLAUSE = re.compile(r"(?:^|[,.]\s*)(?P<clause>[^,.]*?(?:면|시|때|여도|어도|아도))\s")
_AND = re.compile(r"(?:와|과|랑|이랑)\s+")


class Sentence(msgspec.Struct, frozen=True, eq=False, gc=False):
    """A sentence as its rules see it. `agents` are who acts where a verb names nobody."""

    reading: Reading
    scene: Scene
    verbs: tuple[Verb, ...]
    subject: Word | None
    agents: tuple[str, ...]

    @property
    def text(self) -> str:
        """Its text."""
        return self.scene.text

    @property
    def words(self) -> tuple[Word, ...]:
        """The names in it."""
        return self.scene.words


def parsed(reading: Reading, scene: Scene) -> Sentence:
    """Return a scene with its verbs and what it is about."""
    found = verbs(scene)
    subject = next((word for word in scene.words if word.particle in _NAMED_AS_TOPIC), None)
    if subject is not None and scene.about:
        suffering = [v for v in found if v.passive or v.predicate == "kept"]
        if any(subject in patients(scene, verb) for verb in suffering):
            subject = None  # `PVC는 남음`: the topic is what it happens to
    return Sentence(reading, scene, found, subject, (subject.name,) if subject else scene.about)


def carried(sentence: Sentence) -> Iterator[tuple[Verb, tuple[str, ...]]]:
    """Yield each verb with who acts when it names nobody: the subject of the clause before goes on.

    The subject of a condition does not: `파드가 자원을 다 쓰면 노드를 추가한다` is not about the pod.
    """
    current = sentence.agents
    for verb in sentence.verbs:
        yield verb, current
        partners = pair(verb) if verb.predicate == "connectsTo" else None
        if partners is not None:
            current = (partners[0].name,)
        if verb.predicate == "creates" and verb.follows(ASKED):
            current = tuple(word.name for word in verb.args if word.particle in TO_WHOM)[:1] or current
        elif not (verb.conditional or verb.passive or verb.follows(ADNOMINAL)):
            current = agent(verb, ()) or current


def agent(verb: Verb, agents: tuple[str, ...], *, besides: tuple[Word, ...] = ()) -> tuple[str, ...]:
    """Who acts: the nearest name with 이/가 (or 은/는) before the verb, else who the sentence is about."""
    for word in reversed(verb.args):
        if word.particle in _ACTING and word not in besides:
            if word.particle in SUBJECT and (
                _RELATIVE.match(verb.text, word.end)  # `레이블이 일치하는 노드를 선택`: the labels match only
                or _CONDITION_BETWEEN.search(verb.text, word.start, verb.start)
            ):
                continue
            return (word.name,)
    return agents


def patients(scene: Scene, verb: Verb) -> tuple[Word, ...]:
    """What the verb acts on, with what is joined to it."""
    wanted = _SUFFERING_PASSIVELY if verb.passive or verb.predicate == "kept" else _SUFFERING
    last = len(verb.args) - 1
    for index in range(last, -1, -1):
        word = verb.args[index]
        if word.particle in wanted:
            if word.particle in OBJECT:
                return joined(scene, verb.args, index)
            if (index == last or word.particle) and _is_near(scene.text[word.stop : verb.start]):
                return joined(scene, verb.args, index)
        if word.particle == "의" and AMOUNT.match(scene.text, word.stop, verb.start):
            return (word,)
    return ()


def _is_near(gap: str) -> bool:
    """Whether a bare name may be the object of what follows: no other noun stands in its place."""
    return len(gap.split()) <= _NEAR and (_OTHER_OBJECT.search(gap) is None or AMOUNT.match(gap) is not None)


def joined(scene: Scene, args: tuple[Word, ...], index: int) -> tuple[Word, ...]:
    """Return a name with those that a comma or 와/과 joins to it."""
    first = index
    while first and _JOINED.match(scene.text, args[first - 1].end, args[first].start):
        first -= 1
    return args[first : index + 1]


def pair(verb: Verb) -> tuple[Word, Word] | None:
    """`A와 B(가) 연결`: both partners."""
    for first, second in pairwise(verb.args):
        if second.particle in _PARTNER and _AND.fullmatch(verb.text, first.end, second.start):
            return first, second
    return None


def condition(verb: Verb) -> str:
    """Return the clause before the verb that ends in `면`, `시` or `때`, in the words of the note."""
    match = _CLAUSE.search(verb.text, 0, verb.start)
    return match["clause"].strip() if match else ""
