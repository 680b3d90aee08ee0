"""Ages: between Ingresses that claim the same, the oldest wins.

Source: kubernetes.github.io/ingress-nginx/how-it-works/#building-the-nginx-model.
"""

from collections.abc import Iterable

from ontology.cluster.ingress import Ingress


def oldest_first(ingresses: Iterable[Ingress]) -> list[Ingress]:
    """Return Ingresses by age, then by namespace and name; one that does not say counts as the youngest.

    Raises:
        InstantError: a creation timestamp that is none.
    """
    return sorted(ingresses, key=_age)


def _age(ingress: Ingress) -> tuple[bool, int, str, str]:
    created = ingress.metadata.created
    return created is None, created or 0, ingress.namespace, ingress.name
