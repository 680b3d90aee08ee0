"""Notes that contradict each other, with both places."""

from collections.abc import Sequence

import pytest

from ingest.lint.contradictions import contradicted, findings, places
from ingest.lint.wording import message
from ingest.pipeline import examine
from ingest.read import from_text
from ontology.lang import Lang
from ontology.vocabulary import registry


def _pairs(*texts: str) -> Sequence[tuple[str, str]]:
    notes = [
        examine(from_text(f"# Kubernetes\n\n- {text}\n", document=f"{i}.md"), registry())
        for i, text in enumerate(texts)
    ]
    return [(str(first), str(second)) for first, second in contradicted(places(notes))]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("periodSeconds의 기본값은 10초이다.", "periodSeconds의 기본값은 5초이다.", id="two defaults"),
        pytest.param("kubelet은 etcd와 직접 통신한다.", "kubelet은 etcd와 통신하지 않는다.", id="said and denied"),
        pytest.param("livenessProbe가 실패하면 컨테이너를 재시작한다.", "If the liveness probe fails, the kubelet does not restart the container.", id="words against words"),
        pytest.param("The Role is namespaced.", "Role은 클러스터 범위이다.", id="two scopes"),
    ],
)  # fmt: skip
def test_notes_that_contradict_each_other(one: str, other: str) -> None:
    assert ("0.md:3", "1.md:3") in _pairs(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("periodSeconds의 기본값은 10초이다.", "periodSeconds의 기본값은 10s이다.", id="one value in two units"),
        pytest.param("periodSeconds의 기본값은 10초이다.", "timeoutSeconds의 기본값은 1초이다.", id="two fields"),
        pytest.param("PVC를 삭제하면 PV를 삭제한다.", "Retain이면 PV를 삭제하지 않는다.", id="under a condition"),
    ],
)  # fmt: skip
def test_notes_that_do_not(one: str, other: str) -> None:
    assert _pairs(one, other) == []


def test_each_place_names_the_other() -> None:
    texts = ("periodSeconds의 기본값은 10초이다.", "periodSeconds의 기본값은 5초이다.")
    notes = [
        examine(from_text(f"- {text}\n", document=f"{i}.md"), registry()) for i, text in enumerate(texts)
    ]

    found = list(findings(notes))

    assert [(each.document, each.kind, each.line) for each in found] == [
        ("0.md", "contradiction", 1),
        ("1.md", "contradiction", 1),
    ]
    assert "1.md:1" in message(found[0], Lang.KO)
    assert "0.md:1" in message(found[1], Lang.EN)
