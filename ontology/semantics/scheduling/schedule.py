"""`schedule`: which nodes a pod fits on, which not and why, which it would get, and what would be said.

Source: kube-scheduler v1.36 with its default profile.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from ontology.cluster import manifests
from ontology.cluster.pods import NodeAffinity, Pod
from ontology.scenario import Evaluator, Scenario, convert_question
from ontology.semantics.scheduling import changes, message, snapshot
from ontology.semantics.scheduling.blame import located
from ontology.semantics.scheduling.cycle import Filtered, Scored, run_filters, run_scores
from ontology.semantics.scheduling.enforced import Enforcing, added
from ontology.semantics.scheduling.explanation import Explanation
from ontology.semantics.scheduling.preemption import Preemption, preempt
from ontology.verdict import Outcome, Step, Verdict

Manifest = dict[str, Any]


class Profiled(Enforcing, frozen=True, kw_only=True):
    """A pod, and what the scheduler's configuration adds to it."""

    pod: Manifest


def evaluate(scenario: Scenario, asked: Manifest) -> Verdict:
    """Answer for one pod, alone or in a `Profiled`; yes where some node is feasible."""
    if "pod" in asked:
        profiled = convert_question(asked, Profiled, "schedule")
        return _evaluate(scenario, profiled.pod, "question.schedule.pod", added(profiled, "schedule"))
    return _evaluate(scenario, asked, "question.schedule", None)


def _evaluate(scenario: Scenario, asked: Manifest, path: str, enforced: NodeAffinity | None) -> Verdict:
    pod = read_pod(asked, path)
    cluster = snapshot.read(scenario, enforced)
    with located(scenario):
        filtered = run_filters(cluster, cluster.incoming(pod))
    scored = run_scores(filtered)
    possible = bool(len(scored.nodes))
    preemption = None if possible or not cluster.size else preempt(filtered)
    return Verdict(
        answer=_answer(filtered, scored, preemption),
        outcome=Outcome.of(possible),
        explain=lambda: _steps(scenario, asked, filtered, scored, preemption),
    )


SCHEDULE = Evaluator(question=Manifest, evaluate=evaluate)


def _steps(
    scenario: Scenario,
    asked: Manifest,
    filtered: Filtered,
    scored: Scored,
    preemption: Preemption | None,
) -> tuple[Step, ...]:
    explanation = Explanation(filtered, scored, preemption)
    steps = tuple(explanation.steps())
    if len(scored.nodes) or filtered.refusal is not None:
        return steps
    return (*steps, *changes.offers(scenario, asked, filtered, explanation))


def read_pod(manifest: Mapping[str, Any], path: str) -> Pod:
    """Return a pod that a question carries, checked as an object is.

    Raises:
        UnknownKindError, InvalidObjectError: a manifest that the API would refuse.
    """
    manifests.check(manifest, path=path)
    return manifests.decode(manifest, Pod, path=path)


def _answer(filtered: Filtered, scored: Scored, preemption: Preemption | None) -> dict[str, Any]:
    names = filtered.cluster.names
    answer: dict[str, Any] = {
        "feasible": sorted(names[i] for i in scored.nodes),
        "rejected": rejected(filtered),
        "scores": scores(filtered, scored),
        "winners": sorted(names[i] for i in scored.best),
    }
    if not len(scored.nodes):
        answer["message"] = words(filtered)
    if preemption is not None:
        answer["preemption"] = _preemption(names, preemption)
    return answer


def rejected(filtered: Filtered) -> dict[str, dict[str, Any]]:
    """Return for each node that is out which plugin rejects it and why."""
    found: dict[str, dict[str, Any]] = {}
    for node, name in sorted(enumerate(filtered.cluster.names), key=lambda item: item[1]):
        rejection = filtered.rejection(node)
        if rejection is not None:
            found[name] = {
                "plugin": rejection.by.PLUGIN,
                "reasons": sorted(rejection.reasons),
                "unresolvable": rejection.is_unresolvable,
            } | ({"stage": rejection.stage} if rejection.stage else {})
    return found


def scores(filtered: Filtered, scored: Scored) -> dict[str, dict[str, int]]:
    """Return for each feasible node the weighted points of each plugin, and their total."""
    columns = [(score.PLUGIN, points.astype(int).tolist()) for score, points in scored.parts]
    columns.append(("total", scored.totals.astype(int).tolist()))
    names = [filtered.cluster.names[i] for i in scored.nodes]
    return {name: {plugin: points[i] for plugin, points in columns} for i, name in enumerate(names)}


def words(filtered: Filtered) -> str:
    """Return the scheduler's sentence for a pod that fits nowhere."""
    size = filtered.cluster.size
    if not size:
        return message.NO_NODES
    if filtered.refusal is not None:
        return message.refused(size, filtered.refusal[1].reason)
    return message.sentence(size, reasons(filtered))


def reasons(filtered: Filtered) -> Counter[str]:
    """Return how many nodes give each reason; a node counts once for each of its reasons."""
    counted: Counter[str] = Counter()
    for (first, detail), nodes in Counter(
        zip(filtered.first.tolist(), filtered.detail.tolist(), strict=True)
    ).items():
        if first:
            for reason in filtered.filters[first - 1].reasons(detail):
                counted[reason] += nodes
    return counted


def _preemption(names: tuple[str, ...], preemption: Preemption) -> dict[str, Any]:
    found: dict[str, Any] = {
        "nominated": sorted(names[each.node] for each in preemption.nominated),
        "candidates": {
            names[each.node]: {
                "victims": [victim.full_name for victim in each.victims],
                "pdbViolations": each.violations,
            }
            for each in preemption.candidates
        },
    }
    if preemption.message is not None:
        found["message"] = preemption.message
    return found
