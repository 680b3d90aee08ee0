"""A field in a sentence about the kind that has it."""

from collections.abc import Iterator

from ingest.extract.facts import Fact
from ingest.extract.sentences.korean.parts import Sentence
from ingest.link.api import direct_fields
from ontology.concepts import ConceptKind

_OPTION = "옵션"  # what the notes call an option is one


def fields(sentence: Sentence) -> Iterator[Fact]:
    """The kind has the field."""
    if len(sentence.agents) != 1:
        return
    agent = sentence.agents[0]
    for word in sentence.words:
        if (
            word.kind is ConceptKind.FIELD
            and not sentence.text[word.end :].lstrip().startswith(_OPTION)
            and sentence.reading.kind(agent) is ConceptKind.KIND
            and word.name.rpartition(".")[2] in direct_fields(agent)
        ):
            yield sentence.scene.fact(agent, "hasField", word.name)
