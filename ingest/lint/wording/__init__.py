"""The wording of findings, once in English and once in Korean."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from ingest.lint.findings import Finding
from ontology.lang import Lang
from ontology.messages import fill


@cache
def sentences(lang: Lang) -> Mapping[str, str]:
    """Return every sentence of one language, by the name of the wording."""
    return tomllib.loads(files("ingest.lint.wording").joinpath(f"{lang.value}.toml").read_text("utf-8"))


def message(finding: Finding, lang: Lang) -> str:
    """Return a finding as one sentence."""
    facts = {"found": finding.found, "canonical": finding.canonical, **finding.facts}
    comment = finding.facts.get("note")
    if isinstance(comment, Mapping):
        facts["note"] = comment.get(lang, "")
    return fill(sentences(lang)[finding.wording], facts)
