import pytest

from ontology.lang import final_consonant, with_particle


@pytest.mark.parametrize(
    ("word", "pair", "expected"),
    [
        pytest.param("노드", "은/는", "노드는", id="a vowel"),
        pytest.param("볼륨", "은/는", "볼륨은", id="a consonant"),
        pytest.param("볼륨", "을/를", "볼륨을", id="object after a consonant"),
        pytest.param("node-1", "이/가", "node-1이", id="1 is read 일"),
        pytest.param("node-2", "이/가", "node-2가", id="2 is read 이"),
        pytest.param("web-0", "과/와", "web-0과", id="0 is read 영"),
        pytest.param("Running", "으로/로", "Running으로", id="ng closes"),
        pytest.param("kubelet", "은/는", "kubelet은", id="et is read 엣"),
        pytest.param("서울", "으로/로", "서울로", id="after ㄹ it is 로"),
        pytest.param("`Pod`", "을/를", "`Pod`를", id="quotes do not count"),
        pytest.param("요청(Request)", "은/는", "요청(Request)은", id="brackets do not count"),
        pytest.param("`read` (dev)", "이/가", "`read` (dev)가", id="nor after a quoted word"),
        pytest.param("(web)", "은/는", "(web)은", id="unless there is nothing else"),
        pytest.param("", "은/는", "는", id="nothing"),
    ],
)
def test_a_particle_follows_the_last_sound(word: str, pair: str, expected: str) -> None:
    assert with_particle(word, pair) == expected


def test_the_final_of_a_bare_symbol_is_a_vowel() -> None:
    assert final_consonant("***") == 0
