import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.search import Hit, Index, search
from graph.search.ranking import Quality
from graph.search.snippets import snippet
from graph.snapshot import Snapshot


@pytest.fixture(scope="session")
def index(snapshot: Snapshot) -> Index:
    return Index(snapshot)


def names(index: Index, hits: list[Hit]) -> list[str]:
    concepts = (hit.document.item for hit in hits if hit.document.kind == "concept")
    return [index.snapshot.concepts[item].name for item in concepts]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("파드", "Pod"),
        ("Pod", "Pod"),
        ("파드를", "Pod"),
        ("pods", "Pod"),
        ("taint", "Taint"),
        ("테인트", "Taint"),
        ("PVC", "PersistentVolumeClaim"),
        ("readiness probe", "readinessProbe"),
        ("PodPhase.Pending", "PodPhase.Pending"),
    ],
)
def test_the_obvious_concept_comes_first(index: Index, query: str, first: str) -> None:
    assert names(index, search(index, query, limit=1)) == [first]


def test_part_of_a_word_finds_what_is_made_of_it(index: Index) -> None:
    assert "kube-scheduler" in names(index, search(index, "스케줄", limit=10))


def test_a_word_in_one_language_finds_text_in_the_other(index: Index) -> None:
    found = {
        index.snapshot.facts[hit.document.item].quote
        for hit in search(index, "taint", limit=50, kinds=["fact"])
    }

    assert "- 테인트는 파드를 노드에서 밀어낸다" in found
    assert "- Taint effects: NoSchedule" in found


def test_concepts_that_are_called_so_go_before_passages_that_say_so(index: Index) -> None:
    kinds = [hit.document.kind for hit in search(index, "taint", limit=100)]

    assert kinds[0] == "concept"
    assert {"concept", "section", "fact"} == set(kinds)


def test_sections_go_before_concepts_that_say_it_no_better(index: Index) -> None:
    first, second, *_ = search(index, "테인", limit=100)

    assert (first.document.kind, second.document.kind) == ("section", "concept")
    assert first.quality is second.quality is Quality.TITLE_PREFIX


def test_all_words_of_a_query_count(index: Index) -> None:
    (first, *_) = search(index, "톨러레이션 스케줄", kinds=["section"])

    assert (first.line, first.snippet.text) == (7, "- 톨러레이션이 없으면 스케줄 불가")


def test_a_misspelt_word_finds_the_nearest_concept(index: Index) -> None:
    assert names(index, search(index, "nodeaffnity", limit=1)) == ["nodeAffinity"]


def test_highlights_are_where_the_words_stand(index: Index) -> None:
    (hit, *_) = search(index, "밀어낸다", kinds=["section"])

    assert [hit.snippet.text[a:b] for a, b in hit.snippet.highlights] == ["밀어낸다"]
    assert hit.line == 5


def test_facts_on_one_passage_count_once(index: Index) -> None:
    hits = search(index, "Pending", kinds=["fact"], limit=100)
    facts = [index.snapshot.facts[hit.document.item] for hit in hits]
    passages = [(fact.note, fact.start, fact.end) for fact in facts if fact.note >= 0]

    assert len(passages) == len(set(passages))


@pytest.mark.parametrize("query", ["", " ", "\n", '"', "zzzzqqqq", "\x1e"])
def test_nothing_is_found_by_nothing(index: Index, query: str) -> None:
    assert search(index, query) == []


@settings(deadline=None)  # the first example builds what the others use
@given(st.text(max_size=30))
def test_any_query_is_answered_within_its_limit(index: Index, query: str) -> None:
    hits = search(index, query, limit=5)

    assert len(hits) <= 5
    for hit in hits:
        assert all(0 <= a < b <= len(hit.snippet.text) for a, b in hit.snippet.highlights)


def test_a_long_line_is_cut_around_the_match() -> None:
    text = "a" * 300 + " here " + "b" * 300

    found = snippet(text, [(301, 305)])

    ((start, end),) = found.highlights
    assert found.text[start:end] == "here"
    assert found.text[0] == found.text[-1] == "…"
    assert len(found.text) <= 162
