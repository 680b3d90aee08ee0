"""`A에 속한 B`, `A 안의 B`, `A 내부 B`; `A의 B` where B is a known part of A."""

import re
from collections.abc import Iterator
from itertools import pairwise

from ingest.extract.facts import Fact
from ingest.extract.reading import is_part
from ingest.extract.sentences.korean.endings import BELONGS
from ingest.extract.sentences.korean.parts import Sentence
from ingest.extract.sentences.scene import ideas
from ontology.concepts import ConceptKind

CUES = ("의", "에 속", "에속", "에 포함된", "에포함된", "안에", "내부")

_OF = re.compile(r"의\s?")
_THINGS = frozenset({ConceptKind.KIND, ConceptKind.COMPONENT})


def wholes(sentence: Sentence) -> Iterator[Fact]:
    """The second name is part of the first. What lies in a namespace is no part of it."""
    for whole, part in pairwise(sentence.words):
        if BELONGS.match(sentence.text, whole.end, part.start):
            if whole.name not in ideas("containers_of_names") and (
                part.kind in _THINGS or part.name in ideas("inner_parts")
            ):
                yield sentence.scene.fact(part.name, "partOf", whole.name)
        elif _OF.fullmatch(sentence.text, whole.end, part.start) and is_part(part.name, whole.name):
            yield sentence.scene.fact(part.name, "partOf", whole.name)
