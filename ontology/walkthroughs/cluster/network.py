"""The network: kube-proxy programs every node for each Service, cluster DNS answers for its name.

Source: kubernetes.io/docs/reference/networking/virtual-ips and
kubernetes.io/docs/concepts/services-networking/dns-pod-service (v1.36).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ontology.cluster.services import EndpointSlice, Service
from ontology.walkthroughs.cluster.actions import Action, Note, Why
from ontology.walkthroughs.cluster.clock import Key
from ontology.walkthroughs.cluster.component import Single, View, Watch, own, split
from ontology.walkthroughs.cluster.controllers.endpointslice import SERVICE_NAME
from ontology.walkthroughs.cluster.kinds import ref_of
from ontology.walkthroughs.cluster.store import Change, Store


def ready_addresses(store: Store, service: Service) -> tuple[str, ...]:
    """Return the addresses that get a Service's traffic, sorted; slices made by hand have no owner."""
    found = {
        address
        for each in store.labelled(EndpointSlice, service.namespace, {SERVICE_NAME: service.name})
        for endpoint in each.endpoints or ()
        if endpoint.conditions.ready is not False  # absent means ready
        for address in endpoint.addresses or ()
    }
    return tuple(sorted(found))


@dataclass(slots=True)
class KubeProxy(Single):
    """The proxies of all nodes; `programmed` are the backends that they send a Service's packets to."""

    programmed: dict[Key, tuple[str, ...]] = field(default_factory=dict)
    name: str = "kube-proxy"
    process: str = "kube-proxy"
    local: bool = False

    @property
    def watches(self) -> Mapping[str, Watch]:
        """Services and their slices."""
        return {"Service": own, "EndpointSlice": _service_of}

    def act(self, view: View, keys: Sequence[Key]) -> Iterator[tuple[Key, Sequence[Action]]]:
        """Yield what is programmed anew."""
        for key in keys:
            service = view.store.find(Service, *split(key))
            if service is None:
                self.programmed.pop(key, None)
                continue
            if not service.spec.cluster_ip or service.spec.cluster_ip == "None":
                continue  # without an address of its own there is nothing to program
            backends = ready_addresses(view.store, service)
            if self.programmed.get(key, ()) != backends:
                self.programmed[key] = backends
                facts = {
                    "service": service.name,
                    "address": service.spec.cluster_ip,
                    "backends": len(backends),
                }
                did = f"send packets for {service.spec.cluster_ip} to {len(backends)} endpoints"
                yield key, (Note(ref_of(service), Why(rule="cluster.proxy.program", did=did, facts=facts)),)


@dataclass(slots=True)
class ClusterDns(Single):
    """CoreDNS; `names` are those it answers for, with the address or, headless, how many pods it lists."""

    names: dict[str, str] = field(default_factory=dict)
    name: str = "coredns"
    process: str = "coredns"
    local: bool = False

    @property
    def watches(self) -> Mapping[str, Watch]:
        """Services and their slices."""
        return {"Service": own, "EndpointSlice": _service_of}

    def act(self, view: View, keys: Sequence[Key]) -> Iterator[tuple[Key, Sequence[Action]]]:
        """Yield the names that answer otherwise than before."""
        for key in keys:
            namespace, name = split(key)
            domain = f"{name}.{namespace}.svc.cluster.local"
            service = view.store.find(Service, namespace, name)
            if service is None:
                self.names.pop(domain, None)
                continue
            address = _answer(view.store, service)
            if self.names.get(domain) != address:
                self.names[domain] = address
                facts = {"name": domain, "address": address}
                did = f"answer {domain} with {address or 'nothing'}"
                yield key, (Note(ref_of(service), Why(rule="cluster.dns.answer", did=did, facts=facts)),)


def _answer(store: Store, service: Service) -> str:
    if service.spec.type == "ExternalName":
        return service.spec.external_name
    if service.spec.cluster_ip != "None":
        return service.spec.cluster_ip
    return ", ".join(ready_addresses(store, service))


def _service_of(_: Store, change: Change) -> Iterator[Key]:
    name = change.subject.labels.get(SERVICE_NAME)
    if name:
        yield f"{change.ref[1]}/{name}"
