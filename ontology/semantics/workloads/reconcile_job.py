"""The question `reconcileJob`: one pass over a Job, by a controller that has just started."""

from ontology import instants
from ontology.cluster.pods import Pod
from ontology.cluster.workloads import Job
from ontology.errors import InvalidQuestionError
from ontology.scenario import Evaluator, Question, Scenario
from ontology.semantics.workloads import jobs
from ontology.verdict import Outcome, Verdict


class ReconcileJob(Question, frozen=True):
    """`now` is RFC 3339."""

    now: str


def evaluate(scenario: Scenario, asked: ReconcileJob) -> Verdict:
    """Return what one pass writes. Yes: the Job is Complete; no: it has Failed; unknown: neither yet."""
    found = scenario.all(Job)
    if not found:
        raise InvalidQuestionError("there is no Job", path="objects")
    now = instants.parse(asked.now, path="question.reconcileJob.now")
    done = jobs.reconcile(found[0], pods=scenario.all(Pod), now=now)
    return Verdict(answer=done.answer, outcome=Outcome.of(done.complete), explain=lambda: done.steps)


RECONCILE_JOB = Evaluator(question=ReconcileJob, evaluate=evaluate)
