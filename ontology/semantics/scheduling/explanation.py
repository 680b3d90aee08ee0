"""Why a pod fits or not, read off the columns that decided: a step for every rule and node, then near misses.

On large clusters nodes that are rejected alike are told once: what all of them share is the reason.
"""

from collections.abc import Iterator
from typing import Any

from ontology.semantics.scheduling.columns import ALL, Ints
from ontology.semantics.scheduling.cycle import Filtered, Scored
from ontology.semantics.scheduling.filters.filter import Filter
from ontology.semantics.scheduling.preemption import Preemption
from ontology.verdict import Role, Step

# With more nodes than these, steps tell of examples: a reader of thousands learns nothing more.
_TOLD_IN_FULL = 60
_MOST_CANDIDATES = 10


class Explanation:
    """The steps of one verdict. `codes` asks every filter about every node, also past the first failure.

    `told` are the nodes that steps speak of, by name.
    """

    def __init__(self, filtered: Filtered, scored: Scored, preemption: Preemption | None) -> None:
        self._filtered = filtered
        self._scored = scored
        self._preemption = preemption
        self.codes: tuple[tuple[Filter, Ints], ...] = tuple((f, f.codes(ALL)) for f in filtered.filters)
        self.told = self._chosen()

    def steps(self) -> Iterator[Step]:
        """Yield the rules applied, then near misses; changes come from elsewhere."""
        yield from self._gates()
        if self._filtered.refusal is not None:
            yield self._refusal()
        else:
            yield from self._filters()
            yield from self._nominees()
            yield from self._scores()
        yield from self._result()
        yield from self._preempted()
        yield from self._near_misses()

    def failing(self, node: int) -> list[tuple[Filter, int]]:
        """Return every filter that a node fails, with its code: not only the first."""
        return [(each, int(codes[node])) for each, codes in self.codes if codes[node]]

    def _facts(self, node: int) -> dict[str, Any]:
        return {"pod": self._filtered.pod.name, "node": self._filtered.cluster.names[node]}

    def _chosen(self) -> list[int]:
        names = self._filtered.cluster.names
        if len(names) <= _TOLD_IN_FULL:
            return sorted(range(len(names)), key=names.__getitem__)
        examples: dict[Any, int] = {}
        for node in range(len(names)):
            examples.setdefault(tuple(int(codes[node]) for _, codes in self.codes), node)
        chosen = dict.fromkeys([*self._scored.best.tolist()[:3], *examples.values()])
        return sorted(list(chosen)[:_TOLD_IN_FULL], key=names.__getitem__)

    def _gates(self) -> Iterator[Step]:
        gates = tuple(gate.name for gate in self._filtered.pod.demand.pod.spec.scheduling_gates or ())
        if gates:
            yield Step("scheduling.gates", False, {"pod": self._filtered.pod.name, "gates": gates})

    def _refusal(self) -> Step:
        kind, refusal = self._filtered.refusal  # type: ignore[misc]
        facts = {"pod": self._filtered.pod.name, "plugin": kind.PLUGIN, "reason": refusal.reason}
        return Step("scheduling.refused", False, facts)

    def _filters(self) -> Iterator[Step]:
        for node in self.told:
            for each, codes in self.codes:
                code = int(codes[node])
                facts = self._facts(node) | dict(each.facts(node, code))
                yield Step(each.rule(code), not code, facts)

    def _nominees(self) -> Iterator[Step]:
        for node in self.told:
            alone = not self.failing(node)
            if alone and self._filtered.first[node]:
                waiting = self._filtered.cluster.nominated.get(node, ())
                yield Step(
                    "scheduling.nominated",
                    False,
                    self._facts(node) | {"waiting": tuple(each.full_name for each in waiting)},
                )

    def _scores(self) -> Iterator[Step]:
        position = {int(node): i for i, node in enumerate(self._scored.nodes)}
        for node in self.told:
            at = position.get(node)
            if at is None:
                continue
            for score, points in self._scored.parts:
                most = 100 * score.WEIGHT
                facts = {"points": int(points[at]), "most": most, "weight": score.WEIGHT}
                yield Step(score.RULE, True, self._facts(node) | facts)

    def _result(self) -> Iterator[Step]:
        cluster, scored = self._filtered.cluster, self._scored
        if len(scored.nodes):
            winners = tuple(sorted(cluster.names[i] for i in scored.best))
            facts = {"winners": winners[:5], "total": scored.highest, "feasible": len(scored.nodes)}
        else:
            facts = {"nodes": cluster.size}
        yield Step("scheduling.feasible", bool(len(scored.nodes)), {"pod": self._filtered.pod.name} | facts)

    def _preempted(self) -> Iterator[Step]:
        found = self._preemption
        if found is None:
            return
        names, pod = self._filtered.cluster.names, self._filtered.pod.name
        best = {each.node for each in found.nominated}
        for each in found.candidates[:_MOST_CANDIDATES]:
            victims = tuple(victim.full_name for victim in each.victims)
            facts = {"pod": pod, "node": names[each.node], "victims": victims, "violations": each.violations}
            rule = "scheduling.preemption" if each.node in best else "scheduling.preemptionElsewhere"
            yield Step(rule, True, facts)
        if not found.candidates:
            facts = {"pod": pod, "message": found.message, "priority": self._filtered.pod.priority}
            yield Step("scheduling.preemption", False, facts)

    def _near_misses(self) -> Iterator[Step]:
        for node in self.told:
            failing = self.failing(node)
            if len(failing) == 1:
                (each, code) = failing[0]
                facts = self._facts(node) | dict(each.facts(node, code))
                yield Step(each.rule(code), False, facts, Role.NEAR_MISS)
