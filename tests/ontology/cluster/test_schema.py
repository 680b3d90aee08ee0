import pytest

from ontology.cluster import schema
from ontology.errors import UnknownKindError

PROBE = {
    "apiVersion": "v1",
    "kind": "Pod",
    "spec": {"containers": [{"name": "a", "livenessProbe": {"httpGet": {"port": 80, "schema": "HTTP"}}}]},
}


def test_an_unknown_field_is_named_with_its_nearest() -> None:
    (found,) = schema.violations(PROBE)

    assert found.path == "spec.containers[0].livenessProbe.httpGet.schema"
    assert str(found) == "unknown field `schema` in HTTPGetAction (did you mean `scheme`?)"


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"replicas": "three"}, "expected an integer, got the string `three`"),
        ({"replicas": 10**30}, f"expected an integer of at most 64 bits, got `{10**30}`"),
        ({"replicas": True}, "expected an integer, got the boolean `true`"),
        ({"paused": "yes"}, "expected a boolean, got the string `yes`"),
        ({"template": []}, "expected a mapping, got a list"),
        ({"selector": {"matchLabels": {"a": 1}}}, "expected a string, got `1`"),
        ({"template": {"spec": {"containers": {}}}}, "expected a list, got a mapping"),
    ],
)
def test_a_value_of_the_wrong_type_is_named(spec: dict[str, object], message: str) -> None:
    deployment = {"apiVersion": "apps/v1", "kind": "Deployment", "spec": spec}

    assert [v.message for v in schema.violations(deployment, required=False)] == [message]


def test_required_fields_are_asked_for_only_where_wanted() -> None:
    deployment = {"apiVersion": "apps/v1", "kind": "Deployment", "spec": {}}

    assert [v.path for v in schema.violations(deployment)] == ["spec.selector", "spec.template"]
    assert list(schema.violations(deployment, required=False)) == []


def test_null_is_absent() -> None:
    assert list(schema.violations({"apiVersion": "v1", "kind": "Pod", "spec": None, "metadata": None})) == []


def test_a_kind_in_the_wrong_group_is_pointed_to_its_own() -> None:
    with pytest.raises(UnknownKindError, match="did you mean `Deployment` in `apps/v1`"):
        schema.check({"apiVersion": "v1", "kind": "Deployment"})
