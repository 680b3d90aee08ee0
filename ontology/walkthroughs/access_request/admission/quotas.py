"""ResourceQuota: what a namespace may hold in all.

What is used is the quota's status where it has one, as the API server reads it; else it is counted from the
objects given, as the quota controller does. Updates and what happens to other subresources are not charged.

Source: kubernetes.io/docs/concepts/policy/resource-quotas (v1.36); the sentences are the plugin's own.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ontology.cluster import resources
from ontology.cluster.meta import Quantity
from ontology.walkthroughs.access_request.admission import containers
from ontology.walkthroughs.access_request.admission.amounts import Amounts, added, amount, listed
from ontology.walkthroughs.access_request.admission.quota_scopes import covers
from ontology.walkthroughs.access_request.admission.write import (
    Plain,
    Ruling,
    Write,
    metadata,
    refusal,
)

# A quota on one of these asks every container to name it.
_DEMANDED = ("cpu", "limits.cpu", "limits.memory", "memory", "requests.cpu", "requests.memory")
_PLAIN_REQUESTS = frozenset({"cpu", "memory", "ephemeral-storage"})
_OF_CLASS = ".storageclass.storage.k8s.io/"
_LEGACY_COUNTS = frozenset(
    {
        "configmaps",
        "persistentvolumeclaims",
        "pods",
        "replicationcontrollers",
        "resourcequotas",
        "secrets",
        "services",
    }
)
_DONE = frozenset({"Succeeded", "Failed"})


def check(write: Write) -> Iterator[Ruling]:
    """Refuse what would exceed a quota of the namespace, or does not name what a quota asks for."""
    request = write.request
    if request.verb != "create" or request.subresource or not request.namespace or not write.object:
        return
    usage = used_by(request.api_group, request.resource, write.object)
    is_pod = write.is_on("create", "", "pods")
    for quota in write.found("ResourceQuota"):
        hard = hard_limits(quota)
        if is_pod and not covers(quota, write.object):
            continue
        name = metadata(quota).get("name")
        undemanded = dict(_missing(hard, write.spec)) if is_pod else {}
        if undemanded:
            told = "; ".join(f"{each} for: {','.join(names)}" for each, names in undemanded.items())
            yield refusal(
                write, "access.quotaDemands", f"failed quota: {name}: must specify {told}", quota=name
            )
            return
        charged = {each: quantity for each, quantity in usage.items() if each in hard and amount(quantity)}
        if charged:
            yield _charged(write, quota, charged)


def _charged(write: Write, quota: Plain, charged: Amounts) -> Ruling:
    name, hard = metadata(quota).get("name"), hard_limits(quota)
    used = _used(write, quota, charged)
    over = sorted(each for each in charged if amount(used[each]) + amount(charged[each]) > amount(hard[each]))
    facts = {"quota": name, "requested": listed(charged), "used": listed(used)}
    if not over:
        return Ruling(rule="access.quota", facts=facts | {"limited": listed(_only(hard, charged))})
    parts = (("requested", charged), ("used", used), ("limited", hard))
    told = ", ".join(f"{word}: {listed(_only(amounts, over))}" for word, amounts in parts)
    return refusal(write, "access.quota", f"exceeded quota: {name}, {told}", **facts)


def _only(amounts: Amounts, names: Iterable[str]) -> dict[str, Quantity]:
    return {each: amounts[each] for each in names}


def hard_limits(quota: Plain) -> Amounts:
    """Return a quota's limits; what its status says counts, once a controller has written it."""
    found: Amounts = (quota.get("status") or {}).get("hard") or (quota.get("spec") or {}).get("hard") or {}
    return found


def _used(write: Write, quota: Plain, names: Iterable[str]) -> dict[str, Quantity]:
    """Return what is used of these, by the quota's status or else by the objects given."""
    told = (quota.get("status") or {}).get("used")
    if told is not None:
        return {each: told.get(each, "0") for each in names}
    totals: dict[str, list[Quantity]] = {each: [] for each in names}
    for manifest in write.scenario.raw():
        kind = resources.plural(manifest["kind"])
        group = manifest["apiVersion"].rpartition("/")[0]
        if (metadata(manifest).get("namespace") or "default") != write.request.namespace:
            continue
        if kind == "pods" and not (_is_alive(manifest) and covers(quota, manifest)):
            continue
        for each, quantity in used_by(group, kind, manifest).items():
            if each in totals:
                totals[each].append(quantity)
    return {each: added(found) for each, found in totals.items()}


def _is_alive(pod: Plain) -> bool:
    return (pod.get("status") or {}).get("phase") not in _DONE


def used_by(group: str, resource: str, manifest: Plain) -> dict[str, Quantity]:
    """Return what one object takes of a quota, by the names that quotas use."""
    counted = f"count/{resource}.{group}" if group else f"count/{resource}"
    found: dict[str, Quantity] = {counted: "1"}
    if not group and resource in _LEGACY_COUNTS:
        found[resource] = "1"
    spec: Mapping[str, Any] = manifest.get("spec") or {}
    kinds = {"pods": _pod, "persistentvolumeclaims": _claim, "services": _service}
    return found | (kinds[resource](spec) if not group and resource in kinds else {})


def _pod(spec: Plain) -> dict[str, Quantity]:
    requests, limits = containers.total(spec, "requests"), containers.total(spec, "limits")
    found: dict[str, Quantity] = {f"requests.{name}": quantity for name, quantity in requests.items()}
    found |= {f"limits.{name}": quantity for name, quantity in limits.items()}
    bare = {n: q for n, q in requests.items() if n in _PLAIN_REQUESTS or n.startswith("hugepages-")}
    return found | bare


def _claim(spec: Plain) -> dict[str, Quantity]:
    storage = containers.asked(spec, "requests").get("storage", "0")
    found: dict[str, Quantity] = {"requests.storage": storage}
    name = spec.get("storageClassName")
    if name:
        found |= {
            f"{name}{_OF_CLASS}requests.storage": storage,
            f"{name}{_OF_CLASS}persistentvolumeclaims": "1",
        }
    return found


def _service(spec: Plain) -> dict[str, Quantity]:
    kind, ports = spec.get("type"), len(spec.get("ports") or ())
    balanced = kind == "LoadBalancer"
    with_ports = kind == "NodePort" or (balanced and spec.get("allocateLoadBalancerNodePorts", True))
    return {"services.nodeports": ports if with_ports else 0, "services.loadbalancers": 1 if balanced else 0}


def _missing(hard: Amounts, spec: Plain) -> Iterator[tuple[str, list[str]]]:
    """Yield what a quota demands of every container, with the containers that do not name it."""
    if spec.get("resources"):
        return
    for demanded in (each for each in _DEMANDED if each in hard):
        what, _, name = demanded.rpartition(".")
        bare = sorted(
            each.get("name", "")
            for each in containers.of(spec)
            if name
            not in (containers.asked(each, "limits") if what == "limits" else containers.requests(each))
        )
        if bare:
            yield demanded, bare
