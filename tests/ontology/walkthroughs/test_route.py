"""Packets through a small cluster. Sources: kubernetes.io/docs v1.36, V reference/networking/virtual-ips, S
concepts/services-networking/service, T service-traffic-policy, N network-policies, M the network model.
"""

from typing import Any

import pytest

from ontology.errors import InvalidQuestionError
from ontology.verdict import Outcome
from tests.ontology.walkthroughs.packets import (
    BOTH,
    CLIENT,
    NODES,
    PLAIN,
    WEB1,
    WEB2,
    Json,
    node,
    pod,
    route,
    service,
)


@pytest.mark.parametrize(
    ("to", "source", "extra", "among", "delivered"),
    [
        pytest.param("shop/web-2:8080", "shop/client", [], [], True, id="M pod to pod"),
        pytest.param("10.0.1.1:8080", "shop/client", [], [], True, id="M pod to pod by address"),
        pytest.param("shop/web-1:8080", "node/n2", [], [], True, id="M node to pod"),
        pytest.param("localhost:8080", "shop/web-1", [], [], True, id="M container to container"),
        pytest.param("10.0.1.1:8080", "external", [], [], False, id="M a pod's address is internal"),
        pytest.param("web:80", "shop/client", [service()], BOTH, True, id="S by name"),
        pytest.param("web.shop:80", "shop/client", [service()], BOTH, True, id="S by name and namespace"),
        pytest.param(
            "web.shop.svc.cluster.local:80", "shop/client", [service()], BOTH, True, id="S by full name"
        ),
        pytest.param(
            "web.shop.svc.cluster.local.:80", "shop/client", [service()], BOTH, True, id="S by absolute name"
        ),
        pytest.param(
            "node/n2:30080",
            "shop/client",
            [service(type="NodePort")],
            BOTH,
            True,
            id="S node port from a pod",
        ),
        pytest.param(
            "192.0.2.9:30080", "external", [service(type="NodePort")], [], None, id="S no such node"
        ),
        pytest.param("shop/client:8080", "shop/client", [], [], True, id="M a pod to itself"),
        pytest.param("10.96.1.1:80", "shop/client", [service()], BOTH, True, id="S by cluster IP"),
        pytest.param("10.96.1.1:80", "node/n3", [service()], BOTH, True, id="S from a node"),
        pytest.param(
            "web:80", "shop/client", [service(clusterIP="")], BOTH, True, id="S an address not given yet"
        ),
        pytest.param("web:81", "shop/client", [service()], [], False, id="S no such port"),
        pytest.param("nowhere:80", "shop/client", [], [], None, id="S a name outside"),
        pytest.param("10.96.1.1:80", "external", [service()], [], False, id="S a cluster IP is internal"),
        pytest.param(
            "node/n3:30080", "external", [service(type="NodePort")], BOTH, True, id="S node port on any node"
        ),
        pytest.param(
            "192.0.2.3:30080", "external", [service(type="NodePort")], BOTH, True, id="S node port by address"
        ),
        pytest.param(
            "node/n3:30081", "external", [service(type="NodePort")], [], False, id="S no such node port"
        ),
        pytest.param(
            "203.0.113.5:80", "external", [service(type="LoadBalancer")], BOTH, True, id="S load balancer"
        ),
        pytest.param(
            "198.51.100.7:80",
            "external",
            [service(externalIPs=["198.51.100.7"])],
            BOTH,
            True,
            id="S external IP",
        ),
        pytest.param("198.51.100.9:443", "shop/client", [], [], None, id="an address outside"),
        pytest.param(
            "web:8080", "shop/client", [service(clusterIP="None")], [], True, id="S headless goes to a pod"
        ),
    ],
)
def test_the_way_of_a_packet(
    to: str, source: str, extra: list[Json], among: list[str], delivered: bool | None
) -> None:
    found = route(to, *extra, source=source).answer

    assert (found["candidates"], found["delivered"]) == (among, delivered)


BALANCED = {"type": "LoadBalancer", "externalTrafficPolicy": "Local", "healthCheckNodePort": 32000}


