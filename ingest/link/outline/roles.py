"""Labels that are no concept but say how what stands below them belongs to what stands above."""

import tomllib
from functools import cache, lru_cache
from importlib.resources import files

from ingest.lexicon.normalize import fold, stems, trimmed
from ingest.link.outline.marks import REMEMBERED
from ingest.link.outline.words import words

OF_HEADINGS = frozenset(words("roles", "of_headings"))
BEFORE_NAMES = frozenset(words("roles", "before_names"))
_WHOLES = frozenset(words("wholes", "names"))
_SILENT = frozenset({"navigation", "term"})


@cache
def roles() -> dict[str, str]:
    """Return the role of each label, by its folded form."""
    raw = tomllib.loads(files("ingest.link").joinpath("roles.toml").read_text(encoding="utf-8"))
    return {fold(form): role for role, forms in raw.items() for form in forms}


@cache
def _beginnings() -> frozenset[str]:
    return frozenset(form[:2] for form in roles())


@lru_cache(maxsize=REMEMBERED)
def role_of(phrase: str) -> str:
    """Return the role of a label (`옵션` -> `option`), empty for none."""
    bare = trimmed(phrase)
    folded = fold(bare)
    if _beginnings().isdisjoint((folded[:2], folded[:1])):
        return ""
    known = roles()
    return next((role for stem in stems(bare) if (role := known.get(fold(stem), ""))), "")


@lru_cache(maxsize=REMEMBERED)
def without_role(phrase: str) -> tuple[str, str]:
    """Return a phrase without the role word at its end, and the role (`effect option` -> `effect`)."""
    parts = phrase.split()
    for count in (2, 1):
        if len(parts) > count:
            role = role_of(" ".join(parts[-count:]))
            if role and role not in _SILENT:
                return " ".join(parts[:-count]), role
    return phrase, ""


def belongs_elsewhere(owners: tuple[str, ...]) -> bool:
    """Whether `구성 요소` is a label of what stands above (RBAC), and not the components of Kubernetes."""
    return bool(owners) and owners[0] not in _WHOLES
