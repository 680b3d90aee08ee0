"""Single rules at their edges: what rejects a node, what scores, what is said, who has to go."""

from typing import Any

import pytest

from ontology.verdict import Outcome, Role

REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
ZONE = "topology.kubernetes.io/zone"


def affine(*expressions: dict[str, Any]) -> dict[str, Any]:
    terms = [{"matchExpressions": [each]} for each in expressions]
    return {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": terms}}}


@pytest.mark.parametrize(
    ("spec", "plugin"),
    [
        pytest.param({"nodeName": "other"}, "NodeName", id="another node by name"),
        pytest.param({"nodeSelector": {"disk": "ssd"}}, "NodeAffinity", id="a label the node lacks"),
        pytest.param(
            {"affinity": affine({"key": "cores", "operator": "Gt", "values": ["8"]})},
            "NodeAffinity",
            id="not more than the same number",
        ),
        pytest.param(
            {"affinity": affine({"key": "cores", "operator": "Lt", "values": ["many"]})},
            "NodeAffinity",
            id="a bound that is no number voids its term",
        ),
        pytest.param({"cpu": "5"}, "NodeResourcesFit", id="more than the node has"),
        pytest.param(
            {"overhead": {"cpu": "3950m"}}, "NodeResourcesFit", id="overhead comes on top of the containers"
        ),
        pytest.param(
            {
                "initContainers": [
                    {"name": "i", "image": "i", "resources": {"requests": {"cpu": "4001m"}}},
                ]
            },
            "NodeResourcesFit",
            id="an init container alone may need more",
        ),
    ],
)
def test_a_node_is_rejected_by(make: Any, spec: dict[str, Any], plugin: str) -> None:
    node = make.node("n1", labels={"cores": "8"})

    answer = make.ask([node], schedule=make.pod("new", **spec)).answer

    assert answer["rejected"]["n1"]["plugin"] == plugin
    assert answer["rejected"]["n1"]["unresolvable"]


@pytest.mark.parametrize(
    "spec",
    [
        pytest.param({"affinity": affine({"key": "gpu", "operator": "NotIn", "values": ["a"]})}, id="NotIn"),
        pytest.param({"affinity": affine({"key": "gpu", "operator": "DoesNotExist"})}, id="DoesNotExist"),
        pytest.param(
            {
                "affinity": affine(
                    {"key": "cores", "operator": "Gt", "values": ["x"]},
                    {"key": "cores", "operator": "Gt", "values": ["7"]},
                )
            },
            id="a void term leaves the others",
        ),
        pytest.param(
            {"tolerations": [{"operator": "Exists"}], "nodeSelector": {"cores": "08"}},
            id="label values are compared as text by selectors",
        ),
    ],
)
def test_a_node_passes(make: Any, spec: dict[str, Any]) -> None:
    node = make.node("n1", labels={"cores": "08"})

    assert make.ask([node], schedule=make.pod("new", **spec)).answer["feasible"] == ["n1"]


@pytest.mark.parametrize(
    ("held", "wanted", "free"),
    [
        pytest.param({"hostPort": 80}, {"hostPort": 80}, False, id="the same"),
        pytest.param(
            {"hostPort": 80, "hostIP": "10.0.0.1"}, {"hostPort": 80}, False, id="any address wants all"
        ),
        pytest.param(
            {"hostPort": 80, "hostIP": "10.0.0.1"},
            {"hostPort": 80, "hostIP": "10.0.0.2"},
            True,
            id="two addresses",
        ),
        pytest.param(
            {"hostPort": 80, "hostIP": "::"}, {"hostPort": 80, "hostIP": "10.0.0.2"}, True, id=":: is one"
        ),
        pytest.param({"hostPort": 80, "protocol": "UDP"}, {"hostPort": 80}, True, id="another protocol"),
    ],
)
def test_host_ports(make: Any, held: dict[str, Any], wanted: dict[str, Any], free: bool) -> None:
    running, new = make.pod("old", on="n1"), make.pod("new")
    for pod, port in ((running, held), (new, wanted)):
        pod["spec"]["containers"][0]["ports"] = [{"containerPort": 8080, **port}]

    assert bool(make.ask([make.node("n1"), running], schedule=new).answer["feasible"]) is free


def test_the_first_pod_of_a_group_may_start_it(make: Any) -> None:
    term = {"labelSelector": {"matchLabels": {"app": "db"}}, "topologyKey": ZONE}
    affinity = {"podAffinity": {REQUIRED: [term]}}
    nodes = [make.node("n1", labels={ZONE: "a"}), make.node("n2")]

    own = make.ask(nodes, schedule=make.pod("db-0", labels={"app": "db"}, affinity=affinity)).answer
    other = make.ask(nodes, schedule=make.pod("web", labels={"app": "web"}, affinity=affinity)).answer

    assert own["feasible"] == ["n1"]
    assert other["feasible"] == []


def test_a_term_without_selector_means_nobody(make: Any) -> None:
    running = make.pod("old", on="n1", affinity={"podAntiAffinity": {REQUIRED: [{"topologyKey": ZONE}]}})

    answer = make.ask([make.node("n1", labels={ZONE: "a"}), running], schedule=make.pod("new")).answer

    assert answer["feasible"] == ["n1"]


def test_spread_counts_no_pod_that_is_leaving(make: Any) -> None:
    constraint = {
        "maxSkew": 1,
        "topologyKey": ZONE,
        "whenUnsatisfiable": "DoNotSchedule",
        "labelSelector": {"matchLabels": {"app": "web"}},
    }
    nodes = [make.node("n1", labels={ZONE: "a"}), make.node("n2", labels={ZONE: "b"})]
    old = make.pod("old", on="n1", labels={"app": "web"})
    new = make.pod("new", labels={"app": "web"}, topologySpreadConstraints=[constraint])

    stays = make.ask([*nodes, old], schedule=new).answer
    old["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    leaves = make.ask([*nodes, old], schedule=new).answer

    assert stays["feasible"] == ["n2"]
    assert leaves["feasible"] == ["n1", "n2"]


def test_pods_of_one_owner_are_spread_by_default(make: Any) -> None:
    owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web", "uid": "r", "controller": True}
    replica_set = {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {"selector": {"matchLabels": {"app": "web"}}},
    }
    old, new = make.pod("old", on="n1", labels={"app": "web"}), make.pod("new", labels={"app": "web"})
    new["metadata"]["ownerReferences"] = [owner]
    objects = [make.node("n1"), make.node("n2"), old]

    alone = make.ask(objects, schedule=new).answer["scores"]
    owned = make.ask([*objects, replica_set], schedule=new).answer["scores"]

    assert "PodTopologySpread" not in alone["n1"]
    assert owned["n1"]["PodTopologySpread"] < owned["n2"]["PodTopologySpread"]


def test_a_capacity_stands_in_for_an_allocatable_that_is_not_there(make: Any) -> None:
    node = make.node("n1")
    node["status"] = {"capacity": node["status"]["allocatable"]}

    assert make.ask([node], schedule=make.pod("new")).answer["feasible"] == ["n1"]


def test_points_are_cut_off_as_doubles_are(make: Any) -> None:
    nodes = [make.node(f"n{i}", labels={"rank": str(i)}) for i in range(3)]
    weights = {0: 0, 1: 29, 2: 100}
    running = [
        make.pod(
            f"p{i}",
            on=f"n{i}",
            labels={"app": "x"},
            affinity={
                "podAffinity": {
                    PREFERRED: [
                        {
                            "weight": weight,
                            "podAffinityTerm": {
                                "topologyKey": "rank",
                                "labelSelector": {"matchLabels": {"app": "new"}},
                            },
                        }
                    ]
                }
            },
        )
        for i, weight in weights.items()
        if weight
    ]

    scores = make.ask([*nodes, *running], schedule=make.pod("new", labels={"app": "new"})).answer["scores"]

    assert [scores[f"n{i}"]["InterPodAffinity"] for i in range(3)] == [0, 2 * 28, 200]


def test_preemption_spares_the_more_important_and_keeps_budgets(make: Any) -> None:
    objects = [make.node("n1", cpu="2"), make.node("n2", cpu="2")]
    objects += [
        make.pod("guarded", on="n1", cpu="1500m", labels={"app": "a"}, priority=1),
        make.pod("plain", on="n2", cpu="1500m", labels={"app": "b"}, priority=5),
        {
            "apiVersion": "policy/v1",
            "kind": "PodDisruptionBudget",
            "metadata": {"name": "a", "namespace": "default"},
            "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "a"}}},
            "status": {"disruptionsAllowed": 0},
        },
    ]

    found = make.ask(objects, schedule=make.pod("new", cpu="1", priority=10)).answer["preemption"]

    assert found["nominated"] == ["n2"]
    assert found["candidates"]["n1"] == {"victims": ["default/guarded"], "pdbViolations": 1}
    assert "message" not in found


def test_a_pod_that_waits_for_a_node_keeps_its_room(make: Any) -> None:
    waiting = make.pod("first", cpu="3", priority=5)
    waiting["status"] = {"nominatedNodeName": "n1"}
    objects = [make.node("n1"), waiting]

    assert make.ask(objects, schedule=make.pod("less", cpu="2")).answer["feasible"] == []
    assert make.ask(objects, schedule=make.pod("more", cpu="2", priority=9)).answer["feasible"] == ["n1"]


def test_without_nodes_nothing_is_tried(make: Any) -> None:
    answer = make.ask([], schedule=make.pod("new")).answer

    assert answer["message"] == "no nodes available to schedule pods"
    assert "preemption" not in answer


def test_steps_tell_every_rule_near_misses_and_the_fix(make: Any) -> None:
    taint = {"key": "gpu", "value": "true", "effect": "NoSchedule"}
    objects = [make.node("n1", taints=[taint]), make.node("n2", cpu="50m", taints=[taint])]

    verdict = make.ask(objects, schedule=make.pod("new"))
    near = [s for s in verdict.steps if s.role is Role.NEAR_MISS]
    changes = [s for s in verdict.steps if s.role is Role.CHANGE]

    assert verdict.outcome is Outcome.NO
    assert [(s.rule, s.facts["node"], s.facts["taints"]) for s in near] == [
        ("scheduling.taints", "n1", ("gpu=true:NoSchedule",))
    ]
    assert changes[0].rule == "scheduling.taints"
    assert changes[0].facts["edits"] == ("toleration gpu=true:NoSchedule",)
    assert changes[0].change is not None
    assert changes[0].change["patches"][0]["value"]["key"] == "gpu"


def test_a_gated_pod_is_answered_and_told_to_wait(make: Any) -> None:
    verdict = make.ask([make.node("n1")], schedule=make.pod("new", schedulingGates=[{"name": "quota"}]))

    assert verdict.steps[0].rule == "scheduling.gates"
    assert verdict.answer["feasible"] == ["n1"]


def test_a_cluster_of_many_nodes_is_told_by_examples(make: Any) -> None:
    nodes = [make.node(f"n{i:03}", cpu="50m" if i % 2 else "4") for i in range(200)]

    steps = make.ask(nodes, schedule=make.pod("new")).steps

    told = {s.facts["node"] for s in steps if "node" in s.facts}
    assert 2 <= len(told) <= 60
    assert {s.holds for s in steps if s.rule == "scheduling.resources"} == {True, False}
