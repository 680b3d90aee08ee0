"""`addedAffinity`: the node affinity that a scheduler's configuration adds to what every pod asks for.

Source: kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#node-affinity-per-scheduling-profile
(v1.36).
"""

from collections.abc import Mapping
from typing import Any

from ontology.cluster import manifests
from ontology.cluster.pods import NodeAffinity, Pod
from ontology.errors import InvalidObjectError
from ontology.scenario import Question

_FIELD = ".spec.affinity.nodeAffinity"


class Enforcing(Question, frozen=True, kw_only=True):
    """A question to a scheduler whose NodeAffinity plugin has this argument."""

    added_affinity: dict[str, Any] | None = None


def added(asked: Enforcing, question: str) -> NodeAffinity | None:
    """Return the added affinity, checked as that of a pod is.

    Raises:
        InvalidObjectError: a field that node affinity does not have, or one of another type.
    """
    if asked.added_affinity is None:
        return None
    path = f"question.{question}"
    try:
        return _checked(asked.added_affinity, path)
    except InvalidObjectError as error:
        where = error.path.replace(_FIELD, ".addedAffinity")
        raise InvalidObjectError(str(error).removesuffix(f" at `{error.path}`"), path=where) from error


def _checked(affinity: Mapping[str, Any], path: str) -> NodeAffinity | None:
    spec = {"containers": [], "affinity": {"nodeAffinity": affinity}}
    pod = {"apiVersion": "v1", "kind": Pod.KIND, "metadata": {"name": "any"}, "spec": spec}
    manifests.check(pod, path=path)
    found = manifests.decode(pod, Pod, path=path).spec.affinity
    return found.node_affinity if found else None
