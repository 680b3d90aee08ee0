"""The question `reconcileJob`: one pass over a Job, by a controller that has just started."""

from ontology import instants
from ontology.cluster.pods import Pod
from ontology.cluster.workloads import Job
from ontology.errors import InvalidQuestionError
from ontology.scenario import Evaluator, Question, Scenario
from ontology.semantics.workloads import changes, jobs
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
    pods = scenario.all(Pod)

    def run(job: Job, at: int) -> jobs.Pass:
        return jobs.reconcile(job, pods=pods, now=at)

    done = run(found[0], now)
    return Verdict(
        answer=done.answer,
        outcome=Outcome.of(done.complete),
        explain=lambda: (*done.steps, *changes.for_job(found[0], done, now, run)),
    )


RECONCILE_JOB = Evaluator(question=ReconcileJob, evaluate=evaluate)
