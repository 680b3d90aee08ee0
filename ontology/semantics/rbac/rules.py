"""Rules: which requests a rule allows, and which rights one rule covers of another.

All comparisons are exact and case-sensitive. `*` is a wildcard only as a whole entry of verbs, API groups
and resources, never among resource names. Which entries of a rule cover a request is said once, by the
functions `*_entries`: the index looks them up, explanations and reverse questions test a rule for them.

Source: kubernetes.io/docs/reference/access-authn-authz/rbac (v1.36).
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from ontology.cluster.rbac import PolicyRule
from ontology.semantics.rbac.requests import Request

ALL = "*"

Entries = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
Shape = tuple[int, int, int]


def verb_entries(request: Request) -> tuple[str, ...]:
    """Return the entries of `verbs` that cover the request."""
    return (request.verb, ALL)


def group_entries(request: Request) -> tuple[str, ...]:
    """Return the entries of `apiGroups` that cover the request."""
    return (request.api_group, ALL)


def resource_entries(request: Request) -> tuple[str, ...]:
    """Return the entries of `resources` that cover the request: `*/scale` covers every `scale`."""
    if request.subresource:
        return (request.combined_resource, ALL, f"*/{request.subresource}")
    return (request.resource, ALL)


def entries(request: Request) -> Entries:
    """Return the entries that cover the request, those of verbs, API groups and resources."""
    return verb_entries(request), group_entries(request), resource_entries(request)


def shape(verb: str, group: str, resource: str) -> Shape:
    """Return which of `entries` a request must put at each place to meet these; `(0, 0, 0)` spells it out."""
    kind = 1 if resource == ALL else 2 if resource.startswith("*/") else 0
    return int(verb == ALL), int(group == ALL), kind


def is_open(rule: PolicyRule) -> bool:
    """Whether the rule has a wildcard anywhere, so that its rights cannot be counted."""
    urls = any(url_prefix(url) is not None for url in rule.non_resource_urls)
    return urls or any(
        any(shape(verb, group, resource))
        for verb in rule.verbs
        for group in rule.api_groups or ("",)
        for resource in rule.resources or ("",)
    )


def names_cover(names: Collection[str], name: str) -> bool:
    """Whether `resourceNames` admit a name: an empty list admits all, `""` a request without a name."""
    return not names or name in names


def url_prefix(entry: str) -> str | None:
    """Return the prefix that an entry of `nonResourceURLs` stands for; None for an exact one.

    All trailing `*` are stripped, an inner one is literal.
    """
    return entry.rstrip(ALL) if entry.endswith(ALL) else None


def url_covers(entry: str, path: str) -> bool:
    """Whether an entry of `nonResourceURLs` covers a path, or another entry read as text."""
    prefix = url_prefix(entry)
    return entry == path or (prefix is not None and path.startswith(prefix))


def allows(rule: PolicyRule, request: Request) -> bool:
    """Whether the rule, where it applies, allows the request."""
    return not any(unmet(rule, request))


def unmet(rule: PolicyRule, request: Request) -> tuple[bool, ...]:
    """Return for verb, API group, resource and name, in this order, whether the rule falls short of it.

    For a URL there are two: verb and URL. A rule of the other sort falls short of everything.
    """
    verb = _lacks(rule.verbs, verb_entries(request))
    if request.path is not None:
        return (verb, not any(url_covers(entry, request.path) for entry in rule.non_resource_urls))
    return (
        verb,
        _lacks(rule.api_groups, group_entries(request)),
        _lacks(rule.resources, resource_entries(request)),
        not names_cover(rule.resource_names, request.name),
    )


def _lacks(entries: Collection[str], covering: Iterable[str]) -> bool:
    return not any(each in entries for each in covering)


def size(rule: PolicyRule) -> int:
    """Return how many rights the rule has: how many `breakdown` yields."""
    named = len(rule.resource_names) or 1
    resources = len(rule.api_groups) * len(rule.resources) * named
    return len(rule.verbs) * (resources + len(rule.non_resource_urls))


def breakdown(rule: PolicyRule) -> Iterator[PolicyRule]:
    """Yield the rights of a rule one by one.

    Each has one verb, one group, one resource and at most one name, or one verb and one URL.
    """
    names: list[tuple[str, ...]] = [(name,) for name in rule.resource_names] or [()]
    for group in rule.api_groups:
        for resource in rule.resources:
            for verb in rule.verbs:
                for name in names:
                    yield PolicyRule(
                        verbs=(verb,), api_groups=(group,), resources=(resource,), resource_names=name
                    )
    for url in rule.non_resource_urls:
        for verb in rule.verbs:
            yield PolicyRule(verbs=(verb,), non_resource_urls=(url,))


def merged(rights: Iterable[PolicyRule]) -> Iterator[PolicyRule]:
    """Yield the rights with the verbs of one resource and name put together; URLs stay apart."""
    verbs: dict[tuple[tuple[str, ...], ...], list[str]] = {}
    for right in rights:
        if right.non_resource_urls:
            yield right
        else:
            key = (right.api_groups, right.resources, right.resource_names)
            verbs.setdefault(key, []).extend(right.verbs)
    for (groups, resources, names), found in verbs.items():
        yield PolicyRule(verbs=tuple(found), api_groups=groups, resources=resources, resource_names=names)


def covers(held: PolicyRule, right: PolicyRule) -> bool:
    """Whether one held rule alone covers a right of `breakdown`; `*` is covered only by `*`."""
    if right.non_resource_urls:
        return (
            not held.resource_names
            and _covers_verbs(held, right)
            and any(url_covers(entry, right.non_resource_urls[0]) for entry in held.non_resource_urls)
        )
    return (
        _covers_verbs(held, right)
        and _within(right.api_groups, held.api_groups)
        and _covers_resource(held, right.resources[0])
        and (
            not held.resource_names
            or (bool(right.resource_names) and right.resource_names[0] in held.resource_names)
        )
    )


def _covers_verbs(held: PolicyRule, right: PolicyRule) -> bool:
    return _within(right.verbs, held.verbs)


def _within(entries: Iterable[str], held: Collection[str]) -> bool:
    return ALL in held or all(entry in held for entry in entries)


def _covers_resource(held: PolicyRule, resource: str) -> bool:
    _, slash, subresource = resource.partition("/")
    wanted = (resource, ALL, f"*/{subresource}") if slash else (resource, ALL)
    return any(entry in held.resources for entry in wanted)


def plain(rule: PolicyRule) -> dict[str, Any]:
    """Return the rule as the API writes it, without its empty lists."""
    members = {
        "apiGroups": rule.api_groups,
        "nonResourceURLs": rule.non_resource_urls,
        "resourceNames": rule.resource_names,
        "resources": rule.resources,
        "verbs": rule.verbs,
    }
    return {name: list(entries) for name, entries in members.items() if entries}


def described(rule: PolicyRule) -> str:
    """Return the rule in a line: ``get, list pods ("") [`web`]``, or with URLs."""
    verbs = ", ".join(rule.verbs)
    if rule.non_resource_urls:
        return f"{verbs} {', '.join(rule.non_resource_urls)}"
    groups = ", ".join(group or '""' for group in rule.api_groups)
    names = f" [{', '.join(f'`{name}`' for name in rule.resource_names)}]" if rule.resource_names else ""
    return f"{verbs} {', '.join(rule.resources)} ({groups}){names}"
