"""The cluster whose access reviews are answered: the manifests that a server was started with."""

from collections.abc import Iterable, Mapping
from typing import Any

from api.kubernetes.discovery import Discovery
from ontology import scenario
from ontology.cluster import manifests, rbac, resources
from ontology.semantics.rbac import reviews
from ontology.semantics.rbac.bindings import authorizer
from ontology.semantics.rbac.escalation import MASTERS
from ontology.semantics.rbac.reviews import ReviewQuestion

_V1 = f"{rbac.GROUP}/v1"
_ADMIN = "cluster-admin"
# What every cluster is born with, and what lets its first administrator in.
_BORN_WITH: tuple[Mapping[str, Any], ...] = (
    {
        "apiVersion": _V1,
        "kind": "ClusterRole",
        "metadata": {"name": _ADMIN},
        "rules": [
            {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]},
            {"nonResourceURLs": ["*"], "verbs": ["*"]},
        ],
    },
    {
        "apiVersion": _V1,
        "kind": "ClusterRoleBinding",
        "metadata": {"name": _ADMIN},
        "roleRef": {"apiGroup": rbac.GROUP, "kind": "ClusterRole", "name": _ADMIN},
        "subjects": [{"apiGroup": rbac.GROUP, "kind": "Group", "name": MASTERS}],
    },
)


class Cluster:
    """Roles, bindings and resource definitions, read once, beside what every cluster is born with.

    Raises:
        OntologyError: a role or binding that an API server would refuse.
    """

    def __init__(self, objects: Iterable[Any] = ()) -> None:
        given = tuple(each for _, each in manifests.flatten(tuple(objects)))
        self.discovery = Discovery(resources.built_in(), resources.custom(given))
        # of namesakes the first counts, so what is given replaces what every cluster has
        held = [*filter(_decides_access, given), *_BORN_WITH]
        self._scenario = scenario.decode({"system": "rbac", "objects": held, "question": {"review": {}}})
        authorizer(self._scenario)  # built here: what is wrong is told before anyone asks

    def review(self, review: Mapping[str, Any], *, user: str, groups: tuple[str, ...]) -> dict[str, Any]:
        """Return a review, sent by a user, with its status.

        Raises:
            UnknownKindError, InvalidObjectError: as `reviews.asked` does.
        """
        question = ReviewQuestion(object=dict(review), user=user, groups=groups)
        return dict(reviews.evaluate(self._scenario, question).answer)


def _decides_access(manifest: Mapping[str, Any]) -> bool:
    return manifest.get("kind") in rbac.KINDS and rbac.GROUP in str(manifest.get("apiVersion"))
