"""Which objects a controller counts as its own: owner references and selectors together.

Source: kubernetes.io/docs/concepts/architecture/garbage-collection and
kubernetes.io/docs/concepts/workloads/controllers/replicaset (v1.36).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from ontology import selectors
from ontology.cluster.meta import KubeObject, LabelSelector
from ontology.verdict import Role, Step

T = TypeVar("T", bound=KubeObject)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed(Generic[T]):
    """The objects that count, in the order given, and those that change owners in this pass."""

    owned: tuple[T, ...]
    adopted: tuple[T, ...] = ()
    released: tuple[T, ...] = ()

    @property
    def adopted_names(self) -> list[str]:
        """Names of the adopted, sorted."""
        return sorted(each.name for each in self.adopted)

    @property
    def released_names(self) -> list[str]:
        """Names of the released, sorted."""
        return sorted(each.name for each in self.released)

    def steps(self, owner: KubeObject) -> tuple[Step, ...]:
        """Return one step for each object that changes its owner."""
        kind, name = owner.KIND, owner.name
        return tuple(
            Step("workloads.adoption", True, {"kind": kind, "owner": name, "object": each})
            for each in self.adopted_names
        ) + tuple(
            Step("workloads.release", True, {"kind": kind, "owner": name, "object": each})
            for each in self.released_names
        )


def near_misses(
    owner: KubeObject, selector: LabelSelector | None, objects: Iterable[KubeObject]
) -> tuple[Step, ...]:
    """Return why objects that look like the owner's own do not count: a label, another controller."""
    wanted = (selector.match_labels if selector else None) or {}
    steps = []
    for each in objects:
        controller = each.metadata.controller
        if each.namespace != owner.namespace or (controller and controller.uid == owner.metadata.uid):
            continue
        lacking = tuple(f"{key}={value}" for key, value in wanted.items() if each.labels.get(key) != value)
        facts: dict[str, Any] = {"object": each.name, "owner": owner.name, "labels": lacking}
        if controller is None and 0 < len(lacking) < len(wanted):
            steps.append(Step("workloads.nearMiss.labels", False, facts, role=Role.NEAR_MISS))
        elif controller is not None and selectors.matches(selector, each.labels):
            facts["controller"] = f"{controller.kind}/{controller.name}"
            steps.append(Step("workloads.nearMiss.controlled", False, facts, role=Role.NEAR_MISS))
    return tuple(steps)


def claim(
    owner: KubeObject,
    selector: LabelSelector | None,
    objects: Iterable[T],
    *,
    member: Callable[[T], bool] = lambda _: True,
) -> Claimed[T]:
    """Return what `owner` owns after it has adopted and released.

    An own object whose labels no longer match (or that is no `member`) is released; one without a
    controller that matches is adopted, unless it is being deleted. An owner that is being deleted does
    neither. Objects of other namespaces or controllers are left alone.
    """
    deleted = owner.metadata.deletion_timestamp is not None
    owned: list[T] = []
    adopted: list[T] = []
    released: list[T] = []
    for each in objects:
        if each.namespace != owner.namespace:
            continue
        controller = each.metadata.controller
        if controller is not None and controller.uid != owner.metadata.uid:
            continue
        fits = selectors.matches(selector, each.labels) and member(each)
        if controller is not None:
            if fits:
                owned.append(each)
            elif not deleted:
                released.append(each)
        elif fits and not deleted and each.metadata.deletion_timestamp is None:
            owned.append(each)
            adopted.append(each)
    return Claimed(owned=tuple(owned), adopted=tuple(adopted), released=tuple(released))
