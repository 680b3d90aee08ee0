"""The plain HTTP interface is as its description says, whatever is sent.

The operations are driven by schemathesis; bodies of scenarios come from the shipped examples beside it, since
what is made up is nearly always refused.
"""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator
from schemathesis.checks import positive_data_acceptance
from starlette.applications import Starlette
from starlette.testclient import TestClient

from api.app import create_app
from api.context import Context
from api.endpoints.openapi import description
from api.examples import scenarios as folder
from api.scenarios import load
from api.settings import Settings

schemathesis.serializer.alias("application/x-ndjson", "text/plain")


@pytest.fixture(scope="session")
def application(data: Any) -> Starlette:
    return create_app(Context(Settings(data=data, max_served_objects=1_000, max_served_pods=100)))


@pytest.fixture(scope="session")
def described(application: Starlette) -> Any:
    return schemathesis.openapi.from_asgi("/openapi.json", application)


OPERATIONS = [
    pytest.param(path, method, id=f"{method} {path}")
    for path, methods in description()["paths"].items()
    for method in methods
]


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_operation_answers_as_described(path: str, method: str, described: Any) -> None:
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=described[path][method.upper()].as_strategy())
    def answers(case: Any) -> None:
        # what is wrong with a query or a manifest no schema can say, so a well-formed one may be refused
        case.call_and_validate(excluded_checks=[positive_data_acceptance])

    answers()


def test_every_route_of_the_server_is_described_or_speaks_another_language(application: Starlette) -> None:
    described = set(description()["paths"])
    others = {
        "/",
        "/graphql",
        "/livez",
        "/openapi.json",
        "/notes/{path:path}",
        "/systems/{name}",
    }  # GraphQL and pages
    kubernetes = ("/api", "/apis", "/version", "/assets", "/static")

    served = {route.path.replace("{name:path}", "{concept}") for route in application.routes}

    assert {path for path in served - others if not path.startswith(kubernetes)} == described


def validator(name: str) -> Draft202012Validator:
    schemas = {"components": description()["components"]}
    return Draft202012Validator({"$ref": f"#/components/schemas/{name}", **schemas})


EXAMPLES = [
    pytest.param(loaded.raw, id=loaded.name)
    for file in sorted(folder().glob("*.yaml"))
    for loaded in load(str(file))
]


@pytest.mark.parametrize("raw", EXAMPLES)
def test_a_real_verdict_is_as_described(raw: dict[str, Any], client: TestClient) -> None:
    response = client.post("/evaluate", json=raw)

    if response.status_code == 200:
        validator("Verdict").validate(response.json())
    else:  # larger than this client's server admits
        assert response.json()["code"] == "TOO_LARGE"
        validator("Problem").validate(response.json())


def test_enough_examples_are_answered(client: TestClient) -> None:
    answered = [client.post("/evaluate", json=each.values[0]).status_code == 200 for each in EXAMPLES]
    assert sum(answered) >= len(answered) / 2


def test_the_list_of_notes(client: TestClient) -> None:
    (note,) = client.get("/notes").json()["notes"]

    assert note["path"].endswith("pods.md")
    assert note["title"] == "Pod 정리"
    assert note["facts"] > 3
