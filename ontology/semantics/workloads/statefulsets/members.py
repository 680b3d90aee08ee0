"""A pass in the making: the pods by place, what is known of each, and what has been written so far."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ontology import readiness
from ontology.cluster.meta import ObjectMeta, OwnerReference
from ontology.cluster.pods import (
    PersistentVolumeClaimVolumeSource,
    Pod,
    PodSpec,
    PodStatus,
    Volume,
)
from ontology.cluster.workloads import OwnedClaim, StatefulSet
from ontology.semantics.workloads.claiming import Claimed
from ontology.semantics.workloads.statefulsets.identity import (
    NAME_LABEL,
    REVISION_LABEL,
    Revisions,
    claim_names,
    ordinal,
    wanted,
)
from ontology.verdict import Step


class FailedPassError(Exception):
    """A write that cannot be made; the pass ends and will be repeated."""


@dataclass(slots=True)
class Writes:
    """What a pass has written so far; claims are seen as they are after it."""

    claims: dict[str, OwnedClaim]
    owners: dict[str, tuple[OwnerReference, ...]]
    create: dict[str, str] = field(default_factory=dict)
    delete: set[str] = field(default_factory=set)
    update: set[str] = field(default_factory=set)
    claims_created: set[str] = field(default_factory=set)
    steps: list[Step] = field(default_factory=list)


class Members:
    """The pods that are wanted and those that are too many, and what the pass writes."""

    def __init__(
        self,
        stateful_set: StatefulSet,
        revisions: Revisions,
        pods: Claimed[Pod],
        claims: Sequence[OwnedClaim],
        now: int,
    ) -> None:
        self.set = stateful_set
        self.revisions = revisions
        self.pods = pods
        self.now = now
        self.wanted = wanted(stateful_set)
        by_ordinal = {ordinal(pod): pod for pod in pods.owned}
        self.replicas = [by_ordinal.get(number) or self._new(number) for number in self.wanted]
        self.condemned = sorted(
            (pod for pod in pods.owned if ordinal(pod) >= 0 and ordinal(pod) not in self.wanted),
            key=ordinal,
            reverse=True,
        )
        self.one_at_a_time = stateful_set.spec.pod_management_policy != "Parallel"
        self.writes = Writes(
            claims={each.name: each for each in claims},
            owners={each.name: tuple(each.metadata.owner_references or ()) for each in claims},
        )
        self.unhealthy = next(
            (pod for pod in (*self.replicas, *reversed(self.condemned)) if self.is_unavailable(pod)), None
        )

    @staticmethod
    def is_running_and_ready(pod: Pod) -> bool:
        """Whether a pod is Running and Ready."""
        return pod.status.phase == "Running" and readiness.is_ready(pod)

    def is_available(self, pod: Pod) -> bool:
        """Whether a pod has been ready for `minReadySeconds`."""
        return readiness.is_available(pod, min_ready_seconds=self.set.spec.min_ready_seconds, now=self.now)

    def is_unavailable(self, pod: Pod) -> bool:
        """Whether a pod leaves, is not running and ready, or not yet available."""
        return (
            readiness.is_terminating(pod) or not self.is_running_and_ready(pod) or not self.is_available(pod)
        )

    def identity_matches(self, pod: Pod) -> bool:
        """Whether name and label of a pod say the same ordinal."""
        return f"{self.set.name}-{ordinal(pod)}" == pod.name == pod.labels.get(NAME_LABEL)

    def storage_matches(self, pod: Pod) -> bool:
        """Whether a pod uses the claims of its ordinal."""
        volumes = {each.name: each.persistent_volume_claim for each in pod.spec.volumes or ()}
        for template, name in self.claims_of(pod).items():
            source = volumes.get(template)
            if source is None or source.claim_name != name:
                return False
        return True

    def is_outdated(self, pod: Pod) -> bool:
        """Whether a pod is of an earlier revision."""
        return pod.labels.get(REVISION_LABEL) != self.revisions.update

    def claims_of(self, pod: Pod) -> dict[str, str]:
        """Return the names of a pod's claims by the name of their template."""
        return claim_names(self.set, ordinal(pod))

    def _new(self, number: int) -> Pod:
        """Return the pod that is to be created for an ordinal; it has no phase and no uid yet."""
        name = f"{self.set.name}-{number}"
        revision = self.revisions.current if self._below_partition(number) else self.revisions.update
        volumes = [
            Volume(name=template, persistent_volume_claim=PersistentVolumeClaimVolumeSource(claim_name=each))
            for template, each in claim_names(self.set, number).items()
        ]
        return Pod(
            metadata=ObjectMeta(
                name=name,
                namespace=self.set.metadata.namespace,
                labels={REVISION_LABEL: revision, NAME_LABEL: name},
            ),
            spec=PodSpec(hostname=name, subdomain=self.set.spec.service_name, volumes=volumes),
            status=PodStatus(),
        )

    def _below_partition(self, number: int) -> bool:
        """Whether a pod at this ordinal is still to have the current revision."""
        strategy = self.set.spec.update_strategy
        place = number - self.wanted.start
        if strategy.rolling_update is not None:
            return strategy.type != "OnDelete" and place < (strategy.rolling_update.partition or 0)
        # written out without its block the strategy gets no partition by default
        return strategy.type == "RollingUpdate" and place < self.set.status.current_replicas

    def say(self, rule: str, holds: bool | None, *, concepts: tuple[str, ...] = (), **facts: Any) -> None:
        """Add a step."""
        self.writes.steps.append(Step(rule, holds, facts, concepts=concepts))