def by_hand(kind: str, ip: str = "198.51.100.20", *, ready: bool = True) -> Json:
    """Endpoints that a user makes for the Service `web`, as either kind."""
    if kind == "EndpointSlice":
        return {
            "apiVersion": "discovery.k8s.io/v1",
            "kind": kind,
            "metadata": {
                "name": "web-x",
                "namespace": "shop",
                "labels": {"kubernetes.io/service-name": "web"},
            },
            "addressType": "IPv4",
            "ports": [{"port": 8080, "protocol": "TCP"}],
            "endpoints": [{"addresses": [ip], "conditions": {"ready": ready}}],
        }
    listed = {"addresses" if ready else "notReadyAddresses": [{"ip": ip}], "ports": [{"port": 8080}]}
    metadata = {"name": "web", "namespace": "shop"}
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata, "subsets": [listed]}


def host_pod(name: str, on: str, ip: str, **port: Any) -> Json:
    made = pod(name, ip, on, app=name)
    made["spec"]["containers"][0]["ports"] = [port]
    return made


HOST_PORT = host_pod("agent", "n2", "10.0.2.9", containerPort=9100, hostPort=9101)
ON_HOST = host_pod("on-host", "n2", "192.0.2.2", containerPort=9200)
ON_HOST["spec"]["hostNetwork"] = True
BARE = service(selector=None, ports=[{"port": 80}])


@pytest.mark.parametrize(
    ("to", "source", "extra", "asked", "expected"),
    [
        pytest.param("web:80", "shop/client", [BARE, by_hand("EndpointSlice")], {}, (None, None), id="S a slice by hand"),
        pytest.param("web:80", "shop/client", [BARE, by_hand("Endpoints")], {}, (None, None), id="S Endpoints by hand"),
        pytest.param("web:80", "shop/client", [BARE, by_hand("Endpoints", "10.0.2.1")], {}, (True, None), id="S by hand, a pod's address"),
        pytest.param("web:80", "shop/client", [BARE, by_hand("Endpoints", ready=False)], {}, (False, "refused"), id="S by hand, not ready"),
        pytest.param("web:80", "shop/client", [BARE, by_hand("EndpointSlice", ready=False)], {}, (False, "refused"), id="S a slice, not ready"),
        pytest.param("web:80", "shop/client", [BARE], {}, (False, "refused"), id="V nobody: rejected"),
        pytest.param("10.96.1.1:80", "node/n3", [service(internalTrafficPolicy="Local")], {}, (False, "dropped"), id="V nobody on the node: dropped"),
        pytest.param("web:81", "shop/client", [service()], {}, (False, "dropped"), id="V no such port, iptables passes it by"),
        pytest.param("web:81", "shop/client", [service()], {"mode": "nftables"}, (False, "refused"), id="V no such port, nftables rejects"),
        pytest.param("192.0.2.2:9101", "external", [HOST_PORT], {}, (True, None), id="M a host port"),
        pytest.param("192.0.2.1:9101", "external", [HOST_PORT], {}, (False, "refused"), id="M a host port of another node"),
        pytest.param("192.0.2.2:9200", "external", [ON_HOST], {}, (True, None), id="M a pod on its node's network"),
        pytest.param("192.0.2.2:30080", "external", [ON_HOST, service(type="NodePort")], {}, (True, None), id="S a node port before a pod on the node"),
        pytest.param("203.0.113.5:80", "external", [service(type="LoadBalancer")], {}, (True, None), id="S load balancer to any node"),
        pytest.param("203.0.113.5:80", "external", [service(**BALANCED)], {}, (True, None), id="V load balancer, local: a healthy node"),
        pytest.param("203.0.113.5:80", "external", [service(**BALANCED | {"selector": {"app": "x"}})], {}, (False, "dropped"), id="V load balancer, local: no healthy node"),
        pytest.param("203.0.113.5:80", "external", [service()], {}, (None, None), id="S another type has no load balancer"),
        pytest.param("203.0.113.5:80", "192.0.2.77", [service(type="LoadBalancer", loadBalancerSourceRanges=["198.51.100.0/24"])], {}, (False, "dropped"), id="S outside of the source ranges"),
        pytest.param("203.0.113.5:80", "198.51.100.7", [service(type="LoadBalancer", loadBalancerSourceRanges=["198.51.100.0/24"])], {}, (True, None), id="S inside of the source ranges"),
        pytest.param("203.0.113.5:80", "shop/client", [service(type="LoadBalancer", loadBalancerSourceRanges=["198.51.100.0/24"])], {}, (False, "dropped"), id="S a pod outside of the source ranges"),
        pytest.param("203.0.113.5:80", "shop/client", [service(type="LoadBalancer", loadBalancerSourceRanges=["10.0.0.0/8"])], {}, (True, None), id="S a pod inside of the source ranges"),
        pytest.param("10.96.1.1:80", "shop/client", [service(type="LoadBalancer", loadBalancerSourceRanges=["198.51.100.0/24"])], {}, (True, None), id="S source ranges do not guard the cluster IP"),
        pytest.param("192.0.2.3:30080", "external", [service(type="NodePort")], {"mode": "nftables"}, (True, None), id="V nftables, the primary address"),
        pytest.param("[fd00::1]:80", "shop/client", [], {}, (None, None), id="an IPv6 address outside"),
        pytest.param("web:80", "shop/web-1", [service()], {}, (True, None), id="V a pod that is behind the Service"),
        pytest.param("shop/client:80", "shop/waiting", [pod("waiting", "", "")], {}, (False, "dropped"), id="a pod without a node sends nothing"),
        pytest.param("shop/waiting:80", "shop/client", [pod("waiting", "", "n1")], {}, (False, "dropped"), id="M a pod without an address"),
        pytest.param("wbe.shop.svc.cluster.local:80", "shop/client", [PLAIN], {}, (False, "nameNotFound"), id="S no such name in the cluster's domain"),
        pytest.param("alias:80", "shop/client", [{**service("alias"), "spec": {"type": "ExternalName", "externalName": "web.shop.svc.cluster.local"}}, service()], {}, (True, None), id="S an alias inside"),
        pytest.param("alias:80", "shop/client", [{**service("alias"), "spec": {"type": "ExternalName", "externalName": "db.example.com"}}], {}, (None, None), id="S an alias outside"),
        pytest.param("web:80", "shop/client", [service(ports=[{"port": 80, "targetPort": 8080, "protocol": "SCTP"}])], {"protocol": "SCTP"}, (True, None), id="S SCTP"),
        pytest.param("web:80", "shop/client", [service(ports=[{"port": 80, "targetPort": 8080, "protocol": "UDP"}])], {"protocol": "UDP"}, (True, None), id="S UDP"),
    ],
)  # fmt: skip
def test_who_answers(
    to: str, source: str, extra: list[Json], asked: Json, expected: tuple[bool | None, str | None]
) -> None:
    found = route(to, *extra, source=source, **asked).answer

    assert (found["delivered"], found["failure"]) == expected


