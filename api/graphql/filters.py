"""Filters and orders: what a list is narrowed to, and how it is sorted."""

from collections.abc import Iterable
from enum import Enum

import strawberry
from strawberry import UNSET

from graph.snapshot import ConceptNode, FactNode, Snapshot
from ontology import statements


@strawberry.enum(description="What sort of thing a concept is.")
class ConceptKind(Enum):
    """The kinds of the vocabulary, and those of what only notes name."""

    KIND = strawberry.enum_value("kind", description="A kind of the Kubernetes API.")
    FIELD = strawberry.enum_value("field", description="A field or option of one.")
    ENUM = strawberry.enum_value("enum", description="A value that a field or state can have.")
    COMPONENT = strawberry.enum_value("component", description="A program of the cluster, or a command.")
    ABSTRACT = strawberry.enum_value("abstract", description="An idea.")
    OBJECT = strawberry.enum_value("object", description="An object that a note's manifest names.")
    IMAGE = strawberry.enum_value("image", description="A picture that a note shows.")
    PHRASE = strawberry.enum_value("phrase", description="What only the notes name, in their own words.")


Layer = strawberry.enum(
    statements.Layer, description="Who says a fact: the notes, kubelore, or an inference."
)
Strength = strawberry.enum(statements.Strength, description="How firmly a fact is said.")


@strawberry.input(description="A test of a text; all members that are given must hold.")
class StringFilter:
    """Equality, membership, substring, presence."""

    eq: str | None = strawberry.field(default=UNSET, description="Exactly this.")
    in_: list[str] | None = strawberry.field(default=UNSET, name="in", description="One of these.")
    contains: str | None = strawberry.field(
        default=UNSET, description="This somewhere inside; case does not count."
    )
    exists: bool | None = strawberry.field(default=UNSET, description="Whether there is a text at all.")

    def holds(self, text: str) -> bool:
        """Return whether `text` passes."""
        return (
            (self.eq is UNSET or self.eq is None or text == self.eq)
            and (not self.in_ or text in self.in_)
            and (not self.contains or self.contains.casefold() in text.casefold())
            and (self.exists is UNSET or self.exists is None or bool(text) is self.exists)
        )


@strawberry.input(description="A test of concepts; all members that are given must hold.")
class ConceptFilter:
    """By kind, name, or any label."""

    kind: list[ConceptKind] | None = strawberry.field(default=UNSET, description="One of these kinds.")
    name: StringFilter | None = strawberry.field(default=UNSET, description="The canonical name.")
    label: StringFilter | None = strawberry.field(default=UNSET, description="Any label in any language.")

    def holds(self, concept: ConceptNode) -> bool:
        """Return whether a concept passes."""
        return (
            (not self.kind or concept.kind in values(self.kind))
            and (not self.name or self.name.holds(concept.name))
            and (not self.label or any(map(self.label.holds, _labels(concept))))
        )


def _labels(concept: ConceptNode) -> list[str]:
    return [text for labels in concept.labels.values() for text in labels]


@strawberry.input(description="A test of facts; all members that are given must hold.")
class FactFilter:
    """By predicate, layer, document, polarity, strength, check, text, and the concepts at both ends."""

    predicate: StringFilter | None = strawberry.field(
        default=UNSET, description="The predicate's name, such as `hasPhase`."
    )
    text: StringFilter | None = strawberry.field(
        default=UNSET, description="The object where it is a text, not a concept."
    )
    document: StringFilter | None = strawberry.field(
        default=UNSET, description="The path of the note that says it."
    )
    layer: list[statements.Layer] | None = strawberry.field(default=UNSET, description="One of these layers.")
    strength: list[statements.Strength] | None = strawberry.field(
        default=UNSET, description="One of these strengths."
    )
    negated: bool | None = strawberry.field(default=UNSET, description="Whether the fact is denied.")
    condition: StringFilter | None = strawberry.field(
        default=UNSET, description="The condition under which it holds."
    )
    check: StringFilter | None = strawberry.field(
        default=UNSET, description="What running the fact as a claim gave."
    )
    subject: ConceptFilter | None = strawberry.field(
        default=UNSET, description="A test of the concept it is about."
    )
    object: ConceptFilter | None = strawberry.field(
        default=UNSET, description="A test of the object; a text never passes."
    )

    def holds(self, fact: FactNode, snapshot: Snapshot) -> bool:
        """Return whether a fact of the snapshot passes."""
        return (
            (not self.predicate or self.predicate.holds(fact.predicate))
            and (not self.text or self.text.holds(fact.text))
            and (not self.document or self.document.holds(document(fact, snapshot)))
            and (not self.layer or fact.layer in values(self.layer))
            and (not self.strength or fact.strength in values(self.strength))
            and (not isinstance(self.negated, bool) or fact.negated is self.negated)
            and (not self.condition or self.condition.holds(fact.condition))
            and (not self.check or self.check.holds(fact.check))
            and (not self.subject or self.subject.holds(snapshot.concepts[fact.subject]))
            and (not self.object or (fact.object >= 0 and self.object.holds(snapshot.concepts[fact.object])))
        )


def values(members: Iterable[Enum]) -> set[str]:
    """Return the values of enum members, as the layers below know them."""
    return {str(each.value) for each in members}


def document(fact: FactNode, snapshot: Snapshot) -> str:
    """Return the path of the note that says a fact, empty for a curated or inferred one."""
    return snapshot.notes[fact.note].path if fact.note >= 0 else ""
