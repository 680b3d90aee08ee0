"""The cluster autoscaler: cases written from its FAQ.

Source: github.com/kubernetes/autoscaler, cluster-autoscaler/FAQ.md.
"""

from typing import Any

import pytest

from ontology.errors import InvalidObjectError, InvalidQuestionError
from ontology.evaluators import answer
from ontology.lang import Lang
from ontology.messages import render
from ontology.verdict import Outcome, Verdict

OWNER = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "rs", "uid": "u", "controller": True}


def node(name: str, cpu: str = "2", **metadata: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name} | metadata,
        "status": {"allocatable": {"cpu": cpu, "memory": "8Gi", "pods": "110"}},
    }


def pod(name: str, cpu: str = "1500m", on: str = "", **more: Any) -> dict[str, Any]:
    resources = {"requests": {"cpu": cpu, "memory": "1Gi"}}
    spec: dict[str, Any] = {"containers": [{"name": "c", "image": "i", "resources": resources}]}
    if on:
        spec["nodeName"] = on
    metadata = {"name": name, "labels": {"app": name}, "ownerReferences": [OWNER]} | more.get("metadata", {})
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata,
        "spec": spec | more.get("spec", {}),
        "status": {"phase": "Running" if on else "Pending"},
    }


def group(name: str, cpu: str = "2", **more: Any) -> dict[str, Any]:
    template = {"metadata": {"labels": {"group": name}}, "status": node("x", cpu)["status"]}
    return {"name": name, "template": template} | more


def ask(question: str, *objects: dict[str, Any], **asked: Any) -> Verdict:
    return answer({"system": "autoscaling", "objects": list(objects), "question": {question: asked}})


FULL = [node("n1"), pod("busy", on="n1")]


def test_a_pod_that_fits_nowhere_triggers_a_group_that_would_take_it() -> None:
    verdict = ask("scaleUp", *FULL, pod("web"), groups=[group("small")])

    assert verdict.answer["choice"] == {"group": "small", "nodes": 1, "size": 1}
    assert verdict.answer["events"] == [{"pod": "web", "reason": "TriggeredScaleUp"}]
    assert verdict.outcome is Outcome.YES


def test_a_pod_that_fits_somewhere_triggers_nothing() -> None:
    verdict = ask("scaleUp", *FULL, pod("web", "100m"), groups=[group("small")])

    assert verdict.answer["choice"] is None
    assert verdict.outcome is Outcome.YES


def test_several_pods_need_several_nodes_up_to_the_maximum() -> None:
    pods = [pod(f"web-{n}") for n in range(4)]

    assert ask("scaleUp", *FULL, *pods, groups=[group("small")]).answer["choice"]["nodes"] == 4
    assert ask("scaleUp", *FULL, *pods, groups=[group("small", size=1, max=3)]).answer["choice"]["nodes"] == 2


def test_the_filters_of_the_scheduler_say_why_a_group_does_not_help() -> None:
    picky = pod("web", spec={"nodeSelector": {"group": "gpu"}})

    verdict = ask("scaleUp", *FULL, picky, groups=[group("small")])

    assert verdict.answer["choice"] is None
    assert "didn't match" in verdict.answer["groups"]["small"]["refused"]["web"]
    assert verdict.outcome is Outcome.NO


def test_a_group_at_its_maximum_does_not_help() -> None:
    verdict = ask("scaleUp", *FULL, pod("web"), groups=[group("small", size=3, max=3)])

    assert verdict.answer["groups"]["small"]["refused"] == {"web": "max node group size reached"}


@pytest.mark.parametrize(
    ("expander", "chosen"),
    [
        pytest.param("least-waste", "small", id="the least unused"),
        pytest.param("most-pods", "big", id="the most pods"),
        pytest.param("price", "big", id="the lowest price a pod"),
        pytest.param("priority", "small", id="the highest priority"),
    ],
)
def test_expanders(expander: str, chosen: str) -> None:
    groups = [group("small", price=2.0, priority=9), group("big", "32", price=2.5, priority=1)]
    pods = [pod("web"), pod("huge", "10")]

    verdict = ask("scaleUp", *FULL, *pods, groups=groups, expander=expander)

    assert verdict.answer["choice"]["group"] == chosen


