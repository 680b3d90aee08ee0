"""What the scheduler reads of a pod: the API's defaults applied, amounts added up, terms resolved.

Pods that say the same share one `Demand`, so that its rules are prepared once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from ontology import instants, pod_resources
from ontology.cluster.pods import Pod, PodAffinity, PodAffinityTerm, Volume
from ontology.semantics.scheduling.terms import (
    Constraint,
    Term,
    Weighted,
    affinity_term,
    spread_constraint,
)

FINISHED = frozenset({"Succeeded", "Failed"})
Port = tuple[str, str, int]
"""Address, protocol and number of a host port."""

EVERYWHERE = "0.0.0.0"  # noqa: S104 - the API's word for no address, nothing is bound

# What a container without a request counts as where scores compare loads.
_CPU, _MEMORY = "cpu", "memory"
_ASSUMED = {_CPU: 100 * 10**6, _MEMORY: 200 * 2**20 * 10**9}
# More than any machine has, small enough that sums and products stay within 64 bits.
_LARGEST = 2**52


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Demand:
    """One pod template as the scheduler sees it. `pod` is the first pod that came with it.

    `requests` are in the scheduler's units (millicores, bytes, pieces); `load` is what the pod weighs on
    its node in scores, `load_if_placed` what it is reckoned with while it is being placed.
    """

    pod: Pod
    namespace: str
    labels: Mapping[str, str]
    requests: Mapping[str, int]
    load: tuple[int, int]
    load_if_placed: tuple[int, int]
    ports: tuple[Port, ...]
    affinity: tuple[Term, ...] = ()
    anti_affinity: tuple[Term, ...] = ()
    preferences: tuple[Weighted, ...] = ()
    hard: tuple[Constraint, ...] = ()
    soft: tuple[Constraint, ...] = ()
    volumes: tuple[Volume, ...] = ()
    wanted_node: str = ""
    profile: "Profile"
    leaving: "Profile"


@dataclass(frozen=True, slots=True)
class Profile:
    """The labels under which a running pod is counted."""

    namespace: str
    items: tuple[tuple[str, str], ...]
    terminating: bool

    @property
    def labels(self) -> dict[str, str]:
        """The labels as a mapping."""
        return dict(self.items)


@dataclass(frozen=True, slots=True, eq=False)
class Seated:
    """A pod that runs on a node, or is nominated to one."""

    demand: Demand
    namespace: str
    name: str
    uid: str
    priority: int
    started: int | None
    terminating: bool
    preempted: bool = False
    preempts: bool = True
    nominated_node: str = ""

    @property
    def full_name(self) -> str:
        """`namespace/name`."""
        return f"{self.namespace}/{self.name}"


def seated(pod: Pod, demand: Demand) -> Seated:
    """Return a pod as its node sees it."""
    started = pod.status.start_time
    return Seated(
        demand,
        pod.namespace,
        pod.name,
        pod.metadata.uid,
        pod.spec.priority or 0,
        instants.parse(started) if started else None,
        pod.metadata.deletion_timestamp is not None,
        _is_preempted(pod),
        pod.spec.preemption_policy != "Never",
        pod.status.nominated_node_name,
    )


def _is_preempted(pod: Pod) -> bool:
    return pod.metadata.deletion_timestamp is not None and any(
        c.type == "DisruptionTarget" and c.status == "True" and c.reason == "PreemptionByScheduler"
        for c in pod.status.conditions or ()
    )


def fingerprint(pod: Pod, *, incoming: bool) -> bytes:
    """Return bytes that are equal for pods which the scheduler cannot tell apart."""
    spec, status = pod.spec, pod.status
    said: list[Any] = [
        pod.metadata.namespace,
        pod.metadata.labels,
        spec.containers,
        spec.init_containers,
        spec.node_selector,
        spec.affinity,
        spec.tolerations,
        spec.topology_spread_constraints,
        spec.overhead,
        spec.resources,
        spec.host_network,
        pod.metadata.owner_references,
        (pod.spec.node_name, pod.spec.scheduling_gates) if incoming else None,
    ]
    if spec.volumes:
        said.append(spec.volumes)
        if any(volume.ephemeral is not None for volume in spec.volumes):
            said += [pod.metadata.name, pod.metadata.uid]
    if any(
        c.resources for c in (*(status.container_statuses or ()), *(status.init_container_statuses or ()))
    ):
        said += [status.container_statuses, status.init_container_statuses, status.conditions]
    return msgspec.msgpack.encode(said)


def demand(pod: Pod, *, incoming: bool) -> Demand:
    """Return what `pod` asks for; an incoming one may ask for a node by name.

    Raises:
        InvalidObjectError: an amount that is no quantity.
    """
    affinity = pod.spec.affinity
    near = affinity.pod_affinity if affinity else None
    apart = affinity.pod_anti_affinity if affinity else None
    constraints = pod.spec.topology_spread_constraints or ()
    items = tuple(sorted(pod.labels.items()))
    requests = pod_resources.pod_requests(pod)
    return Demand(
        pod=pod,
        namespace=pod.namespace,
        labels=pod.labels,
        requests={n: u for n, a in requests.items() if (u := unit(n, a)) and is_scheduled(n)},
        load=_load(pod, requests),
        load_if_placed=_pair(pod_resources.pod_requests(pod, missing=_ASSUMED, pod_level=False)),
        ports=_host_ports(pod),
        affinity=_terms(near, pod),
        anti_affinity=_terms(apart, pod),
        preferences=(*_preferences(near, pod, 1), *_preferences(apart, pod, -1)),
        hard=tuple(spread_constraint(c, pod) for c in constraints if c.when_unsatisfiable == "DoNotSchedule"),
        soft=tuple(
            spread_constraint(c, pod) for c in constraints if c.when_unsatisfiable == "ScheduleAnyway"
        ),
        volumes=tuple(pod.spec.volumes or ()),
        wanted_node=pod.spec.node_name if incoming else "",
        profile=Profile(pod.namespace, items, terminating=False),
        leaving=Profile(pod.namespace, items, terminating=True),
    )


def unit(resource: str, amount: int) -> int:
    """Return billionths in the scheduler's unit, within what columns can hold."""
    return min(pod_resources.whole(resource, amount), _LARGEST)


