"""The EndpointSlice controller: who stands behind each Service."""

from collections.abc import Iterator
from typing import cast

from msgspec.structs import replace

from ontology.cluster.meta import ObjectMeta, ObjectReference
from ontology.cluster.nodes import Node
from ontology.cluster.pods import Pod
from ontology.cluster.services import (
    Endpoint,
    EndpointConditions,
    EndpointPort,
    EndpointSlice,
    Service,
)
from ontology.selectors import matches_all
from ontology.semantics.services import endpoints
from ontology.semantics.services.endpoints import Backend, PodIndex, Port
from ontology.semantics.workloads.simulation.cluster import owned_by
from ontology.semantics.workloads.simulation.names import suffix
from ontology.walkthroughs.cluster.actions import Action, Create, Delete, Update, Why
from ontology.walkthroughs.cluster.clock import Key
from ontology.walkthroughs.cluster.component import Controller, View, controllers, own, split
from ontology.walkthroughs.cluster.kinds import ref_of
from ontology.walkthroughs.cluster.store import Change, Store

SERVICE_NAME = "kubernetes.io/service-name"
_MOST_ENDPOINTS = 100


def reconcile(view: View, key: Key) -> Iterator[Action]:
    """Write the slices of a Service: one for each set of ports and hundred endpoints."""
    service = view.store.find(Service, *split(key))
    if service is None or service.spec.selector is None or not endpoints.makes_slices(service):
        return
    pods = view.store.labelled(Pod, service.namespace, service.spec.selector)
    nodes = {each.name: each for each in view.store.all(Node)}
    found = endpoints.slices(service, PodIndex(pods), nodes) or {(): []}
    known = {each.name: each for each in view.store.owned_by(service.metadata.uid, EndpointSlice)}
    wanted = {each.name: each for each in _slices(service, found)}
    for name, made in wanted.items():
        before = known.get(name)
        if before is None:
            yield Create(made, _why(service, None, made))
        elif (before.endpoints, before.ports) != (made.endpoints, made.ports):
            yield Update(
                replace(before, endpoints=made.endpoints, ports=made.ports), _why(service, before, made)
            )
    for name in sorted(known.keys() - wanted.keys()):
        yield Delete(ref_of(known[name]))


def _slices(service: Service, found: endpoints.Slices) -> Iterator[EndpointSlice]:
    for ports, backends in sorted(found.items(), key=lambda item: repr(item[0])):
        ordered = sorted(backends, key=lambda each: each.pod.name)
        for first in range(0, len(ordered) or 1, _MOST_ENDPOINTS):
            chunk = ordered[first : first + _MOST_ENDPOINTS]
            name = suffix(service.name, [each.as_json() for each in ports], first)
            yield EndpointSlice(
                api_version="discovery.k8s.io/v1",
                kind="EndpointSlice",
                metadata=ObjectMeta(
                    name=f"{service.name}-{name}",
                    namespace=service.namespace,
                    labels={SERVICE_NAME: service.name},
                    owner_references=[owned_by(service)],
                ),
                endpoints=[_endpoint(each) for each in chunk],
                ports=[_port(each) for each in ports],
            )


def _port(port: Port) -> EndpointPort:
    return EndpointPort(
        name=port.name, port=port.port, protocol=port.protocol, app_protocol=port.app_protocol
    )


def _endpoint(backend: Backend) -> Endpoint:
    pod = backend.pod
    return Endpoint(
        addresses=[backend.ip],
        conditions=EndpointConditions(
            ready=backend.ready, serving=backend.serving, terminating=backend.terminating
        ),
        hostname=backend.hostname,
        node_name=backend.node,
        zone=backend.zone,
        target_ref=ObjectReference(kind="Pod", namespace=pod.namespace, name=pod.name, uid=pod.metadata.uid),
    )


def _why(service: Service, before: EndpointSlice | None, after: EndpointSlice) -> Why:
    """Return what is told: which endpoints get traffic now that did not, and the other way round."""
    was, now = _ready(before), _ready(after)
    if was == now:
        return Why()
    facts = {"service": service.name, "in": tuple(sorted(now - was)), "out": tuple(sorted(was - now))}
    return Why(rule="cluster.endpoints", facts=facts)


def _ready(found: EndpointSlice | None) -> set[str]:
    return {
        each.target_ref.name
        for each in (found.endpoints if found else None) or ()
        if each.conditions.ready and each.target_ref is not None
    }


def _of_pod(store: Store, change: Change) -> Iterator[Key]:
    """Only what a slice shows of a pod: its address, node, readiness, deletion, labels and ports."""
    old, new = cast("Pod | None", change.old), cast("Pod | None", change.new)
    if old is not None and new is not None and _seen(old) == _seen(new):
        return
    for service in store.all(Service):
        selector = service.spec.selector
        if not selector or service.namespace != change.ref[1]:
            continue
        if any(each is not None and matches_all(selector, each.labels) for each in (old, new)):
            yield f"{service.namespace}/{service.name}"


def _seen(pod: Pod) -> tuple[object, ...]:
    ready = next((each.status for each in pod.status.conditions or () if each.type == "Ready"), None)
    return (
        pod.status.pod_ip,
        pod.spec.node_name,
        ready,
        pod.status.phase,
        pod.metadata.deletion_timestamp,
        pod.metadata.labels,
    )


def _of_node(store: Store, change: Change) -> Iterator[Key]:
    """Nodes that come and go, or move between zones."""
    old, new = change.old, change.new
    if old is None or new is None or old.metadata.labels != new.metadata.labels:
        yield from (f"{each.namespace}/{each.name}" for each in store.all(Service))


CONTROLLER = Controller(
    name="endpointslice-controller",
    watches={"Service": own, "Pod": _of_pod, "Node": _of_node, "EndpointSlice": controllers("Service")},
    reconcile=reconcile,
)
