"""`A가 B를 제공한다`, `권한을 부여`: an idea that is given is what the giver is for."""

from collections.abc import Iterator

from ingest.extract.facts import Fact
from ingest.extract.sentences.korean.parts import Sentence, agent, patients
from ingest.extract.sentences.korean.verbs import Verb
from ingest.extract.sentences.scene import ideas
from ontology.concepts import ConceptKind

_BESTOWED = "부여"  # on somebody, by whom the sentence is about


def grants(sentence: Sentence, verb: Verb, agents: tuple[str, ...]) -> Iterator[Fact]:
    """What is given, unless it is too general to be a purpose."""
    for patient in patients(sentence.scene, verb):
        if patient.kind is not ConceptKind.ABSTRACT or patient.name in ideas("general") | ideas("people"):
            continue
        owners = agents if verb.stem == _BESTOWED else agent(verb, agents, besides=(patient,))
        for name in owners:
            if name != patient.name:
                yield sentence.scene.fact(name, "usedFor", patient.name, negated=verb.negated)
