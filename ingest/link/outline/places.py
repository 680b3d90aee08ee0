"""Where a node stands: the concepts above it, its neighbours, and what a label announces, worked out once."""

from collections import Counter
from collections.abc import Mapping

from ingest.link.disambiguate import Context, Surroundings, enumerations
from ingest.link.outline.linker import Linker
from ingest.link.outline.marks import SEPARATING, SEPARATOR, split_brackets, undecorated
from ingest.link.outline.nodes import Node
from ingest.parse.blocks import BlockKind

_LONG = 90
_NEAR = 2  # how far above a line the words around it reach
_CHAIN = 8
_LISTED = frozenset({BlockKind.ITEM, BlockKind.TERM})


def _enumerations_by_field() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name, each in enumerations().items():
        for key in {name, each.field} - {""}:
            found.setdefault(key, []).append(name)
    return {key: tuple(sorted(names)) for key, names in found.items()}


_ENUMERATIONS_BY_FIELD = _enumerations_by_field()


class Places:
    """The contexts of one note's nodes. Read from the top down: what stands above is known already."""

    def __init__(self, linker: Linker) -> None:
        self._linker = linker
        self._chains: dict[int, tuple[str, ...]] = {}
        self._siblings: dict[int, Mapping[str, int]] = {}
        self._expected: dict[int, frozenset[str]] = {}

    def context(self, node: Node) -> Context:
        """Return where a node's own text stands."""
        return Context(
            owners=self._chain(node.parent), around=_Beside(node, self), marked=True, code=node.inline.is_code
        )

    def _chain(self, node: Node | None) -> tuple[str, ...]:
        """The concepts from a node upwards, nearest first; kept, since siblings share it."""
        if node is None:
            return ()
        known = self._chains.get(id(node))
        if known is None:
            above = self._chain(node.parent)
            names = (*(t.name for t in node.topics), *above) if node.topics else above
            known = self._chains[id(node)] = tuple(dict.fromkeys(names))[:_CHAIN]
        return known

    def siblings(self, parent: Node | None) -> Mapping[str, int]:
        """Return the enumerations that the items below a node may belong to, by how many."""
        if parent is None:
            return {}
        known = self._siblings.get(id(parent))
        if known is None:
            found: Counter[str] = Counter()
            for child in parent.children:
                if child.kind in _LISTED and len(child.text) < _LONG:
                    head = undecorated(child.text)
                    if not SEPARATING.isdisjoint(head):
                        head = SEPARATOR.split(head, maxsplit=1)[0]
                    found.update(self._linker.enumerations_of(split_brackets(head)[0]))
            known = self._siblings[id(parent)] = found
        return known

    def expected(self, node: Node) -> frozenset[str]:
        """Return the enumerations that the nearest concepts above a node announce."""
        known = self._expected.get(id(node.parent))
        if known is None:
            nearest = next((above.topics for above in node.above() if above.topics), ())
            known = frozenset(
                name for topic in nearest for name in _ENUMERATIONS_BY_FIELD.get(topic.name, ())
            )
            self._expected[id(node.parent)] = known
        return known


class _Beside(Surroundings):
    """What stands around a node."""

    __slots__ = ("_node", "_places")

    def __init__(self, node: Node, places: Places) -> None:
        self._node = node
        self._places = places

    @property
    def siblings(self) -> Mapping[str, int]:
        return self._places.siblings(self._node.parent)

    @property
    def expected(self) -> frozenset[str]:
        return self._places.expected(self._node)

    @property
    def words(self) -> str:
        texts = [self._node.text]
        above = self._node.parent
        for _ in range(_NEAR):
            if above is not None:
                texts.append(above.text)
                above = above.parent
        return " ".join(texts).lower()
