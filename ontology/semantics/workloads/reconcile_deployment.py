"""The question `reconcileDeployment`: one pass over a Deployment and its ReplicaSets."""

from ontology import instants
from ontology.cluster.pods import Pod
from ontology.cluster.workloads import Deployment, ReplicaSet
from ontology.errors import InvalidQuestionError
from ontology.scenario import Evaluator, Question, Scenario
from ontology.semantics.workloads import changes, deployments
from ontology.semantics.workloads.claiming import near_misses
from ontology.verdict import Outcome, Verdict


class ReconcileDeployment(Question, frozen=True):
    """`now` is RFC 3339."""

    now: str


def evaluate(scenario: Scenario, asked: ReconcileDeployment) -> Verdict:
    """Return what one pass writes. Yes: the rollout is complete; no: something is left to do."""
    found = scenario.all(Deployment)
    if not found:
        raise InvalidQuestionError("there is no Deployment", path="objects")
    now = instants.parse(asked.now, path="question.reconcileDeployment.now")

    def run(deployment: Deployment) -> deployments.Pass:
        return deployments.reconcile(
            deployment, replica_sets=scenario.all(ReplicaSet), pods=scenario.all(Pod), now=now
        )

    done = run(found[0])
    return Verdict(
        answer=done.answer,
        outcome=Outcome.of(done.settled),
        explain=lambda: (
            *done.steps,
            *near_misses(found[0], found[0].spec.selector, scenario.all(ReplicaSet)),
            *changes.for_deployment(found[0], done, run),
        ),
    )


RECONCILE_DEPLOYMENT = Evaluator(question=ReconcileDeployment, evaluate=evaluate)
