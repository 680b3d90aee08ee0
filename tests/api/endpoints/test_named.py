"""Queries by name, with variables in the address."""

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.graphql import named
from api.problems import RefusedError


@pytest.mark.parametrize(
    ("address", "path", "expected"),
    [
        pytest.param("concept?id=Pod", ("concept", "name"), "Pod", id="a text"),
        pytest.param("concept?id=Pod&lang=KO", ("concept", "label"), "파드", id="an enum in a list"),
        pytest.param("concept?id=Pod&lang=KO&lang=EN", ("concept", "label"), "파드", id="a list of two"),
        pytest.param("path?from=Pod&to=Pod&maxLength=1", ("path", "length"), 0, id="a number"),
        pytest.param(
            "search?text=Pod&first=1", ("search", "nodes", 0, "concept", "name"), "Pod", id="search"
        ),
        pytest.param("findings?kind=typo", ("findings", "nodes"), [], id="findings"),
    ],
)
def test_a_query_by_name(address: str, path: tuple[Any, ...], expected: Any, client: TestClient) -> None:
    response = client.get(f"/q/{address}")

    assert response.status_code == 200, response.text
    found = response.json()["data"]
    for step in path:
        found = found[step]
    assert found == expected


@pytest.mark.parametrize(
    ("address", "status", "word"),
    [
        pytest.param("concpet?id=Pod", 404, "concept", id="no such query"),
        pytest.param("concept?idd=Pod", 404, "id", id="no such variable"),
        pytest.param("concept", 400, "id", id="a variable is missing"),
        pytest.param("concept?id=Pod&first=many", 400, "Int", id="not a number"),
        pytest.param("concept?id=Pod&lang=DE", 400, "Lang", id="not a language"),
    ],
)
def test_what_cannot_be_asked_is_said(address: str, status: int, word: str, client: TestClient) -> None:
    refused = client.get(f"/q/{address}")

    assert refused.status_code == status
    assert word in refused.text


def test_an_answer_is_not_sent_twice(client: TestClient) -> None:
    first = client.get("/q/concept?id=Pod")

    again = client.get("/q/concept?id=Pod", headers={"if-none-match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")


def test_the_names_are_listed_with_what_they_take(client: TestClient) -> None:
    found = {each["name"]: each for each in client.get("/q").json()["queries"]}

    assert found["path"]["variables"] == ["from", "to", "maxLength"]
    assert all(each["description"].endswith(".") for each in found.values())


def test_a_folder_of_ones_own_adds_and_wins(tmp_path: Path) -> None:
    (tmp_path / "mine.graphql").write_text("# Mine.\n{ statistics { notes } }", encoding="utf-8")
    (tmp_path / "path.graphql").write_text("{ statistics { facts } }", encoding="utf-8")
    (tmp_path / "readme.md").write_text("no query", encoding="utf-8")

    found = named.load(tmp_path)

    assert found["mine"].description == "Mine."
    assert "facts" in found["path"].text
    assert {"concept", "findings", "mine", "path", "search"} == set(found)


@pytest.mark.parametrize(
    "text", ["{", "mutation { x }", "{ a } query B { b }", "fragment F on Note { path }"]
)
def test_a_file_without_exactly_one_query_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "bad.graphql").write_text(text, encoding="utf-8")

    with pytest.raises(RefusedError, match=r"bad\.graphql"):
        named.load(tmp_path)
