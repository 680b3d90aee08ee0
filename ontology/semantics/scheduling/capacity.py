"""`capacity`: how many more replicas of a pod fit, where they go, and what stops the next one.

Source: kube-scheduler v1.36, asked again and again. Where nodes tie, a seed decides.
"""

from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

from ontology.errors import InvalidQuestionError
from ontology.scenario import Evaluator, Scenario
from ontology.semantics.scheduling import snapshot
from ontology.semantics.scheduling.blame import located
from ontology.semantics.scheduling.enforced import Enforcing, added
from ontology.semantics.scheduling.place import place
from ontology.semantics.scheduling.schedule import Manifest, read_pod, reasons, words
from ontology.verdict import Outcome, Step, Verdict

_LIMIT = 10_000


class Capacity(Enforcing, frozen=True, kw_only=True):
    """The replica, and how many are wanted at most: 10,000 where nothing is said and the budget admits it."""

    pod: Manifest
    limit: int | None = None
    seed: int = 0


def evaluate(scenario: Scenario, asked: Capacity) -> Verdict:
    """Place replicas until one does not fit; yes where at least one does."""
    budget, path = scenario.budget, "question.capacity.limit"
    limit = min(_LIMIT, budget.pods) if asked.limit is None else asked.limit
    if limit < 1:
        raise InvalidQuestionError("`limit` is below 1", path=path)
    budget.admit_pods(limit, path=path)
    pod = read_pod(asked.pod, "question.capacity.pod")
    cluster = snapshot.read(scenario, added(asked, "capacity"))
    budget.admit_looks(limit, cluster.size, path=path)
    random = Random(asked.seed)  # noqa: S311 - a choice that can be repeated, not a secret
    with located(scenario):
        replica = cluster.incoming(pod)
    counted: Counter[str] = Counter()
    answer: dict[str, Any] = {"limited": True}
    for _ in range(limit):
        placement = place(cluster, replica, random)
        if placement.node is None:
            answer = {
                "limited": False,
                "message": words(placement.filtered),
                "reasons": dict(sorted(reasons(placement.filtered).items())),
            }
            break
        counted[cluster.names[placement.node]] += 1
    answer |= {"replicas": counted.total(), "nodes": dict(sorted(counted.items()))}
    return Verdict(
        answer=answer,
        outcome=Outcome.of(bool(counted)),
        explain=lambda: tuple(_steps(pod.name, answer)),
    )


CAPACITY = Evaluator(question=Capacity, evaluate=evaluate)


def _steps(name: str, answer: dict[str, Any]) -> Iterator[Step]:
    replicas, limited = answer["replicas"], answer["limited"]
    nodes = tuple(f"{node}: {count}" for node, count in answer["nodes"].items())
    facts = {"pod": name, "replicas": replicas, "nodes": nodes, "message": answer.get("message", "")}
    yield Step("scheduling.capacity", bool(replicas), facts)
    if not limited:
        yield Step("scheduling.nextReplica", False, facts)
