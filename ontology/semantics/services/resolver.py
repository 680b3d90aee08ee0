"""The resolver inside a pod: which servers it asks, and which full names it tries.

Source: kubernetes.io/docs/concepts/services-networking/dns-pod-service (v1.36), resolv.conf(5).
"""

from dataclasses import dataclass

from ontology.cluster.pods import Pod
from ontology.errors import InvalidObjectError

NDOTS = 5
POLICIES = ("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None")
# what the kubelet writes at most, and the C library reads
_MAX_SERVERS = 3
_MAX_SEARCH = 32
_MAX_NDOTS = 15


@dataclass(frozen=True, slots=True)
class ResolvConf:
    """A pod's /etc/resolv.conf."""

    nameservers: tuple[str, ...]
    search: tuple[str, ...]
    ndots: int
    policy: str


@dataclass(frozen=True, slots=True)
class NodeConf:
    """The node's own resolv.conf, which a pod inherits from."""

    nameservers: tuple[str, ...] = ()
    search: tuple[str, ...] = ()


def resolv_conf(pod: Pod, *, domain: str, server: str, node: NodeConf) -> ResolvConf:
    """Return what the kubelet writes for a pod, by its dnsPolicy and dnsConfig.

    Raises:
        InvalidObjectError: another dnsPolicy than the API knows.
    """
    policy = pod.spec.dns_policy or "ClusterFirst"
    if policy not in POLICIES:
        listed = ", ".join(f'"{each}"' for each in POLICIES)
        message = f'unsupported value: "{policy}": supported values: {listed}'
        raise InvalidObjectError(message, path=f"{pod.namespace}/{pod.name}: spec.dnsPolicy")
    if policy == "ClusterFirst" and pod.spec.host_network:
        policy = "Default"  # a pod on the host's network has to ask for ClusterFirstWithHostNet
    ndots = 1
    nameservers: tuple[str, ...] = node.nameservers
    search: tuple[str, ...] = node.search
    if policy in ("ClusterFirst", "ClusterFirstWithHostNet"):
        own = (f"{pod.namespace}.svc.{domain}", f"svc.{domain}", domain)
        nameservers, search, ndots = (server,), (*own, *node.search), NDOTS
    elif policy == "None":
        nameservers, search = (), ()
    config = pod.spec.dns_config
    if config is not None:
        nameservers = tuple(dict.fromkeys((*nameservers, *(config.nameservers or ()))))
        search = tuple(dict.fromkeys((*search, *(config.searches or ()))))
        # of an option that is given twice the last counts
        wanted = next((o.value for o in reversed(config.options or ()) if o.name == "ndots"), None)
        ndots = min(int(wanted), _MAX_NDOTS) if wanted and wanted.isdigit() else ndots
    return ResolvConf(nameservers[:_MAX_SERVERS], search[:_MAX_SEARCH], ndots, policy)


def candidates(name: str, conf: ResolvConf) -> tuple[str, ...]:
    """Return the full names in the order in which the resolver tries them.

    A final dot makes a name full; one with at least `ndots` dots is tried as it is first.
    """
    if name.endswith("."):
        return (name[:-1].lower(),)
    plain = name.lower()
    searched = [f"{plain}.{suffix}".rstrip(".") for suffix in conf.search]
    tried = [plain, *searched] if plain.count(".") >= conf.ndots else [*searched, plain]
    return tuple(dict.fromkeys(tried))
