"""A note as its structure: sections, and the blocks inside them."""

from dataclasses import dataclass

from ontology.statements import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and what stands below it, up to the next heading of its level or higher.

    `parent` is the index of the enclosing section in `Note.sections`, None at the top. `concepts` are
    canonical names that the heading names (empty until linked).
    """

    title: str
    level: int
    span: Span
    end_line: int
    parent: int | None
    anchor: str
    concepts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture that a note shows. Never fetched; `name` is its canonical concept `image:...`."""

    name: str
    address: str
    alt: str
    span: Span
    section: int | None
