"""A look-up from inside a pod: every full name that the resolver tries, and what each is answered.

Source: kubernetes.io/docs/concepts/services-networking/dns-pod-service (v1.36), resolv.conf(5).
"""

from dataclasses import dataclass, replace

from ontology.cluster.pods import Pod
from ontology.errors import InvalidObjectError
from ontology.semantics.services.forwarding import Outside, ask, cached_for
from ontology.semantics.services.records import Response, Status
from ontology.semantics.services.resolver import ResolvConf, candidates, resolv_conf
from ontology.semantics.services.zone import Zone

CLUSTER_DNS = "10.96.0.10"  # where kubeadm puts the Service of the cluster's DNS


@dataclass(frozen=True, slots=True)
class Lookup:
    """What was tried, name by name; a response is None where nothing is said about the servers outside.

    `zone` is what the server that was asked knows of the cluster: None for a server outside.
    """

    conf: ResolvConf
    tried: tuple[tuple[str, Response | None], ...]
    zone: Zone | None

    @property
    def told(self) -> tuple[str, Response | None]:
        """The full name and the response by which the program in the pod goes."""
        last = self.tried[-1]
        if last[1] is None or last[1].status is Status.NOERROR:
            return last
        # that a name exists, though without such a record, outweighs that others do not exist
        return next((each for each in self.tried if each[1] and each[1].status is Status.NODATA), last)

    @property
    def final(self) -> Response | None:
        """What the program in the pod is told."""
        return self.told[1]

    @property
    def cached_for(self) -> int | None:
        """For how many seconds the cluster's server keeps what was told; None where that is not known."""
        name, response = self.told
        return None if response is None else cached_for(name, response, self.zone)


def look_up(pod: Pod, name: str, type_: str, *, zone: Zone, outside: Outside) -> Lookup:
    """Return what a name means to a pod.

    Raises:
        InvalidObjectError: dnsPolicy None without a server, which the API refuses.
    """
    server = server_of(zone)
    conf = resolv_conf(pod, domain=zone.domain, server=server, node=outside.node)
    if conf.policy == "None" and not conf.nameservers:
        message = "must provide at least one DNS nameserver when `dnsPolicy` is None"
        raise InvalidObjectError(message, path=f"{pod.namespace}/{pod.name}: spec.dnsConfig.nameservers")
    # only the first server is asked as long as it answers; others do not reach the cluster's own names
    inside = conf.nameservers[:1] == (server,)
    reached, world = (zone, outside) if inside else (None, _past_the_cluster(conf, outside))
    tried: list[tuple[str, Response | None]] = []
    for full in candidates(name, conf):
        response = ask(full, type_, reached, world)
        tried.append((full, response))
        if response is None or response.status is Status.NOERROR:
            break
    return Lookup(conf, tuple(tried), reached)


def server_of(zone: Zone) -> str:
    """Return the address of the cluster's DNS Service, the customary one where it is not given."""
    service = zone.services.get(("kube-system", "kube-dns"))
    return (service.spec.cluster_ip if service is not None else "") or CLUSTER_DNS


def _past_the_cluster(conf: ResolvConf, outside: Outside) -> Outside:
    """Return the world of a pod that asks other servers: stub domains are the cluster's, and not theirs."""
    own = tuple(each for each in conf.nameservers if each in outside.zones)
    return replace(outside, forwarders=(*own, *outside.forwarders), stubs={})
