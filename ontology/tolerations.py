"""Tolerations: which taints of a node a pod puts up with.

Source: kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration (v1.36). The operators `Lt`
and `Gt` stand behind the gate `TaintTolerationComparisonOperators`, off by default: they tolerate nothing.
"""

from collections.abc import Iterable, Sequence

from ontology.cluster.nodes import Taint
from ontology.cluster.pods import Toleration


def matches(toleration: Toleration, taint: Taint) -> bool:
    """Whether one toleration covers one taint. An empty effect or key covers every effect or key."""
    if toleration.effect not in ("", taint.effect) or toleration.key not in ("", taint.key):
        return False
    match toleration.operator:
        case "" | "Equal":
            return toleration.value == taint.value
        case operator:
            return operator == "Exists"


def first(tolerations: Iterable[Toleration] | None, taint: Taint) -> Toleration | None:
    """Return the first toleration that covers `taint`; the order in the pod decides."""
    return next((each for each in tolerations or () if matches(each, taint)), None)


def untolerated(
    taints: Iterable[Taint] | None, tolerations: Sequence[Toleration] | None, *, effects: Iterable[str]
) -> tuple[Taint, ...]:
    """Return the taints with one of `effects` that no toleration covers, in the node's order."""
    wanted = frozenset(effects)
    return tuple(
        taint for taint in taints or () if taint.effect in wanted and first(tolerations, taint) is None
    )


def shown(taint: Taint) -> str:
    """Return a taint as kubectl writes it: `key=value:Effect`, `key:Effect` without a value."""
    value = f"={taint.value}" if taint.value else ""
    return f"{taint.key}{value}:{taint.effect}"
