from hypothesis import given
from hypothesis import strategies as st

from ingest.lexicon.cues import Cues

GROUPS = (("없", "필요"), ("달리",), ("e.g", "ex"))


def test_groups_are_numbered_from_the_first() -> None:
    cues = Cues(GROUPS)

    assert [cues.found(text) for text in ("없다", "와 달리 필요", "ex)", "")] == [1, 3, 4, 0]


@given(st.text(alphabet="없필요달리ex.g "))
def test_a_group_is_there_when_one_of_its_words_is(text: str) -> None:
    found = Cues(GROUPS).found(text)

    assert [bool(found >> n & 1) for n in range(len(GROUPS))] == [any(w in text for w in g) for g in GROUPS]
