"""What Services open: the types of kubernetes.io/docs/concepts/services-networking/service (v1.36)."""

from typing import Any

import pytest

from ontology.errors import InvalidQuestionError
from ontology.evaluators import answer
from ontology.lang import Lang
from ontology.messages import render
from ontology.verdict import Outcome, Verdict

NODE = {
    "apiVersion": "v1",
    "kind": "Node",
    "metadata": {"name": "n1"},
    "status": {
        "addresses": [{"type": "InternalIP", "address": "192.0.2.1"}, {"type": "Hostname", "address": "n1"}]
    },
}
POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web-1", "namespace": "shop", "labels": {"app": "web"}},
    "spec": {"nodeName": "n1", "containers": []},
    "status": {"podIP": "10.0.1.1", "conditions": [{"type": "Ready", "status": "True"}]},
}


def opens(spec: dict[str, Any], *objects: Any, name: str = "shop/web") -> Verdict:
    base = {"clusterIP": "10.96.1.1", "selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": 8080}]}
    made = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": base | spec,
        "status": {"loadBalancer": {"ingress": [{"hostname": "lb.example.com"}]}},
    }
    question = {"opens": {"service": name}}
    verdict = answer({"system": "services", "objects": [made, *objects], "question": question})
    assert all(render(step, lang) for step in verdict.steps for lang in Lang)
    return verdict


INSIDE = ("clusterIP", "10.96.1.1", 80)


@pytest.mark.parametrize(
    ("spec", "expected", "outcome"),
    [
        pytest.param({}, [INSIDE], Outcome.NO, id="type-clusterip"),
        pytest.param({"clusterIP": ""}, [("clusterIP", "<assigned>", 80)], Outcome.NO, id="an address not given yet"),
        pytest.param({"clusterIPs": ["10.96.1.1", "fd00::1"]}, [INSIDE, ("clusterIP", "fd00::1", 80)], Outcome.NO, id="two families"),
        pytest.param({"clusterIP": "None"}, [("headless", "10.0.1.1", 8080)], Outcome.NO, id="headless-services"),
        pytest.param({"clusterIP": "None", "ports": None}, [("headless", "10.0.1.1", None)], Outcome.NO, id="headless without ports"),
        pytest.param({"clusterIP": "None", "selector": {"app": "x"}}, [], Outcome.NO, id="headless with nobody"),
        pytest.param({"type": "NodePort", "ports": [{"port": 80, "nodePort": 30007}]}, [INSIDE, ("nodePort", "192.0.2.1", 30007)], Outcome.YES, id="type-nodeport"),
        pytest.param({"type": "NodePort"}, [INSIDE, ("nodePort", "192.0.2.1", "<assigned>")], Outcome.YES, id="a node port not given yet"),
        pytest.param({"type": "LoadBalancer"}, [INSIDE, ("nodePort", "192.0.2.1", "<assigned>"), ("loadBalancer", "lb.example.com", 80)], Outcome.YES, id="loadbalancer"),
        pytest.param({"type": "LoadBalancer", "allocateLoadBalancerNodePorts": False}, [INSIDE, ("loadBalancer", "lb.example.com", 80)], Outcome.YES, id="load-balancer-nodeport-allocation"),
        pytest.param({"externalIPs": ["198.51.100.32"]}, [INSIDE, ("externalIP", "198.51.100.32", 80)], Outcome.YES, id="external-ips"),
        pytest.param({"type": "ExternalName", "externalName": "my.database.example.com"}, [("externalName", "my.database.example.com", None)], Outcome.UNKNOWN, id="externalname"),
    ],
)  # fmt: skip
def test_a_service_opens(spec: dict[str, Any], expected: list[Any], outcome: Outcome) -> None:
    verdict = opens(spec, NODE, POD)

    assert [(each["via"], each["address"], each["port"]) for each in verdict.answer["opens"]] == expected
    assert verdict.outcome is outcome


def test_a_nodes_addresses_that_are_not_given_are_every_nodes() -> None:
    assert opens({"type": "NodePort"}).answer["opens"][1]["address"] == "<every node>"


def test_an_unknown_service_is_an_error_with_the_nearest() -> None:
    with pytest.raises(InvalidQuestionError, match="shop/web"):
        opens({}, name="shop/wep")
