"""`A가 없으면 안 된다`, `A가 필요하다`, `A를 설정해야 한다`, `A만 있으면 가능`: what must be there."""

import re
from collections.abc import Iterator

from ingest.extract.facts import Fact
from ingest.extract.reading import is_enumerated
from ingest.extract.sentences.korean.endings import CANNOT
from ingest.extract.sentences.korean.parts import OBJECT, SUBJECT, TARGET, TOPIC, TOPICAL, Sentence, joined
from ingest.extract.sentences.scene import Word, ideas

CUES = ("없", "필요", "필수", "야", "있으면", "알면", "가지면")

_WITHOUT = re.compile(
    r"\s?(?:[가-힣]{2}\s?)?(?:이|가|은|는|을|를)?\s?(?:[가-힣]+\s)?(?P<form>없이도?|없어도|없으면|없는|필요\s?없|알\s?필요\s?없)"
)
_NEEDED = re.compile(
    r"\s?(?:이|가|은|는|도|만|의)?\s?(?:(?:플러그인|파일|서버)의?\s)?(?:(?:지원|설치|설정|생성|등록|구성|사용)(?:이|가|은|는|도)?\s)?(?:필요|필수)"
)
_NOT_NEEDED = re.compile(r"하지\s?않|\s?없|가\s?없")
_GIVEN = re.compile(
    r"\s?(?:이|가|을|를|만|은|는|도)?\s?(?:값만?\s)?[가-힣\s]{0,14}?(?:설정해야|지정해야|있어야|만들어져\s?있어야|넣어\s?주?어야|생성해야|사용해야|켜야|존재해야|설치해야|주어야)"
)
_HELD = re.compile(r"\s?(?:만)?\s?[가-힣\s]{0,8}?(?:있으면|알면|알고 있으면|가지면)")
_BRACKETED = re.compile(r"(?:\s?[가-힣]{2,4})?\s?\([^()]*\)")
_BY_HAND = ("직접", "수동으로", "따로")
_FOR_WHICH = re.compile(r"(?:싶다면|하려면|려면|위해서는)\s*$")
_ASSERTING = frozenset({"없으면", "없는"})
_HELD_VALUE = " 값만"
_REACH = 30


def is_needed(text: str, word: Word) -> bool:
    """`노드가 없으면 생성되지 않는다`: what is missing or must be given is no patient of what follows."""
    return _WITHOUT.match(text, word.end) is not None or _GIVEN.match(text, word.end) is not None


def needs(sentence: Sentence) -> Iterator[Fact]:
    """What is needed, by whom; `없어도`, `필요 없다` deny it."""
    done: set[str] = set()
    for index, word in enumerate(sentence.words):
        behind = _BRACKETED.sub("", sentence.text[word.end :], count=1)
        without = _WITHOUT.match(behind)
        if without:
            if _tells(without, behind):
                silent = sentence.scene.about if without["form"] == "없는" else ()
                denied = _is_denied(without, behind)
                yield from _required(sentence, (word,), silent or sentence.agents, negated=denied)
                done.add(word.name)
            continue
        needed = _NEEDED.match(behind, word.stop - word.end) or _NEEDED.match(behind)
        if needed and word.name not in done:
            several = joined(sentence.scene, sentence.words, index)
            denied = _NOT_NEEDED.match(behind, needed.end()) is not None
            yield from _required(sentence, several, sentence.agents, negated=denied)
            done.update(each.name for each in several)
        elif _is_given(sentence, index, behind):
            several = joined(sentence.scene, sentence.words, index)
            yield from _required(sentence, several, _who_wants(sentence, several) or sentence.agents)
        elif _is_all_it_takes(word, behind):
            yield from _required(sentence, (word,), sentence.agents)


def _tells(without: re.Match[str], behind: str) -> bool:
    """Whether what fails without it is said."""
    return without["form"] not in _ASSERTING or CANNOT.search(behind, without.end()) is not None


def _is_denied(without: re.Match[str], behind: str) -> bool:
    if without["form"] in _ASSERTING:
        return False
    fails = CANNOT.search(behind, without.end(), without.end() + _REACH) is not None
    return not (without["form"].startswith("없이") and fails)


def _is_given(sentence: Sentence, index: int, behind: str) -> bool:
    word, words = sentence.words[index], sentence.words
    given = _GIVEN.match(behind)
    if given is None or word.particle in TARGET | TOPICAL:
        return False
    following = words[index + 1].start - word.end if index + 1 < len(words) else len(behind)
    return given.end() <= following + 2 and not any(by_hand in given[0] for by_hand in _BY_HAND)


def _is_all_it_takes(word: Word, behind: str) -> bool:
    """`A만 있으면 가능`."""
    if word.particle != "만" and not behind.startswith((_HELD_VALUE, "값만", "만 ")):
        return False
    held = _HELD.match(behind.removeprefix(_HELD_VALUE))
    return held is not None and "가능" in behind[held.end() :]


def _required(
    sentence: Sentence, needed: tuple[Word, ...], agents: tuple[str, ...], *, negated: bool = False
) -> Iterator[Fact]:
    before = [word for word in sentence.words if word.end <= needed[0].start]
    acting = [word for word in before if word.particle in SUBJECT | TOPIC]
    made = [word for word in before if word.particle in OBJECT and word.name in ideas("running")]
    nearest = acting[-1:] or made[-1:]
    for agent in tuple(word.name for word in nearest) or agents:
        for each in needed:
            if each.name != agent and not is_enumerated(each.name):
                yield sentence.scene.fact(agent, "requires", each.name, negated=negated)


def _who_wants(sentence: Sentence, needed: tuple[Word, ...]) -> tuple[str, ...]:
    """`A와 연결하고 싶다면 B가 있어야 한다`: A is who needs."""
    if not _FOR_WHICH.search(sentence.text[: needed[0].start]):
        return ()
    return tuple(word.name for word in sentence.words if word.end <= needed[0].start)[:1]
