"""Beyond the cluster: stub domains, forwarders one after the other, aliases, and how long answers keep.

Source: kubernetes.io/docs/tasks/administer-cluster/dns-custom-nameservers (v1.36) and CoreDNS's plugins
`forward` and `cache` as kubeadm configures them: answers are kept for 30 seconds at most, those of the
cluster's own domain not at all (github.com/kubernetes/kubernetes/pull/128359).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ontology.semantics.services.records import Record, Response, Status
from ontology.semantics.services.resolver import NodeConf
from ontology.semantics.services.zone import Zone

CACHE_LIMIT = 30
_MAX_ALIASES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """The world beyond the cluster: forwarders in the order asked, and what each of them knows.

    `stubs` sends a domain to one server; `zones` maps server to name to type to values; `ttl` in seconds;
    `node` is the node's own resolv.conf.
    """

    forwarders: tuple[str, ...] = ()
    stubs: Mapping[str, str] = field(default_factory=dict)
    zones: Mapping[str, Mapping[str, Mapping[str, Sequence[str]]]] = field(default_factory=dict)
    ttl: int = 300
    node: NodeConf = field(default_factory=NodeConf)


def ask(name: str, type_: str, zone: Zone | None, outside: Outside) -> Response | None:
    """Answer for a full name, following aliases; None when nothing is said about the world outside.

    Without a `zone` the cluster's server is not asked.

    An alias that leads in a circle ends after a few steps with what was found.
    """
    records: tuple[Record, ...] = ()
    response: Response | None = None
    for _ in range(_MAX_ALIASES):
        response = _own(name, type_, zone) or _forward(name, type_, outside)
        if response is None:
            break
        records += response.records
        alias = next((r.data for r in response.records if r.type == "CNAME"), None)
        if alias is None or type_ == "CNAME":
            break
        name = alias
    if response is None:
        # the alias is known, what it stands for is not
        return Response(Status.NOERROR, records, rule="services.dnsExternalName") if records else None
    return Response(response.status, records, response.server, response.rule)


def _own(name: str, type_: str, zone: Zone | None) -> Response | None:
    """Return the cluster's own answer; None for names that it passes on."""
    if zone is None:
        return None
    return zone.answer(name, type_) if zone.covers(name) else zone.reverse(name, type_)


def _forward(name: str, type_: str, outside: Outside) -> Response | None:
    """Ask the stub domain's server, or the forwarders one after the other until one knows the name."""
    stub = max(
        (domain for domain in outside.stubs if name == domain or name.endswith("." + domain)),
        key=len,
        default=None,
    )
    servers = outside.forwarders if stub is None else (outside.stubs[stub],)
    rule = "services.dnsForward" if stub is None else "services.dnsStub"
    if not servers:
        return None
    for server in servers:
        known = outside.zones.get(server, {}).get(name)
        if known is not None:
            alias = known.get("CNAME", ())
            types = {"CNAME": alias} if alias else known
            records = [Record(name, t, data, outside.ttl) for t, values in types.items() for data in values]
            wanted = tuple(r for r in records if r.type in (type_, "CNAME"))
            return Response(Status.NOERROR if wanted else Status.NODATA, wanted, server, rule)
    return Response(Status.NXDOMAIN, (), servers[-1], rule)


def cached_for(name: str, response: Response, zone: Zone | None) -> int:
    """Return the seconds for which the cluster's server keeps an answer; that there is none it keeps too.

    It keeps nothing of the cluster's own domain, which it knows itself; without a `zone` it was not asked.
    """
    if zone is None or zone.covers(name):
        return 0
    return min((*(record.ttl for record in response.records), CACHE_LIMIT))
