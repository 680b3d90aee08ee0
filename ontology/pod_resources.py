"""What a pod asks of the node it runs on, as the API defaults it and the scheduler adds it up.

Amounts are whole billionths of the unit, so that sums are exact before they are rounded.

Source: kubernetes.io/docs/concepts/workloads/pods/init-containers and pod-level resources (v1.36). Sidecars
(init containers that restart always) run beside the containers; every other init container runs alone,
beside the sidecars started before it; a pod-level request takes the place of that sum; overhead comes on
top. A request that is missing takes the limit.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from ontology import quantities
from ontology.cluster.meta import Quantity
from ontology.cluster.pods import Container, ContainerStatus, Pod, ResourceRequirements

Amounts = Mapping[str, int]

_UNIT = 10**9
_POD_LEVEL = frozenset({"cpu", "memory"})
_MILLI = _UNIT // 1000


@lru_cache(maxsize=65536)
def billionths(quantity: Quantity) -> int:
    """Return a quantity in billionths of its unit.

    Raises:
        QuantityError: not in the API's notation.
    """
    return int(quantities.parse(quantity) * _UNIT)


def whole(resource: str, amount: int) -> int:
    """Return billionths in the scheduler's unit, rounded up: thousandths of `cpu`, else whole units."""
    return -(-amount // (_MILLI if resource == "cpu" else _UNIT))


def requested(resources: ResourceRequirements) -> dict[str, int]:
    """Return a container's requests; what has only a limit requests that limit."""
    merged = {**(resources.limits or {}), **(resources.requests or {})}
    return {name: billionths(quantity) for name, quantity in merged.items()}


def is_sidecar(container: Container) -> bool:
    """Whether an init container keeps running beside the containers."""
    return container.restart_policy == "Always"


def pod_requests(pod: Pod, *, missing: Amounts | None = None, pod_level: bool = True) -> dict[str, int]:
    """Return what `pod` requests of its node.

    `missing` stands in for what a container does not request; `pod_level` says whether the pod's own
    requests take the place of the sum over its containers. A container that is being resized in place
    counts with the larger of what it asks for and what it has.
    """
    total = _containers(pod, missing or {})
    spec = pod.spec
    if pod_level and spec.resources is not None:
        total |= _pod_level(spec.resources, total)
    if spec.overhead:
        _add(total, {name: billionths(quantity) for name, quantity in spec.overhead.items()})
    return total


def has_pod_level(pod: Pod) -> bool:
    """Whether the pod has requests or limits of its own for a resource that pods may bound."""
    own = pod.spec.resources
    return own is not None and any(_bounded(n) for n in (*(own.requests or ()), *(own.limits or ())))


def _pod_level(own: ResourceRequirements, summed: Amounts) -> dict[str, int]:
    limits = {n: billionths(q) for n, q in (own.limits or {}).items() if n not in summed}
    requests = {n: billionths(q) for n, q in (own.requests or {}).items()}
    return {name: amount for name, amount in (limits | requests).items() if _bounded(name)}


def _bounded(name: str) -> bool:
    return name in _POD_LEVEL or name.startswith("hugepages-")


def _containers(pod: Pod, missing: Amounts) -> dict[str, int]:
    statuses = _statuses(pod)
    infeasible = bool(statuses) and _resize_is_infeasible(pod)
    total: dict[str, int] = {}
    for container in pod.spec.containers or ():
        _add(total, {**missing, **_held(container, statuses, infeasible)})
    sidecars: dict[str, int] = {}
    peak: dict[str, int] = {}
    for container in pod.spec.init_containers or ():
        if is_sidecar(container):
            amounts = {**missing, **_held(container, statuses, infeasible)}
            _add(total, amounts)
            _add(sidecars, amounts)
            _raise(peak, sidecars)
        else:
            alone = {**missing, **requested(container.resources)}
            _add(alone, sidecars)
            _raise(peak, alone)
    _raise(total, peak)
    return total


def _statuses(pod: Pod) -> dict[str, ContainerStatus]:
    status = pod.status
    listed: Iterable[ContainerStatus] = (
        *(status.container_statuses or ()),
        *(status.init_container_statuses or ()),
    )
    return {each.name: each for each in listed if each.resources is not None}


def _resize_is_infeasible(pod: Pod) -> bool:
    return any(
        c.type == "PodResizePending" and c.status == "True" and c.reason == "Infeasible"
        for c in pod.status.conditions or ()
    )


def _held(container: Container, statuses: Mapping[str, ContainerStatus], infeasible: bool) -> dict[str, int]:
    asked = requested(container.resources)
    status = statuses.get(container.name)
    if status is None or status.resources is None:
        return asked
    held = {n: billionths(q) for n, q in (status.resources.requests or {}).items()}
    _raise(held, {n: billionths(q) for n, q in (status.allocated_resources or {}).items()})
    if not infeasible:
        _raise(held, asked)
    return held


def _add(total: dict[str, int], amounts: Amounts) -> None:
    for name, amount in amounts.items():
        total[name] = total.get(name, 0) + amount


def _raise(total: dict[str, int], amounts: Amounts) -> None:
    for name, amount in amounts.items():
        if amount > total.get(name, 0):
            total[name] = amount
        else:
            total.setdefault(name, amount)
