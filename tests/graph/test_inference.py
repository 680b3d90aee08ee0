import pytest
from msgspec.structs import replace

from graph import inference, projection
from graph.embedded import EmbeddedStore
from graph.reading import Fact
from graph.snapshot import Grounds
from ontology import iri
from ontology.statements import Layer, Text


def fact(triple: str, **more: object) -> Fact:
    subject, predicate, target = triple.split()
    return Fact(id=triple.replace(" ", "-"), subject=subject, predicate=predicate, object=target, **more)  # type: ignore[arg-type]


def inferred(*stated: Fact) -> list[str]:
    return [f"{f.subject} {f.predicate} {f.object}" for f in inference.infer(stated)]


@pytest.mark.parametrize(
    ("stated", "follows"),
    [
        pytest.param(["a partOf b", "b partOf c"], ["a partOf c"], id="a part of a part is a part"),
        pytest.param(["a isA b", "b isA c", "c isA d"], ["a isA c", "a isA d", "b isA d"], id="chains"),
        pytest.param(["a contrastsWith b"], ["b contrastsWith a"], id="a contrast goes both ways"),
        pytest.param(["a hasExample b", "a isA c"], ["b isA a", "b isA c"], id="an example is a member"),
        pytest.param(["a partOf b", "b isA c"], [], id="relations are not mixed"),
        pytest.param(["a partOf b", "b partOf a"], [], id="a circle says nothing of itself"),
        pytest.param(["a contrastsWith b", "b contrastsWith a"], [], id="what is stated is not inferred"),
    ],
)
def test_what_follows(stated: list[str], follows: list[str]) -> None:
    assert inferred(*map(fact, stated)) == follows


def test_what_holds_only_sometimes_leads_to_nothing() -> None:
    second = fact("b partOf c")

    assert inferred(fact("a partOf b", condition="if"), second) == []
    assert inferred(fact("a partOf b", negated=True), second) == []
    assert inferred(fact("a partOf b", grounds=Grounds(until="1.24")), second) == []


def test_what_is_denied_is_not_inferred() -> None:
    assert inferred(fact("a partOf b"), fact("b partOf c"), fact("a partOf c", negated=True)) == []


def test_text_leads_to_nothing() -> None:
    assert inferred(replace(fact("a hasExample b"), object=Text("b"))) == []


def test_an_inferred_fact_names_its_premises() -> None:
    (found,) = inference.infer([fact("a partOf b"), fact("b partOf c")])

    assert found.rule == "inference.transitive"
    assert found.grounds is not None
    assert found.grounds.premises == ("a-partOf-b", "b-partOf-c")


def test_inferences_survive_the_store(store: EmbeddedStore) -> None:
    stated = [fact("a partOf b", layer=Layer.CURATED), fact("b partOf c")]
    found = inference.infer(stated)

    store.replace(iri.INFERRED_GRAPH, inference.nquads(found, stated))

    read = [f for f in projection.project(store).facts if f.layer == "inferred"]
    assert [(f.id, f.rule, f.grounds) for f in read] == [(found[0].id, found[0].rule, found[0].grounds)]
    premise = f"<{iri.FACTS}a-partOf-b>"
    assert store.ask(f"ASK {{ {premise} prov:wasDerivedFrom <{iri.CURATED_GRAPH}> }}")
