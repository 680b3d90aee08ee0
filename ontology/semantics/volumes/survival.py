"""What would let data outlive an event: proposals, each of which is tried before it is offered.

Source: kubernetes.io/docs/concepts/storage/volumes, .../persistent-volumes, .../storage-classes (v1.36).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import to_builtins

from ontology import patches
from ontology.claims import is_fully_bound, is_reserved_for
from ontology.cluster.meta import ObjectMeta
from ontology.cluster.pods import Pod, Volume
from ontology.cluster.storage import StorageClass
from ontology.cluster.volumes import (
    PersistentVolume,
    PersistentVolumeClaim,
    PersistentVolumeClaimSpec,
    VolumeResourceRequirements,
)
from ontology.scenario import Scenario
from ontology.semantics.volumes import outside
from ontology.semantics.volumes.provisioning import default_class, driver_of, is_external
from ontology.semantics.volumes.state import claim_name
from ontology.verdict import Role, Step

# the notes' storage outside of the cluster; server and path are the administrator's to fill in
_NFS = {"server": "nfs.example.com", "path": "/data"}
_ON_NODE = ("local", "hostPath", "nodeAffinity")
_SIZE = "1Gi"


def proposals(scenario: Scenario, asked: str) -> Iterator[Step]:
    """Yield changes for a volume (`namespace/pod/volume`, or a PersistentVolume), the smallest first."""
    volumes = {each.name: each for each in scenario.all(PersistentVolume)}
    if asked in volumes:
        yield from _of_persistent_volume(asked, volumes[asked])
        return
    for pod in scenario.all(Pod):
        for volume in pod.spec.volumes or ():
            if f"{pod.namespace}/{pod.name}/{volume.name}" == asked:
                yield from _of_pod(scenario, pod, volume, volumes)


def _change(rule: str, facts: Mapping[str, object], patch: Mapping[str, Any]) -> Step:
    return Step(rule, True, facts, Role.CHANGE, change=patch)


def _of_persistent_volume(name: str, volume: PersistentVolume) -> Iterator[Step]:
    """Yield the volume on network storage, and with the policy that keeps data when the claim goes."""
    gone: dict[str, Any] = dict.fromkeys(_ON_NODE)
    if volume.spec.local is not None or volume.spec.host_path is not None:
        patch = patches.for_object("PersistentVolume", name, None, "v1", spec=gone | {"nfs": _NFS})
        yield _change("volumes.survives", {"volume": name, "source": "nfs"}, patch)
    retain = {"persistentVolumeReclaimPolicy": "Retain"}
    patch = patches.for_object("PersistentVolume", name, None, "v1", spec=retain)
    yield _change("volumes.reclaimed", {"volume": name, "policy": "Retain"}, patch)


def _of_pod(
    scenario: Scenario, pod: Pod, volume: Volume, volumes: Mapping[str, PersistentVolume]
) -> Iterator[Step]:
    claims = [each for each in scenario.all(PersistentVolumeClaim) if each.namespace == pod.namespace]
    used = claim_name(pod, volume)
    claim = next((each for each in claims if each.name == used), None)
    if volume.ephemeral is not None and used:
        facts = {"volume": volume.name, "claim": used}
        yield _change("volumes.ephemeralClaim", facts, _mounting(scenario, pod, volume, used))
    if claim is not None and claim.spec.volume_name in volumes:
        bound = volumes[claim.spec.volume_name]
        yield from _of_persistent_volume(bound.name, bound)
    if used:
        yield from _bound_by_hand(claim, volumes)
        return
    free = [c for c in claims if c.spec.volume_name in volumes and not _is_mounted(scenario, c)]
    for each in free:
        facts = {"volume": volume.name, "claim": each.name, "bound": each.spec.volume_name}
        yield _change("volumes.place", facts, _mounting(scenario, pod, volume, each.name))
    yield from _provisioned(scenario, pod, volume)
    sources = {"name": volume.name, "nfs": _NFS}
    facts = {"volume": volume.name, "source": "nfs"}
    yield _change("volumes.survives", facts, _with_source(scenario, pod, volume, sources))


def _bound_by_hand(
    claim: PersistentVolumeClaim | None, volumes: Mapping[str, PersistentVolume]
) -> Iterator[Step]:
    """Yield the claim tied to a volume that nobody holds, where it has none yet."""
    if claim is None or is_fully_bound(claim):
        return
    for volume in volumes.values():
        if volume.spec.claim_ref is None or is_reserved_for(volume, claim):
            patch = patches.for_object(
                "PersistentVolumeClaim", claim.name, claim.namespace, "v1", spec={"volumeName": volume.name}
            )
            facts = {"claim": claim.name, "volume": volume.name}
            yield _change("volumes.namedVolume", facts, patch)


def _is_mounted(scenario: Scenario, claim: PersistentVolumeClaim) -> bool:
    return any(
        claim_name(pod, each) == claim.name
        for pod in scenario.all(Pod)
        if pod.namespace == claim.namespace
        for each in pod.spec.volumes or ()
    )


def _provisioned(scenario: Scenario, pod: Pod, volume: Volume) -> Iterator[Step]:
    """Yield a claim of the default class, else of the first, with the volume that its driver makes."""
    classes = scenario.all(StorageClass)
    class_ = default_class(classes) or next(iter(classes), None)
    if class_ is None or not is_external(class_):
        return
    driver = driver_of(class_)
    name = f"{pod.name}-{volume.name}"
    claim = PersistentVolumeClaim(
        api_version="v1",
        kind="PersistentVolumeClaim",
        metadata=ObjectMeta(name=name, namespace=pod.namespace, uid=name),
        spec=PersistentVolumeClaimSpec(
            access_modes=["ReadWriteOnce"],
            resources=VolumeResourceRequirements(requests={"storage": _SIZE}),
            storage_class_name=class_.name,
            volume_name=f"pvc-{name}",
        ),
    )
    facts = {"volume": volume.name, "claim": name, "class": class_.name, "driver": driver}
    patch = patches.together(
        to_builtins(claim),
        to_builtins(outside.made(claim, class_, driver)),
        _mounting(scenario, pod, volume, name),
    )
    yield _change("volumes.provisioned", facts, patch)


def _mounting(scenario: Scenario, pod: Pod, volume: Volume, claim: str) -> Mapping[str, Any]:
    source = {"name": volume.name, "persistentVolumeClaim": {"claimName": claim}}
    return _with_source(scenario, pod, volume, source)


def _with_source(
    scenario: Scenario, pod: Pod, volume: Volume, source: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Return the pod with another source behind a volume; a merge patch replaces the list whole."""
    raw = next(
        each
        for each in scenario.raw("Pod")
        if (each["metadata"].get("namespace") or "default", each["metadata"].get("name"))
        == (pod.namespace, pod.name)
    )
    listed = [source if each.get("name") == volume.name else each for each in raw["spec"]["volumes"]]
    return patches.for_object("Pod", pod.name, pod.namespace, "v1", spec={"volumes": listed})
