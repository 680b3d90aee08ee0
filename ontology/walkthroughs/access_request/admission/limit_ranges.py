"""LimitRanger: fills in what containers leave out, and refuses what is beyond a LimitRange.

Source: kubernetes.io/docs/concepts/policy/limit-range (v1.36); the sentences are the plugin's own.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from ontology.cluster.meta import Quantity
from ontology.walkthroughs.access_request.admission import containers
from ontology.walkthroughs.access_request.admission.amounts import Amounts, amount, canonical
from ontology.walkthroughs.access_request.admission.write import (
    Plain,
    Ruling,
    Write,
    changed,
    metadata,
    refusal,
)

_RESIZE = ("", "pods/resize")
_BOUNDS = ("min", "max", "maxLimitRequestRatio")


def fill_in(write: Write) -> Iterator[Ruling]:
    """Give each container of a new pod the requests and limits that it does not name."""
    if not write.creates_pod:
        return
    for found in write.found("LimitRange"):
        spec, filled = write.spec, []
        for item in _items(found, "Container"):
            defaults = _defaults(item)
            for each in containers.of(spec):
                filled += list(_filled(each, defaults))
        if filled:
            name = metadata(found).get("name")
            yield changed(write, "access.limitDefaults", spec, limits=name, filled=tuple(filled))


def bounds(write: Write, *, kind: str = "Container", alone: bool = False) -> Iterator[Plain]:
    """Yield what a namespace's LimitRanges say of objects of a kind; what is `alone` is a whole pod, too."""
    for found in write.found("LimitRange"):
        for each in (kind, "Pod") if alone else (kind,):
            yield from _items(found, each)


def _items(limits: Plain, kind: str) -> Iterator[Plain]:
    for item in (limits.get("spec") or {}).get("limits") or ():
        if item.get("type") == kind:
            yield item


def _defaults(item: Plain) -> dict[str, Amounts]:
    """Return the defaults of limits and requests.

    A maximum stands in for a default limit, that for a default request, and a minimum where neither is.
    """
    limits = {**(item.get("max") or {}), **(item.get("default") or {})}
    requests = {**(item.get("min") or {}), **limits, **(item.get("defaultRequest") or {})}
    return {"limits": limits, "requests": requests}


def _filled(container: dict[str, Any], defaults: dict[str, Amounts]) -> Iterator[str]:
    """Fill in a container of a copied spec, and yield what was: `web limits.cpu=1`."""
    own_limits = containers.asked(container, "limits")
    for what, amounts in defaults.items():
        missing = {
            name: quantity
            for name, quantity in amounts.items()
            if name not in containers.asked(container, what)
            and not (what == "requests" and name in own_limits)  # such a request is the limit
        }
        if missing:
            resources = container.get("resources") or {}
            container["resources"] = resources | {what: {**containers.asked(container, what), **missing}}
            yield from (
                f"{container.get('name', '')} {what}.{name}={missing[name]}" for name in sorted(missing)
            )


def check(write: Write) -> Iterator[Ruling]:
    """Refuse a pod or claim beyond the bounds; every bound that is broken is told."""
    if not write.object or write.operation not in {"CREATE", "UPDATE"}:
        return
    for found in write.found("LimitRange"):
        name = metadata(found).get("name")
        if write.creates_pod or (write.request.api_group, write.request.combined_resource) == _RESIZE:
            problems = [*_container_problems(found, write.spec), *_pod_problems(found, write.spec)]
        elif (write.request.api_group, write.request.combined_resource) == ("", "persistentvolumeclaims"):
            problems = list(_claim_problems(found, write.spec))
        else:
            continue
        problems = sorted(dict.fromkeys(problems))
        if problems:
            why = problems[0] if len(problems) == 1 else f"[{', '.join(problems)}]"
            yield refusal(write, "access.limitRange", why, limits=name)
            return
        yield Ruling(rule="access.limitRange", facts={"limits": name})


def _container_problems(limits: Plain, spec: Plain) -> Iterator[str]:
    for item in _items(limits, "Container"):
        for each in containers.of(spec):
            yield from _broken(item, containers.requests(each), containers.asked(each, "limits"))


def _pod_problems(limits: Plain, spec: Plain) -> Iterator[str]:
    for item in _items(limits, "Pod"):
        requested, limited = (containers.total(spec, what, overhead=False) for what in ("requests", "limits"))
        yield from _broken(item, requested, limited)


def _claim_problems(limits: Plain, spec: Plain) -> Iterator[str]:
    requested = containers.asked(spec, "requests")
    for item in _items(limits, "PersistentVolumeClaim"):
        bounds = {bound: item.get(bound) or {} for bound in ("min", "max")}
        for name, least in bounds["min"].items():
            yield from _below("PersistentVolumeClaim", name, least, requested, {})
        for name, most in bounds["max"].items():
            head = f"maximum {name} usage per PersistentVolumeClaim is {canonical(most)}"
            if name not in requested:
                yield f"{head}.  No request is specified"
            elif amount(requested[name]) > amount(most):
                yield f"{head}, but request is {canonical(requested[name])}"


def _broken(item: Plain, requested: Amounts, limited: Amounts) -> Iterator[str]:
    kind = item["type"]
    for bound, tell in zip(_BOUNDS, (_below, _above, _stretched), strict=True):
        for name, enforced in (item.get(bound) or {}).items():
            yield from tell(kind, name, enforced, requested, limited)


def _below(kind: str, name: str, least: Quantity, requested: Amounts, limited: Amounts) -> Iterable[str]:
    head = f"minimum {name} usage per {kind} is {canonical(least)}"
    if name not in requested:
        yield f"{head}.  No request is specified"
    elif amount(requested[name]) < amount(least):
        yield f"{head}, but request is {canonical(requested[name])}"
    elif name in limited and amount(limited[name]) < amount(least):
        yield f"{head}, but limit is {canonical(limited[name])}"


def _above(kind: str, name: str, most: Quantity, requested: Amounts, limited: Amounts) -> Iterable[str]:
    head = f"maximum {name} usage per {kind} is {canonical(most)}"
    if name not in limited:
        yield f"{head}.  No limit is specified"
    elif amount(limited[name]) > amount(most):
        yield f"{head}, but limit is {canonical(limited[name])}"
    elif name in requested and amount(requested[name]) > amount(most):
        yield f"{head}, but request is {canonical(requested[name])}"


def _stretched(kind: str, name: str, most: Quantity, requested: Amounts, limited: Amounts) -> Iterable[str]:
    head = f"{name} max limit to request ratio per {kind} is {canonical(most)}"
    request, limit = amount(requested.get(name, 0)), amount(limited.get(name, 0))
    if request == 0:
        yield f"{head}, but no request is specified or request is 0"
    elif limit == 0:
        yield f"{head}, but no limit is specified or limit is 0"
    elif limit / request > amount(most):
        yield f"{head}, but provided ratio is {float(limit / request):f}"
