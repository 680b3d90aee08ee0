import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.lint.prose import BLANK, prose


@pytest.mark.parametrize(
    ("text", "left"),
    [
        pytest.param("a `b` c", "a  c", id="code"),
        pytest.param("a ``b ` c`` d", "a  d", id="code with a backtick in it"),
        pytest.param("a `b", "a `b", id="a backtick that nothing closes"),
        pytest.param("[text](http://a.test/wating) rest", "[text rest", id="the target of a link"),
        pytest.param("see https://a.test/wating.", "see ", id="an address"),
        pytest.param('<a href="wating">text</a>', "text", id="tags of HTML"),
        pytest.param("[[wating|Waiting]]", "Waiting]]", id="the target of a wikilink"),
        pytest.param("a < b", "a < b", id="a comparison"),
    ],
)
def test_code_and_addresses_are_no_prose(text: str, left: str) -> None:
    assert prose(text).replace(BLANK, "") == left


@given(st.text(st.sampled_from("`ab [](<>:/ \u0301가")))
def test_every_character_keeps_its_column(text: str) -> None:
    found = prose(text)

    assert len(found) == len(text)
    assert all(after in (before, BLANK) for before, after in zip(text, found, strict=True))