def test_a_secondary_address_has_no_node_port_in_nftables_mode() -> None:
    nodes = [node("n1", "a", "192.0.2.1")]
    nodes[0]["status"]["addresses"].append({"type": "ExternalIP", "address": "198.51.100.1"})
    found = {
        mode: route(
            "198.51.100.1:30080", service(type="NodePort"), source="external", base=[*nodes, WEB1], mode=mode
        )
        for mode in ("iptables", "ipvs", "nftables")
    }

    delivered = {mode: verdict.answer["delivered"] for mode, verdict in found.items()}
    assert delivered == {"iptables": True, "ipvs": True, "nftables": False}


@pytest.mark.parametrize(
    ("to", "source", "among"),
    [
        pytest.param("node/n3:30080", "shop/client", BOTH, id="V a pod is short-circuited at a node port"),
        pytest.param(
            "203.0.113.5:80", "shop/client", BOTH, id="V a pod is short-circuited at the load balancer"
        ),
        pytest.param("node/n3:30080", "node/n3", BOTH, id="V the node itself"),
        pytest.param("node/n3:30080", "node/n1", [], id="V another node is an outsider"),
        pytest.param("node/n3:30080", "external", [], id="V a client outside"),
    ],
)
def test_a_local_external_policy_binds_what_comes_from_elsewhere(
    to: str, source: str, among: list[str]
) -> None:
    local = service(type="LoadBalancer", externalTrafficPolicy="Local", internalTrafficPolicy="Local")

    assert route(to, local, source=source).answer["candidates"] == among


