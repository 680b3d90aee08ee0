"""Matching claims with volumes: kubernetes.io/docs/concepts/storage/persistent-volumes (v1.36)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontology import claims
from ontology.claims import Obstacle
from ontology.cluster import manifests
from ontology.cluster.volumes import PersistentVolume, PersistentVolumeClaim

BETA = {"volume.beta.kubernetes.io/storage-class": "old"}


def claim(*, annotations: dict[str, str] | None = None, **spec: Any) -> PersistentVolumeClaim:
    given_ = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}} | spec
    metadata = {"name": "data", "namespace": "shop", "uid": "u", "annotations": annotations or {}}
    made = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": given_}
    return manifests.decode(made, PersistentVolumeClaim)


def volume(name: str = "pv", *, labels: dict[str, str] | None = None, **fields: Any) -> PersistentVolume:
    phase = fields.pop("phase", "Available")
    spec = {"accessModes": ["ReadWriteOnce"], "capacity": {"storage": "1Gi"}} | fields
    metadata = {"name": name, "labels": labels or {}}
    made = {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": metadata, "spec": spec}
    return manifests.decode(made | {"status": {"phase": phase}}, PersistentVolume)


MINE = {"namespace": "shop", "name": "data"}


@pytest.mark.parametrize(
    ("offered", "wanted", "found"),
    [
        pytest.param(volume(), claim(), None, id="it fits"),
        pytest.param(volume(), claim(accessModes=["ReadWriteMany"]), Obstacle.ACCESS_MODES, id="a mode"),
        pytest.param(volume(claimRef=MINE | {"name": "x"}), claim(), Obstacle.RESERVED, id="another's"),
        pytest.param(volume(claimRef=MINE | {"uid": "old"}), claim(), Obstacle.RESERVED, id="a former claim's"),
        pytest.param(volume(capacity={"storage": "1G"}), claim(), Obstacle.CAPACITY, id="1G is less than 1Gi"),
        pytest.param(volume(volumeMode="Block"), claim(), Obstacle.VOLUME_MODE, id="a raw block"),
        pytest.param(
            volume(volumeAttributesClassName="gold"), claim(), Obstacle.ATTRIBUTES_CLASS, id="an attributes class"
        ),
        pytest.param(volume(phase="Released"), claim(), Obstacle.PHASE, id="a phase"),
        pytest.param(volume(), claim(selector={"matchLabels": {"a": "b"}}), Obstacle.SELECTOR, id="a label"),
        pytest.param(volume(), claim(selector={}), None, id="an empty selector takes all"),
        pytest.param(volume(storageClassName="fast"), claim(), Obstacle.CLASS, id="a class"),
        pytest.param(
            volume(claimRef=MINE, storageClassName="fast", phase="Released"), claim(), None,
            id="reserved: class and phase are not asked",
        ),
        pytest.param(volume(claimRef=MINE, volumeMode="Block"), claim(), Obstacle.VOLUME_MODE, id="reserved: mode is"),
    ],
)  # fmt: skip
def test_what_keeps_a_volume_from_a_claim(
    offered: PersistentVolume, wanted: PersistentVolumeClaim, found: Obstacle | None
) -> None:
    assert claims.obstacle(offered, wanted, delayed=False) is found


def test_a_class_that_waits_leaves_free_volumes_to_the_scheduler() -> None:
    assert claims.obstacle(volume(), claim(), delayed=True) is Obstacle.DELAYED
    assert claims.obstacle(volume(claimRef=MINE), claim(), delayed=True) is None


def test_the_old_annotation_names_the_class_even_when_it_is_empty() -> None:
    assert claims.class_name(claim(annotations=BETA, storageClassName="new")) == "old"
    assert claims.names_class(claim(annotations=dict.fromkeys(BETA, "")))
    assert not claims.names_class(claim())
    assert claims.names_class(claim(storageClassName=""))


@given(st.lists(st.integers(1, 9), min_size=1, max_size=6), st.integers(1, 9))
def test_of_volumes_with_equal_modes_the_smallest_that_suffices_is_taken(
    sizes: list[int], asked: int
) -> None:
    volumes = [volume(f"pv-{i}", capacity={"storage": f"{size}Gi"}) for i, size in enumerate(sizes)]
    wanted = claim(resources={"requests": {"storage": f"{asked}Gi"}})

    taken = claims.volume_for(wanted, volumes, delayed=False)

    enough = [size for size in sizes if size >= asked]
    assert (taken and taken.spec.capacity) == ({"storage": f"{min(enough)}Gi"} if enough else None)
