"""`eviction.evict`: when the NoExecute taints of a node have its pods deleted.

Yes: at least one pod is deleted. No: none is.

Source: kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration (v1.36).
"""

from collections.abc import Sequence
from functools import partial
from math import inf

import msgspec

from ontology import instants
from ontology.cluster.nodes import Node, Taint
from ontology.cluster.pods import Pod
from ontology.errors import InvalidQuestionError
from ontology.scenario import Evaluator, Question, Scenario
from ontology.semantics.eviction import explanation
from ontology.semantics.eviction.plans import Plan, plan
from ontology.verdict import Outcome, Verdict

_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


class Change(Question, frozen=True):
    """Later the node's taints are replaced by these."""

    after_seconds: float
    taints: list[Taint]


class Evict(Question, frozen=True):
    """`at`: the instant at which the controller first sees the node; time runs from then."""

    at: str
    changes: list[Change] = msgspec.field(default_factory=list)


def evaluate(scenario: Scenario, asked: Evict) -> Verdict:
    """Answer `{"evict": {"namespace/pod": "now" | seconds | null}}`.

    Raises:
        InvalidObjectError: not exactly one node.
        InvalidQuestionError: `at` is no instant, a change before it, or a taint of no known effect.
    """
    _, node = scenario.one(Node)
    _check(asked)
    taints = _course(node, asked.changes)
    pods = scenario.all(Pod)
    plans = tuple(plan_of(pod, node, taints) for pod in pods)
    return Verdict(
        answer={
            "evict": {f"{p.namespace}/{p.name}": _when(each) for p, each in zip(pods, plans, strict=True)}
        },
        outcome=Outcome.of(any(each.deleted is not None for each in plans)),
        explain=partial(explanation.explain, node, pods, plans, taints),
    )


EVICT = Evaluator(question=Evict, evaluate=evaluate)


def plan_of(pod: Pod, node: Node, taints: Sequence[tuple[float, Sequence[Taint]]]) -> Plan:
    """Return the plan for a pod; one of another node is none of this node's business."""
    return plan(pod.spec.tolerations or (), taints) if pod.spec.node_name == node.name else Plan((), None)


def _course(node: Node, changes: Sequence[Change]) -> tuple[tuple[float, tuple[Taint, ...]], ...]:
    later = sorted(changes, key=lambda each: each.after_seconds)
    first = (0.0, tuple(node.spec.taints or ()))
    return (first, *((each.after_seconds, tuple(each.taints)) for each in later))


def _when(found: Plan) -> str | float | None:
    if found.deleted is None:
        return None
    return explanation.number(found.deleted) if found.deleted else "now"


def _check(asked: Evict) -> None:
    path = "question.evict"
    try:
        instants.parse(asked.at)
    except instants.InstantError as error:
        raise InvalidQuestionError(str(error), path=f"{path}.at") from error
    for index, change in enumerate(asked.changes):
        if not 0 <= change.after_seconds < inf:
            raise InvalidQuestionError(
                "a change comes 0 s or more after `at`", path=f"{path}.changes[{index}].afterSeconds"
            )
        for number, taint in enumerate(change.taints):
            if taint.effect not in _EFFECTS:
                known = ", ".join(f"`{effect}`" for effect in _EFFECTS)
                raise InvalidQuestionError(
                    f"a taint's effect is one of {known}",
                    path=f"{path}.changes[{index}].taints[{number}].effect",
                )
