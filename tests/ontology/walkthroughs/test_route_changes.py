"""What is offered where a packet does not arrive: each offer is applied, and the packet sent again.

Sources as in `test_route`.
"""

from typing import Any

import pytest

from ontology.evaluators import evaluate
from ontology.lang import Lang
from ontology.messages import render
from ontology.patches import apply
from ontology.scenario import decode
from ontology.verdict import Outcome, Role
from tests.ontology.walkthroughs.packets import CLUSTER, PLAIN, Json, deny, service

OFFERS = [
    pytest.param("web:80", {}, [service(), "deny"], "services.policyDenies", id="N a policy for the one connection"),
    pytest.param("web:80", {}, [service(), "denyEgress"], "services.policyDenies", id="N and for the look-up before it"),
    pytest.param("web:81", {}, [service()], "services.servicePort", id="S one more port"),
    pytest.param("wbe:80", {}, [service()], "services.dnsNoService", id="S the right name"),
    pytest.param("node/n3:30081", {"source": "external"}, [service(type="NodePort")], "services.otherPort", id="S the port that is open"),
    pytest.param("10.96.1.1:80", {"source": "external"}, [PLAIN], "services.nodePort", id="S a node port for a client outside"),
    pytest.param("10.0.1.1:8080", {"source": "external"}, [PLAIN], "services.nodePort", id="M a node port before a pod"),
    pytest.param("10.96.1.1:80", {"source": "node/n3"}, [service(internalTrafficPolicy="Local")], "services.internalTrafficPolicy", id="T to every node"),
    pytest.param("node/n3:30080", {"source": "external"}, [service(type="NodePort", externalTrafficPolicy="Local")], "services.externalTrafficPolicy", id="V from every node"),
    pytest.param("web:80", {}, [service(selector={"app": "wbe"})], "services.selector", id="S the selector that was meant"),
    pytest.param("203.0.113.5:80", {"source": "192.0.2.77"}, [service(type="LoadBalancer", loadBalancerSourceRanges=["198.51.100.0/24"])], "services.sourceRanges", id="S every client"),
]  # fmt: skip


@pytest.mark.parametrize(("to", "asked", "extra", "rule"), OFFERS)
def test_the_change_that_is_offered_delivers_the_packet(
    to: str, asked: Json, extra: list[Any], rule: str
) -> None:
    egress = deny(podSelector={"matchLabels": {"app": "client"}}, policyTypes=["Egress"])
    objects = [
        {"deny": deny(), "denyEgress": egress}[each] if isinstance(each, str) else each for each in extra
    ]
    question = {"from": asked.get("source", "shop/client"), "to": to}
    scenario = decode(
        {"system": "services", "objects": [*CLUSTER, *objects], "question": {"route": question}}
    )

    (offered,) = [step for step in evaluate(scenario).steps if step.role is Role.CHANGE]

    assert offered.rule == rule
    assert all(render(offered, lang) for lang in Lang)
    assert evaluate(scenario).outcome is not Outcome.YES
    assert evaluate(apply(scenario, offered.change or {})).outcome is Outcome.YES
