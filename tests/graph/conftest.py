import re
from collections.abc import Callable, Iterator
from hashlib import sha256

import pytest

from graph import embedded, projection
from graph.embedded import EmbeddedStore
from graph.snapshot import Snapshot
from ingest.emit import emit
from ingest.ingested import Ingested
from ingest.parse.note import Section
from ontology import iri, vocabulary
from ontology.statements import Span, Statement, Text

TEXT = """# Pod
Pod : 컨테이너를 담는 가장 작은 단위
- Pending, Running
# 테인트
- 테인트는 파드를 노드에서 밀어낸다
- Taint effects: NoSchedule
- 톨러레이션이 없으면 스케줄 불가
"""


def span(text: str, line: int, document: str = "pods.md") -> Span:
    lines = text.split("\n")
    start = len("\n".join(lines[: line - 1]).encode()) + (1 if line > 1 else 0)
    end = start + len(lines[line - 1].encode())
    return Span(document=document, line=line, column=1, start=start, end=end, end_line=line)


def said(triple: str, *lines: int, text: str = TEXT, **more: object) -> Statement:
    """`Pod hasPhase PodPhase.Pending`, or with a quoted object for text."""
    subject, predicate, target = triple.split(" ", 2)
    return Statement(
        subject=subject,
        predicate=predicate,
        object=Text(target.strip('"')) if target.startswith('"') else target,
        spans=tuple(span(text, line) for line in lines),
        kind="pattern",
        rule="test",
        **more,  # type: ignore[arg-type]
    )


STATEMENTS = (
    said('Pod definition "컨테이너를 담는 가장 작은 단위"', 2),
    said("Pod hasPhase PodPhase.Pending", 2, 3),
    said("Pod hasPhase PodPhase.Running", 2, 3),
    said("Taint deletes Pod", 4, 5),
    said("Taint hasEffect TaintEffect.NoSchedule", 4, 6),
    said("Pod requires Toleration", 7, condition="톨러레이션이 없으면"),
    said("Taint selects Node", 7, negated=True),
)


def note(
    text: str = TEXT, statements: tuple[Statement, ...] = STATEMENTS, document: str = "pods.md"
) -> Ingested:
    headings = [(i, line) for i, line in enumerate(text.split("\n"), 1) if re.match("#+ ", line)]
    ends = [line - 1 for line, _ in headings[1:]] + [len(text.split("\n"))]
    return Ingested(
        document=document,
        digest=sha256(text.encode()).hexdigest(),
        title="Pod",
        text=text,
        sections=tuple(
            Section(
                title=title.lstrip("# "),
                level=1,
                span=span(text, line, document),
                end_line=end,
                parent=None,
                anchor=title.lstrip("# ").lower(),
                concepts=tuple(c.name for c in vocabulary.registry().labelled(title.lstrip("# "))[:1]),
            )
            for (line, title), end in zip(headings, ends, strict=True)
        ),
        images=(),
        statements=statements,
        findings=(),
        unread=(),
    )


def quads(ingested: Ingested) -> bytes:
    return emit(ingested, known=vocabulary.registry())


@pytest.fixture
def store() -> Iterator[EmbeddedStore]:
    made = embedded.in_memory()
    yield made
    made.close()


@pytest.fixture
def filled(store: EmbeddedStore) -> EmbeddedStore:
    store.replace(iri.note("pods.md"), quads(note()))
    return store


@pytest.fixture(scope="session")
def snapshot() -> Snapshot:
    made = embedded.in_memory()
    made.replace(iri.note("pods.md"), quads(note()))
    return projection.project(made)


@pytest.fixture
def make_note() -> Callable[..., Ingested]:
    return note


@pytest.fixture
def say() -> Callable[..., Statement]:
    return said


@pytest.fixture
def to_quads() -> Callable[[Ingested], bytes]:
    return quads