def test_an_ip_mode_of_proxy_sends_even_pods_through_the_load_balancer() -> None:
    balanced = service(type="LoadBalancer")
    balanced["status"]["loadBalancer"]["ingress"] = [{"ip": "203.0.113.5", "ipMode": "Proxy"}]

    assert route("203.0.113.5:80", balanced).answer["hops"][0] == "loadBalancer"


def test_a_node_without_a_zone_switches_nearness_off() -> None:
    bare = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n2"}}
    base = [NODES[0], bare, CLIENT, WEB1, WEB2]

    assert (
        route("web:80", service(trafficDistribution="PreferSameZone"), base=base).answer["candidates"] == BOTH
    )


@pytest.mark.parametrize(
    ("to", "source", "seen"),
    [
        pytest.param("web:80", "shop/client", "preserved", id="V a pod to a cluster IP"),
        pytest.param("10.96.1.1:80", "node/n3", "node", id="V a node to a cluster IP"),
        pytest.param("node/n2:30080", "shop/client", "node", id="V a pod to a node port"),
        pytest.param("web:80", "shop/web-1", "node", id="a pod to itself through its Service"),
    ],
)
def test_who_is_masqueraded(to: str, source: str, seen: str) -> None:
    base = [*NODES, CLIENT, WEB1]

    assert route(to, service(type="NodePort"), source=source, base=base).answer["sourceAddress"] == seen


def test_a_service_port_is_of_one_protocol() -> None:
    assert route("web:80", service(), protocol="UDP").answer["delivered"] is False


@pytest.mark.parametrize(
    ("spec", "to", "source", "among"),
    [
        pytest.param(
            {"internalTrafficPolicy": "Local"}, "web:80", "shop/client", BOTH[:1], id="T internal, own node"
        ),
        pytest.param(
            {"internalTrafficPolicy": "Local"},
            "10.96.1.1:80",
            "node/n3",
            [],
            id="T internal, none on the node",
        ),
        pytest.param(
            {"externalTrafficPolicy": "Local"},
            "node/n2:30080",
            "external",
            BOTH[1:],
            id="V external, own node",
        ),
        pytest.param(
            {"externalTrafficPolicy": "Local"},
            "node/n3:30080",
            "external",
            [],
            id="V external, none on the node",
        ),
        pytest.param(
            {"externalTrafficPolicy": "Local"},
            "web:80",
            "shop/client",
            BOTH,
            id="V external does not bind inside",
        ),
        pytest.param(
            {"trafficDistribution": "PreferClose"}, "web:80", "shop/client", BOTH[:1], id="S near: same zone"
        ),
        pytest.param(
            {"trafficDistribution": "PreferSameZone"}, "10.96.1.1:80", "node/n2", BOTH[1:], id="S same zone"
        ),
        pytest.param(
            {"trafficDistribution": "PreferSameNode"}, "web:80", "shop/client", BOTH[:1], id="S same node"
        ),
        pytest.param(
            {"trafficDistribution": "PreferSameNode"},
            "10.96.1.1:80",
            "node/n3",
            BOTH,
            id="S nobody near: all",
        ),
    ],
)
def test_policies_narrow_the_endpoints(spec: Json, to: str, source: str, among: list[str]) -> None:
    verdict = route(to, service(type="NodePort", **spec), source=source)

    assert verdict.answer["candidates"] == among
    assert verdict.outcome is (Outcome.YES if among else Outcome.NO)