def test_the_notes_are_wrong_that_the_scheduler_asks() -> None:
    steps = ask("scaleUp", *FULL, pod("web"), groups=[group("small")]).steps

    assert "The scheduler asks nobody" in render(steps[0], Lang.EN)


def test_daemons_take_their_share_of_a_new_node() -> None:
    daemon = pod("logs", "800m")
    logs = {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": "logs"},
        "spec": {
            "selector": {"matchLabels": {"app": "logs"}},
            "template": {"metadata": {"labels": {"app": "logs"}}, "spec": daemon["spec"]},
        },
    }

    assert ask("scaleUp", *FULL, pod("web"), groups=[group("small")]).answer["choice"] is not None
    refused = ask("scaleUp", *FULL, logs, pod("web"), groups=[group("small")]).answer["groups"]["small"]
    assert "Insufficient cpu" in refused["refused"]["web"]


def test_an_expendable_pod_makes_no_group_grow() -> None:
    cheap = pod("batch", spec={"priority": -11})

    assert ask("scaleUp", *FULL, cheap, groups=[group("small")]).answer["choice"] is None


def test_an_unknown_expander_or_template_is_refused() -> None:
    with pytest.raises(InvalidQuestionError, match="not an expander"):
        ask("scaleUp", groups=[], expander="cheapest")
    with pytest.raises(InvalidObjectError):
        ask("scaleUp", *FULL, pod("web"), groups=[{"name": "x", "template": {"specc": {}}}])


BUDGET = {
    "apiVersion": "policy/v1",
    "kind": "PodDisruptionBudget",
    "metadata": {"name": "b"},
    "spec": {"selector": {"matchLabels": {"app": "web"}}},
    "status": {"disruptionsAllowed": 0, "currentHealthy": 1, "desiredHealthy": 1, "expectedPods": 1},
}
SAFE_KEY = "cluster-autoscaler.kubernetes.io/safe-to-evict"
SAFE = {SAFE_KEY: "true"}


@pytest.mark.parametrize(
    ("web", "others", "reason"),
    [
        pytest.param(pod("web", "100m", "n1"), [], None, id="nothing in the way"),
        pytest.param(pod("web", "1500m", "n1"), [], "aboveThreshold", id="used enough"),
        pytest.param(
            pod("web", "100m", "n1", metadata={"ownerReferences": []}),
            [],
            "notReplicated",
            id="nobody makes it again",
        ),
        pytest.param(
            pod("web", "100m", "n1", metadata={"ownerReferences": [], "annotations": SAFE}),
            [],
            None,
            id="said to be safe",
        ),
        pytest.param(
            pod("web", "100m", "n1", spec={"volumes": [{"name": "v", "emptyDir": {}}]}),
            [],
            "localStorage",
            id="local data",
        ),
        pytest.param(
            pod("web", "100m", "n1", spec={"volumes": [{"name": "v", "emptyDir": {"medium": "Memory"}}]}),
            [],
            None,
            id="local data in memory only",
        ),
        pytest.param(
            pod(
                "web",
                "100m",
                "n1",
                metadata={"annotations": {f"{SAFE_KEY}-local-volumes": "tmp,v"}},
                spec={"volumes": [{"name": "v", "emptyDir": {}}]},
            ),
            [],
            None,
            id="local data that may be lost",
        ),
        pytest.param(
            pod("web", "100m", "n1", metadata={"annotations": {SAFE_KEY: "false"}}),
            [],
            "notSafeToEvict",
            id="said not to be safe",
        ),
        pytest.param(
            pod("web", "100m", "n1", metadata={"ownerReferences": []}, spec={"priority": -11}),
            [],
            None,
            id="an expendable pod",
        ),
        pytest.param(pod("web", "100m", "n1"), [BUDGET], "notEnoughPdb", id="a budget"),
        pytest.param(
            pod("web", "100m", "n1", metadata={"annotations": SAFE}),
            [BUDGET],
            "notEnoughPdb",
            id="a budget also of what is said to be safe",
        ),
        pytest.param(
            pod("web", "100m", "n1", metadata={"ownerReferences": [OWNER | {"kind": "GameServer"}]}),
            [],
            "customController",
            id="a controller that it does not know",
        ),
        pytest.param(
            pod("web", "100m", "n1", metadata={"ownerReferences": [], "annotations": {SAFE_KEY: "false"}}),
            [],
            "notReplicated",
            id="of two reasons the first",
        ),
        pytest.param(
            pod(
                "web",
                "100m",
                "n1",
                metadata={
                    "ownerReferences": [],
                    "annotations": {"cluster-autoscaler.kubernetes.io/daemonset-pod": "true"},
                },
            ),
            [],
            None,
            id="said to be a daemon",
        ),
        pytest.param(
            pod("web", "100m", "n1", metadata={"namespace": "kube-system"}),
            [],
            "systemPod",
            id="a system pod",
        ),
        pytest.param(
            pod("web", "100m", "n1", spec={"nodeSelector": {"kubernetes.io/hostname": "n1"}}),
            [],
            "noPlaceToMove",
            id="fits nowhere else",
        ),
    ],
)
def test_what_keeps_a_node(web: dict[str, Any], others: list[dict[str, Any]], reason: str | None) -> None:
    nodes = [node(name, labels={"kubernetes.io/hostname": name}) for name in ("n1", "n2")]

    found = ask("scaleDown", *nodes, web, *others).answer["nodes"]["n1"]

    assert [each["reason"] for each in found["blockedBy"]] == ([reason] if reason else [])


