"""The question `daemonNodes`: which nodes a DaemonSet's pods are to be on, and one pass of placing them."""

from ontology import instants
from ontology.cluster.nodes import Node
from ontology.cluster.pods import Pod
from ontology.cluster.workloads import DaemonSet
from ontology.errors import InvalidQuestionError
from ontology.scenario import Evaluator, Question, Scenario
from ontology.semantics.workloads import changes, daemonsets
from ontology.verdict import Outcome, Verdict


class DaemonNodes(Question, frozen=True):
    """`now` is RFC 3339, `hash` the label `controller-revision-hash` of up-to-date pods."""

    now: str
    hash: str = ""


def evaluate(scenario: Scenario, asked: DaemonNodes) -> Verdict:
    """Return what one pass writes. Yes: every node that should have a daemon has an available one."""
    found = scenario.all(DaemonSet)
    if not found:
        raise InvalidQuestionError("there is no DaemonSet", path="objects")
    nodes = scenario.all(Node)
    done = daemonsets.reconcile(
        found[0],
        nodes=nodes,
        pods=scenario.all(Pod),
        revision=asked.hash,
        now=instants.parse(asked.now, path="question.daemonNodes.now"),
    )
    return Verdict(
        answer=done.answer,
        outcome=Outcome.of(done.settled),
        explain=lambda: (*done.steps, *changes.for_daemon_set(found[0], nodes)),
    )


DAEMON_NODES = Evaluator(question=DaemonNodes, evaluate=evaluate)
