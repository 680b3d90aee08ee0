import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.lexicon.normalize import SKIPPED, compacted, fold, stems, suffix, trimmed


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param("Stateful Set", "StatefulSet", id="blank and case"),
        pytest.param("stateful-set", "STATEFUL_SET", id="dash and underscore"),
        pytest.param("컨피그 맵", "컨피그맵", id="Korean spacing"),
    ],
)
def test_one_name_has_one_folded_form(first: str, second: str) -> None:
    assert fold(first) == fold(second)


@pytest.mark.parametrize(
    ("run", "kind", "particle"),
    [
        pytest.param("는", "noun", "는", id="topic"),
        pytest.param("들을", "noun", "을", id="plural and object"),
        pytest.param("끼리", "noun", "", id="among"),
        pytest.param("되지", "verb", "", id="makes a verb"),
    ],
)
def test_what_is_glued_to_a_name(run: str, kind: str, particle: str) -> None:
    assert suffix(run) == (kind, particle)


def test_what_makes_another_word_of_a_name_is_no_suffix() -> None:
    assert suffix("롤러") is None


@pytest.mark.parametrize(
    ("phrase", "stem"),
    [
        pytest.param("파드들은", "파드", id="particles"),
        pytest.param("Services", "Service", id="plural"),
        pytest.param("NetworkPolicies", "NetworkPolicy", id="plural in -ies"),
    ],
)
def test_a_bent_form_leads_to_its_stem(phrase: str, stem: str) -> None:
    assert stem in stems(phrase)


@pytest.mark.parametrize(
    ("phrase", "bare"),
    [
        pytest.param("the Pod.", "Pod", id="article and full stop"),
        pytest.param("**Pod**:", "Pod", id="punctuation"),
        pytest.param("Replica Set", "Replica Set", id="no article inside a name"),
    ],
)
def test_what_stands_around_a_name_is_taken_off(phrase: str, bare: str) -> None:
    assert trimmed(phrase) == bare


@given(st.text())
def test_a_compacted_text_knows_where_each_character_stood(text: str) -> None:
    folded, offsets = compacted(text)

    assert len(folded) == len(offsets)
    assert all(text[offset] not in SKIPPED for offset in offsets)
    assert offsets == sorted(set(offsets))
