"""Components: what they watch, and what they do about it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ontology.walkthroughs.cluster.actions import Action
from ontology.walkthroughs.cluster.clock import Clock, Key
from ontology.walkthroughs.cluster.store import Change, Store

Watch = Callable[[Store, Change], Iterable[Key]]
"""The keys of work that a change of a watched kind means."""

EVERY_KIND = "*"


@dataclass(frozen=True, slots=True)
class View:
    """What a component may read: the objects, the time, and which nodes' leases have run out of renewals.

    `silences` say since when a kubelet renews no more, `watching` since when anybody could have seen it.
    """

    store: Store
    clock: Clock
    silences: Mapping[str, int]
    watching: Callable[[], int]

    @property
    def now(self) -> int:
        """The instant, in nanoseconds."""
        return self.clock.now

    @property
    def stamp(self) -> str:
        """The instant as the API writes it."""
        return self.clock.stamp


class Component(Protocol):
    """Acts on keys of work, all those that wait at once; `process` is the program it is part of.

    A component that is `local` goes on while the API server cannot be reached.
    """

    @property
    def name(self) -> str:
        """As whom it signs events and hops."""
        ...

    @property
    def process(self) -> str:
        """The program that can be stopped."""
        ...

    @property
    def local(self) -> bool:
        """Whether it has something to do without the API server."""
        ...

    @property
    def watches(self) -> Mapping[str, Watch]:
        """What it is told of, by kind."""
        ...

    def signer(self, key: Key) -> str:
        """Return as whom it acts on a key: one of many, where there is one on each node."""
        ...

    def act(self, view: View, keys: Sequence[Key]) -> Iterator[tuple[Key, Sequence[Action]]]:
        """Yield for each key what is to be done; it is done before the next one is asked for."""
        ...


class Single:
    """A component that there is one of: it signs with its name."""

    __slots__ = ()
    name: str

    def signer(self, _: Key) -> str:
        """Return its name."""
        return self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Controller(Single):
    """A component that is one pure function of the objects."""

    name: str
    watches: Mapping[str, Watch]
    reconcile: Callable[[View, Key], Iterable[Action]]
    process: str = "kube-controller-manager"
    local: bool = False

    def act(self, view: View, keys: Sequence[Key]) -> Iterator[tuple[Key, Sequence[Action]]]:
        """Yield what each key needs."""
        for key in keys:
            yield key, tuple(self.reconcile(view, key))


def key_of(change: Change) -> Key:
    """Return `namespace/name` of the object that has changed."""
    return f"{change.ref[1]}/{change.ref[2]}"


def own(_: Store, change: Change) -> Iterable[Key]:
    """Watch objects for their own sake."""
    return (key_of(change),)


def controllers(kind: str) -> Watch:
    """Watch objects for the sake of their controller of a kind, before and after the change."""

    def watch(_: Store, change: Change) -> Iterable[Key]:
        for each in (change.old, change.new):
            controller = each.metadata.controller if each is not None else None
            if controller is not None and controller.kind == kind:
                yield f"{change.ref[1]}/{controller.name}"

    return watch


def split(key: Key) -> tuple[str, str]:
    """Return namespace and name of a key."""
    namespace, _, name = key.partition("/")
    return namespace, name
