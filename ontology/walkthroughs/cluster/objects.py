"""The store as a scenario: so that the systems' questions can be asked of the objects as they are."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from ontology.cluster.meta import KubeObject
from ontology.scenario import Scenario
from ontology.walkthroughs.cluster.kinds import ref_of
from ontology.walkthroughs.cluster.plain import manifest
from ontology.walkthroughs.cluster.store import Store

K = TypeVar("K", bound=KubeObject)


@dataclass(frozen=True, kw_only=True)
class Objects(Scenario):
    """A scenario whose objects are typed already: nothing is decoded again."""

    store: Store

    def each(self, kind: type[K]) -> Iterator[K]:
        """Yield the objects of one kind, by namespace and name."""
        return iter(self.store.all(kind))

    def all(self, kind: type[K]) -> tuple[K, ...]:
        """Return the objects of one kind, by namespace and name."""
        return tuple(self.store.all(kind))

    def raw(self, *kinds: str) -> tuple[dict[str, Any], ...]:
        """Return the objects of these kinds as manifests; all of them without a name."""
        wanted = kinds or self.store.kinds()
        return tuple(plain(self.store, each) for kind in wanted for each in self.store.of_kind(kind))


def objects(store: Store) -> Objects:
    """Return the store's objects as a scenario without a question."""
    return Objects(system="cluster", question="", asked=None, store=store)


def manifests(store: Store) -> list[dict[str, Any]]:
    """Return every object as a manifest, by kind, namespace and name."""
    return [plain(store, each) for each in store]


def plain(store: Store, found: KubeObject) -> dict[str, Any]:
    """Return one object as a manifest, with the version of its last write."""
    ref = ref_of(found)
    made: dict[str, Any] = manifest(found, store.rest(ref))
    metadata: Mapping[str, Any] = made.get("metadata") or {}
    version = {"resourceVersion": str(store.versions.get(ref, 0))}
    return {"apiVersion": found.api_version, "kind": found.kind, **made, "metadata": {**metadata, **version}}
