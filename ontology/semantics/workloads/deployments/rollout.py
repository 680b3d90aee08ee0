"""A pass in the making: the ReplicaSets from the oldest, and what has been written of them so far."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ontology.cluster.pods import Pod
from ontology.cluster.workloads import Deployment, ReplicaSet
from ontology.semantics.workloads import progress
from ontology.semantics.workloads.bounds import Bounds
from ontology.semantics.workloads.claiming import Claimed
from ontology.semantics.workloads.deployments.replica_sets import (
    DESIRED,
    MAXIMUM,
    REVISION,
    annotation,
    bounds,
    by_age,
    size,
)
from ontology.semantics.workloads.progress import Conditions
from ontology.semantics.workloads.templates import same_template
from ontology.verdict import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Created:
    """The new ReplicaSet; its name ends in a hash that is left out."""

    replicas: int
    revision: str
    bounds: Bounds

    @property
    def answer(self) -> dict[str, Any]:
        """The ReplicaSet in the shape of the system's page."""
        return {
            "replicas": self.replicas,
            "revision": self.revision,
            "desiredReplicas": str(self.bounds.replicas),
            "maxReplicas": str(self.bounds.maximum),
        }


@dataclass(slots=True)
class Writes:
    """What a pass has written so far."""

    sizes: dict[str, int] = field(default_factory=dict)
    annotations: dict[str, Bounds] = field(default_factory=dict)
    revisions: dict[str, str] = field(default_factory=dict)
    delete: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    created: Created | None = None


class Rollout:
    """The Deployment with its new ReplicaSet and the old ones, and what the pass writes."""

    def __init__(
        self, deployment: Deployment, counted: Claimed[ReplicaSet], pods: Sequence[Pod], now: int
    ) -> None:
        self.deployment = deployment
        self.counted = counted
        self.pods = pods
        self.bounds = bounds(deployment)
        ordered = sorted(counted.owned, key=by_age)
        template = deployment.spec.template
        self.new = next((each for each in ordered if same_template(each.spec.template, template)), None)
        self.old = [each for each in ordered if each is not self.new]
        self.revision = (deployment.metadata.annotations or {}).get(REVISION)
        self.conditions = Conditions({each.type: each for each in deployment.status.conditions or ()}, now)
        self.writes = Writes()

    def next_revision(self) -> int:
        """Return one more than the highest revision of the old ones."""
        return max((annotation(each, REVISION) or 0 for each in self.old), default=0) + 1

    def size_of(self, replica_set: ReplicaSet) -> int:
        """Return a ReplicaSet's size as the pass leaves it so far."""
        return self.writes.sizes.get(replica_set.name, size(replica_set))

    def active(self, replica_sets: Iterable[ReplicaSet]) -> list[ReplicaSet]:
        """Return the ReplicaSets that had pods to run before the pass."""
        return [each for each in replica_sets if size(each) > 0]

    @property
    def all(self) -> list[ReplicaSet]:
        """Old ones from the oldest, then the new one."""
        return [*self.old, *([self.new] if self.new else [])]

    def total(self) -> int:
        """Return the size of all ReplicaSets together, as the pass leaves it so far."""
        created = self.writes.created
        return sum(self.size_of(each) for each in self.all) + (created.replicas if created else 0)

    def scale(self, replica_set: ReplicaSet, to: int, *, annotate: bool = False) -> bool:
        """Write a size; annotations only with it, or always with `annotate`. Whether the size changed."""
        changed = to != self.size_of(replica_set)
        if not changed and not annotate:
            return False
        recorded = replica_set.metadata.annotations or {}
        sizes = (str(self.bounds.replicas), str(self.bounds.maximum))
        if (recorded.get(DESIRED), recorded.get(MAXIMUM)) != sizes:
            self.writes.annotations[replica_set.name] = self.bounds
        if changed:
            self.writes.sizes[replica_set.name] = to
        return changed

    def new_size(self) -> int:
        """Return the size of the new ReplicaSet, 0 without one."""
        if self.new is not None:
            return self.size_of(self.new)
        return self.writes.created.replicas if self.writes.created else 0

    def create(self, replicas: int) -> None:
        """Create the new ReplicaSet."""
        revision = str(self.next_revision())
        self.writes.created = Created(replicas=replicas, revision=revision, bounds=self.bounds)
        self.revision = revision
        if progress.deadline(self.deployment) is not None:
            self.conditions.set("Progressing", "True", "NewReplicaSetCreated")
        self.say("workloads.newReplicaSet", True, replicas=replicas, revision=revision)

    def complete_before(self) -> bool:
        """Whether the stored status says that the rollout is complete."""
        status = self.deployment.status
        recorded = {
            "updatedReplicas": status.updated_replicas,
            "replicas": status.replicas,
            "availableReplicas": status.available_replicas,
        }
        return progress.is_complete(recorded, self.bounds.replicas) and status.observed_generation >= (
            self.deployment.metadata.generation or 0
        )

    def say(self, rule: str, holds: bool | None, **facts: Any) -> None:
        """Add a step."""
        self.writes.steps.append(Step(rule, holds, facts))
