"""One pass over a Deployment: revision, size or rollout, history and status, in this order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ontology.cluster.pods import Pod
from ontology.cluster.workloads import Deployment, ReplicaSet, WorkloadCondition
from ontology.semantics.workloads import progress
from ontology.semantics.workloads.bounds import Bounds
from ontology.semantics.workloads.claiming import Claimed, claim
from ontology.semantics.workloads.deployments import history, recreating, resizing, rolling, status
from ontology.semantics.workloads.deployments.replica_sets import (
    DESIRED,
    MAXIMUM,
    REVISION,
    annotation,
    recreates,
    size,
)
from ontology.semantics.workloads.deployments.rollout import Created, Rollout
from ontology.verdict import Step

# Annotations of a Deployment that are its own and never copied to a ReplicaSet.
_OWN_ANNOTATIONS = frozenset(
    {
        REVISION,
        DESIRED,
        MAXIMUM,
        "deployment.kubernetes.io/revision-history",
        "kubectl.kubernetes.io/last-applied-configuration",
        "deprecated.deployment.rollback.to",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """What one pass writes."""

    replica_sets: Claimed[ReplicaSet]
    scale: Mapping[str, int]
    created: Created | None
    delete: tuple[str, ...]
    revisions: Mapping[str, str]
    sizes: Mapping[str, Bounds]
    revision: str | None
    status: Mapping[str, int | None]
    conditions: Mapping[str, WorkloadCondition]
    steps: tuple[Step, ...]
    settled: bool

    @property
    def answer(self) -> dict[str, Any]:
        """The pass in the shape of the system's page."""
        return {
            "scale": dict(sorted(self.scale.items())),
            "create": self.created.answer if self.created else None,
            "delete": list(self.delete),
            "adopt": self.replica_sets.adopted_names,
            "release": self.replica_sets.released_names,
            "revisions": dict(self.revisions),
            "sizeAnnotations": {
                name: {"desiredReplicas": str(each.replicas), "maxReplicas": str(each.maximum)}
                for name, each in sorted(self.sizes.items())
            },
            "deploymentRevision": self.revision,
            "status": dict(self.status),
            "conditions": {
                type_: {"status": each.status, "reason": each.reason or ""}
                for type_, each in sorted(self.conditions.items())
            },
            "error": False,
        }


def reconcile(
    deployment: Deployment, *, replica_sets: Sequence[ReplicaSet], pods: Sequence[Pod] = (), now: int
) -> Pass:
    """Return what one pass over `deployment` writes.

    Raises:
        InvalidObjectError: a bound that is neither a number nor a percentage.
    """
    counted = claim(deployment, deployment.spec.selector, replica_sets)
    return _run(Rollout(deployment, counted, pods, now))


def _run(rollout: Rollout) -> Pass:
    deployment = rollout.deployment
    deleted = deployment.metadata.deletion_timestamp is not None
    if not deleted:
        progress.pause(rollout.conditions, deployment)
    _sync_revision(rollout)
    if deleted:
        rollout.say("workloads.deletedOwner", True, kind="Deployment", name=deployment.name)
    elif deployment.spec.paused:
        rollout.say("workloads.paused", True, name=deployment.name)
        resizing.resize(rollout)
        history.clean(rollout)
    elif resizing.resized(rollout):
        resizing.resize(rollout)
    else:
        (recreating.recreate if recreates(deployment) else rolling.roll)(rollout)
        return _pass(rollout, status.of_rollout(rollout))
    return _pass(rollout, status.summed(rollout))


def _pass(rollout: Rollout, after: dict[str, int | None]) -> Pass:
    written = rollout.writes
    before = {each.name: size(each) for each in rollout.counted.owned}
    scale = {name: after for name, after in written.sizes.items() if before.get(name) != after}
    changed = scale or written.created or written.delete or written.revisions or written.annotations
    return Pass(
        replica_sets=rollout.counted,
        scale=scale,
        created=written.created,
        delete=tuple(sorted(written.delete)),
        revisions=written.revisions,
        sizes=written.annotations,
        revision=rollout.revision,
        status=after,
        conditions=rollout.conditions.by_type,
        steps=(*rollout.counted.steps(rollout.deployment), *written.steps),
        settled=not changed and progress.is_complete(after, rollout.bounds.replicas),
    )


def _sync_revision(rollout: Rollout) -> None:
    """Give the new ReplicaSet its revision, and the Deployment that of the ReplicaSet."""
    if rollout.new is None:
        return
    if _annotate(rollout, rollout.new):
        return
    recorded = (rollout.new.metadata.annotations or {}).get(REVISION, "")
    if rollout.revision != recorded and (rollout.revision or recorded):
        rollout.revision = recorded
    if progress.deadline(rollout.deployment) is not None and "Progressing" not in rollout.conditions.by_type:
        rollout.conditions.set("Progressing", "True", "FoundNewReplicaSet")


def _annotate(rollout: Rollout, new: ReplicaSet) -> bool:
    """Bring the annotations of the new ReplicaSet up to date; whether it had to be written."""
    present = new.metadata.annotations or {}
    copied = any(
        present.get(key) != value
        for key, value in (rollout.deployment.metadata.annotations or {}).items()
        if key not in _OWN_ANNOTATIONS
    )
    recorded = annotation(new, REVISION)
    if recorded is None and present.get(REVISION):
        copied = False  # an unreadable revision makes the controller give up on all annotations
    elif (recorded or 0) < rollout.next_revision():
        revision = str(rollout.next_revision())
        rollout.writes.revisions[new.name] = revision
        rollout.say("workloads.revision", True, name=new.name, revision=revision, old=recorded or 0)
        copied = True
    return copied or new.spec.min_ready_seconds != rollout.deployment.spec.min_ready_seconds
