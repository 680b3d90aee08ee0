"""Services, DNS and Ingress at size. Floors are goals of the project, on one core."""

import time
from collections.abc import Callable
from typing import Any

from ontology.cluster.ingress import HTTPIngressPath, HTTPIngressRuleValue, Ingress, IngressRule, IngressSpec
from ontology.cluster.meta import Condition, ObjectMeta
from ontology.cluster.nodes import Node
from ontology.cluster.pods import Pod, PodSpec, PodStatus
from ontology.cluster.services import Service, ServicePort, ServiceSpec
from ontology.semantics.ingress.decision import HttpRequest, decide
from ontology.semantics.ingress.routing import table
from ontology.semantics.services.endpoints import PodIndex, slices
from ontology.semantics.services.forwarding import Outside, ask
from ontology.semantics.services.lookup import look_up
from ontology.semantics.services.zone import Zone, directory

SERVICES, PODS, NODES, RULES = 10_000, 100_000, 5_000, 10_000
READY = [Condition(type="Ready", status="True")]


def pods() -> list[Pod]:
    return [
        Pod(
            metadata=ObjectMeta(name=f"p{i}", namespace=f"ns{i % 100}", labels={"app": f"a{i % SERVICES}", "tier": "web"}),
            spec=PodSpec(node_name=f"n{i % NODES}"),
            status=PodStatus(phase="Running", pod_ip=f"10.{i >> 16}.{i >> 8 & 255}.{i & 255}", conditions=READY),
        )
        for i in range(PODS)
    ]  # fmt: skip


def services() -> list[Service]:
    return [
        Service(
            metadata=ObjectMeta(name=f"s{i}", namespace=f"ns{i % 100}"),
            spec=ServiceSpec(
                selector={"app": f"a{i}", "tier": "web"}, ports=[ServicePort(port=80)], cluster_ip=f"10.96.{i >> 8}.{i & 255}"
            ),
        )
        for i in range(SERVICES)
    ]  # fmt: skip


def seconds(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def test_endpoint_slices_of_a_large_cluster(report: Callable[[str], None]) -> None:
    every, found = pods(), services()
    nodes = {f"n{i}": Node(metadata=ObjectMeta(name=f"n{i}")) for i in range(NODES)}
    behind: list[int] = []

    def run() -> None:
        index = PodIndex(every)
        behind.extend(sum(map(len, (slices(service, index, nodes) or {}).values())) for service in found)

    spent = seconds(run)

    report(f"endpoint slices: {SERVICES} services x {PODS} pods in {spent:.2f} s (goal: under 5 s)")
    assert sum(behind) == PODS
    assert spent < 5


def test_one_request_over_many_rules(report: Callable[[str], None]) -> None:
    hosts = [
        Ingress(
            metadata=ObjectMeta(name=f"i{i}"),
            spec=IngressSpec(rules=[IngressRule(host=f"h{i}.test", http=HTTPIngressRuleValue(paths=[HTTPIngressPath(path="/", path_type="Prefix")]))]),
        )
        for i in range(RULES)
    ]  # fmt: skip
    paths = [HTTPIngressPath(path=f"/a/{i}", path_type="Prefix") for i in range(RULES)]
    one_host = Ingress(
        spec=IngressSpec(rules=[IngressRule(host="x.test", http=HTTPIngressRuleValue(paths=paths))])
    )
    for name, ingresses, request in (
        ("hosts", hosts, HttpRequest(host="h7777.test", path="/a/b")),
        ("paths of one host", [one_host], HttpRequest(host="x.test", path="/a/7777/b")),
    ):
        routes = table(ingresses)
        each = seconds(lambda r=routes, q=request: [decide(r, (), q) for _ in range(1000)]) / 1000  # type: ignore[misc]

        report(f"ingress: one request over {RULES} {name} in {each * 1000:.3f} ms (goal: under 1 ms)")
        assert decide(routes, (), request).route is not None
        assert each < 0.001


def test_a_name_among_many(report: Callable[[str], None]) -> None:
    zone = Zone(
        domain="cluster.local",
        namespaces=frozenset(f"ns{i}" for i in range(100)),
        services={(s.namespace, s.name): s for s in services()},
        endpoints=directory(pods=pods(), nodes=(), made_slices=(), made_endpoints=()),
    )
    names = [f"s{i}.ns{i % 100}.svc.cluster.local" for i in range(1000)]

    each = seconds(lambda: [ask(name, "A", zone, Outside()) for name in names]) / len(names)

    # the whole look-up of a pod: no name exists, so every suffix of the search list is tried
    asker = Pod(metadata=ObjectMeta(name="p", namespace="ns1"))
    searching = seconds(
        lambda: [look_up(asker, f"none{i}.ns2", "A", zone=zone, outside=Outside()) for i in range(1000)]
    )
    report(f"DNS: one name tried through the search list in {searching:.4f} ms (goal: under 0.2 ms)")
    assert searching / 1000 < 0.0002

    report(f"DNS: one name among {SERVICES} services in {each * 1000:.4f} ms (goal: under 0.2 ms)")
    assert each < 0.0002
