import re
import tomllib
from importlib.resources import files

from graph.flashcards.cards import Kind
from ontology.lang import Lang


def tables(lang: Lang) -> dict[str, dict[str, str]]:
    return tomllib.loads(files("graph.flashcards.wording").joinpath(f"{lang.value}.toml").read_text("utf-8"))


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)", text))


def test_every_kind_is_worded_in_both_languages_with_the_same_facts() -> None:
    english, korean = tables(Lang.EN), tables(Lang.KO)

    assert set(english) == set(korean) == {kind.value for kind in Kind}
    for kind in english:
        assert {key: placeholders(text) for key, text in english[kind].items()} == {
            key: placeholders(text) for key, text in korean[kind].items()
        }
