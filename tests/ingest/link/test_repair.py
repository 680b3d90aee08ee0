import pytest

from ingest.lexicon.entries import lexicon
from ingest.link.repair import Speller
from ontology.vocabulary import registry


@pytest.fixture(scope="module")
def speller() -> Speller:
    return Speller(lexicon(registry()))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        pytest.param("Wating", "Waiting", id="a letter too few"),
        pytest.param("Secert", "Secret", id="two letters changed over"),
        pytest.param("clster", "cluster", id="a vowel too few"),
        pytest.param("GlousterFS", "GlusterFS", id="a letter too many"),
    ],
)
def test_a_slip_is_put_right(speller: Speller, written: str, meant: str) -> None:
    assert (speller.word(written) or "").lower() == meant.lower()


@pytest.mark.parametrize("word", ["Pod", "rules", "states", "deployed", "selected", "Kubernetes", "short"])
def test_words_that_are_right_are_left(speller: Speller, word: str) -> None:
    assert speller.word(word) is None


def test_among_a_few_names_a_beginning_is_enough(speller: Speller) -> None:
    assert speller.among("schema", {"scheme", "path", "port"}) == "scheme"
    assert speller.among("path", {"scheme", "path", "port"}) == ""