@pytest.mark.parametrize(
    ("pods", "among"),
    [
        pytest.param(
            [pod("a", "10.0.1.1", "n1", app="web", ready="False"), WEB2],
            BOTH[1:],
            id="ready before not ready",
        ),
        pytest.param(
            [pod("a", "10.0.1.1", "n1", app="web", deleted=True), WEB2], BOTH[1:], id="ready before ending"
        ),
        pytest.param(
            [pod("a", "10.0.1.1", "n1", app="web", deleted=True)],
            BOTH[:1],
            id="V ending but serving, when alone",
        ),
        pytest.param(
            [pod("a", "10.0.1.1", "n1", app="web", deleted=True, ready="False")],
            [],
            id="V ending and not serving",
        ),
        pytest.param([pod("a", "10.0.1.1", "n1", app="web", ready="False")], [], id="nobody is ready"),
        pytest.param([], [], id="nobody at all"),
    ],
)
def test_who_is_alive(pods: list[Json], among: list[str]) -> None:
    assert route("web:80", service(), base=[*NODES, CLIENT, *pods]).answer["candidates"] == among


@pytest.mark.parametrize(("policy", "seen"), [("Cluster", "node"), ("Local", "preserved")])
def test_whose_address_the_pod_sees(policy: str, seen: str) -> None:
    found = route(
        "node/n1:30080", service(type="NodePort", externalTrafficPolicy=policy), source="external"
    ).answer

    assert found["sourceAddress"] == seen


def test_hops_name_the_nodes_on_the_way() -> None:
    found = route("web:80", service(internalTrafficPolicy="Cluster"), base=[*NODES, CLIENT, WEB2]).answer

    assert found["hops"] == ["dns", "node/n1", "node/n2", "shop/web-2"]


def test_an_endpoint_made_by_hand_leads_out() -> None:
    made = {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {"name": "db-1", "namespace": "shop", "labels": {"kubernetes.io/service-name": "db"}},
        "addressType": "IPv4",
        "ports": [{"port": 5432, "protocol": "TCP"}],
        "endpoints": [{"addresses": ["198.51.100.20"]}],
    }
    db = service("db", selector=None, clusterIP="10.96.9.9", ports=[{"port": 5432}])

    found = route("db:5432", db, made).answer

    assert (found["endpoint"], found["delivered"]) == ("198.51.100.20:5432", None)


@pytest.mark.parametrize(
    ("hints", "among"),
    [
        pytest.param([["a"], ["b"]], ["198.51.100.1:80"], id="every endpoint has one"),
        pytest.param(
            [["a"], []], ["198.51.100.1:80", "198.51.100.2:80"], id="one has none: hints do not count"
        ),
        pytest.param([["b"], ["c"]], ["198.51.100.1:80", "198.51.100.2:80"], id="none for this zone"),
    ],
)
def test_topology_hints(hints: list[list[str]], among: list[str]) -> None:
    endpoints = [
        {"addresses": [f"198.51.100.{i}"], "hints": {"forZones": [{"name": zone} for zone in zones]}}
        for i, zones in enumerate(hints, 1)
    ]
    made = {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {"name": "x-1", "namespace": "shop", "labels": {"kubernetes.io/service-name": "x"}},
        "addressType": "IPv4",
        "ports": [{"port": 80, "protocol": "TCP"}],
        "endpoints": endpoints,
    }

    assert (
        route("x:80", service("x", selector=None, clusterIP="10.96.8.8"), made).answer["candidates"] == among
    )


@pytest.mark.parametrize("mode", ["iptables", "ipvs", "nftables"])
def test_each_mode_reaches_every_endpoint_and_session_affinity_only_one(mode: str) -> None:
    seeds = range(12)
    free = {route("web:80", service(), mode=mode, seed=s).answer["endpoint"] for s in seeds}
    bound = {
        route("web:80", service(sessionAffinity="ClientIP"), mode=mode, seed=s).answer["endpoint"]
        for s in seeds
    }

    assert free == set(BOTH)
    assert len(bound) == 1


@pytest.mark.parametrize(
    "asked",
    [
        {"to": "web"},
        {"to": "web:x"},
        {"to": "node/n9:1"},
        {"to": "web:80", "source": "shop/nobody"},
        {"to": "localhost:1", "source": "node/n1"},
        {"to": "web:0"},
        {"to": "web:65536"},
        {"to": "web:80", "protocol": "ICMP"},
        {"to": "web:80", "mode": "userspace"},
    ],
)
def test_bad_questions(asked: Json) -> None:
    with pytest.raises(InvalidQuestionError):
        route(asked["to"], service(), **{k: v for k, v in asked.items() if k != "to"})
