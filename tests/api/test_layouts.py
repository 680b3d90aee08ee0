"""A verdict on nodes as a table: a row for each, aligned in both languages."""

from typing import Any

import pytest

from api import verdicts
from api.layouts import LAYOUTS
from ontology import evaluators
from ontology.lang import Lang

PENDING = {
    "feasible": [],
    "rejected": {
        "n1": {"plugin": "NodeResourcesFit", "reasons": ["Insufficient cpu", "Too many pods"], "unresolvable": False},
        "n2": {"plugin": "NodeName", "reasons": ["node(s) didn't match"], "unresolvable": True},
    },
    "scores": {},
    "winners": [],
    "message": "0/2 nodes are available",
}  # fmt: skip
PLACED = {
    "feasible": ["a", "b"],
    "rejected": {"c": {"plugin": "NodePorts", "reasons": ["taken"], "unresolvable": False}},
    "scores": {"a": {"total": 7}, "b": {"total": 90}},
    "winners": ["b"],
}
EMPTY: dict[str, Any] = {"feasible": [], "rejected": {}, "scores": {}, "winners": [], "message": "no nodes"}


def table(answer: dict[str, Any], lang: Lang = Lang.EN) -> list[str]:
    return list(LAYOUTS["scheduling", "schedule"](answer, lang))


@pytest.mark.parametrize(
    ("answer", "lang", "lines"),
    [
        pytest.param(
            PENDING, Lang.EN,
            [
                "  node  fits  plugin            reasons                          score",
                "  n1    no    NodeResourcesFit  Insufficient cpu, Too many pods  -",
                "  n2    no    NodeName          node(s) didn't match             -",
                "",
                "  message  0/2 nodes are available",
            ],
            id="a pod that waits",
        ),
        pytest.param(
            PLACED, Lang.KO,
            [
                "  노드  배치 가능  플러그인   이유   점수",
                "  b     예         -          -      90",
                "  a     예         -          -      7",
                "  c     아니요     NodePorts  taken  -",
                "",
                "  winners  b",
            ],
            id="Korean, the best node first",
        ),
        pytest.param(EMPTY, Lang.EN, ["  message  no nodes"], id="no nodes"),
    ],
)  # fmt: skip
def test_each_node_has_a_row(answer: dict[str, Any], lang: Lang, lines: list[str]) -> None:
    assert table(answer, lang) == lines


def test_of_many_nodes_the_rest_is_counted() -> None:
    scores = {f"n{i:04}": {"total": 100} for i in range(1_500)}

    lines = table({**PLACED, "rejected": {}, "scores": scores})

    assert lines[60].split()[0] == "n0059"
    assert lines[61] == "  ... and 1,440 more nodes (-o json shows all)"


RUN: dict[str, Any] = {
    "timeline": [{"t": 0, "what": "created", "kind": "Pod", "name": "db-0", "by": "db", "claims": []}],
    "sets": {
        "StatefulSet/db": {
            "created": ["db-0", "db-1"],
            "deleted": [],
            "mostStartingAtOnce": 1,
            "claimsUsed": {},
            "claimsCreated": [],
            "claimsLeft": ["data-db-0"],
        }
    },
    "final": {
        "pods": [{"name": "db-0", "phase": "Running", "ready": True}],
        "claims": ["data-db-0"],
        "replicaSets": {},
        "jobs": {},
    },
}


def test_a_run_shows_its_sets_and_what_is_left() -> None:
    assert list(LAYOUTS["workloads", "run"](RUN, Lang.KO)) == [
        "  claims  data-db-0",
        "",
        "세트",
        "  set             created  deleted  mostStartingAtOnce  claimsLeft",
        "  StatefulSet/db  2        0        1                   1",
        "",
        "끝났을 때의 파드",
        "  name  phase    ready",
        "  db-0  Running  true",
    ]


def test_a_simulated_autoscaler_shows_its_figures_and_its_table() -> None:
    answer = {"ticks": [{"t": 0}], "summary": {"ticks": 1}, "table": "t  load\n0  200m"}

    assert list(LAYOUTS["autoscaling", "simulate"](answer, Lang.EN)) == [
        "  ticks  1",
        "",
        "  t  load",
        "  0  200m",
    ]


def test_every_layout_is_of_a_question() -> None:
    assert LAYOUTS.keys() <= evaluators.EVALUATORS.keys()


def test_below_a_table_stands_first_what_to_do() -> None:
    step = {"rule": "scheduling.taints", "holds": False, "en": "step", "ko": "단계", "citations": []}
    found = {
        "name": "web",
        "system": "scheduling",
        "question": "schedule",
        "outcome": "no",
        "verdict": PENDING,
        "steps": [{**step, "role": role} for role in ("applied", "nearMiss", "change")],
    }
    headings = ["What would change it", "What almost applied", "Why"]

    assert [line for line in verdicts.lines(found, Lang.EN) if line in headings] == headings
