"""`A에 B를 저장한다`, `A 안에 B가 들어 있다`, `B는 A에 저장된다`: A stores B."""

import re
from collections.abc import Iterator

from ingest.extract.facts import Fact
from ingest.extract.reading import is_enumerated
from ingest.extract.sentences.korean.endings import BELONGS
from ingest.extract.sentences.korean.parts import OBJECT, SUBJECT, TARGET, TOPIC, Sentence, agent, joined
from ingest.extract.sentences.korean.verbs import Verb
from ingest.extract.sentences.scene import Word
from ontology.concepts import ConceptKind

_QUALIFIES = re.compile(r"\s*[가-힣]+(?:된|되는|한|하는|있는)\s")
_LIES_IN = "들어"
_NOUNS = frozenset({"저장", "보관"})
_INSIDE = frozenset({"안에", "내부에", "내에"})
_FILLED = "연결하"
_NEAR = 14


def stores(sentence: Sentence, verb: Verb, agents: tuple[str, ...]) -> Iterator[Fact]:
    """What holds: the place that is named, else what was filled before, else who acts."""
    contents = tuple(word for word in verb.args if _is_content(verb, word))
    if not contents:
        return
    contents = joined(sentence.scene, verb.args, verb.args.index(contents[-1]))
    others = [word for word in verb.args if word not in contents]
    if any(word.kind is ConceptKind.FIELD for word in others):
        return  # `hostname에 도메인을 넣는다` sets a field
    holder = (
        next((w for w in others if _is_inside(verb, w)), None)
        or next((w for w in others if _is_holder(verb, w)), None)
        or _filled_before(sentence, verb)
    )
    names = (holder.name,) if holder is not None else agent(verb, (), besides=contents) or agents
    for name in names:
        for each in contents:
            if each.name != name and not is_enumerated(each.name):
                yield sentence.scene.fact(name, "stores", each.name, negated=verb.negated)


def _is_content(verb: Verb, word: Word) -> bool:
    if word.particle in OBJECT:
        return True
    if word.particle in SUBJECT:
        return verb.stem.startswith(_LIES_IN) or verb.passive
    if word.particle in TOPIC:
        return verb.passive or _is_put_somewhere(verb)
    return not word.particle and verb.stem in _NOUNS and not verb.text[word.stop : verb.start].strip()


def _is_put_somewhere(verb: Verb) -> bool:
    """`인증서는 Secret에 저장한다`: without an object of its own the topic is what is stored."""
    particles = {word.particle for word in verb.args}
    return particles.isdisjoint(OBJECT) and "에" in particles


def _is_holder(verb: Verb, word: Word) -> bool:
    return (
        word.particle in TARGET
        and BELONGS.match(verb.text, word.end, word.end + 6) is None
        and _QUALIFIES.match(verb.text, word.stop) is None
    )


def _is_inside(verb: Verb, word: Word) -> bool:
    return verb.text[word.end : word.stop] in _INSIDE


def _filled_before(sentence: Sentence, verb: Verb) -> Word | None:
    """`볼륨에 연결하여 로그를 저장한다`: what was joined before is what holds."""
    before = [w for w in sentence.words if w.end <= verb.start and w not in verb.args]
    return next(
        (w for w in reversed(before) if w.particle == "에" and _FILLED in verb.text[w.end : w.end + _NEAR]),
        None,
    )
