import pytest

from ingest.lexicon.entries import Lexicon, lexicon
from ingest.link.mentions import Mention, Written, find
from ontology.vocabulary import registry


@pytest.fixture(scope="module")
def words() -> Lexicon:
    return lexicon(registry())


def mentions(words: Lexicon, *texts: str) -> list[list[Mention]]:
    return [list(each) for each in find(words, [Written(text) for text in texts])]


@pytest.mark.parametrize(
    ("text", "surface", "particle"),
    [
        pytest.param("파드는 죽는다", "파드", "는", id="topic"),
        pytest.param("Pod가 뜬다", "Pod", "가", id="Korean behind Latin"),
        pytest.param("Pods를 지운다", "Pods", "를", id="plural"),
        pytest.param("kubeconfig 파일을 읽는다", "kubeconfig", "을", id="a noun of sort in between"),
        pytest.param("노드(큰 것)를 건다", "노드", "를", id="a gloss in between"),
        pytest.param("스테이트풀 셋의 이름", "스테이트풀 셋", "의", id="in two words"),
    ],
)
def test_a_name_has_the_particle_behind_it(words: Lexicon, text: str, surface: str, particle: str) -> None:
    first = mentions(words, text)[0][0]

    assert (first.surface, first.particle) == (surface, particle)
    assert text[first.start : first.end] == surface


@pytest.mark.parametrize("text", ["Podcast", "podman", "tripod", "a.pod", "파드득"])
def test_a_name_inside_another_word_is_none(words: Lexicon, text: str) -> None:
    assert mentions(words, text) == [[]]


def test_the_longest_name_wins(words: Lexicon) -> None:
    assert [m.surface for m in mentions(words, "persistent volume claim")[0]] == ["persistent volume claim"]


def test_each_text_has_its_own_offsets(words: Lexicon) -> None:
    first, second = mentions(words, "no name here", "the Pod")

    assert first == []
    assert [(m.start, m.end) for m in second] == [(4, 7)]


def test_a_plain_word_counts_among_names_only(words: Lexicon) -> None:
    listed, alone = mentions(words, "User, Group, ServiceAccount", "a Group of words")

    assert [m.surface for m in listed] == ["User", "Group", "ServiceAccount"]
    assert alone == []
