"""Which nodes a node selector and required affinity admit."""

import pytest

from ontology import node_selectors
from ontology.cluster.meta import ObjectMeta
from ontology.cluster.nodes import Node
from ontology.cluster.pods import (
    Affinity,
    NodeAffinity,
    NodeSelector,
    NodeSelectorRequirement,
    NodeSelectorTerm,
    PodSpec,
)

NODE = Node(metadata=ObjectMeta(name="n1", labels={"disk": "ssd", "cores": "8", "odd": "many"}))


def requirement(key: str, operator: str, *values: str) -> NodeSelectorRequirement:
    return NodeSelectorRequirement(key=key, operator=operator, values=list(values))


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        pytest.param(requirement("disk", "In", "ssd", "hdd"), True, id="In"),
        pytest.param(requirement("disk", "NotIn", "ssd"), False, id="NotIn"),
        pytest.param(requirement("gone", "NotIn", "x"), True, id="NotIn matches a missing label"),
        pytest.param(requirement("disk", "Exists"), True, id="Exists"),
        pytest.param(requirement("gone", "DoesNotExist"), True, id="DoesNotExist"),
        pytest.param(requirement("cores", "Gt", "4"), True, id="Gt"),
        pytest.param(requirement("cores", "Lt", "8"), False, id="Lt is strict"),
        pytest.param(requirement("odd", "Gt", "1"), False, id="a label that is no number"),
        pytest.param(
            requirement("cores", "Gt", "four"), False, id="a value that is no number voids the term"
        ),
        pytest.param(requirement("cores", "Gt", "1", "2"), False, id="two values void the term"),
        pytest.param(requirement("disk", "In"), False, id="no values void the term"),
        pytest.param(
            requirement("disk", "NotIn", "not a label value"), False, id="an impossible value voids it"
        ),
    ],
)
def test_an_expression(expression: NodeSelectorRequirement, holds: bool) -> None:
    assert node_selectors.term_matches(NodeSelectorTerm(match_expressions=[expression]), NODE) is holds


def test_an_empty_term_matches_nothing_and_a_void_one_leaves_the_others() -> None:
    void = NodeSelectorTerm(match_expressions=[requirement("cores", "Gt", "four")])
    good = NodeSelectorTerm(match_fields=[requirement("metadata.name", "In", "n1")])

    assert not node_selectors.matches(NodeSelector(node_selector_terms=[NodeSelectorTerm()]), NODE)
    assert node_selectors.matches(NodeSelector(node_selector_terms=[void, good]), NODE)


def test_selector_and_affinity_must_both_admit_the_node() -> None:
    affinity = Affinity(
        node_affinity=NodeAffinity(
            required=NodeSelector(
                node_selector_terms=[NodeSelectorTerm(match_expressions=[requirement("disk", "Exists")])]
            )
        )
    )

    assert node_selectors.admits(PodSpec(node_selector={"disk": "ssd"}, affinity=affinity), NODE)
    assert not node_selectors.admits(PodSpec(node_selector={"disk": "hdd"}, affinity=affinity), NODE)
