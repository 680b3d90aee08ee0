"""The wording of steps: one TOML a system and language, one table a rule.

```toml
["scheduling.taints"]
holds = "{pod} tolerates every taint of node {node}"
fails = "{pod} does not tolerate {taints} of node {node}"
```
Keys are `holds`, `fails`, `unknown` (rule applied), `nearMiss` and `change`. Placeholders are facts of
the step; in Korean `{node:을/를}` appends the particle that the filled-in word takes.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any

from ontology.lang import Lang, with_particle
from ontology.verdict import Role, Step

_PAIRS = ("은/는", "이/가", "을/를", "과/와", "으로/로", "이라/라", "아/야")


class _Wording(Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        text = shown(value)
        return with_particle(text, format_spec) if format_spec in _PAIRS else text


_WORDING = _Wording()


def shown(value: Any) -> str:
    """Return a fact as a reader sees it: lists joined, truth in words of the API."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list):
        return ", ".join(shown(each) for each in value) or "-"
    return "-" if value is None or value == "" else str(value)


@cache
def wordings(lang: Lang) -> Mapping[str, Mapping[str, str]]:
    """Return every rule's wording in one language, by rule name."""
    found: dict[str, Mapping[str, str]] = {}
    for file in sorted(files("ontology.messages").joinpath(lang.value).iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            found.update(tomllib.loads(file.read_text(encoding="utf-8")))
    return found


def key(step: Step) -> str:
    """Return which wording of its rule a step takes."""
    if step.role is not Role.APPLIED:
        return step.role.value
    return {True: "holds", False: "fails", None: "unknown"}[step.holds]


def render(step: Step, lang: Lang) -> str:
    """Return the step as one sentence."""
    return fill(wordings(lang)[step.rule][key(step)], step.facts)


def fill(template: str, facts: Mapping[str, Any]) -> str:
    """Return the template with its placeholders filled in, particles included."""
    return _WORDING.vformat(template, (), facts)
