import pytest

from ontology.cluster.meta import LabelSelector, LabelSelectorRequirement
from ontology.errors import InvalidObjectError
from ontology.selectors import matches


def expression(key: str, operator: str, *values: str) -> LabelSelector:
    requirement = LabelSelectorRequirement(key=key, operator=operator, values=list(values) or None)
    return LabelSelector(match_expressions=[requirement])


@pytest.mark.parametrize(
    ("selector", "labels", "selected"),
    [
        pytest.param(None, {"app": "web"}, False, id="a missing selector selects nothing"),
        pytest.param(LabelSelector(), {}, True, id="an empty selector selects everything"),
        pytest.param(LabelSelector(match_labels={"app": "web"}), {"app": "web", "x": "y"}, True, id="equal"),
        pytest.param(LabelSelector(match_labels={"app": "web"}), {"app": "db"}, False, id="another value"),
        pytest.param(expression("app", "In", "web", "db"), {"app": "db"}, True, id="In"),
        pytest.param(expression("app", "In", "web"), {}, False, id="In without the key"),
        pytest.param(expression("app", "NotIn", "web"), {"app": "db"}, True, id="NotIn"),
        pytest.param(expression("app", "NotIn", "web"), {}, True, id="NotIn without the key"),
        pytest.param(expression("app", "Exists"), {"app": ""}, True, id="Exists with an empty value"),
        pytest.param(expression("app", "DoesNotExist"), {"app": "x"}, False, id="DoesNotExist"),
    ],
)
def test_selectors(selector: LabelSelector | None, labels: dict[str, str], selected: bool) -> None:
    assert matches(selector, labels) is selected


@pytest.mark.parametrize(
    ("selector", "message"),
    [
        pytest.param(expression("a", "Gt", "1"), "not an operator", id="an operator of node selectors"),
        pytest.param(expression("a", "In"), "needs values", id="In without values"),
        pytest.param(expression("a", "Exists", "x"), "takes no values", id="Exists with values"),
    ],
)
def test_expressions_that_the_api_refuses(selector: LabelSelector, message: str) -> None:
    with pytest.raises(InvalidObjectError, match=message):
        matches(selector, {"a": "1"})
