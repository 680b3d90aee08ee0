"""The question `reconcile`: one pass over a StatefulSet or a ReplicaSet."""

from collections.abc import Sequence
from typing import TypeVar

from ontology import instants
from ontology.cluster.pods import Pod
from ontology.cluster.workloads import ControllerRevision, OwnedClaim, ReplicaSet, StatefulSet
from ontology.errors import InvalidQuestionError
from ontology.scenario import Evaluator, Question, Scenario
from ontology.semantics.workloads import changes, replicasets, statefulsets
from ontology.semantics.workloads.claiming import near_misses
from ontology.verdict import Outcome, Verdict

S = TypeVar("S", ReplicaSet, StatefulSet)


class Reconcile(Question, frozen=True):
    """`kind` is StatefulSet or ReplicaSet; `name` chooses where there are several; `now` is RFC 3339."""

    kind: str
    now: str
    name: str = ""


def evaluate(scenario: Scenario, asked: Reconcile) -> Verdict:
    """Return what one pass writes. Yes: nothing is left to do; no: something is, or is waited for."""
    now = instants.parse(asked.now, path="question.reconcile.now")
    match asked.kind:
        case "StatefulSet":
            return _stateful_set(scenario, asked, now)
        case "ReplicaSet":
            return _replica_set(scenario, asked, now)
        case other:
            raise InvalidQuestionError(
                f"`{other}` is reconciled by no rule of this question (StatefulSet, ReplicaSet)",
                path="question.reconcile.kind",
            )


def _replica_set(scenario: Scenario, asked: Reconcile, now: int) -> Verdict:
    every = scenario.all(ReplicaSet)
    found = _named(every, asked)
    pods = scenario.all(Pod)

    def run(pods: Sequence[Pod]) -> replicasets.Pass:
        return replicasets.reconcile(found, pods=pods, siblings=every, now=now)

    done = run(pods)
    return Verdict(
        answer=done.answer,
        outcome=Outcome.of(done.settled),
        explain=lambda: (
            *done.steps,
            *near_misses(found, found.spec.selector, pods),
            *changes.for_replica_set(done, pods, run),
        ),
    )


def _stateful_set(scenario: Scenario, asked: Reconcile, now: int) -> Verdict:
    found = _named(scenario.all(StatefulSet), asked)
    pods = scenario.all(Pod)

    def run(found: StatefulSet, pods: Sequence[Pod]) -> statefulsets.Pass:
        return statefulsets.reconcile(
            found,
            revisions=scenario.all(ControllerRevision),
            pods=pods,
            claims=scenario.all(OwnedClaim),
            now=now,
        )

    done = run(found, pods)
    return Verdict(
        answer=done.answer,
        outcome=Outcome.of(done.settled),
        explain=lambda: (
            *done.steps,
            *near_misses(found, found.spec.selector, pods),
            *changes.for_stateful_set(found, done, pods, run),
        ),
    )


def _named(candidates: tuple[S, ...], asked: Reconcile) -> S:
    for each in candidates:
        if asked.name in ("", each.name):
            return each
    missing = f"there is no {asked.kind}" + (f" named `{asked.name}`" if asked.name else "")
    raise InvalidQuestionError(missing, path="question.reconcile.name" if asked.name else "objects")


RECONCILE = Evaluator(question=Reconcile, evaluate=evaluate)
