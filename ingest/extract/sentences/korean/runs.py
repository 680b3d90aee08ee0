"""`A가 B에서 실행된다`, `A를 B에 배치한다`, `A 형태로 뜬다`: where something runs."""

from collections.abc import Iterator

from ingest.extract.facts import Fact
from ingest.extract.sentences.korean.parts import OBJECT, SUBJECT, TARGET, TOPIC, Sentence
from ingest.extract.sentences.korean.verbs import Verb
from ingest.extract.sentences.scene import ideas
from ontology.concepts import ConceptKind

_PLACED = TARGET | {"마다"}
_RUNNING = OBJECT | SUBJECT | TOPIC
_STARTED = ("띄", "뜬")
_SHAPE = "형태"


def runs(sentence: Sentence, verb: Verb, agents: tuple[str, ...]) -> Iterator[Fact]:
    """What runs on the last place before the verb."""
    if verb.conditional:
        return
    places = [w for w in verb.args if w.particle in _PLACED]
    if not places:
        yield from _shaped(sentence, verb, agents)
        return
    place = places[-1]
    if place.kind is not ConceptKind.KIND and place.name not in ideas("places"):
        return
    things = [w for w in verb.args if w is not place and w.particle in _RUNNING]
    for name in tuple(w.name for w in things[-1:]) or agents:
        if name != place.name:
            yield sentence.scene.fact(name, "runsOn", place.name, negated=verb.negated)


def _shaped(sentence: Sentence, verb: Verb, agents: tuple[str, ...]) -> Iterator[Fact]:
    """`컨테이너 형태로 띄운다`: it runs as one."""
    if not verb.stem.startswith(_STARTED):
        return
    shape = next((w for w in verb.args if verb.text[w.end :].lstrip().startswith(_SHAPE)), None)
    if shape is not None:
        for name in agents:
            yield sentence.scene.fact(name, "runsOn", shape.name)
