"""The wording of findings, once in English and once in Korean."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from ingest.lint.findings import Finding
from ontology.lang import Lang
from ontology.messages import fill


@cache
def sentences(lang: Lang) -> Mapping[str, str]:
    """Return every sentence of one language, by the name of the wording."""
    return tomllib.loads(files("ingest.lint.wording").joinpath(f"{lang.value}.toml").read_text("utf-8"))


# facts that are words of the note or of the API, shown in quotes
_QUOTED = ("found", "canonical", "title")


def message(finding: Finding, lang: Lang) -> str:
    """Return a finding as one sentence. A fact that is a mapping by language is said in that language."""
    facts = {"found": finding.found, "canonical": finding.canonical, **finding.facts}
    said = {name: _in(value, lang) for name, value in facts.items()}
    quoted = {name: f"`{said[name]}`" for name in _QUOTED if said.get(name)}
    return fill(sentences(lang)[finding.wording], said | quoted)


def _in(value: Any, lang: Lang) -> Any:
    return value.get(lang.value, "") if isinstance(value, Mapping) else value
