"""Fields that show an attribute of what a window looks upon, and nothing more.

`name: str = attribute("source.name", "...")` is short for a method that returns `self.source.name`. It also
lets a compiled document read the attribute without calling anything. An enum is read by its value: the
attribute holds the text, the field shows the member. `texts` does the same for what stands there by language.
"""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

import strawberry

from api.graphql.languages import ENGLISH, Langs, preferred

ATTRIBUTE, TEXTS, SEVERAL = "attribute", "texts", "several"


def attribute(path: str, description: str, *, as_: Callable[[Any], Any] | None = None) -> Any:
    """Return a field that shows the attribute at `path`, made with `as_` what the field's type asks for."""
    read = attrgetter(path)

    def resolve(self: Any) -> Any:
        found = read(self)
        return as_(found) if as_ else found

    return strawberry.field(resolver=resolve, description=description, metadata={ATTRIBUTE: path})


def texts(path: str, description: str, *, several: bool = False) -> Any:
    """Return a field that shows a text in the first of the reader's languages that has one.

    At `path` stand texts by language or, with `several`, some for each language, the one to show first.
    """
    read = attrgetter(path)

    def resolve(self: Any, lang: Langs = ENGLISH) -> str | None:
        found = preferred(read(self), lang)
        return (found[0] if several else found) if found else None

    return strawberry.field(
        resolver=resolve, description=description, metadata={TEXTS: path, SEVERAL: several}
    )
