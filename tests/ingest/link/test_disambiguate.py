import pytest

from ingest.lexicon.entries import Lexicon, lexicon
from ingest.link.disambiguate import Context, Words, choose
from ontology.vocabulary import registry


@pytest.fixture(scope="module")
def words() -> Lexicon:
    return lexicon(registry())


@pytest.mark.parametrize(
    ("form", "context", "name"),
    [
        pytest.param("Exists", Context(owners=("Toleration",), marked=True), "TolerationOperator.Exists", id="the operator of what is above"),
        pytest.param("Exists", Context(owners=("nodeAffinity",), marked=True), "NodeSelectorOperator.Exists", id="of another"),
        pytest.param("역할", Context(around=Words("역할과 바인딩"), marked=True), "Role", id="words beside"),
        pytest.param("External name", Context(topic=True, marked=True), "ServiceType.ExternalName", id="a topic is the type"),
        pytest.param("External name", Context(owners=("Service",), marked=True, valued=True), "externalName", id="before its value the field"),
    ],
)  # fmt: skip
def test_context_decides(words: Lexicon, form: str, context: Context, name: str) -> None:
    choice = choose(form, words.candidates(form), context)

    assert choice is not None
    assert choice.name == name
    assert choice.reason


def test_a_word_of_the_language_needs_something_beside_it(words: Lexicon) -> None:
    assert choose("always", words.candidates("always"), Context()) is None


def test_neighbours_of_one_type_count_more_the_more_they_are(words: Lexicon) -> None:
    few, many = (
        choose("Delete", words.candidates("Delete"), Context(listed={"ReclaimPolicy": n}, marked=True))
        for n in (2, 3)
    )

    assert few is not None
    assert many is not None
    assert many.score > few.score
