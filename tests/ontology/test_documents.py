import pytest

from ontology.documents import MAX_ALIASES, MAX_DEPTH, read_json, read_yaml
from ontology.errors import BadInputError, TooLargeError

BILLION = "k0: &a0 [x]\n" + "".join(
    f"k{i}: &a{i} [{', '.join([f'*a{i - 1} '] * 10)}]\n" for i in range(1, 11)
)
DEEP = f"k0: &a0 {'[' * 60}{']' * 60}\nk1: &a1 {'[' * 60}*a0 {']' * 60}\n"
LAUGHS = "a: &a [x]\n" + "".join(f"k{i}: *a\n" for i in range(MAX_ALIASES + 1))


def test_yaml_reads_as_kubectl_reads_it() -> None:
    documents = list(read_yaml("on: yes\n1: x\nwhen: 2026-03-01T12:00:00Z\n---\n---\n{b: 0o7}\n"))

    assert documents == [{"true": True, "1": "x", "when": "2026-03-01T12:00:00Z"}, {"b": "0o7"}]


def test_merge_keys_fill_in_and_yield_to_own_keys() -> None:
    (document,) = read_yaml("base: &b {x: 1, y: 2}\nown:\n  <<: *b\n  y: 3\n")

    assert document["own"] == {"x": 1, "y": 3}


@pytest.mark.parametrize(
    ("text", "part"),
    [
        pytest.param("a: 1\nb: 2\na: 3", r"`a` stands twice.*line 3, column 1", id="a key twice"),
        pytest.param("? [a]\n: b", "key must be a scalar", id="a list as a key"),
        pytest.param("a: [1", "line 2", id="unclosed"),
        pytest.param("a: b: c", "line 1", id="a mapping inside a line"),
        pytest.param("a: !!python/object:os.system x", "could not determine a constructor", id="a tag"),
        pytest.param(b"\xff\xfe\xff", "not YAML", id="not text"),
        pytest.param("a: \x00", "not YAML", id="a NUL byte"),
    ],
)
def test_what_is_not_yaml_says_where(text: str | bytes, part: str) -> None:
    with pytest.raises(BadInputError, match=part):
        list(read_yaml(text))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(LAUGHS, id="aliases"),
        pytest.param(BILLION, id="aliases of aliases"),
        pytest.param(DEEP, id="depth behind aliases"),
        pytest.param("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), id="depth"),
    ],
)
def test_yaml_that_explodes_is_refused_before_it_is_built(text: str) -> None:
    with pytest.raises(TooLargeError):
        list(read_yaml(text))


@pytest.mark.parametrize(
    ("text", "part"),
    [
        pytest.param("{", "line 1, column 2", id="cut off"),
        pytest.param(b"\xff", "not UTF-8", id="not text"),
        pytest.param("[1" + "0" * 5000 + "]", "not JSON", id="an endless integer"),
    ],
)
def test_what_is_not_json_says_where(text: str | bytes, part: str) -> None:
    with pytest.raises(BadInputError, match=part):
        read_json(text)


def test_json_that_is_too_deep_is_refused() -> None:
    with pytest.raises(TooLargeError):
        read_json("[" * 200_000)


@pytest.mark.parametrize("text", ['"\\ud800"', '["a\\uDC00"]', b'{"\\udbff": 1}'])
def test_half_of_a_surrogate_pair_is_no_text(text: str | bytes) -> None:
    with pytest.raises(BadInputError, match="surrogate"):
        read_json(text)


def test_a_whole_surrogate_pair_is_a_character() -> None:
    assert read_json('"\\ud83d\\ude00"') == "\U0001f600"


def test_an_alias_inside_what_it_names_is_refused() -> None:
    with pytest.raises(BadInputError, match="inside what it names"):
        list(read_yaml("a: &a [*a ]\n"))