def test_a_daemon_goes_with_its_node() -> None:
    owner = OWNER | {"kind": "DaemonSet"}
    daemon = pod("logs", "100m", "n1", metadata={"ownerReferences": [owner]})

    assert ask("scaleDown", node("n1"), daemon).answer["removable"] == ["n1"]


def test_an_annotation_keeps_a_node() -> None:
    kept = node("n1", annotations={"cluster-autoscaler.kubernetes.io/scale-down-disabled": "true"})

    assert ask("scaleDown", kept).answer["removable"] == []


def test_two_nodes_that_could_take_each_others_pods_cannot_both_go() -> None:
    nodes = [node("n1"), node("n2")]
    pods = [pod("a", "900m", "n1"), pod("b", "900m", "n2")]

    verdict = ask("scaleDown", *nodes, *pods)

    assert verdict.answer["removable"] == ["n1", "n2"]
    assert verdict.answer["together"] == ["n1"]
    assert verdict.steps[-1].rule == "autoscaling.ca.notTogether"
    assert all(render(step, lang) for step in verdict.steps for lang in Lang)


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        pytest.param({"groups": [{"name": "g", "nodes": ["n1"], "min": 1}]}, "minSizeReached", id="minimum"),
        pytest.param({"groups": [{"name": "g", "nodes": ["n1"]}]}, None, id="no minimum"),
        pytest.param({"unneededFor": {"n1": "9m59s"}}, "notUnneededLongEnough", id="not for ten minutes"),
        pytest.param({"unneededFor": {}}, "notUnneededLongEnough", id="not at all"),
        pytest.param({"unneededFor": {"n1": "10m"}}, None, id="for ten minutes"),
        pytest.param({"unneededFor": {"n1": "2m"}, "unneededTime": "1m"}, None, id="another time"),
    ],
)
def test_what_keeps_an_idle_node(asked: dict[str, Any], reason: str | None) -> None:
    found = ask("scaleDown", node("n1"), **asked).answer["nodes"]["n1"]

    assert [each["reason"] for each in found["blockedBy"]] == ([reason] if reason else [])


def test_a_group_keeps_its_minimum_of_several_idle_nodes() -> None:
    nodes = [node(f"n{number}") for number in range(3)]
    groups = [{"name": "g", "nodes": ["n0", "n1", "n2"], "min": 1}]

    assert len(ask("scaleDown", *nodes, groups=groups).answer["together"]) == 2


def test_a_node_that_is_not_there_is_refused() -> None:
    with pytest.raises(InvalidQuestionError, match="no node `n9`"):
        ask("scaleDown", node("n1"), unneededFor={"n9": "10m"})
