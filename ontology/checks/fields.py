"""Claims about fields and options: does the API's schema know them, and where?"""

from collections.abc import Iterator
from functools import cache

from ontology.checks.claims import Check, Claim, Result
from ontology.checks.wording import said
from ontology.cluster import schema
from ontology.concepts import ConceptKind
from ontology.vocabulary import registry

_SOURCE = "https://kubernetes.io/docs/reference/kubernetes-api/"
_TEMPLATE = "PodTemplateSpec"
_PREDICATES = frozenset({"hasField", "hasOption"})


@cache
def _bindings(name: str) -> tuple[str, ...]:
    concept = registry().get(name)
    return concept.paths if concept is not None else ()


def fields(claim: Claim) -> Check | None:
    """Confirm a field that the schema has where the claim says; refute one that a kind has nowhere.

    A name that the schema lacks altogether is no refutation: notes call fields of configuration files
    options too.
    """
    if claim.predicate not in _PREDICATES or claim.negated:
        return None
    name = claim.object.partition("=")[0]
    field = name.rpartition(".")[2]
    if _is_below(claim.subject, name, field):
        note = said("field", field=field, owner=claim.subject)
        return Check(result=Result.CONFIRMED, note=note, source=_SOURCE)
    elsewhere = _owners(name)
    if elsewhere and _is_kind(claim.subject) and field not in _fields_of(claim.subject):
        note = said("noField", field=field, owner=claim.subject, right=elsewhere)
        return Check(result=Result.REFUTED, note=note, source=_SOURCE)
    return None


def _is_below(owner: str, name: str, field: str) -> bool:
    paths = _bindings(owner)
    owners = {path.rpartition(".")[2].removesuffix("[]") for path in paths}
    owners |= {path.rpartition("/")[2] for path in paths if "/" in path}
    below = any(
        f"{each}." in f"{path}." or path.startswith(f"{each}.") for each in owners for path in _bindings(name)
    )
    # what only the pods of a template have is no field of who makes them
    own = field in _fields_of(owner, without=_TEMPLATE)
    return below or own or any(_type_has(each, field) for each in owners)


def _is_kind(name: str) -> bool:
    concept = registry().get(name)
    return concept is not None and concept.kind is ConceptKind.KIND and bool(_fields_of(name))


def _owners(name: str) -> tuple[str, ...]:
    """Return the kinds below which the schema knows a field by that name, when the name is a field's own."""
    concept = registry().get(name)
    if concept is None or concept.kind is not ConceptKind.FIELD:
        return ()
    return tuple(sorted({path.partition(".")[0].rpartition("/")[2] for path in concept.paths}))


@cache
def _type_has(kind: str, field: str) -> bool:
    return any(field in type_.fields for type_ in schema.load().types.values() if type_.name == kind)


@cache
def _fields_of(kind: str, *, without: str = "") -> frozenset[str]:
    """Return the names of all fields of a kind, however deep, those inside a type left out."""
    loaded = schema.load()
    todo = [key for name, key in loaded.kinds.items() if name.rpartition("/")[2] == kind]
    found: set[str] = set()
    seen = set(todo)
    while todo:
        type_ = loaded.types[todo.pop()]
        if type_.name == without:
            continue
        for name, code in type_.fields.items():
            found.add(name)
            for below in _types(code):
                if below not in seen:
                    seen.add(below)
                    todo.append(below)
    return frozenset(found)


def _types(code: object) -> Iterator[str]:
    """Yield the types that a coded field type names."""
    if isinstance(code, list):
        sort, inner = code
        if sort == "t":
            yield str(inner)
        else:
            yield from _types(inner)
