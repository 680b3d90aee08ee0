"""Status after a pass: what is counted, and which revision is the current one."""

from collections.abc import Sequence
from typing import Any

from ontology import readiness
from ontology.cluster.pods import Pod
from ontology.semantics.workloads.statefulsets.identity import REVISION_LABEL
from ontology.semantics.workloads.statefulsets.members import Members


def counts(members: Members, pods: Sequence[Pod]) -> dict[str, Any]:
    """Return how many pods there are, of which sort."""
    counted = [pod for pod in pods if pod.status.phase]
    ready = [pod for pod in counted if members.is_running_and_ready(pod)]
    staying = [pod for pod in counted if not readiness.is_terminating(pod)]
    revisions = [pod.labels.get(REVISION_LABEL) for pod in staying]
    return {
        "replicas": len(counted),
        "readyReplicas": len(ready),
        "availableReplicas": sum(members.is_available(pod) for pod in ready),
        "currentReplicas": revisions.count(members.revisions.current),
        "updatedReplicas": revisions.count(members.revisions.update),
    }


def revisions(members: Members, status: dict[str, Any]) -> dict[str, str]:
    """Return the revisions for the status; when all pods are updated the update becomes current."""
    counted = (status["updatedReplicas"], status["readyReplicas"], status["replicas"])
    done = members.set.spec.update_strategy.type in ("", "RollingUpdate") and counted == (
        len(members.wanted),
    ) * len(counted)
    if done and members.revisions.current != members.revisions.update:
        members.say(
            "workloads.updateComplete", True, revision=members.revisions.update, old=members.revisions.current
        )
    if done:
        status["currentReplicas"] = status["updatedReplicas"]
    current = members.revisions.update if done else members.revisions.current
    return {"currentRevision": current, "updateRevision": members.revisions.update}
