"""ResourceQuota: what a namespace may hold in all.

What is used is the quota's status where it has one, as the API server reads it; else it is counted from the
objects given, as the quota controller does. An update is charged for what it adds, and only where it can add
anything: claims, services, and pods that are resized.

Source: kubernetes.io/docs/concepts/policy/resource-quotas (v1.36); the sentences are the plugin's own.
"""

from collections.abc import Iterable, Iterator

from ontology.cluster import resources
from ontology.cluster.meta import Quantity
from ontology.walkthroughs.access_request.admission import containers
from ontology.walkthroughs.access_request.admission.amounts import (
    Amounts,
    added,
    amount,
    listed,
    taken_off,
)
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
_CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class"
_CHARGED_UPDATES = frozenset({("", "persistentvolumeclaims"), ("", "services"), ("", "pods/resize")})
_DONE = frozenset({"Succeeded", "Failed"})


def check(write: Write) -> Iterator[Ruling]:
    """Refuse what would exceed a quota of the namespace, or does not name what a quota asks for."""
    asked = write.request
    if not asked.namespace or not write.object or not _is_charged(write):
        return
    quotas = [each for each in write.found("ResourceQuota") if covers(each, asked.resource, write.object)]
    for quota in quotas if not asked.api_group and asked.resource == "pods" else ():
        name = str(metadata(quota).get("name"))
        undemanded = dict(demanded(write, name))
        if undemanded:
            told = "; ".join(f"{each} for: {','.join(names)}" for each, names in undemanded.items())
            why = f"failed quota: {name}: must specify {told}"
            yield refusal(write, "access.quotaDemands", why, quota=name)
            return
    for quota in quotas:
        charged = charges(write, quota)
        if charged:
            yield _charged(write, quota, charged)


def charges(write: Write, quota: Plain) -> dict[str, Quantity]:
    """Return what the write would take of a quota, beyond what the object takes already."""
    asked = write.request
    usage, before = used_by(asked.api_group, asked.resource, write.object), _before(write, quota)
    more = {
        each: taken_off(usage[each], before.get(each, "0")) for each in hard_limits(quota) if each in usage
    }
    return {each: quantity for each, quantity in more.items() if amount(quantity) > 0}


def needed(write: Write, quota: Plain) -> Iterator[tuple[str, Quantity]]:
    """Yield the limits of a quota that are too low for the write, and how high they would have to be."""
    hard, charged = hard_limits(quota), charges(write, quota)
    used = _used(write, quota, charged)
    for each, quantity in charged.items():
        total = added((used[each], quantity))
        if amount(total) > amount(hard[each]):
            yield each, total


def demanded(write: Write, name: str) -> Iterator[tuple[str, list[str]]]:
    """Yield what a quota of this name makes containers say, with the containers that do not."""
    for quota in write.found("ResourceQuota"):
        if metadata(quota).get("name") == name:
            yield from _missing(hard_limits(quota), write.spec)


def _is_charged(write: Write) -> bool:
    asked = write.request
    if write.operation == "UPDATE":
        return (asked.api_group, asked.combined_resource) in _CHARGED_UPDATES
    return write.operation == "CREATE" and not asked.subresource


def _before(write: Write, quota: Plain) -> dict[str, Quantity]:
    """Return what the object took of a quota before an update."""
    asked, old = write.request, write.old
    if write.operation != "UPDATE" or old is None or not covers(quota, asked.resource, old):
        return {}
    return used_by(asked.api_group, asked.resource, old)


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
        if not covers(quota, kind, manifest):
            continue
        for each, quantity in used_by(group, kind, manifest).items():
            if each in totals:
                totals[each].append(quantity)
    return {each: added(found) for each, found in totals.items()}


def used_by(group: str, resource: str, manifest: Plain) -> dict[str, Quantity]:
    """Return what one object takes of a quota, by the names that quotas use.

    A pod that has ended is only counted as an object.
    """
    counted = f"count/{resource}.{group}" if group else f"count/{resource}"
    found: dict[str, Quantity] = {counted: "1"}
    if (manifest.get("status") or {}).get("phase") in _DONE and (group, resource) == ("", "pods"):
        return found
    if not group and resource in _LEGACY_COUNTS:
        found[resource] = "1"
    kinds = {"pods": _pod, "persistentvolumeclaims": _claim, "services": _service}
    return found | (kinds[resource](manifest) if not group and resource in kinds else {})


def _pod(pod: Plain) -> dict[str, Quantity]:
    spec: Plain = pod.get("spec") or {}
    requests, limits = containers.total(spec, "requests"), containers.total(spec, "limits")
    found: dict[str, Quantity] = {f"requests.{name}": quantity for name, quantity in requests.items()}
    found |= {f"limits.{name}": quantity for name, quantity in limits.items()}
    bare = {n: q for n, q in requests.items() if n in _PLAIN_REQUESTS or n.startswith("hugepages-")}
    return found | bare


def _claim(claim: Plain) -> dict[str, Quantity]:
    spec: Plain = claim.get("spec") or {}
    storage = containers.asked(spec, "requests").get("storage", "0")
    found: dict[str, Quantity] = {"requests.storage": storage}
    name = (metadata(claim).get("annotations") or {}).get(_CLASS_ANNOTATION) or spec.get("storageClassName")
    if name:
        found |= {
            f"{name}{_OF_CLASS}requests.storage": storage,
            f"{name}{_OF_CLASS}persistentvolumeclaims": "1",
        }
    return found


def _service(service: Plain) -> dict[str, Quantity]:
    spec: Plain = service.get("spec") or {}
    kind, ports = spec.get("type"), spec.get("ports") or ()
    balanced = kind == "LoadBalancer"
    if balanced and spec.get("allocateLoadBalancerNodePorts") is False:
        ports = [each for each in ports if each.get("nodePort")]
    taken = len(ports) if balanced or kind == "NodePort" else 0
    return {"services.nodeports": taken, "services.loadbalancers": int(balanced)}


def _missing(hard: Amounts, spec: Plain) -> Iterator[tuple[str, list[str]]]:
    """Yield what a quota demands of every container, with the containers that do not name it."""
    if spec.get("resources"):
        return
    for asked in (each for each in _DEMANDED if each in hard):
        what, _, name = asked.rpartition(".")
        bare = sorted(
            each.get("name", "")
            for each in containers.of(spec)
            if name
            not in (containers.asked(each, "limits") if what == "limits" else containers.requests(each))
        )
        if bare:
            yield asked, bare
