"""Classes: which Ingresses a controller serves.

Source: kubernetes.io/docs/concepts/services-networking/ingress/#ingress-class (v1.36); which of several
default classes is taken: github.com/kubernetes/kubernetes/pull/110974.
"""

from collections.abc import Iterable

from ontology.cluster.ingress import Ingress, IngressClass

DEFAULT = "ingressclass.kubernetes.io/is-default-class"
LEGACY = "kubernetes.io/ingress.class"


def named(ingress: Ingress) -> str | None:
    """Return the class an Ingress names, None without one; the field wins over the old annotation."""
    return ingress.spec.ingress_class_name or (ingress.metadata.annotations or {}).get(LEGACY)


def default(classes: Iterable[IngressClass]) -> str | None:
    """Return the default class, None without one; of several the newest, then the first by name."""
    marked = (each for each in classes if is_default(each))
    newest = min(marked, key=lambda each: (-(each.metadata.created or 0), each.name), default=None)
    return None if newest is None else newest.name


def is_default(class_: IngressClass) -> bool:
    """Whether a class is marked as the one for Ingresses that name none."""
    return (class_.metadata.annotations or {}).get(DEFAULT) == "true"


def served(ingress: Ingress, classes: dict[str, IngressClass], wanted: str | None) -> bool:
    """Whether a controller serves the Ingress: of the class asked for, else of any class there is.

    Where no IngressClass is given at all, the manifests do not say who runs, and every class counts.
    """
    own = named(ingress) or default(classes.values())
    if wanted is not None:
        return own == wanted
    return not classes or own in classes
