from importlib.resources import files

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    build_schema,
)

from api.graphql.schema import SDL

SCHEMA = build_schema(SDL)
OURS = {name: type_ for name, type_ in SCHEMA.type_map.items() if not name.startswith("__")}


def test_the_schema_that_is_checked_in_is_the_schema_that_is_served() -> None:
    checked_in = files("api.graphql").joinpath("schema.graphql").read_text(encoding="utf-8")

    assert checked_in == SDL, "run `make sdl` and look at the difference: it is a change of the contract"


def test_the_names_that_others_use() -> None:
    def fields(name: str) -> set[str]:
        type_ = SCHEMA.type_map[name]
        assert isinstance(type_, GraphQLObjectType)
        return set(type_.fields)

    assert {
        "concept", "concepts", "search", "facts", "note", "notes", "findings", "rule", "machine", "flashcards", "systems", "path",
        "evaluate", "node", "nodes",
    } <= fields("Query")  # fmt: skip
    assert {"id", "name", "iri", "kind", "label", "facts", "rules", "citations"} <= fields("Concept")
    assert {
        "subject", "predicate", "object", "text", "lines", "document", "quote", "layer", "negated", "strength",
        "condition", "check",
    } <= fields("Fact")  # fmt: skip
    assert {"answer", "outcome", "steps", "citations"} <= fields("Verdict")
    assert fields("FactConnection") == {"edges", "nodes", "pageInfo", "totalCount"}


def test_everything_is_described() -> None:
    silent = [name for name, type_ in OURS.items() if not type_.description]
    for name, type_ in OURS.items():
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            silent += [f"{name}.{field}" for field, each in type_.fields.items() if not each.description]
        elif isinstance(type_, GraphQLEnumType):
            silent += [f"{name}.{value}" for value, each in type_.values.items() if not each.description]

    # values of enums that the ontology owns are described at the enum
    assert [
        each for each in silent if not each.startswith(("Lang.", "Layer.", "Strength.", "CardKind."))
    ] == []
