import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontology import iri


@given(st.text(min_size=1).filter(lambda s: s.isprintable()))
def test_a_concept_name_survives_its_iri(name: str) -> None:
    assert iri.concept_name(iri.concept(name)) == name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Pod", iri.CONCEPTS + "Pod"),
        ("k8s:Pod", iri.CONCEPTS + "Pod"),
        ("kl:hasPhase", iri.NS + "hasPhase"),
        (iri.CONCEPTS + "Pod", iri.CONCEPTS + "Pod"),
        ("PodCondition.Ready=False", iri.CONCEPTS + "PodCondition.Ready=False"),
    ],
)
def test_names_curies_and_iris_expand(text: str, expected: str) -> None:
    assert iri.expand(text) == expected


def test_an_image_name_is_no_curie() -> None:
    assert iri.expand("image:StatefulSet with Pod") == iri.CONCEPTS + "image:StatefulSet%20with%20Pod"


def test_a_digest_keeps_its_parts_apart() -> None:
    assert iri.digest("ab", "c") != iri.digest("a", "bc")
