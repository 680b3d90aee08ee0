import pytest

from api.context import View
from graph import projection
from ontology.errors import UnknownConceptError


@pytest.fixture(scope="module")
def view() -> View:
    return View(projection.of_vocabulary())


@pytest.mark.parametrize(
    "name", ["Pod", "k8s:Pod", "https://kubelore.dev/id/Pod", "파드"], ids=["name", "CURIE", "IRI", "label"]
)
def test_a_concept_answers_to(view: View, name: str) -> None:
    assert view.snapshot.concepts[view.concept(name)].name == "Pod"


def test_a_name_that_nothing_answers_to_gets_the_nearest(view: View) -> None:
    with pytest.raises(UnknownConceptError, match="`Deployment`"):
        view.concept("Deploymnet")


def test_what_finds_and_cites_is_made_once(view: View) -> None:
    assert view.index is view.index
    assert view.citations is view.citations
