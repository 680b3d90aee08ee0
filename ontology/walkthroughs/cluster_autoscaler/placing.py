"""Trying pods on nodes by the scheduler's own filters, and what a node offers and bears."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from ontology import pod_resources
from ontology.cluster.nodes import Node
from ontology.cluster.pods import Pod
from ontology.semantics.scheduling import schedule
from ontology.semantics.scheduling.cluster import Cluster
from ontology.semantics.scheduling.place import place

MEASURED = ("cpu", "memory")
# Pods of a lower priority neither make a group grow nor keep a node.
_EXPENDABLE = -10


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Where the scheduler puts a pod, or what it says, and why one node in particular refuses it."""

    pod: Pod
    node: str | None
    message: str = ""
    refusal: str = ""


def placed(cluster: Cluster, pods: Sequence[Pod], *, ask: str = "") -> list[Told]:
    """Place pods one after the other; read what is said at once, for the columns change with the next."""
    random = Random(0)  # noqa: S311 - a choice that can be repeated, not a secret
    told = []
    for pod in pods:
        found = place(cluster, cluster.incoming(pod), random)
        if found.node is not None:
            told.append(Told(pod=pod, node=cluster.names[found.node]))
            continue
        message = schedule.words(found.filtered)
        rejection = schedule.rejected(found.filtered).get(ask)
        refusal = ", ".join(rejection["reasons"]) if rejection else message
        told.append(Told(pod=pod, node=None, message=message, refusal=refusal))
    return told


def is_expendable(pod: Pod) -> bool:
    """Whether the autoscaler ignores a pod for its priority (`--expendable-pods-priority-cutoff`)."""
    return (pod.spec.priority or 0) < _EXPENDABLE


def offered(node: Node, resource: str) -> int:
    """Return what a node has to give, in billionths."""
    amount = (node.status.allocatable or node.status.capacity or {}).get(resource)
    return 0 if amount is None else pod_resources.billionths(amount)


def requested(pods: Sequence[Pod], resource: str) -> int:
    """Return what pods request together, in billionths."""
    return sum(pod_resources.pod_requests(pod).get(resource, 0) for pod in pods)
