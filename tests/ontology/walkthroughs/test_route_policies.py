"""Packets that network policies deny, from the page on network policies of kubernetes.io/docs (v1.36)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ontology.walkthroughs.packets import Json, deny, route, service


@pytest.mark.parametrize(
    ("policy", "delivered"),
    [
        pytest.param([], False, id="N default deny closes DNS too"),
        pytest.param([{"ports": [{"port": 53, "protocol": "UDP"}]}], False, id="N DNS alone is not enough"),
        pytest.param([{"ports": [{"port": 8080}]}], False, id="N without DNS no name"),
        pytest.param([{"ports": [{"port": 53, "protocol": "UDP"}, {"port": 8080}]}], True, id="N both"),
        pytest.param([{}], True, id="N everything"),
    ],
)
def test_a_name_needs_egress_to_dns(policy: list[Json], delivered: bool) -> None:
    guard = deny(podSelector={"matchLabels": {"app": "client"}}, policyTypes=["Egress"], egress=policy)

    assert route("web:80", service(), guard).answer["delivered"] is delivered


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


PEERS = {
    "client": {"podSelector": {"matchLabels": {"app": "client"}}},
    "other": {"podSelector": {"matchLabels": {"app": "x"}}},
}
RULE = st.tuples(st.sampled_from([None, "client", "other"]), st.sampled_from([None, 8080, 80]))
POLICY = st.tuples(st.sampled_from(["web", "client", "nobody"]), st.sampled_from(["Ingress", "Egress"]), st.lists(RULE, max_size=2))  # fmt: skip


@given(
    st.sampled_from(["10.96.1.1:80", "shop/web-2:8080", "10.0.1.1:8080", "node/n2:30080"]),
    st.lists(POLICY, max_size=4),
    st.integers(0, 99),
)
def test_a_denied_packet_is_never_delivered_and_another_always(
    to: str, drawn: list[tuple[str, str, list[tuple[str | None, int | None]]]], seed: int
) -> None:
    policies = []
    for index, (guarded, direction, rules) in enumerate(drawn):
        key = "from" if direction == "Ingress" else "to"
        listed = [
            ({key: [PEERS[peer]]} if peer else {}) | ({"ports": [{"port": port}]} if port else {})
            for peer, port in rules
        ]
        spec = {direction.lower(): listed, "policyTypes": [direction]}
        made = deny(podSelector={"matchLabels": {"app": guarded}}, **spec)
        policies.append(made | {"metadata": {"name": f"p{index}", "namespace": "shop"}})

    def lets(direction: str, end: str, other: str) -> bool:
        mine = [rules for guarded, way, rules in drawn if (guarded, way) == (end, direction)]
        fits = [peer in (None, other) and port in (None, 8080) for rules in mine for peer, port in rules]
        return not mine or any(fits)

    # the target is `web`, which no peer names, so egress needs a rule without peers
    allowed = lets("Egress", "client", "web") and lets("Ingress", "web", "client")

    assert route(to, service(type="NodePort"), *policies, seed=seed).answer["delivered"] is allowed
