"""`place`: a list of pods in order, each on the cluster that the ones before it left.

Source: kube-scheduler v1.36. The scheduler takes any of the nodes with the highest score; here a seed
decides, so that the same question has the same answer. Preemption is not carried out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from msgspec import field

from ontology.cluster.pods import Pod
from ontology.scenario import Evaluator, Scenario
from ontology.semantics.scheduling import snapshot
from ontology.semantics.scheduling.blame import located
from ontology.semantics.scheduling.cluster import Cluster
from ontology.semantics.scheduling.cycle import Filtered, Scored, run_filters, run_scores
from ontology.semantics.scheduling.enforced import Enforcing, added
from ontology.semantics.scheduling.pods import Seated
from ontology.semantics.scheduling.schedule import Manifest, read_pod, words
from ontology.verdict import Outcome, Step, Verdict


class Place(Enforcing, frozen=True, kw_only=True):
    """Pods to place in this order; `seed` decides between nodes of equal score."""

    pods: list[Manifest] = field(default_factory=list)
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Placement:
    """Where one pod went, None where it fits nowhere; what the filters and scores said stays at hand."""

    pod: Seated
    node: int | None
    filtered: Filtered
    scored: Scored


def place(cluster: Cluster, pod: Seated, random: Random) -> Placement:
    """Give `pod` one of the best nodes, and count it there."""
    filtered = run_filters(cluster, pod)
    scored = run_scores(filtered)
    best = scored.best
    if not len(best):
        return Placement(pod, None, filtered, scored)
    node = int(best[random.randrange(len(best)) if len(best) > 1 else 0])
    cluster.place(pod, node)
    return Placement(pod, node, filtered, scored)


def evaluate(scenario: Scenario, asked: Place) -> Verdict:
    """Place the pods; yes where every one has a node."""
    scenario.budget.admit_pods(len(asked.pods), path="question.place.pods")
    pods = [read_pod(raw, f"question.place.pods[{i}]") for i, raw in enumerate(asked.pods)]
    cluster = snapshot.read(scenario, added(asked, "place"))
    scenario.budget.admit_looks(len(pods), cluster.size, path="question.place.pods")
    with located(scenario):
        told = [_told(placement) for placement in _placements(cluster, pods, asked.seed)]
    waiting = sum("node" not in each for each in told)
    return Verdict(
        answer={"placements": told, "placed": len(told) - waiting, "pending": waiting},
        outcome=Outcome.of(not waiting),
        explain=lambda: tuple(_steps(told)),
    )


PLACE = Evaluator(question=Place, evaluate=evaluate)


def _placements(cluster: Cluster, pods: list[Pod], seed: int) -> Iterator[Placement]:
    random = Random(seed)  # noqa: S311 - a choice that can be repeated, not a secret
    for pod in pods:
        yield place(cluster, cluster.incoming(pod), random)


def _told(placement: Placement) -> dict[str, Any]:
    """Read off a placement what is told of it: the columns change with the next pod."""
    if placement.node is None:
        return {"pod": placement.pod.full_name, "message": words(placement.filtered)}
    return {
        "pod": placement.pod.full_name,
        "node": placement.filtered.cluster.names[placement.node],
        "score": placement.scored.highest,
        "feasible": len(placement.scored.nodes),
        "ties": len(placement.scored.best),
    }


def _steps(told: list[dict[str, Any]]) -> Iterator[Step]:
    for each in told:
        yield Step("scheduling.placed", "node" in each, each)
