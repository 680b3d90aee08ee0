"""Ordinals, names, claims and revisions: what makes a StatefulSet's pod the one it is.

Source: kubernetes.io/docs/concepts/workloads/controllers/statefulset (Pod Identity, v1.36).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ontology.cluster.pods import Pod
from ontology.cluster.workloads import ControllerRevision, StatefulSet
from ontology.errors import TooLargeError

REVISION_LABEL = "controller-revision-hash"
NAME_LABEL = "statefulset.kubernetes.io/pod-name"
_NAME = re.compile(r"(?P<parent>.*)-(?P<ordinal>[0-9]+)")
_LARGEST_ORDINAL = 2**31 - 1
_MOST_REPLICAS = 100_000


@dataclass(frozen=True, slots=True)
class Revisions:
    """Names of the revision that pods had, and of the one that they are to have."""

    current: str
    update: str


def ordinal(pod: Pod) -> int:
    """Return the ordinal in the pod's name, -1 if it has none."""
    match = _NAME.fullmatch(pod.name)
    number = int(match["ordinal"]) if match else -1
    return number if number <= _LARGEST_ORDINAL else -1


def is_member(stateful_set: StatefulSet, pod: Pod) -> bool:
    """Whether the pod's name is the set's name and a number."""
    match = _NAME.fullmatch(pod.name)
    return match is not None and match["parent"] == stateful_set.name


def wanted(stateful_set: StatefulSet) -> range:
    """Return the ordinals that are to exist.

    Raises:
        TooLargeError: more than are looked at one by one.
    """
    start = stateful_set.spec.ordinals.start
    replicas = 1 if stateful_set.spec.replicas is None else stateful_set.spec.replicas
    if replicas > _MOST_REPLICAS:
        raise TooLargeError(f"more than {_MOST_REPLICAS:,} pods with a name", path="spec.replicas")
    return range(start, start + replicas)


def claim_names(stateful_set: StatefulSet, number: int) -> dict[str, str]:
    """Return the claims of one ordinal by the name of their template (and volume)."""
    templates = stateful_set.spec.volume_claim_templates or ()
    return {each.name: f"{each.name}-{stateful_set.name}-{number}" for each in templates}


def revisions_of(stateful_set: StatefulSet, revisions: Iterable[ControllerRevision]) -> Revisions:
    """Return the revisions by name; without any, those that the last status names, or the set's name."""
    ordered = sorted(
        (each for each in revisions if _owns(stateful_set, each)),
        key=lambda each: (each.revision, each.metadata.creation_timestamp or "", each.name),
    )
    status = stateful_set.status
    if not ordered:
        update = status.update_revision or f"{stateful_set.name}-1"
        return Revisions(status.current_revision or update, update)
    update = ordered[-1].name
    known = {each.name for each in ordered}
    return Revisions(status.current_revision if status.current_revision in known else update, update)


def _owns(stateful_set: StatefulSet, revision: ControllerRevision) -> bool:
    controller = revision.metadata.controller
    return revision.namespace == stateful_set.namespace and (
        controller is None or controller.uid == stateful_set.metadata.uid
    )
