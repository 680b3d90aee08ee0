"""Questions about the pods that wait: which could run on a node, and which are stuck and for what reason.

Waiting pods are those of the scenario without a node. Each is looked at alone, on the cluster as it is.

Source: kube-scheduler v1.36.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from ontology.cluster.pods import NodeAffinity
from ontology.errors import InvalidQuestionError
from ontology.scenario import Evaluator, Scenario
from ontology.semantics.scheduling import snapshot
from ontology.semantics.scheduling.blame import located
from ontology.semantics.scheduling.cycle import Filtered, run_filters
from ontology.semantics.scheduling.enforced import Enforcing, added
from ontology.semantics.scheduling.schedule import reasons, words
from ontology.verdict import Outcome, Step, Verdict

_GATED = "Scheduling is blocked due to non-empty scheduling gates"


class Fits(Enforcing, frozen=True, kw_only=True):
    """The node that is offered."""

    node: str


class Stuck(Enforcing, frozen=True, kw_only=True):
    """All waiting pods, or those of one namespace."""

    namespace: str = ""


def fits(scenario: Scenario, asked: Fits) -> Verdict:
    """Say which waiting pods could run on a node; yes where at least one could."""
    found = _filtered(scenario, added(asked, "fits"))
    node = found[0].cluster.index.get(asked.node) if found else None
    if node is None and asked.node not in {raw["metadata"]["name"] for raw in scenario.raw("Node")}:
        raise InvalidQuestionError(f"there is no node `{asked.node}`", path="question.fits.node")
    rejections = {each.pod.full_name: each.rejection(node) for each in found if node is not None}
    answer = {
        "pods": sorted(name for name, rejection in rejections.items() if rejection is None),
        "rejected": {
            name: {"plugin": rejection.by.PLUGIN, "reasons": sorted(rejection.reasons)}
            for name, rejection in sorted(rejections.items())
            if rejection is not None
        },
    }
    return Verdict(
        answer=answer,
        outcome=Outcome.of(bool(answer["pods"])),
        explain=lambda: tuple(_fitting(asked.node, answer)),
    )


FITS = Evaluator(question=Fits, evaluate=fits)


def stuck(scenario: Scenario, asked: Stuck) -> Verdict:
    """Say which waiting pods fit nowhere, and group them by what keeps them out; yes where none is stuck."""
    found = [
        f for f in _filtered(scenario, added(asked, "stuck")) if asked.namespace in ("", f.pod.namespace)
    ]
    unplaced = {f.pod.full_name: f for f in found if _is_gated(f) or not len(f.nodes)}
    grouped = _grouped(unplaced)
    answer = {
        "waiting": len(found),
        "stuck": {name: _GATED if _is_gated(f) else words(f) for name, f in sorted(unplaced.items())},
        "reasons": [
            {"reason": reason, "pods": sorted(pods), "nodes": nodes} for reason, (pods, nodes) in grouped
        ],
    }
    return Verdict(
        answer=answer,
        outcome=Outcome.of(not unplaced),
        explain=lambda: tuple(_sticking(answer)),
    )


STUCK = Evaluator(question=Stuck, evaluate=stuck)


def _filtered(scenario: Scenario, enforced: NodeAffinity | None) -> list[Filtered]:
    cluster = snapshot.read(scenario, enforced)
    pods = snapshot.waiting(scenario)
    scenario.budget.admit_looks(len(pods), cluster.size, path="objects")
    with located(scenario):
        return [run_filters(cluster, cluster.incoming(pod)) for pod in pods]


def _grouped(unplaced: dict[str, Filtered]) -> list[tuple[str, tuple[list[str], int]]]:
    """Return reasons with the pods that they keep out and on how many nodes; the most common first."""
    pods: dict[str, list[str]] = defaultdict(list)
    nodes: Counter[str] = Counter()
    for name, each in unplaced.items():
        for reason, count in _reasons(each).items():
            pods[reason].append(name)
            nodes[reason] += count
    ranked = sorted(pods, key=lambda reason: (-len(pods[reason]), -nodes[reason], reason))
    return [(reason, (pods[reason], nodes[reason])) for reason in ranked]


def _reasons(found: Filtered) -> Counter[str]:
    if _is_gated(found):
        return Counter({_GATED: found.cluster.size})
    if found.refusal is not None:
        return Counter({found.refusal[1].reason: found.cluster.size})
    return reasons(found)


def _is_gated(found: Filtered) -> bool:
    return bool(found.pod.demand.pod.spec.scheduling_gates)


def _fitting(node: str, answer: dict[str, Any]) -> Iterator[Step]:
    for pod in answer["pods"]:
        yield Step("scheduling.fits", True, {"pod": pod, "node": node})
    for pod, rejection in answer["rejected"].items():
        facts = {"pod": pod, "node": node, "reasons": tuple(rejection["reasons"])}
        yield Step("scheduling.fits", False, facts)
    if not answer["pods"] and not answer["rejected"]:
        yield Step("scheduling.waiting", False, {"waiting": 0})


def _sticking(answer: dict[str, Any]) -> Iterator[Step]:
    yield Step("scheduling.waiting", bool(answer["waiting"]), {"waiting": answer["waiting"]})
    for pod, said in answer["stuck"].items():
        yield Step("scheduling.stuck", True, {"pod": pod, "message": said})
    for each in answer["reasons"]:
        facts = {"reason": each["reason"], "pods": tuple(each["pods"]), "nodes": each["nodes"]}
        yield Step("scheduling.commonReason", True, facts | {"count": len(each["pods"])})
