"""What running claims gave, in the graph of inferences and in the read model."""

from pathlib import Path

import pytest

from api import ingesting
from api.settings import Settings
from graph import embedded, projection
from graph.snapshot import FactNode, Snapshot
from ontology import iri, terms

_NOTE = """# Probe

- Livenessprobe
  - 실패하면 파드를 재생성한다.
- periodSeconds : 5초
- terminationGracePeriodSeconds : 삭제 시 해당 초 후에 삭제하는 옵션
- kubelet이 docker에 컨테이너 생성을 요청한다.
- Pod는 Volume을 사용한다.
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    note = tmp_path / "note.md"
    note.write_text(_NOTE, encoding="utf-8")
    settings = Settings(data=tmp_path / "data")
    ingesting.ingest([note], settings)
    return settings


def _read(settings: Settings) -> Snapshot:
    store = embedded.open_store(settings.store)
    try:
        return projection.project(store)
    finally:
        store.close()


def _fact(found: Snapshot, subject: str, predicate: str) -> FactNode:
    return next(
        f
        for f in found.facts
        if f.note >= 0 and found.concepts[f.subject].name == subject and f.predicate == predicate
    )


@pytest.mark.parametrize(
    ("subject", "predicate", "result"),
    [
        ("livenessProbe", "creates", "refuted"),
        ("terminationGracePeriodSeconds", "definition", "refuted"),
        ("kubelet", "connectsTo", "outdated"),
        ("Pod", "uses", ""),
    ],
)
def test_a_fact_knows_what_became_of_it(
    settings: Settings, subject: str, predicate: str, result: str
) -> None:
    assert _fact(_read(settings), subject, predicate).check == result


def test_results_stand_in_the_inferred_layer_with_the_version_of_the_engine(settings: Settings) -> None:
    store = embedded.open_store(settings.store)

    triples = store.triples(iri.INFERRED_GRAPH).decode()
    store.close()

    assert f'<{iri.INFERRED_GRAPH}> <{terms.ENGINE}> "kubelore ' in triples
    assert f'<{terms.CHECK}> "refuted"' in triples
    assert f'<{terms.CHECK}> ""' not in triples
