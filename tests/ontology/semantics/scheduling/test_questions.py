"""Placing lists, counting replicas, and the pods that wait."""

from typing import Any

from ontology.verdict import Outcome


def test_each_pod_is_placed_on_what_the_ones_before_left(make: Any) -> None:
    nodes = [make.node("n1", cpu="2"), make.node("n2", cpu="2")]
    verdict = make.ask(nodes, place={"pods": [make.pod(f"p{i}", cpu="1500m") for i in range(3)]})

    placed = verdict.answer["placements"]
    assert {placed[0]["node"], placed[1]["node"]} == {"n1", "n2"}
    assert placed[2]["message"] == "0/2 nodes are available: 2 Insufficient cpu."
    assert (verdict.answer["placed"], verdict.answer["pending"]) == (2, 1)
    assert verdict.outcome is Outcome.NO


def test_the_seed_decides_between_equals_and_nothing_else_does(make: Any) -> None:
    nodes = [make.node(f"n{i}") for i in range(8)]
    pods = [make.pod(f"p{i}") for i in range(8)]

    def placed(seed: int, objects: list[Any]) -> list[str]:
        told = make.ask(objects, place={"pods": pods, "seed": seed}).answer["placements"]
        return [each["node"] for each in told]

    assert placed(1, nodes) == placed(1, nodes[::-1])
    assert len({tuple(placed(seed, nodes)) for seed in range(5)}) > 1


def test_more_demands_than_are_kept_ready_change_nothing(make: Any) -> None:
    nodes = [make.node(f"n{i}", cpu="64") for i in range(3)]
    term = {"labelSelector": {"matchLabels": {"app": "x"}}, "topologyKey": "kubernetes.io/hostname"}
    spread = {**term, "maxSkew": 1, "whenUnsatisfiable": "DoNotSchedule"}
    pods = [
        make.pod(f"p{i}", cpu=f"{i % 600 + 1}m", labels={"app": "x"}, topologySpreadConstraints=[spread])
        for i in range(0, 1200, 4)
    ]
    many = [make.pod(f"q{i}", cpu=f"{i + 1}m") for i in range(600)]

    told = make.ask(nodes, place={"pods": pods, "seed": 3}).answer
    counts = [sum(p.get("node") == f"n{i}" for p in told["placements"]) for i in range(3)]
    mixed = make.ask(nodes, place={"pods": [*many[:200], *pods, *many[200:]], "seed": 3}).answer

    assert max(counts) - min(counts) <= 1
    spread_out = [p.get("node") for p in mixed["placements"] if p["pod"].startswith("default/p")]
    assert (
        max(map(spread_out.count, ("n0", "n1", "n2"))) - min(map(spread_out.count, ("n0", "n1", "n2"))) <= 1
    )


def test_capacity_is_what_fits_and_says_what_stops_the_next(make: Any) -> None:
    verdict = make.ask(
        [make.node("n1", cpu="1"), make.node("n2", pods="2")], capacity={"pod": make.pod("web", cpu="400m")}
    )

    assert verdict.answer["replicas"] == 4
    assert verdict.answer["nodes"] == {"n1": 2, "n2": 2}
    assert verdict.answer["reasons"] == {"Insufficient cpu": 1, "Too many pods": 1}
    assert not verdict.answer["limited"]


def test_waiting_pods_that_a_node_could_take(make: Any) -> None:
    objects = [make.node("n1", labels={"disk": "ssd"}), make.node("n2")]
    objects += [make.pod("a"), make.pod("b", nodeSelector={"disk": "ssd"}), make.pod("c", on="n1")]

    answer = make.ask(objects, fits={"node": "n2"}).answer

    assert answer["pods"] == ["default/a"]
    assert answer["rejected"]["default/b"]["plugin"] == "NodeAffinity"


def test_stuck_pods_are_grouped_by_what_keeps_them_out(make: Any) -> None:
    objects = [make.node("n1"), make.node("n2")]
    objects += [make.pod("big-1", cpu="9"), make.pod("big-2", cpu="9"), make.pod("fine")]
    objects += [make.pod("gated", schedulingGates=[{"name": "quota"}])]

    verdict = make.ask(objects, stuck={})

    assert set(verdict.answer["stuck"]) == {"default/big-1", "default/big-2", "default/gated"}
    assert verdict.answer["reasons"][0] == {
        "reason": "Insufficient cpu",
        "pods": ["default/big-1", "default/big-2"],
        "nodes": 4,
    }
    assert verdict.outcome is Outcome.NO