def is_scheduled(resource: str) -> bool:
    """Whether the scheduler keeps count of a resource: the built-in three, and extended ones."""
    if resource in ("cpu", "memory", "ephemeral-storage") or resource.startswith(
        ("hugepages-", "attachable-volumes-")
    ):
        return True
    return "kubernetes.io/" in resource or ("/" in resource and not resource.startswith("requests."))


def _load(pod: Pod, requests: Mapping[str, int]) -> tuple[int, int]:
    missing = _ASSUMED
    if pod_resources.has_pod_level(pod):
        missing = {name: amount for name, amount in _ASSUMED.items() if not requests.get(name)}
    return _pair(pod_resources.pod_requests(pod, missing=missing))


def _pair(amounts: Mapping[str, int]) -> tuple[int, int]:
    return unit(_CPU, amounts.get(_CPU, 0)), unit(_MEMORY, amounts.get(_MEMORY, 0))


def _host_ports(pod: Pod) -> tuple[Port, ...]:
    spec = pod.spec
    holders = [
        *(spec.containers or ()),
        *(c for c in spec.init_containers or () if pod_resources.is_sidecar(c)),
    ]
    wanted = (
        (
            port.host_ip or EVERYWHERE,
            port.protocol or "TCP",
            port.host_port or _shared(port.container_port, pod),
        )
        for container in holders
        for port in container.ports or ()
    )
    return tuple(port for port in wanted if port[2] > 0)


def _shared(container_port: int, pod: Pod) -> int:
    # in the host's network a container's port is the host's port
    return container_port if pod.spec.host_network else 0


def _terms(affinity: PodAffinity | None, pod: Pod) -> tuple[Term, ...]:
    required: list[PodAffinityTerm] = (affinity.required if affinity else None) or []
    return tuple(affinity_term(term, pod) for term in required)


def _preferences(affinity: PodAffinity | None, pod: Pod, sign: int) -> tuple[Weighted, ...]:
    preferred = (affinity.preferred if affinity else None) or ()
    return tuple(Weighted(affinity_term(p.pod_affinity_term, pod), sign * p.weight) for p in preferred)
