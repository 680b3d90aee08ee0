import pytest

from ingest.lexicon.entries import Lexicon, lexicon
from ontology.concepts import ConceptKind
from ontology.vocabulary import registry


@pytest.fixture(scope="module")
def words() -> Lexicon:
    return lexicon(registry())


def names(words: Lexicon, phrase: str) -> set[str]:
    return {entry.name for entry in words.candidates(phrase)}


@pytest.mark.parametrize(
    ("phrase", "name"),
    [
        pytest.param("파드", "Pod", id="Korean"),
        pytest.param("포드는", "Pod", id="another spelling, with a particle"),
        pytest.param("pods", "Pod", id="plural"),
        pytest.param("a Stateful Set", "StatefulSet", id="in two words, with an article"),
        pytest.param("HPA", "HorizontalPodAutoscaler", id="abbreviation"),
        pytest.param("ep", "Endpoints", id="short name"),
        pytest.param("Endpoint", "Endpoints", id="singular of a name that is a plural"),
    ],
)
def test_a_whole_phrase_names(words: Lexicon, phrase: str, name: str) -> None:
    assert name in names(words, phrase)


@pytest.mark.parametrize("phrase", ["", "오늘은 날씨가 좋다", "zzz", "Podcast"])
def test_other_words_name_nothing(words: Lexicon, phrase: str) -> None:
    assert words.candidates(phrase) == ()


def test_every_label_of_the_registry_is_found(words: Lexicon) -> None:
    """Most phrases are turned away by their beginning: none of the names may be."""
    for concept in registry():
        if concept.kind is ConceptKind.KIND:
            for _, label in concept.labels():
                assert concept.name in names(words, label), label


def test_an_abbreviation_of_two_letters_counts_only_in_capitals(words: Lexicon) -> None:
    assert words.candidates("ca") == ()


def test_flags_are_found_by_their_dashes(words: Lexicon) -> None:
    assert names(words, "--replicas") <= {"--replicas"}
    assert "--replicas" not in names(words, "replicas")
