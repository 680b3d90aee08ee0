"""`네임스페이스 단위`, `클러스터 전체`: the extent within which something is valid."""

import re
from collections.abc import Iterator

from ingest.extract.facts import Fact
from ingest.extract.sentences.korean.parts import Sentence, pair
from ingest.extract.sentences.scene import Word, data, ideas

CUES = (
    "단위", "수준", "범위", "레벨", "전체", "전역", "내에서", "에서만", "에만", "만 접근", "만접근",
    "의 자원", "의자원", "의 리소스", "의리소스", "별로",
)  # fmt: skip

_SCOPE = re.compile(
    r"\s?(?:단위|수준|범위|레벨|전체|전역|내에서만|안에서만|내부에서만|에만|만\s?접근|의\s?(?:자원|리소스)에만|내에서\s?만|에서만|별로)"
)
_PLACED = re.compile(r"\s?에만\s?(?:생성|배치|실행)")
_BY_UNIT = ("단위", "별로")


def scopes(sentence: Sentence) -> Iterator[Fact]:
    """What the sentence is about, or the first of two that it links, is scoped to the extent."""
    agents = sentence.agents
    if sentence.subject is None:
        linking = (pair(verb) for verb in sentence.verbs if verb.predicate == "connectsTo")
        agents = next(((found[0].name,) for found in linking if found), agents)
    for word in sentence.words:
        extent = _extent(sentence.text, word)
        for agent in agents if extent else ():
            if agent != extent:
                yield sentence.scene.fact(agent, "scopedTo", extent)


def _extent(text: str, word: Word) -> str:
    """Return the extent that a name stands for where it stands, empty for none."""
    standing_for: str = data("ideas.toml")["scopes"].get(word.name, "")
    if standing_for:
        return standing_for if _BY_UNIT[0] in word.surface or _is_scope(text, word) else ""
    if word.name in ideas("units"):
        return word.name if text[word.end :].lstrip().startswith(_BY_UNIT) else ""
    return word.name if word.name in ideas("extents") and _is_scope(text, word) else ""


def _is_scope(text: str, word: Word) -> bool:
    return _SCOPE.match(text, word.end) is not None and _PLACED.match(text, word.end) is None
