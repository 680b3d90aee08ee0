"""Changes that would let a refused write in, for each plugin the smallest.

They are proposals: whoever offers them evaluates the whole request with each of them first.

Source: kubernetes.io/docs/reference/access-authn-authz/admission-controllers (v1.36).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from decimal import ROUND_CEILING, Decimal
from functools import partial
from typing import Any

from ontology import patches
from ontology.cluster.meta import Quantity
from ontology.semantics.rbac.requests import described
from ontology.verdict import Role, Step
from ontology.walkthroughs.access_request.admission import containers, limit_ranges, pod_security, quotas
from ontology.walkthroughs.access_request.admission.amounts import amount, is_binary, printed
from ontology.walkthroughs.access_request.admission.pod_standards.mending import mend
from ontology.walkthroughs.access_request.admission.write import Plain, Ruling, Write, metadata

# What a container asks for where a quota makes it name something: the usual small web server.
_USUAL = {"cpu": "100m", "memory": "128Mi"}

Object = dict[str, Any]
Proposal = tuple[str, Mapping[str, Any], Mapping[str, Any]]
"""A rule, facts for its wording, and a patch."""


def proposals(write: Write, refused: Ruling, given: Plain) -> Iterator[Step]:
    """Yield what might let a write in, the smallest first; `given` is the object as it was sent."""
    facts = described(write.request) | dict(refused.facts)
    for rule, told, patch in _PROPOSALS.get(refused.rule, _none)(write, refused, given):
        yield Step(
            rule,
            holds=True,
            facts=facts | dict(told),
            role=Role.CHANGE,
            concepts=("AdmissionControl",),
            change=patch,
        )


def _none(_: Write, __: Ruling, ___: Plain) -> Iterator[Proposal]:
    return iter(())


def _sent(rule: str, given: Plain, edit: Callable[[Object], Iterator[str]]) -> Iterator[Proposal]:
    """Yield the object that is sent with an edit, if that changes anything."""
    edited = deepcopy(dict(given))
    changed = tuple(edit(edited))
    if changed:
        yield rule, {"changed": changed}, {"question": {"object": patches.difference(given, edited)}}


def _without(*fields: str) -> Callable[[Write, Ruling, Plain], Iterator[Proposal]]:
    """Return the proposals to leave out a field of the spec, one after the other, then all of them."""

    def propose(_: Write, refused: Ruling, given: Plain) -> Iterator[Proposal]:
        for some in (*((each,) for each in fields), fields):
            yield from _sent(refused.rule, given, partial(_dropped, fields=some))

    return propose


def _dropped(edited: Object, fields: Iterable[str]) -> Iterator[str]:
    for each in fields:
        if (edited.get("spec") or {}).pop(each, None) is not None:
            yield each


def _new_namespace(write: Write, refused: Ruling, _: Plain) -> Iterator[Proposal]:
    yield refused.rule, {}, patches.for_object("Namespace", write.request.namespace, None, "v1")


def _new_account(write: Write, refused: Ruling, given: Plain) -> Iterator[Proposal]:
    name = (given.get("spec") or {}).get("serviceAccountName") or ""
    patch = patches.for_object("ServiceAccount", name, write.request.namespace, "v1")
    yield refused.rule, {"account": name}, patch


def _growing_class(write: Write, refused: Ruling, _: Plain) -> Iterator[Proposal]:
    name = str(refused.facts.get("name") or "")
    for each in write.found("StorageClass", everywhere=True):
        if metadata(each).get("name") == name:
            patch = patches.for_object(
                "StorageClass", name, None, each["apiVersion"], allowVolumeExpansion=True
            )
            yield refused.rule, {}, patch


def _more_quota(write: Write, refused: Ruling, _: Plain) -> Iterator[Proposal]:
    for quota in write.found("ResourceQuota"):
        name = str(metadata(quota).get("name"))
        if name == refused.facts.get("quota"):
            needed = dict(quotas.needed(write, quota))
            told = {"status": {"hard": needed}} if (quota.get("status") or {}).get("hard") else {}
            patch = patches.for_object(
                "ResourceQuota", name, write.request.namespace, "v1", spec={"hard": needed}, **told
            )
            yield refused.rule, {"needed": tuple(f"{each}={needed[each]}" for each in sorted(needed))}, patch


def _named_amounts(write: Write, refused: Ruling, given: Plain) -> Iterator[Proposal]:
    demanded = dict(quotas.demanded(write, str(refused.facts.get("quota"))))

    def name_them(edited: Object) -> Iterator[str]:
        for each in containers.of(edited.get("spec") or {}):
            own = each.get("name", "")
            for what, names in demanded.items():
                if own in names:
                    kind, _, name = what.rpartition(".")
                    yield from _ask(each, kind or "requests", name, _USUAL[name])

    return _sent(refused.rule, given, name_them)


def _ask(container: Object, what: str, name: str, quantity: Quantity) -> Iterator[str]:
    resources = container["resources"] = dict(container.get("resources") or {})
    resources[what] = {**(resources.get(what) or {}), name: quantity}
    yield f"{container.get('name', '')} {what}.{name}={quantity}"


def _within_bounds(write: Write, refused: Ruling, given: Plain) -> Iterator[Proposal]:
    filled = list(containers.of(write.spec))
    bounds = list(limit_ranges.bounds(write, alone=len(filled) == 1))

    def clamp(edited: Object) -> Iterator[str]:
        for each, seen in zip(containers.of(edited.get("spec") or {}), filled, strict=True):
            asked = {
                "requests": containers.requests(seen),
                "limits": dict(containers.asked(seen, "limits")),
            }
            for bound in bounds:
                for what, name, quantity in _clamped(asked, bound):
                    asked[what][name] = quantity
                    yield from _ask(each, what, name, quantity)

    def claim(edited: Object) -> Iterator[str]:
        asked = {"requests": dict(containers.asked(edited.get("spec") or {}, "requests")), "limits": {}}
        for bound in limit_ranges.bounds(write, kind="PersistentVolumeClaim"):
            for what, name, quantity in _clamped(asked, bound):
                if what == "requests":
                    yield from _ask(edited["spec"], what, name, quantity)

    return _sent(refused.rule, given, clamp if write.request.resource == "pods" else claim)


def _clamped(
    asked: Mapping[str, Mapping[str, Quantity]], bound: Plain
) -> Iterator[tuple[str, str, Quantity]]:
    """Yield the requests and limits that a bound forbids or misses, with the nearest amount it lets pass."""
    requests, limits = asked["requests"], asked["limits"]
    for name, most in (bound.get("max") or {}).items():
        if name not in limits or amount(limits[name]) > amount(most):
            yield "limits", name, most
        if name in requests and amount(requests[name]) > amount(most):
            yield "requests", name, most
    for name, least in (bound.get("min") or {}).items():
        if name not in requests or amount(requests[name]) < amount(least):
            yield "requests", name, least
        if name in limits and amount(limits[name]) < amount(least):
            yield "limits", name, least
    for name, ratio in (bound.get("maxLimitRequestRatio") or {}).items():
        request, limit = amount(requests.get(name, 0)), amount(limits.get(name, 0))
        if limit and amount(ratio) and (not request or limit / request > amount(ratio)):
            step = Decimal(1) if is_binary(limits[name]) else Decimal("0.001")
            least_request = (limit / amount(ratio)).quantize(step, rounding=ROUND_CEILING)
            yield "requests", name, printed(least_request, binary=is_binary(limits[name]))


def _kept_standards(write: Write, refused: Ruling, given: Plain) -> Iterator[Proposal]:
    """Yield the pod that keeps to the level, then the strictest level that the pod keeps to."""
    yield from _sent(refused.rule, given, lambda pod: mend(pod, tuple(refused.facts["violations"])))
    for level in pod_security.below(str(refused.facts["level"]).partition(":")[0]):
        label = {pod_security.ENFORCE: level}
        patch = patches.for_object("Namespace", write.request.namespace, None, "v1")
        patch["metadata"] = {**patch["metadata"], "labels": label}
        yield "access.podSecurityLevel", {"level": level}, patch


_PROPOSALS: dict[str, Callable[[Write, Ruling, Plain], Iterator[Proposal]]] = {
    "access.claimResize": _growing_class,
    "access.limitRange": _within_bounds,
    "access.namespaceExists": _new_namespace,
    "access.podAccountExists": _new_account,
    "access.podPriority": _without("priority", "priorityClassName"),
    "access.podSecurity": _kept_standards,
    "access.quota": _more_quota,
    "access.quotaDemands": _named_amounts,
    "access.runtimeClass": _without("overhead", "runtimeClassName"),
}
