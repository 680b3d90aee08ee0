"""Label selectors: which labels match, set-based and equality-based.

Source: kubernetes.io/docs/concepts/overview/working-with-objects/labels (v1.36). A missing selector
selects nothing, an empty one everything; `NotIn` and `DoesNotExist` also match a missing key.
"""

from collections.abc import Mapping

from ontology.cluster.meta import LabelSelector, LabelSelectorRequirement
from ontology.errors import InvalidObjectError

Labels = Mapping[str, str]


def matches(selector: LabelSelector | None, labels: Labels) -> bool:
    """Whether `selector` selects an object with `labels`.

    Raises:
        InvalidObjectError: an operator that label selectors do not have, or values where none belong.
    """
    if selector is None:
        return False
    wanted = selector.match_labels
    if wanted and not matches_all(wanted, labels):
        return False
    return all(requirement_holds(r, labels) for r in selector.match_expressions or ())


def matches_all(wanted: Labels, labels: Labels) -> bool:
    """Whether every wanted label is there with its value: the equality-based form of Services."""
    return wanted.items() <= labels.items()


def requirement_holds(requirement: LabelSelectorRequirement, labels: Labels) -> bool:
    """Whether one expression holds for `labels`.

    Raises:
        InvalidObjectError: an operator that label selectors do not have, or values where none belong.
    """
    present = labels.get(requirement.key)
    values = requirement.values or []
    match requirement.operator:
        case "In" if values:
            return present in values
        case "NotIn" if values:
            return present not in values
        case "Exists" if not values:
            return present is not None
        case "DoesNotExist" if not values:
            return present is None
        case "In" | "NotIn":
            raise InvalidObjectError(f"operator `{requirement.operator}` on `{requirement.key}` needs values")
        case "Exists" | "DoesNotExist":
            raise InvalidObjectError(
                f"operator `{requirement.operator}` on `{requirement.key}` takes no values"
            )
        case unknown:
            raise InvalidObjectError(
                f"`{unknown}` is not an operator of label selectors (In, NotIn, Exists, DoesNotExist)"
            )
