"""The wording of cards: one TOML a language, one table a kind of card."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from graph.flashcards.cards import Words
from ontology.lang import Lang
from ontology.messages import fill


def word(key: str, facts: Mapping[str, Any]) -> Words:
    """Return a template (`definition.front`) in both languages, filled in with the same facts."""
    return word_by(key, dict.fromkeys(Lang, facts))


def word_by(key: str, facts: Mapping[Lang, Mapping[str, Any]]) -> Words:
    """Return a template in both languages, each filled in with its own facts."""
    return {lang: fill(_template(lang, key), facts[lang]) for lang in Lang}


def _template(lang: Lang, key: str) -> str:
    table, _, name = key.partition(".")
    return _templates(lang)[table][name]


@cache
def _templates(lang: Lang) -> Mapping[str, Mapping[str, str]]:
    file = files("graph.flashcards.wording").joinpath(f"{lang.value}.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))
