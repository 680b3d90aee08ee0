"""etcd as the components see it: frozen objects by reference, each write a new version.

Indexes lead from owners, nodes and labels to objects, so that no component looks through all of them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar, cast

from ontology import selectors
from ontology.cluster.meta import KubeObject, LabelSelector
from ontology.cluster.pods import Pod
from ontology.walkthroughs.cluster.kinds import Ref, ref_of
from ontology.walkthroughs.cluster.plain import Rest

K = TypeVar("K", bound=KubeObject)

_NOTHING: Rest = {}
_LABELLED = frozenset({"EndpointSlice", "Pod", "ReplicaSet"})


@dataclass(frozen=True, slots=True)
class Change:
    """A write: what was there before (None: created), and what is there now (None: gone)."""

    ref: Ref
    old: KubeObject | None
    new: KubeObject | None

    @property
    def verb(self) -> str:
        """The type of the watch event."""
        return "ADDED" if self.old is None else "DELETED" if self.new is None else "MODIFIED"

    @property
    def subject(self) -> KubeObject:
        """The object after the write, before it where it is gone."""
        return cast("KubeObject", self.new if self.new is not None else self.old)


class Store:
    """All objects. `version` grows with each write; `versions` are the objects' own, `written` the kinds'."""

    def __init__(self) -> None:
        self.version = 0
        self.versions: dict[Ref, int] = {}
        self.written: dict[str, int] = {}
        self.rests: dict[Ref, Rest] = {}
        self._kinds: dict[str, dict[Ref, KubeObject]] = {}
        self._sorted: dict[str, list[Ref]] = {}
        self._owned: dict[str, dict[Ref, None]] = {}
        self._on_node: dict[str, dict[Ref, None]] = {}
        self._labelled: dict[tuple[str, str, str, str], dict[Ref, None]] = {}

    def get(self, ref: Ref) -> KubeObject | None:
        """Return an object."""
        return self._kinds.get(ref[0], {}).get(ref)

    def find(self, kind: type[K], namespace: str, name: str) -> K | None:
        """Return an object of a known kind."""
        return cast("K | None", self._kinds.get(kind.KIND, {}).get((kind.KIND, namespace, name)))

    def all(self, kind: type[K]) -> list[K]:
        """Return the objects of a kind, by namespace and name."""
        return cast("list[K]", self.of_kind(kind.KIND))

    def of_kind(self, kind: str) -> list[KubeObject]:
        """Return the objects of a kind, by namespace and name."""
        objects = self._kinds.get(kind)
        if not objects:
            return []
        order = self._sorted.get(kind)
        if order is None:
            order = self._sorted[kind] = sorted(objects)
        return [objects[ref] for ref in order]

    def kinds(self) -> list[str]:
        """Return the kinds of which there are objects, sorted."""
        return sorted(kind for kind, objects in self._kinds.items() if objects)

    def __iter__(self) -> Iterator[KubeObject]:
        return (each for kind in self.kinds() for each in self.of_kind(kind))

    def rest(self, ref: Ref) -> Rest:
        """Return what the manifest has beyond its struct."""
        return self.rests.get(ref, _NOTHING)

    def put(self, found: KubeObject) -> Change:
        """Write an object."""
        ref = ref_of(found)
        objects = self._kinds.setdefault(ref[0], {})
        old = objects.get(ref)
        self.version += 1
        self.versions[ref] = self.written[ref[0]] = self.version
        objects[ref] = found
        if old is None:
            self._sorted.pop(ref[0], None)
        self._index(ref, old, found)
        return Change(ref, old, found)

    def remove(self, ref: Ref) -> Change:
        """Take an object away."""
        old = self._kinds[ref[0]].pop(ref)
        self.version += 1
        self.written[ref[0]] = self.version
        self.versions.pop(ref, None)
        self.rests.pop(ref, None)
        self._sorted.pop(ref[0], None)
        self._index(ref, old, None)
        return Change(ref, old, None)

    # -- indexes -------------------------------------------------------------------------------------

    def owned_by(self, uid: str, kind: type[K]) -> list[K]:
        """Return the objects of a kind that name an owner, by namespace and name."""
        refs = sorted(ref for ref in self._owned.get(uid, ()) if ref[0] == kind.KIND)
        return [cast("K", self._kinds[kind.KIND][ref]) for ref in refs]

    def dependents(self, uid: str) -> list[KubeObject]:
        """Return all objects that name an owner, by reference."""
        return [self._kinds[ref[0]][ref] for ref in sorted(self._owned.get(uid, ()))]

    def on_node(self, node: str) -> list[Pod]:
        """Return the pods of a node, by namespace and name."""
        pods = self._kinds.get(Pod.KIND, {})
        return [cast("Pod", pods[ref]) for ref in sorted(self._on_node.get(node, ()))]

    def labelled(self, kind: type[K], namespace: str, labels: Mapping[str, str]) -> list[K]:
        """Return the objects of a kind in `_LABELLED` with all of `labels`, which must not be empty."""
        rarest = min(
            (self._labelled.get((kind.KIND, namespace, *item), {}) for item in labels.items()), key=len
        )
        objects = self._kinds.get(kind.KIND, {})
        found = (objects[ref] for ref in sorted(rarest))
        return [cast("K", each) for each in found if selectors.matches_all(labels, each.labels)]

    def claimable(self, kind: type[K], owner: KubeObject, selector: LabelSelector | None) -> list[K]:
        """Return what `owner` may count as its own: what names it, and what its selector matches."""
        labels = (selector.match_labels if selector else None) or {}
        near = self.labelled(kind, owner.namespace, labels) if labels else self.all(kind)
        found = {ref_of(each): each for each in (*near, *self.owned_by(owner.metadata.uid, kind))}
        return [found[ref] for ref in sorted(found)]

    def _index(self, ref: Ref, old: KubeObject | None, new: KubeObject | None) -> None:
        self._move(self._owned, ref, _owners(old), _owners(new))
        if ref[0] == Pod.KIND:
            self._move(self._on_node, ref, _node(old), _node(new))
        if ref[0] in _LABELLED:
            before, after = old.metadata.labels if old else None, new.metadata.labels if new else None
            if before is not after:
                self._move(self._labelled, ref, _items(ref, before), _items(ref, after))

    @staticmethod
    def _move(index: dict, ref: Ref, before: Iterable[object], after: Iterable[object]) -> None:  # type: ignore[type-arg]
        if before == after:
            return
        for each in before:
            index[each].pop(ref, None)
        for each in after:
            index.setdefault(each, {})[ref] = None


def _owners(found: KubeObject | None) -> tuple[str, ...]:
    references = found.metadata.owner_references if found else None
    return tuple(each.uid for each in references) if references else ()


def _node(found: KubeObject | None) -> tuple[str, ...]:
    return (found.spec.node_name,) if isinstance(found, Pod) and found.spec.node_name else ()


def _items(ref: Ref, labels: Mapping[str, str] | None) -> tuple[tuple[str, str, str, str], ...]:
    return tuple((ref[0], ref[1], key, value) for key, value in (labels or {}).items())
