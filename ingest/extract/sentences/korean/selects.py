"""`A가 B를 선택한다`, `C로 선택`: what is chosen, and by what."""

from collections.abc import Iterator

from ingest.extract.facts import Fact
from ingest.extract.sentences.korean.parts import OBJECT, TOWARDS, Sentence, agent, joined, patients
from ingest.extract.sentences.korean.verbs import Verb
from ingest.extract.sentences.scene import ideas
from ontology.concepts import ConceptKind

_MEANS = frozenset({ConceptKind.FIELD, ConceptKind.KIND})
_EVENLY = ("고르", "게")  # 고르게 is no choice


def selects(sentence: Sentence, verb: Verb, agents: tuple[str, ...]) -> Iterator[Fact]:
    """Objects are selected; anything else that is chosen is used."""
    if verb.stem == _EVENLY[0] and verb.text.startswith(_EVENLY[1], verb.end):
        return
    chosen = tuple(p for p in patients(sentence.scene, verb) if p.particle in OBJECT)
    yield from _selected_by(sentence, verb, agents)
    for name in agent(verb, agents, besides=chosen):
        for each in chosen:
            if each.name != name and each.kind is not ConceptKind.FIELD:
                is_object = each.kind is ConceptKind.KIND or each.name in ideas("selectable")
                predicate = "selects" if is_object else "uses"
                yield sentence.scene.fact(name, predicate, each.name, negated=verb.negated)


def _selected_by(sentence: Sentence, verb: Verb, agents: tuple[str, ...]) -> Iterator[Fact]:
    """`A, B로 파드를 선택`: by what means."""
    for index, word in enumerate(verb.args):
        if word.particle in TOWARDS and word.kind in _MEANS:
            for name in agents:
                for each in joined(sentence.scene, verb.args, index):
                    if each.name != name:
                        yield sentence.scene.fact(name, "uses", each.name, negated=verb.negated)
