"""Aggregation: the rules of a ClusterRole that gathers others by label, as the controller leaves them.

For each selector in order, the selected ClusterRoles by name, without the role itself; a rule equal to one
already taken is skipped. What was written as `rules` of an aggregating role is overwritten, also by nothing.
Aggregated roles feed others: the answer is where the controller comes to rest.

Source: kubernetes.io/docs/reference/access-authn-authz/rbac, aggregated ClusterRoles (v1.36).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import chain, permutations

from ontology import selectors
from ontology.cluster.rbac import ClusterRole, PolicyRule
from ontology.errors import TooCostlyError

Rules = tuple[PolicyRule, ...]  # equal rules are equal structs: the lists as written, order included
Feeds = Mapping[str, tuple[tuple[str, ...], ...]]

# So many roles that aggregate each other can be visited in every order; of more, two orders are tried.
_EVERY_ORDER = 4
_MOST_PAIRS = 1_000_000


@dataclass(frozen=True, slots=True)
class Aggregated:
    """What the controller leaves: the rules of each ClusterRole by name.

    `feeds` are, for each aggregating role, the names that each selector selects. `circle` names roles that
    aggregate each other, if any; `unsettled` are the roles whose rules depend on the order of the
    controller's work because of that.
    """

    rules: Mapping[str, Rules]
    feeds: Feeds
    circle: tuple[str, ...] = ()
    unsettled: tuple[str, ...] = ()


def aggregate(roles: Sequence[ClusterRole]) -> Aggregated:
    """Return the rules of every ClusterRole after aggregation. Of namesakes the first counts.

    Raises:
        InvalidObjectError: a selector that is none.
        TooCostlyError: more pairs of an aggregating role and another than are compared.
    """
    by_name: dict[str, ClusterRole] = {}
    for role in roles:
        by_name.setdefault(role.name, role)
    gathering = sum(role.aggregation_rule is not None for role in by_name.values())
    if gathering * len(by_name) > _MOST_PAIRS:
        raise TooCostlyError(f"more than {_MOST_PAIRS} pairs of roles to aggregate", path="objects")
    written = {name: role.rules for name, role in by_name.items()}
    feeds = dict(_feeds(by_name))
    graph = {name: set(chain.from_iterable(selected)) & feeds.keys() for name, selected in feeds.items()}
    try:
        return Aggregated(_settled(written, feeds, tuple(TopologicalSorter(graph).static_order())), feeds)
    except CycleError as error:
        return _circular(written, feeds, tuple(error.args[1]))


def _feeds(by_name: Mapping[str, ClusterRole]) -> Iterator[tuple[str, tuple[tuple[str, ...], ...]]]:
    for name, role in by_name.items():
        if role.aggregation_rule is not None:
            yield (
                name,
                tuple(
                    tuple(
                        other
                        for other in sorted(by_name)
                        if other != name and selectors.matches(selector, by_name[other].labels)
                    )
                    for selector in role.aggregation_rule.cluster_role_selectors
                ),
            )


def _circular(written: Mapping[str, Rules], feeds: Feeds, circle: tuple[str, ...]) -> Aggregated:
    names = sorted(feeds)
    orders: Iterable[Sequence[str]] = (
        permutations(names) if len(names) <= _EVERY_ORDER else (names, names[::-1])
    )
    first, *others = (_settled(written, feeds, order) for order in orders)
    unsettled = tuple(name for name in names if any(other[name] != first[name] for other in others))
    return Aggregated(first, feeds, circle, unsettled)


def _settled(written: Mapping[str, Rules], feeds: Feeds, order: Sequence[str]) -> dict[str, Rules]:
    """Return the rules after the controller has worked in this order until nothing changes.

    Rules only travel along the selections, so as many rounds as there are roles are enough.
    """
    current = dict(written)
    for _ in range(len(order) + 1):
        changed = False
        for name in order:
            gathered = _gathered(current, feeds[name])
            changed |= gathered != current[name]
            current[name] = gathered
        if not changed:
            break
    return current


def _gathered(current: Mapping[str, Rules], selected: tuple[tuple[str, ...], ...]) -> Rules:
    return tuple(dict.fromkeys(rule for name in chain.from_iterable(selected) for rule in current[name]))
