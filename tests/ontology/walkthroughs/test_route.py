"""Packets through a small cluster. Sources: kubernetes.io/docs v1.36, V reference/networking/virtual-ips, S
concepts/services-networking/service, T service-traffic-policy, N network-policies, M the network model.
"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontology.errors import InvalidQuestionError
from ontology.evaluators import answer
from ontology.lang import Lang
from ontology.messages import render
from ontology.verdict import Outcome, Verdict

Json = dict[str, Any]
ZONE = "topology.kubernetes.io/zone"


def node(name: str, zone: str, ip: str) -> Json:
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": {ZONE: zone}},
        "status": {"addresses": [{"type": "InternalIP", "address": ip}]},
    }


def pod(name: str, ip: str, on: str, *, ready: str = "True", deleted: bool = False, **labels: str) -> Json:
    meta: Json = {"name": name, "namespace": "shop", "labels": labels}
    if deleted:
        meta["deletionTimestamp"] = "2026-03-01T12:00:00Z"
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": meta,
        "spec": {"nodeName": on, "containers": [{"name": "c", "image": "x"}]},
        "status": {"phase": "Running", "podIP": ip, "conditions": [{"type": "Ready", "status": ready}]},
    }


def service(name: str = "web", **spec: Any) -> Json:
    ports = [{"port": 80, "targetPort": 8080, "nodePort": 30080}]
    given = {"clusterIP": "10.96.1.1", "selector": {"app": "web"}, "ports": ports} | spec
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": "shop"},
        "spec": given,
        "status": {"loadBalancer": {"ingress": [{"ip": "203.0.113.5"}]}},
    }


NODES = [node("n1", "a", "192.0.2.1"), node("n2", "b", "192.0.2.2"), node("n3", "c", "192.0.2.3")]
CLIENT = pod("client", "10.0.1.9", "n1", app="client")
WEB1, WEB2 = pod("web-1", "10.0.1.1", "n1", app="web"), pod("web-2", "10.0.2.1", "n2", app="web")
CLUSTER = [*NODES, CLIENT, WEB1, WEB2]


def route(
    to: str, *extra: Json, source: str = "shop/client", base: list[Json] = CLUSTER, **asked: Any
) -> Verdict:
    question = {"from": source, "to": to} | asked
    verdict = answer({"system": "services", "objects": [*base, *extra], "question": {"route": question}})
    assert all(render(step, lang) for step in verdict.steps for lang in Lang)
    return verdict


BOTH = ["10.0.1.1:8080", "10.0.2.1:8080"]


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


def deny(**spec: Any) -> Json:
    meta = {"name": "deny", "namespace": "shop"}
    given = {"podSelector": {"matchLabels": {"app": "web"}}} | spec
    return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": meta, "spec": given}


@pytest.mark.parametrize(
    ("policy", "to", "source", "delivered"),
    [
        pytest.param(deny(), "web:80", "shop/client", False, id="N ingress denied behind a Service"),
        pytest.param(
            deny(ingress=[{"ports": [{"port": 8080}]}]),
            "web:80",
            "shop/client",
            True,
            id="N the pod's port counts",
        ),
        pytest.param(
            deny(ingress=[{"ports": [{"port": 80}]}]),
            "web:80",
            "shop/client",
            False,
            id="N not the Service's",
        ),
        pytest.param(deny(), "shop/web-1:8080", "node/n1", True, id="N its node always reaches a pod"),
        pytest.param(deny(), "node/n1:30080", "external", False, id="N from outside"),
        pytest.param(
            deny(podSelector={"matchLabels": {"app": "client"}}, policyTypes=["Egress"]),
            "web:80",
            "shop/client",
            False,
            id="N egress denied",
        ),
        pytest.param(deny(), "localhost:1", "shop/web-1", True, id="N localhost is not guarded"),
    ],
)
def test_network_policies_are_asked(policy: Json, to: str, source: str, delivered: bool) -> None:
    assert route(to, service(type="NodePort"), policy, source=source).answer["delivered"] is delivered


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
    ],
)
def test_bad_questions(asked: Json) -> None:
    with pytest.raises(InvalidQuestionError):
        route(asked["to"], service(), source=asked.get("source", "shop/client"))


@given(st.sampled_from(["web:80", "shop/web-2:8080", "node/n2:30080"]), st.booleans(), st.integers(0, 99))
def test_a_denied_packet_is_never_delivered(to: str, guarded: bool, seed: int) -> None:
    policies = [deny()] if guarded else []

    verdict = route(to, service(type="NodePort"), *policies, source="shop/client", seed=seed)

    denied = any(step.rule == "services.policyDenies" for step in verdict.steps)
    assert denied is guarded
    assert verdict.answer["delivered"] is not denied
