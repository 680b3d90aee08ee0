"""The smallest changes that let a pod run: gathered from failing rules, tried before they are offered."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Any

from ontology.cluster import manifests
from ontology.cluster.nodes import Node
from ontology.cluster.pods import Pod
from ontology.errors import OntologyError
from ontology.scenario import Scenario
from ontology.semantics.scheduling import snapshot
from ontology.semantics.scheduling.cluster import Cluster
from ontology.semantics.scheduling.cycle import Filtered, run_filters
from ontology.semantics.scheduling.edits import Edit
from ontology.semantics.scheduling.explanation import Explanation
from ontology.semantics.scheduling.filters.filter import Filter, Remedy
from ontology.semantics.scheduling.trial import trial
from ontology.verdict import Role, Step

_OFFERED = 3
_TRIED = 24
_REBUILT = 2000  # objects above which no cluster is built anew to try a change of a node


@dataclass(frozen=True, slots=True)
class Proposal:
    """Edits that might let the pod run on a node, and the filters they answer, with their codes."""

    node: int
    edits: tuple[Edit, ...]
    failing: tuple[tuple[Filter, int], ...]


def offers(
    scenario: Scenario, asked: Mapping[str, Any], filtered: Filtered, explanation: Explanation
) -> Iterator[Step]:
    """Yield up to three of the smallest changes after which the pod has a node, each tried."""
    found = sorted(_proposals(explanation), key=lambda p: len(p.edits))
    works = partial(_works, scenario, asked, filtered.cluster)
    chosen = [proposal for proposal in islice(found, _TRIED) if works(proposal)]
    for proposal in chosen[:_OFFERED]:
        yield _step(filtered, proposal)
    if len(chosen) < _OFFERED:
        yield from islice(_removals(filtered, explanation), _OFFERED - len(chosen))


def _proposals(explanation: Explanation) -> Iterator[Proposal]:
    for node in explanation.told:
        failing = tuple(explanation.failing(node))
        ways = [list(each.remedies(node, code)) for each, code in failing]
        if failing and all(ways):
            yield from _combined(node, failing, ways)


def _combined(
    node: int, failing: tuple[tuple[Filter, int], ...], ways: Sequence[Sequence[Remedy]]
) -> Iterator[Proposal]:
    alternatives = ways[0] if len(ways) == 1 else [tuple(e for way in ways for e in way[0])]
    for edits in alternatives:
        if edits:
            yield Proposal(node, tuple({edit.shown: edit for edit in edits}.values()), failing)


def _works(scenario: Scenario, asked: Mapping[str, Any], cluster: Cluster, proposal: Proposal) -> bool:
    try:
        pod, changed = _changed(scenario, asked, cluster, proposal)
    except OntologyError:  # an edit that the API would refuse is no change to offer
        return False
    return changed is not None and proposal.node in run_filters(changed, changed.incoming(pod)).nodes


def _changed(
    scenario: Scenario, asked: Mapping[str, Any], cluster: Cluster, proposal: Proposal
) -> tuple[Pod, Cluster | None]:
    manifest = dict(asked)
    for edit in proposal.edits:
        if edit.kind == Pod.KIND:
            manifest = edit.applied(manifest)
    manifests.check(manifest, path="question.schedule")
    pod = manifests.decode(manifest, Pod, path="question.schedule")
    nodes = [edit for edit in proposal.edits if edit.kind == Node.KIND]
    if not nodes:
        return pod, cluster
    if len(scenario.manifests) > _REBUILT:
        return pod, None
    edited = tuple((path, _edited(raw, nodes)) for path, raw in scenario.manifests)
    return pod, snapshot.read(replace(scenario, manifests=edited), cluster.enforced)


def _edited(raw: Mapping[str, Any], edits: Sequence[Edit]) -> Mapping[str, Any]:
    if raw["kind"] == Node.KIND:
        for edit in edits:
            if raw["metadata"]["name"] == edit.name:
                raw = edit.applied(raw)
    return raw


def _step(filtered: Filtered, proposal: Proposal) -> Step:
    first, code = proposal.failing[0]
    alone = len(proposal.failing) == 1
    facts = dict(first.facts(proposal.node, code)) if alone else {"count": len(proposal.edits)}
    return Step(
        first.rule(code) if alone else "scheduling.feasible",
        True,
        {
            "pod": filtered.pod.name,
            "node": filtered.cluster.names[proposal.node],
            "edits": tuple(edit.shown for edit in proposal.edits),
        }
        | facts,
        Role.CHANGE,
        change={"patches": [edit.patch() for edit in proposal.edits]},
    )


def _removals(filtered: Filtered, explanation: Explanation) -> Iterator[Step]:
    """Yield single running pods whose end would make room."""
    cluster, pod = filtered.cluster, filtered.pod
    for node in explanation.told:
        name = cluster.names[node]
        rejection = filtered.rejection(node)
        failing = explanation.failing(node)
        if rejection is None or rejection.is_unresolvable or len(failing) != 1:
            continue
        for other in sorted(cluster.seats[node], key=lambda p: (p.priority, p.full_name)):
            with trial(cluster, filtered.filters, node) as attempt:
                attempt.take(other)
                fits = attempt.rejection(pod) is None
            if fits:
                facts = {"pod": pod.name, "node": name, "other": other.full_name}
                patch = {"kind": "Pod", "name": other.full_name, "op": "remove", "path": ""}
                yield Step("scheduling.room", True, facts, Role.CHANGE, change={"patches": [patch]})
                break
