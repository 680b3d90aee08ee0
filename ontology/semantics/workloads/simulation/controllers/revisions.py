"""ControllerRevisions: the templates that a StatefulSet or DaemonSet has had."""

from typing import Any

from ontology.cluster.meta import ObjectMeta
from ontology.cluster.workloads import ControllerRevision, DaemonSet, StatefulSet
from ontology.semantics.workloads.simulation import names
from ontology.semantics.workloads.simulation.cluster import Cluster, owned_by


def keep(cluster: Cluster, found: StatefulSet | DaemonSet, template: dict[str, Any] | None) -> None:
    """Keep a set's template as its highest revision; an earlier one that is the same is raised again.

    A set that is being deleted keeps nothing: its revisions go with it.
    """
    if found.metadata.deletion_timestamp is not None:
        return
    name = f"{found.name}-{names.template_hash(template)}"
    mine = [
        each
        for each in cluster.all(ControllerRevision)
        if each.metadata.controller is not None and each.metadata.controller.uid == found.metadata.uid
    ]
    newest = max(mine, key=lambda each: each.revision, default=None)
    if newest is not None and newest.name == name:
        return
    metadata = ObjectMeta(
        name=name,
        namespace=found.metadata.namespace,
        uid=cluster.uid("ControllerRevision", name),
        owner_references=[owned_by(found)],
    )
    cluster.put(
        ControllerRevision(
            api_version="apps/v1",
            kind="ControllerRevision",
            metadata=metadata,
            revision=1 if newest is None else newest.revision + 1,
            data=template,
        )
    )
