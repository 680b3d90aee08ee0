"""Volumes for a pod that is to have a node: the scheduler reserves one there, or asks for a new one.

Source: kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode (v1.36).
"""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from ontology import claims as matching
from ontology import node_selectors
from ontology.cluster.meta import ObjectReference
from ontology.cluster.nodes import Node
from ontology.cluster.pods import Pod
from ontology.cluster.volumes import PersistentVolume, PersistentVolumeClaim
from ontology.errors import InvalidObjectError
from ontology.semantics.scheduling.storage import claim_name
from ontology.walkthroughs.cluster.actions import Action, Update, Why
from ontology.walkthroughs.cluster.store import Store


def unbound(store: Store, pod: Pod) -> list[PersistentVolumeClaim]:
    """Return the claims of a pod that have no volume yet."""
    names = [claim_name(pod, volume) for volume in pod.spec.volumes or ()]
    found = [store.find(PersistentVolumeClaim, pod.namespace, name) for name in names if name]
    return [each for each in found if each is not None and not matching.is_fully_bound(each)]


def choose_volumes(
    store: Store, pod: Pod, node: str, waiting: Sequence[PersistentVolumeClaim]
) -> Iterator[Action]:
    """Reserve a volume that the node reaches for each claim, or ask for a new one there."""
    found = store.find(Node, "", node)
    taken: list[str] = []
    for claim in waiting:
        volume = matching.best_volume(
            claim, store.all(PersistentVolume), admits=lambda each: _reaches(each, found), taken=taken
        )
        facts = {
            "pod": pod.name,
            "claim": claim.name,
            "node": node,
            "volume": volume.name if volume else None,
        }
        if volume is not None:
            taken.append(volume.name)
            reference = ObjectReference(
                api_version="v1",
                kind="PersistentVolumeClaim",
                namespace=claim.namespace,
                name=claim.name,
                uid=claim.metadata.uid,
            )
            why = Why(rule="cluster.scheduler.volume", facts=facts)
            yield Update(replace(volume, spec=replace(volume.spec, claim_ref=reference)), why)
        else:
            annotations = {**(claim.metadata.annotations or {}), matching.SELECTED_NODE: node}
            why = Why(rule="cluster.scheduler.provision", facts=facts)
            yield Update(replace(claim, metadata=replace(claim.metadata, annotations=annotations)), why)


def _reaches(volume: PersistentVolume, node: Node | None) -> bool:
    required = volume.spec.node_affinity.required if volume.spec.node_affinity else None
    if required is None:
        return True
    if node is None:
        raise InvalidObjectError("no such node")
    return node_selectors.matches(required, node)
