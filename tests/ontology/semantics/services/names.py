"""One small cluster, what lies outside of it, and names looked up in it."""

from typing import Any

from ontology.evaluators import answer
from ontology.verdict import Verdict


def service(name: str, namespace: str = "shop", **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": namespace},
        "spec": spec,
    }


def pod(name: str, ip: str, namespace: str = "shop", *, ready: str = "True", **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, "labels": {"app": name.split("-", maxsplit=1)[0]}},
        "spec": {"nodeName": "n1", "containers": [{"name": "c", "image": "x"}]} | spec,
        "status": {"phase": "Running", "podIP": ip, "conditions": [{"type": "Ready", "status": ready}]},
    }


CLUSTER = [
    {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1"}},
    {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "empty"}},
    service("web", clusterIP="10.96.1.1", selector={"app": "web"}, ports=[{"name": "http", "port": 80}]),
    service("db", clusterIP="None", selector={"app": "db"}, ports=[{"name": "sql", "port": 5432}]),
    service("idle", clusterIP="None", selector={"app": "idle"}, ports=[{"port": 1}]),
    service("new", selector={"app": "web"}, ports=[{"port": 80}]),
    service("alias", type="ExternalName", externalName="db.example.com"),
    service("inner", type="ExternalName", externalName="web.shop.svc.cluster.local"),
    service("loop", type="ExternalName", externalName="loop.shop.svc.cluster.local"),
    service("hand", clusterIP="None", ports=[{"name": "x", "port": 9}]),
    service("old", clusterIP="None", ports=[{"port": 9}]),
    service("api", "prod", clusterIP="10.96.2.2", selector={"app": "api"}, ports=[{"port": 80}]),
    {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {"name": "hand-1", "namespace": "shop", "labels": {"kubernetes.io/service-name": "hand"}},
        "addressType": "IPv4",
        "ports": [{"name": "x", "port": 9, "protocol": "TCP"}],
        "endpoints": [
            {"addresses": ["192.0.2.9"]},
            {"addresses": ["192.0.2.8"], "conditions": {"ready": False}},
        ],
    },
    service("dual", clusterIP="10.96.3.3", clusterIPs=["10.96.3.3", "fd00::3"], ports=[{"port": 80}]),
    service("early", clusterIP="None", publishNotReadyAddresses=True, selector={"app": "early"}),
    service("six", clusterIP="None", ports=[{"port": 9}]),
    service(
        "multi",
        clusterIP="10.96.4.4",
        ports=[{"name": "dns", "port": 53, "protocol": "UDP"}, {"name": "dns-tcp", "port": 53}, {"port": 9}],
    ),
    service("digits", type="ExternalName", externalName="192.0.2.1"),
    service("coal", "prod", type="ExternalName", externalName="nowhere.example."),
    {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {"name": "six-1", "namespace": "shop", "labels": {"kubernetes.io/service-name": "six"}},
        "addressType": "IPv6",
        "ports": [{"port": 9, "protocol": "TCP"}],
        "endpoints": [{"addresses": ["fd00::9"], "hostname": "s"}],
    },
    pod("early-1", "10.0.4.1", ready="False"),
    {
        "apiVersion": "v1",
        "kind": "Endpoints",
        "metadata": {"name": "old", "namespace": "shop"},
        "subsets": [{"addresses": [{"ip": "192.0.2.7", "hostname": "h"}], "ports": [{"port": 9}]}],
    },
    pod("client", "10.0.0.9"),
    pod("web-1", "10.0.0.1"),
    pod("db-0", "10.0.1.0", hostname="db-0", subdomain="db"),
    pod("db-1", "10.0.1.1", hostname="db-1", subdomain="db"),
    pod("db-2", "10.0.1.2", hostname="db-2", subdomain="db", ready="False"),
    pod("db-x", "10.0.1.3"),
    pod("far", "10.0.2.1", "prod"),
    pod("host", "10.0.3.1", hostNetwork=True),
    pod("hostfirst", "10.0.3.2", hostNetwork=True, dnsPolicy="ClusterFirstWithHostNet"),
    pod("plain", "10.0.3.3", dnsPolicy="Default"),
    pod(
        "own",
        "10.0.3.4",
        dnsPolicy="None",
        dnsConfig={"nameservers": ["10.96.0.10"], "searches": ["svc.cluster.local"]},
    ),
    pod(
        "twice", "10.0.3.6", dnsConfig={"options": [{"name": "ndots", "value": each} for each in ("9", "2")]}
    ),
    pod("many", "10.0.3.7", dnsConfig={"options": [{"name": "ndots", "value": "99"}]}),
    pod(
        "dots",
        "10.0.3.5",
        dnsConfig={"options": [{"name": "ndots", "value": "1"}], "searches": ["extra.test"]},
    ),
]

OUTSIDE = {
    "forwarders": ["intranet", "public"],
    "stubDomains": {"corp.test": "corp-dns"},
    "zones": {
        "intranet": {"wiki.local.test": {"A": ["172.16.0.1"]}},
        "public": {
            "db.example.com": {"A": ["198.51.100.1"]},
            "www.example.com": {"CNAME": ["db.example.com"]},
        },
        "corp-dns": {"git.corp.test": {"A": ["172.16.0.2"]}},
    },
    "ttl": 300,
    "nameservers": ["172.16.0.53"],
    "search": ["local.test"],
}


def resolve(name: str, source: str = "shop/client", **asked: Any) -> Verdict:
    question = {"name": name, "from": source, "outside": OUTSIDE} | asked
    return answer({"system": "services", "objects": CLUSTER, "question": {"resolve": question}})


def data(verdict: Verdict) -> list[str]:
    return [record["data"] for record in verdict.answer["answer"]]
