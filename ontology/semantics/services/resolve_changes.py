"""What would give a name that fails a record: proposals, each of which is tried before it is offered."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from msgspec import to_builtins

from ontology import patches
from ontology.cluster.pods import Pod
from ontology.cluster.services import Service
from ontology.selectors import matches_all
from ontology.semantics.services import explanation
from ontology.semantics.services.lookup import Lookup, server_of
from ontology.semantics.services.records import Status
from ontology.semantics.services.zone import Zone
from ontology.verdict import Role, Step

_ADDRESS_TYPES = {"A": "AAAA", "AAAA": "A"}


def proposals(name: str, type_: str, *, pod: Pod, zone: Zone, found: Lookup) -> Iterator[Step]:
    """Yield changes of manifests first, then of the question, the smallest of each first."""
    labels = name.lower().rstrip(".").split(".")
    yield from _policy(pod, zone, found)
    yield from _service_patches(labels, pod, zone)
    yield from _pod_names(labels, pod, zone)
    yield from _other_names(name.lower(), labels, pod, zone)
    other = _ADDRESS_TYPES.get(type_)
    if other is not None and any(r is not None and r.status is Status.NODATA for _, r in found.tried):
        facts = {"name": name, "type": other}
        yield _change("services.dnsType", facts, {"question": {"type": other}})


def near_misses(name: str, *, pod: Pod, zone: Zone) -> Iterator[Step]:
    """Yield Services of that name elsewhere, and pods that a headless Service nearly selects."""
    labels = name.lower().rstrip(".").split(".")
    for namespace, service in sorted(zone.services):
        if service == labels[0]:
            facts = {"name": name, "service": service, "other": namespace, "full": f"{service}.{namespace}"}
            yield Step("services.dnsNoService", False, facts, Role.NEAR_MISS)
    for _, headless in _meant(labels, pod, zone):
        if headless.spec.cluster_ip == "None" and not zone.endpoints(headless):
            yield from explanation.near_misses(headless, zone.pods)


def _change(rule: str, facts: Mapping[str, object], patch: Mapping[str, object]) -> Step:
    return Step(rule, True, facts, Role.CHANGE, change=patch)


def _policy(pod: Pod, zone: Zone, found: Lookup) -> Iterator[Step]:
    """Yield the policy with which the pod asks the cluster's server first."""
    if found.conf.nameservers[:1] != (server_of(zone),):
        policy = "ClusterFirstWithHostNet" if pod.spec.host_network else "ClusterFirst"
        facts: dict[str, object] = {"pod": pod.name, "policy": policy}
        patch = patches.for_object("Pod", pod.name, pod.namespace, "v1", spec={"dnsPolicy": policy})
        yield _change("services.dnsPolicy", facts, patch)


def _meant(labels: list[str], pod: Pod, zone: Zone) -> Iterator[tuple[list[str], Service]]:
    """Yield each Service that labels of the name stand for, with the labels before it."""
    for at, label in enumerate(labels):
        namespace = labels[at + 1] if at + 1 < len(labels) else pod.namespace
        service = zone.services.get((namespace, label)) or zone.services.get((pod.namespace, label))
        if service is not None:
            yield labels[:at], service


def _service_patches(labels: list[str], pod: Pod, zone: Zone) -> Iterator[Step]:
    for before, service in _meant(labels, pod, zone):
        where = ("Service", service.name, service.namespace, "v1")
        if not service.spec.publish_not_ready_addresses:
            facts: dict[str, object] = {"service": service.name, "pod": ".".join(before) or service.name}
            patch = patches.for_object(*where, spec={"publishNotReadyAddresses": True})
            yield _change("services.publishNotReady", facts, patch)
        if service.spec.selector and service.spec.cluster_ip == "None":
            here = [each for each in zone.pods if each.namespace == service.namespace]
            selected = [each for each in here if matches_all(service.spec.selector, each.labels)]
            yield from explanation.changes(service, here, selected, zone.nodes)
        match before:
            case [port, protocol] if port.startswith("_"):
                wanted = protocol.removeprefix("_").upper()
                yield from _named_ports(service, port.removeprefix("_"), wanted)


def _named_ports(service: Service, name: str, protocol: str) -> Iterator[Step]:
    """Yield the Service with one port of the protocol given the name that was asked for."""
    ports = service.spec.ports or ()
    for index, port in enumerate(ports):
        if port.protocol == protocol:
            listed = [to_builtins(each) for each in ports]
            shown = [{k: v for k, v in each.items() if v} for each in listed]
            shown[index]["name"] = name
            facts: dict[str, object] = {"service": service.name, "port": name, "number": port.port}
            patch = patches.for_object(
                "Service", service.name, service.namespace, "v1", spec={"ports": shown}
            )
            yield _change("services.dnsPort", facts, patch)


def _pod_names(labels: list[str], pod: Pod, zone: Zone) -> Iterator[Step]:
    """Yield the pod with the host name asked for, and the headless Service that its subdomain needs."""
    if len(labels) < 2:  # noqa: PLR2004 - a host and its subdomain
        return
    host, subdomain, *rest = labels
    namespace = rest[0] if rest else pod.namespace
    named: dict[str, object] = {"hostname": host, "subdomain": subdomain}
    named_pod = patches.for_object("Pod", host, namespace, "v1", spec=named)
    facts: dict[str, object] = {"pod": host, "service": subdomain, "hostname": host, "subdomain": subdomain}
    if (namespace, subdomain) in zone.services:
        yield _change("services.hostname", facts, named_pod)
        return
    for selector in zone.labels_of(namespace, host):
        headless = patches.for_object(
            "Service", subdomain, namespace, "v1", spec={"clusterIP": "None", "selector": dict(selector)}
        )
        yield _change("services.dnsSubdomain", facts, headless)
        both = dict(patches.together(headless, named_pod))
        yield _change("services.dnsSubdomain", facts, both)


def _other_names(name: str, labels: list[str], pod: Pod, zone: Zone) -> Iterator[Step]:
    """Yield the Service's name as it is called from here: of another namespace, or spelt right."""
    for at, label in enumerate(labels):
        for namespace, service in sorted(zone.services):
            if service == label and namespace != pod.namespace:
                full = ".".join([*labels[:at], service, namespace])
                yield _renamed(name, service, full)
    here = [service for namespace, service in sorted(zone.services) if namespace == pod.namespace]
    for near in get_close_matches(labels[0], here, n=1):
        yield _renamed(name, near, ".".join([near, *labels[1:]]))


def _renamed(name: str, service: str, full: str) -> Step:
    facts: dict[str, object] = {"name": name, "service": service, "full": full}
    return _change("services.dnsNoService", facts, {"question": {"name": full}})
