"""Claims about fields and options: does the API's schema know them?"""

from functools import cache

from ontology.checks.claims import Check, Claim, Result
from ontology.checks.wording import said
from ontology.cluster import schema
from ontology.vocabulary import registry

_SOURCE = "https://kubernetes.io/docs/reference/kubernetes-api/"
_PREDICATES = frozenset({"hasField", "hasOption"})


@cache
def _bindings(name: str) -> tuple[str, ...]:
    concept = registry().get(name)
    return concept.paths if concept is not None else ()


def fields(claim: Claim) -> Check | None:
    """Confirm a field that the schema has where the claim says; None where the API is not asked.

    A name that the schema lacks is no refutation: notes call fields of configuration files options too.
    """
    if claim.predicate not in _PREDICATES or claim.negated:
        return None
    name = claim.object.partition("=")[0]
    field = name.rpartition(".")[2]
    owners = {path.rpartition(".")[2].removesuffix("[]") for path in _bindings(claim.subject)}
    owners |= {path.rpartition("/")[2] for path in _bindings(claim.subject) if "/" in path}
    below = any(
        f"{owner}." in f"{path}." or path.startswith(f"{owner}.")
        for owner in owners
        for path in _bindings(name)
    )
    known = any(_type_has(owner, field) for owner in owners)
    if below or known:
        return Check(
            result=Result.CONFIRMED, note=said("field", field=field, owner=claim.subject), source=_SOURCE
        )
    return None


@cache
def _type_has(kind: str, field: str) -> bool:
    return any(field in type_.fields for type_ in schema.load().types.values() if type_.name == kind)
