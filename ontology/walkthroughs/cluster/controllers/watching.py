"""Watches of what a selector may choose: the pods of an owner, and the orphans that it could adopt."""

from collections.abc import Callable, Iterable
from typing import Any

from ontology.cluster.meta import KubeObject, LabelSelector
from ontology.walkthroughs.cluster.clock import Key
from ontology.walkthroughs.cluster.component import Watch, key_of
from ontology.walkthroughs.cluster.store import Change, Store

Matches = Callable[[LabelSelector | None, Any], bool]


def selected_or_controlled(
    kind: type[KubeObject], controlled: Watch, matches: Matches, store: Store, change: Change
) -> Iterable[Key]:
    """Yield the owner of what has changed; of what nobody owns, all that select it."""
    yield from controlled(store, change)
    found = change.subject
    if found.metadata.controller is None:
        for each in store.all(kind):
            selector = each.spec.selector  # type: ignore[attr-defined]
            if each.namespace == found.namespace and matches(selector, found.labels):
                yield key_of(Change((each.KIND, each.namespace, each.name), None, each))
