import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.search import tokenize


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Pod 스케줄링", ["pod", "스케줄링"]),
        ("kube-scheduler는", ["kube-scheduler", "는"]),
        ("node.kubernetes.io/not-ready!", ["node.kubernetes.io/not-ready"]),
        ("  ", []),
        ("파드", ["파드"]),
    ],
)
def test_words_of_a_query(text: str, words: list[str]) -> None:
    assert tokenize.words(text) == words


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("taints", "taint"),
        ("scheduling", "schedul"),
        ("pods", "pod"),
        ("access", "access"),
        ("job", "job"),
        ("파드에서", "파드"),
        ("노드", "노드"),
        ("테인트와", "테인트"),
    ],
)
def test_stem(word: str, stem: str) -> None:
    assert tokenize.stem(word) == stem


@pytest.mark.parametrize(
    ("text", "at", "begins"),
    [
        ("PodPhase", 3, True),
        ("PodPhase", 4, False),
        ("a pod", 2, True),
        ("새파드", 1, False),
        ("HPA는", 3, True),
    ],
)
def test_where_a_word_begins(text: str, at: int, begins: bool) -> None:
    assert tokenize.begins(text, at) is begins


@pytest.mark.parametrize(
    ("text", "at", "ends"),
    [
        ("파드를", 2, True),
        ("파드라", 2, False),
        ("taints", 5, True),
        ("taintx", 5, False),
        ("NoSchedule", 2, True),
    ],
)
def test_where_a_word_ends(text: str, at: int, ends: bool) -> None:
    assert tokenize.ends(text, tokenize.fold(text), at) is ends


@given(st.text())
def test_folding_keeps_every_place(text: str) -> None:
    assert len(tokenize.fold(text)) == len(text)
