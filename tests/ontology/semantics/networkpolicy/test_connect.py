"""Connections under policies: cases from the page on network policies of kubernetes.io/docs (v1.36) and its
published examples. `D` names the section of that page.
"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontology.errors import InvalidObjectError, InvalidQuestionError
from ontology.evaluators import answer
from ontology.lang import Lang
from ontology.messages import render
from ontology.verdict import Outcome, Role, Verdict

Json = dict[str, Any]


def pod(name: str, ip: str, namespace: str = "default", **labels: str) -> Json:
    ports = [{"name": "http", "containerPort": 80}, {"name": "dns", "containerPort": 53, "protocol": "UDP"}]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
        "spec": {"containers": [{"name": "c", "image": "x", "ports": ports}]},
        "status": {"podIP": ip},
    }


def namespace(name: str, **labels: str) -> Json:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def policy(name: str = "p", selector: Json | None = None, home: str = "default", **spec: Any) -> Json:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": home},
        "spec": {"podSelector": selector or {}} | spec,
    }


def labels(**wanted: str) -> Json:
    return {"matchLabels": wanted}


HOST = pod("host", "10.0.9.1", role="db")
HOST["spec"]["hostNetwork"] = True
WORLD = [
    namespace("default"),
    namespace("prod", project="myproject"),
    namespace("dev", env="dev"),
    pod("db", "10.0.0.1", role="db"),
    pod("front", "10.0.0.2", role="frontend"),
    pod("other", "10.0.0.3", role="other"),
    pod("far", "10.0.1.1", "prod", role="frontend"),
    pod("away", "10.0.2.1", "dev", role="frontend"),
    HOST,
]
DB = labels(role="db")


def connect(*policies: Json, source: str = "default/front", to: str = "default/db", **asked: Any) -> Verdict:
    question = {"from": source, "to": to, "port": 6379} | asked
    return answer(
        {"system": "networkPolicy", "objects": [*WORLD, *policies], "question": {"connect": question}}
    )


FRONT = {"podSelector": labels(role="frontend")}
PROD = {"namespaceSelector": labels(project="myproject")}
BLOCK = {"ipBlock": {"cidr": "172.17.0.0/16", "except": ["172.17.1.0/24"]}}
# the published example of D#networkpolicy-resource
EXAMPLE = policy(
    "test-network-policy",
    DB,
    policyTypes=["Ingress", "Egress"],
    ingress=[{"from": [BLOCK, PROD, FRONT], "ports": [{"protocol": "TCP", "port": 6379}]}],
    egress=[{"to": [{"ipBlock": {"cidr": "10.0.5.0/24"}}], "ports": [{"protocol": "TCP", "port": 5978}]}],
)


@pytest.mark.parametrize(
    ("source", "to", "port", "allowed"),
    [
        ("default/front", "default/db", 6379, True),
        ("default/other", "default/db", 6379, False),
        ("default/front", "default/db", 80, False),
        ("prod/far", "default/db", 6379, True),
        ("dev/away", "default/db", 6379, False),
        ("172.17.0.1", "default/db", 6379, True),
        ("172.17.2.255", "default/db", 6379, True),
        ("172.17.1.1", "default/db", 6379, False),
        ("172.18.0.1", "default/db", 6379, False),
        ("default/db", "10.0.5.9", 5978, True),
        ("default/db", "10.0.5.9", 80, False),
        ("default/db", "10.0.6.9", 5978, False),
        ("default/db", "default/front", 5978, False),
        ("default/db", "default/db", 1, True),
        ("default/other", "default/front", 1, True),
        ("198.51.100.1", "default/front", 1, True),
    ],
)
def test_the_published_example(source: str, to: str, port: int, allowed: bool) -> None:
    verdict = connect(EXAMPLE, source=source, to=to, port=port)

    assert verdict.answer["allowed"] is allowed
    assert all(render(step, lang) for step in verdict.steps for lang in Lang)


@pytest.mark.parametrize(
    ("policies", "inward", "outward"),
    [
        pytest.param([], True, True, id="D#prerequisites no policy"),
        pytest.param([policy()], False, True, id="D#default-deny-all-ingress-traffic by default"),
        pytest.param([policy(policyTypes=["Ingress"])], False, True, id="D#default-deny-all-ingress-traffic"),
        pytest.param([policy(ingress=[{}])], True, True, id="D#allow-all-ingress-traffic"),
        pytest.param([policy(policyTypes=["Egress"])], True, False, id="D#default-deny-all-egress-traffic"),
        pytest.param(
            [policy(policyTypes=["Egress"], egress=[{}])], True, True, id="D#allow-all-egress-traffic"
        ),
        pytest.param(
            [policy(policyTypes=["Ingress", "Egress"])], False, False, id="D#default-deny-all both ways"
        ),
        pytest.param([policy(egress=[])], False, True, id="an empty egress names no type"),
        pytest.param([policy(egress=[{}])], False, True, id="egress rules add the type, ingress stays"),
        pytest.param([policy(ingress=[])], False, True, id="no rule is no leave"),
        pytest.param([policy(home="prod")], True, True, id="another namespace"),
        pytest.param([policy(selector=labels(role="x"))], True, True, id="no pod selected"),
        pytest.param([policy("a"), policy("b", ingress=[{}])], True, True, id="policies add up"),
    ],
)
def test_isolation(policies: list[Json], inward: bool, outward: bool) -> None:
    guarded = [
        p | {"spec": {"podSelector": DB} | {k: v for k, v in p["spec"].items() if v or k != "podSelector"}}
        for p in policies
    ]

    assert connect(*guarded).answer["allowed"] is inward
    assert connect(*guarded, source="default/db", to="default/front").answer["allowed"] is outward


@pytest.mark.parametrize(
    ("peer", "front", "far", "away", "outside"),
    [
        pytest.param({"podSelector": {}}, True, False, False, False, id="every pod of the namespace"),
        pytest.param({"podSelector": labels(role="frontend")}, True, False, False, False, id="pods by label"),
        pytest.param({"podSelector": labels(role="x")}, False, False, False, False, id="no such label"),
        pytest.param({"namespaceSelector": {}}, True, True, True, False, id="every namespace"),
        pytest.param({"namespaceSelector": labels(project="myproject")}, False, True, False, False, id="a namespace"),
        pytest.param(
            {"namespaceSelector": labels(**{"kubernetes.io/metadata.name": "dev"})},
            False, False, True, False, id="D#targeting-a-namespace-by-its-name",
        ),
        pytest.param(
            {"namespaceSelector": {"matchExpressions": [{"key": "kubernetes.io/metadata.name", "operator": "In", "values": ["prod", "dev"]}]}},
            False, True, True, False, id="D#targeting-multiple-namespaces-by-label",
        ),
        pytest.param(
            {"namespaceSelector": labels(env="dev"), "podSelector": labels(role="frontend")},
            False, False, True, False, id="D#behavior-of-to-and-from-selectors both together",
        ),
        pytest.param(
            {"namespaceSelector": labels(env="dev"), "podSelector": labels(role="x")},
            False, False, False, False, id="both together, one misses",
        ),
        pytest.param({"ipBlock": {"cidr": "198.51.100.0/24"}}, False, False, False, True, id="a block outside"),
        pytest.param({"ipBlock": {"cidr": "0.0.0.0/0"}}, True, True, True, True, id="every address"),
        pytest.param({"ipBlock": {"cidr": "0.0.0.0/0", "except": ["198.51.100.0/24"]}}, True, True, True, False, id="all but"),
        pytest.param({"ipBlock": {"cidr": "::/0"}}, False, False, False, False, id="another family"),
    ],
)  # fmt: skip
def test_whom_a_peer_means(peer: Json, front: bool, far: bool, away: bool, outside: bool) -> None:
    rule = policy("p", DB, ingress=[{"from": [peer]}])

    ends = {"default/front": front, "prod/far": far, "dev/away": away, "198.51.100.1": outside}
    assert {end: connect(rule, source=end).answer["allowed"] for end in ends} == ends


def test_two_peers_are_either_or() -> None:
    either = policy("p", DB, ingress=[{"from": [{"namespaceSelector": labels(env="dev")}, FRONT]}])

    assert [
        connect(either, source=s).answer["allowed"] for s in ("dev/away", "default/front", "prod/far")
    ] == [
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("ports", "asked", "allowed"),
    [
        pytest.param([{"port": 80}], {"port": 80}, True, id="a number"),
        pytest.param([{"port": 80}], {"port": 81}, False, id="another number"),
        pytest.param([{"port": 80}], {"port": 80, "protocol": "UDP"}, False, id="TCP by default"),
        pytest.param([{"port": 80, "protocol": "UDP"}], {"port": 80, "protocol": "UDP"}, True, id="UDP"),
        pytest.param(
            [{"protocol": "SCTP"}], {"port": 9, "protocol": "SCTP"}, True, id="every port of a protocol"
        ),
        pytest.param([{"protocol": "UDP"}], {"port": 9}, False, id="every port of another"),
        pytest.param(
            [{"port": 32000, "endPort": 32768}],
            {"port": 32000},
            True,
            id="D#targeting-a-range-of-ports first",
        ),
        pytest.param([{"port": 32000, "endPort": 32768}], {"port": 32768}, True, id="range, last"),
        pytest.param([{"port": 32000, "endPort": 32768}], {"port": 32769}, False, id="range, beyond"),
        pytest.param([{"port": "http"}], {"port": 80}, True, id="a name"),
        pytest.param([{"port": "http"}], {"port": 8080}, False, id="a name of another port"),
        pytest.param(
            [{"port": "dns", "protocol": "UDP"}], {"port": 53, "protocol": "UDP"}, True, id="a UDP name"
        ),
        pytest.param([{"port": "dns"}], {"port": 53}, False, id="a name of another protocol"),
        pytest.param([{"port": "nope"}], {"port": 80}, False, id="no such name"),
        pytest.param([{"port": 1}, {"port": 80}], {"port": 80}, True, id="either"),
        pytest.param([], {"port": 80}, True, id="no ports are all ports"),
    ],
)
def test_which_port_a_rule_covers(ports: list[Json], asked: Json, allowed: bool) -> None:
    assert connect(policy("p", DB, ingress=[{"ports": ports}]), **asked).answer["allowed"] is allowed


def test_both_ends_must_agree() -> None:
    inward = policy("in", DB, ingress=[{"from": [FRONT]}])
    outward = policy("out", labels(role="frontend"), policyTypes=["Egress"])

    verdict = connect(inward, outward)

    assert verdict.answer["ingress"]["rule"] == "default/in.ingress[0]"
    assert verdict.answer["egress"] == {
        "isolated": True,
        "allowed": False,
        "policies": ["default/out"],
        "rule": None,
    }
    assert verdict.outcome is Outcome.NO


def test_a_guarded_pod_on_its_nodes_network_cannot_be_told() -> None:
    assert connect(policy(), to="default/host").outcome is Outcome.UNKNOWN


def test_near_misses_tell_port_from_peer() -> None:
    rules = [{"from": [FRONT], "ports": [{"port": 80}]}, {"from": [PROD]}]

    steps = connect(policy("p", DB, ingress=rules)).steps

    assert [(s.rule, s.facts["rule"]) for s in steps if s.role is Role.NEAR_MISS] == [
        ("networkPolicy.port", "p.ingress[0]"),
        ("networkPolicy.peer", "p.ingress[1]"),
    ]


@pytest.mark.parametrize("source", ["default/other", "dev/away", "198.51.100.7"])
@pytest.mark.parametrize("types", [["Ingress"], ["Ingress", "Egress"]])
def test_the_offered_policies_let_the_connection_through(source: str, types: list[str]) -> None:
    denied = connect(policy(policyTypes=types), source=source)
    offered = [dict(s.change) for s in denied.steps if s.role is Role.CHANGE and s.change is not None]

    allowed = connect(policy(policyTypes=types), *offered, source=source)

    assert (denied.outcome, allowed.outcome) == (Outcome.NO, Outcome.YES)


@pytest.mark.parametrize(
    ("policies", "asked", "error"),
    [
        pytest.param([], {"source": "default/nobody"}, InvalidQuestionError, id="an unknown pod"),
        pytest.param([], {"to": "300.1.1.1"}, InvalidQuestionError, id="no address"),
        pytest.param(
            [policy("p", DB, ingress=[{"from": [{"ipBlock": {"cidr": "x"}}]}])],
            {},
            InvalidObjectError,
            id="no CIDR",
        ),
        pytest.param(
            [policy("p", {"matchExpressions": [{"key": "a", "operator": "Gt", "values": ["1"]}]})],
            {},
            InvalidObjectError,
            id="no operator of selectors",
        ),
    ],
)
def test_bad_input(policies: list[Json], asked: Json, error: type[Exception]) -> None:
    with pytest.raises(error):
        connect(*policies, **asked)


def ported(**port: Any) -> Json:
    return policy("p", DB, ingress=[{"ports": [port]}])


def peered(**peer: Any) -> Json:
    return policy("p", DB, ingress=[{"from": [peer]}])


@pytest.mark.parametrize(
    ("made", "path", "message"),
    [
        pytest.param(peered(), "ingress[0].from[0]", "must specify a peer", id="an empty peer"),
        pytest.param(
            peered(ipBlock={"cidr": "10.0.0.0/8"}, podSelector={}), "ingress[0].from[0]", "both ipBlock", id="a block and a selector"
        ),
        pytest.param(
            peered(ipBlock={"cidr": "10.0.0.1"}), "ipBlock.cidr", "valid CIDR", id="an address without a length"
        ),
        pytest.param(
            peered(ipBlock={"cidr": "10.0.0.0/255.0.0.0"}), "ipBlock.cidr", "valid CIDR", id="a mask of bits"
        ),
        pytest.param(
            peered(ipBlock={"cidr": "10.0.0.0/8", "except": ["192.168.0.0/16"]}), "except[0]", "strict subset", id="except elsewhere"
        ),
        pytest.param(
            peered(ipBlock={"cidr": "10.0.0.0/8", "except": ["10.0.0.0/8"]}), "except[0]", "strict subset", id="except all of it"
        ),
        pytest.param(ported(endPort=90), "ports[0].endPort", "non-numeric or missing", id="a range without a start"),
        pytest.param(ported(port="http", endPort=90), "ports[0].endPort", "non-numeric", id="a range from a name"),
        pytest.param(ported(port=90, endPort=80), "ports[0].endPort", "greater than or equal", id="a range backwards"),
        pytest.param(ported(port=0), "ports[0].port", "between 1 and 65535", id="port 0"),
        pytest.param(ported(protocol="ICMP"), "ports[0].protocol", "unsupported value", id="another protocol"),
        pytest.param(policy(policyTypes=["Inward"]), "policyTypes[0]", "unsupported value", id="another type"),
    ],
)  # fmt: skip
def test_what_the_api_refuses_is_refused_with_its_path(made: Json, path: str, message: str) -> None:
    with pytest.raises(InvalidObjectError, match=message) as refused:
        connect(made)

    assert path in (refused.value.path or "")


NODE = {
    "apiVersion": "v1",
    "kind": "Node",
    "metadata": {"name": "n1"},
    "status": {"addresses": [{"type": "InternalIP", "address": "192.0.2.1"}]},
}


def on_node(name: str, node: str, *, host: bool = False) -> Json:
    made = pod(name, "192.0.2.1" if host else "10.0.7.1", role="db")
    made["spec"] |= {"nodeName": node, "hostNetwork": host}
    return made


@pytest.mark.parametrize(
    ("source", "node", "allowed"),
    [
        pytest.param("node/n1", "n1", True, id="D#networkpolicy its own node"),
        pytest.param("192.0.2.1", "n1", True, id="its own node by address"),
        pytest.param("node/n1", "n2", False, id="another node"),
        pytest.param("default/agent", "n1", True, id="a pod on its node's network"),
        pytest.param("default/agent", "n2", False, id="a pod on another node's network"),
    ],
)
def test_a_node_always_reaches_its_own_pods(source: str, node: str, allowed: bool) -> None:
    objects = [NODE, on_node("guarded", node), on_node("agent", "n1", host=True)]

    assert connect(policy(), *objects, source=source, to="default/guarded").answer["allowed"] is allowed


def test_a_certain_no_outweighs_what_cannot_be_told() -> None:
    closed = policy("out", labels(role="frontend"), policyTypes=["Egress"])

    assert connect(policy(), closed, to="default/host").outcome is Outcome.NO


def test_a_sidecars_named_port_counts() -> None:
    made = pod("side", "10.0.7.2", role="db")
    made["spec"]["initContainers"] = [
        {
            "name": "s",
            "image": "x",
            "restartPolicy": "Always",
            "ports": [{"name": "metrics", "containerPort": 9}],
        }
    ]

    assert connect(ported(port="metrics"), made, to="default/side", port=9).answer["allowed"] is True


RULES = st.lists(
    st.fixed_dictionaries(
        {}, optional={"from": st.just([FRONT]) | st.just([PROD]), "ports": st.just([{"port": 80}])}
    ),
    max_size=2,
)


@given(st.lists(RULES, max_size=3), st.sampled_from([80, 6379]), st.randoms())
def test_a_policy_more_never_takes_away_what_a_guarded_pod_was_granted(
    rules: list[Any], port: int, random: Any
) -> None:
    policies = [policy(f"p{i}", DB, ingress=each) for i, each in enumerate([[], *rules])]
    before = connect(*policies[:-1], port=port).answer["allowed"]
    shuffled = random.sample(policies, len(policies))

    after = connect(*shuffled, port=port).answer["allowed"]

    assert after is connect(*policies, port=port).answer["allowed"]
    assert after or not before or len(policies) == 1
