"""Texts in two languages: the reader names the languages in the order of preference."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final, TypeVar

import strawberry

from ontology.lang import Lang

strawberry.enum(
    Lang,
    description="A language of labels and explanations.",
)
ENGLISH: Final = [Lang.EN]

Langs = Annotated[
    list[Lang],
    strawberry.argument(description="Languages in the order of preference: the first that has a text wins."),
]

T = TypeVar("T")


def preferred(texts: Mapping[Any, T], langs: Iterable[Lang]) -> T | None:
    """Return the text of the first language that has one; keys are languages, as `Lang` or as its value."""
    for each in langs:
        found = texts.get(each)
        if found:
            return found
    return None


@strawberry.type(description="One name of a concept.")
class Label:
    """A label with its language."""

    lang: Lang = strawberry.field(description="The language it is in.")
    text: str = strawberry.field(description="The name as written.")
    preferred: bool = strawberry.field(description="Whether it is the one to show.")
