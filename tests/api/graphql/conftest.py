from collections.abc import Callable
from typing import Any

import pytest

from api.context import View
from api.graphql.execution import Executor, Operation
from api.graphql.windows import Windows
from graph.snapshot import (
    ConceptNode,
    FactNode,
    FindingNode,
    ImageNode,
    NoteNode,
    RuleNode,
    SectionNode,
    Snapshot,
)

Ask = Callable[..., dict[str, Any]]

TEXT = "# Pods\n\n## Phase\n\n- Phase : Pending, Running\n\n## Taint\n\n절대로 스케줄 되지 않는다\n"


def concept(name: str, kind: str = "kind", **labels: tuple[str, ...]) -> ConceptNode:
    return ConceptNode(name, f"https://kubelore.dev/id/{name}", kind, labels, {}, (), "")


def fact(id_: str, subject: int, predicate: str, target: int | str, **more: Any) -> FactNode:
    members: dict[str, Any] = {
        "id": id_, "subject": subject, "predicate": predicate, "note": 0, "lines": (5,), "quote": "Phase",
        "start": 0, "end": 5, "layer": "notes", "kind": "pattern", "rule": "structure.items",
        "negated": False, "strength": "plain", "condition": "", "check": "",
        "object": target if isinstance(target, int) else -1, "text": target if isinstance(target, str) else "",
    }  # fmt: skip
    return FactNode(**{**members, **more})


SNAPSHOT = Snapshot(
    version="v1",
    concepts=(
        concept("Node", ko=("노드",), en=("Node",)),
        concept("Pod", ko=("파드", "포드"), en=("Pod", "po")),
        concept("PodPhase.Pending", "enum", en=("Pending",)),
        concept("PodPhase.Running", "enum", en=("Running",)),
        concept("Taint", "kind", ko=("테인트",), en=("Taint",)),
        concept("대기 상태", "phrase", ko=("대기 상태",)),
    ),
    facts=(
        fact("f1", 1, "hasPhase", 2),
        fact("f2", 1, "hasPhase", 3),
        fact("f3", 4, "definition", "keeps pods away", lines=(7, 9), negated=True, strength="must"),
        fact("f4", 4, "appliesTo", 0, layer="curated", note=-1, lines=(), quote="", rule=""),
    ),
    notes=(
        NoteNode(
            path="pods.md",
            iri="https://kubelore.dev/note/1",
            title="Pods",
            digest="d",
            text=TEXT,
            sections=(
                SectionNode("Pods", 1, 1, 9, -1, "pods", (1,)),
                SectionNode("Phase", 2, 3, 6, 0, "phase", ()),
                SectionNode("Taint", 2, 7, 9, 0, "taint", (4,)),
            ),
            unread=(9,),
            images=(ImageNode(1, "https://example.org/a.png", "a pod", 9, 2),),
        ),
    ),
    findings=(
        FindingNode("x1", 0, 5, 3, "Wating", "misspelling", "low", "Waiting", {"en": "spelt", "ko": "철자"}),
    ),
    rules=(
        RuleNode("scheduling.taints", "https://kubelore.dev/rule/scheduling.taints", (4,), "", "1.6", ""),
    ),
)


@pytest.fixture(scope="session")
def windows() -> Windows:
    return Windows(View(SNAPSHOT))


@pytest.fixture
def ask(windows: Windows) -> Ask:
    """Run a document that must not be refused, and return the response."""
    executor = Executor()

    def run(query: str, **variables: Any) -> dict[str, Any]:
        answer = executor.execute(Operation(query=query, variables=variables), windows)
        assert not answer.refused, answer.body
        return dict(answer.body)

    return run
