"""How a story names objects: `Pod/web-0`, `Pod/shop/web-0`, `Node/node-1`, with `*` for several."""

from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase

from ontology.cluster import resources
from ontology.cluster.meta import KubeObject
from ontology.cluster.nodes import Node
from ontology.errors import InvalidQuestionError, did_you_mean
from ontology.walkthroughs.cluster.kinds import Ref, cluster_wide, ref_of
from ontology.walkthroughs.cluster.store import Store

_WILD = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Reference:
    """A kind, a namespace and a name; namespace and name may be patterns."""

    kind: str
    namespace: str
    name: str

    @property
    def is_pattern(self) -> bool:
        """Whether it may mean several objects."""
        return bool(_WILD & {*self.namespace, *self.name})

    @property
    def ref(self) -> Ref:
        """The one object that it means, if it is no pattern."""
        return self.kind, self.namespace, self.name

    def __str__(self) -> str:
        return f"{self.kind}/{self.namespace}/{self.name}" if self.namespace else f"{self.kind}/{self.name}"

    def means(self, ref: Ref) -> bool:
        """Whether it means an object."""
        return self.kind == ref[0] and fnmatchcase(ref[1], self.namespace) and fnmatchcase(ref[2], self.name)

    def find(self, store: Store) -> list[KubeObject]:
        """Return the objects that it means, by namespace and name."""
        if not self.is_pattern:
            found = store.get(self.ref)
            return [found] if found is not None else []
        return [each for each in store.of_kind(self.kind) if self.means(ref_of(each))]


def parse(text: str, *, path: str) -> Reference:
    """Return the reference that `text` writes; `default` is the namespace where none is named.

    Raises:
        InvalidQuestionError: not `Kind/name` or `Kind/namespace/name`, or no such kind.
    """
    parts = text.split("/")
    if len(parts) not in {2, 3} or not all(parts):
        raise InvalidQuestionError(f"`{text}` is not `Kind/name` or `Kind/namespace/name`", path=path)
    kind = _kind(parts[0], path)
    if kind in cluster_wide():
        return Reference(kind, "", parts[-1])
    return Reference(kind, parts[1] if len(parts) == 3 else "default", parts[-1])  # noqa: PLR2004


def _kind(name: str, path: str) -> str:
    found = resources.find(name, resources.built_in())
    if found is not None:
        return found.kind
    known = {each.kind for each in resources.built_in()}
    if name in known or (name[:1].isupper() and not get_close_matches(name, known, n=1, cutoff=0.75)):
        return name  # a kind of somebody's own
    near = get_close_matches(name, known, n=2, cutoff=0.6)
    raise InvalidQuestionError(f"unknown kind `{name}`{did_you_mean(near)}", path=path)


def missing(store: Store, wanted: Reference, *, path: str) -> InvalidQuestionError:
    """Return the error for an object that is not there, with the nearest name of its kind."""
    there = [ref_of(each) for each in store.of_kind(wanted.kind)]
    near = get_close_matches(wanted.name, [ref[2] for ref in there], n=2, cutoff=0.5)
    shown = [f"{wanted.kind}/{name}" for name in near]
    return InvalidQuestionError(f"there is no `{wanted}` at that time{did_you_mean(shown)}", path=path)


def node(store: Store, name: str, *, path: str) -> Node:
    """Return a node.

    Raises:
        InvalidQuestionError: there is none of that name.
    """
    found = store.find(Node, "", name)
    if found is None:
        raise missing(store, Reference(Node.KIND, "", name), path=path)
    return found
