"""What became of a claim, asked and filtered in GraphQL."""

from pathlib import Path
from typing import Any

import pytest

from api import ingesting
from api.context import View
from api.graphql.execution import Executor, Operation
from api.graphql.windows import Windows
from api.settings import Settings

_NOTE = "# Probe\n\n- Livenessprobe\n  - 실패하면 파드를 재생성한다.\n- kubelet이 docker에 컨테이너 생성을 요청한다.\n- periodSeconds\n  - 검사하는 시간 간격 | 10초\n"
_QUERY = "query ($check: StringFilter!) { facts(where: {check: $check}) { nodes { subject { name } predicate check } } }"


@pytest.fixture(scope="module")
def windows(tmp_path_factory: pytest.TempPathFactory) -> Windows:
    folder: Path = tmp_path_factory.mktemp("checks")
    note = folder / "note.md"
    note.write_text(_NOTE, encoding="utf-8")
    return Windows(View(ingesting.ingest([note], Settings(data=folder / "data")).snapshot))


def _facts(windows: Windows, **check: Any) -> list[tuple[str, str, str]]:
    answer = Executor().execute(Operation(query=_QUERY, variables={"check": check}), windows)
    nodes = dict(answer.body)["data"]["facts"]["nodes"]
    return [(each["subject"]["name"], each["predicate"], each["check"]) for each in nodes]


@pytest.mark.parametrize(
    ("result", "fact"),
    [
        ("refuted", ("livenessProbe", "creates", "refuted")),
        ("outdated", ("kubelet", "connectsTo", "outdated")),
        ("confirmed", ("periodSeconds", "defaultValue", "confirmed")),
    ],
)
def test_facts_are_found_by_what_became_of_them(
    windows: Windows, result: str, fact: tuple[str, str, str]
) -> None:
    found = _facts(windows, eq=result)

    assert fact in found
    assert {check for _, _, check in found} == {result}


def test_a_fact_that_nothing_decides_has_no_check(windows: Windows) -> None:
    assert {check for _, _, check in _facts(windows, exists=False)} == {None}
