"""What a Deployment's controller reads of a ReplicaSet, and of the Deployment's own numbers."""

import re

from ontology import instants
from ontology.cluster.workloads import Deployment, ReplicaSet
from ontology.semantics.workloads.bounds import Bounds, of_rollout

REVISION = "deployment.kubernetes.io/revision"
DESIRED = "deployment.kubernetes.io/desired-replicas"
MAXIMUM = "deployment.kubernetes.io/max-replicas"
_NUMBER = re.compile(r"[+-]?\d+")


def wanted(deployment: Deployment) -> int:
    """Return `spec.replicas`, 1 where it is absent."""
    return 1 if deployment.spec.replicas is None else deployment.spec.replicas


def bounds(deployment: Deployment) -> Bounds:
    """Return the numbers that the Deployment's rollout keeps.

    Raises:
        InvalidObjectError: neither a number nor a percentage.
    """
    return of_rollout(deployment.spec.strategy, wanted(deployment))


def size(replica_set: ReplicaSet) -> int:
    """Return `spec.replicas`, 1 where it is absent."""
    return 1 if replica_set.spec.replicas is None else replica_set.spec.replicas


def by_age(replica_set: ReplicaSet) -> tuple[int, str]:
    """Return a key that sorts the oldest first, then by name."""
    created = replica_set.metadata.creation_timestamp
    return (instants.parse(created) if created else 0, replica_set.name)


def annotation(replica_set: ReplicaSet, key: str) -> int | None:
    """Return an annotation as a number, None where it is absent or unreadable."""
    text = (replica_set.metadata.annotations or {}).get(key, "")
    return int(text) if _NUMBER.fullmatch(text) else None


def recreates(deployment: Deployment) -> bool:
    """Whether all old pods go before a new one is created."""
    return deployment.spec.strategy.type == "Recreate"
