"""StatefulSets: pods with an ordinal, a name and claims of their own, one after the other.

Source: kubernetes.io/docs/concepts/workloads/controllers/statefulset (v1.36).
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from ontology import readiness
from ontology.cluster.meta import ObjectMeta, OwnerReference
from ontology.cluster.pods import (
    PersistentVolumeClaimVolumeSource,
    Pod,
    PodSpec,
    PodStatus,
    Volume,
)
from ontology.cluster.workloads import ControllerRevision, OwnedClaim, StatefulSet
from ontology.errors import TooLargeError
from ontology.semantics.workloads import retention
from ontology.semantics.workloads.claiming import Claimed, claim
from ontology.verdict import Step

REVISION_LABEL = "controller-revision-hash"
NAME_LABEL = "statefulset.kubernetes.io/pod-name"
_NAME = re.compile(r"(?P<parent>.*)-(?P<ordinal>[0-9]+)")
_LARGEST_ORDINAL = 2**31 - 1
_MOST_REPLICAS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """What one pass writes, pods by name in the order of their ordinals."""

    pods: Claimed[Pod]
    create: Mapping[str, str]
    delete: tuple[str, ...]
    update: tuple[str, ...]
    claims_created: tuple[str, ...]
    claim_owners: Mapping[str, tuple[OwnerReference, ...]]
    failed: bool
    status: dict[str, Any]
    steps: tuple[Step, ...]
    settled: bool

    @property
    def answer(self) -> dict[str, Any]:
        """The pass in the shape of the system's page."""
        return {
            "create": list(self.create),
            "createRevision": dict(self.create),
            "delete": list(self.delete),
            "update": list(self.update),
            "claimsCreated": list(self.claims_created),
            "claimOwners": {
                name: [
                    {"kind": each.kind, "name": each.name, "controller": bool(each.controller)}
                    for each in owners
                ]
                for name, owners in self.claim_owners.items()
            },
            "adopt": self.pods.adopted_names,
            "release": self.pods.released_names,
            "error": self.failed,
            "status": self.status,
        }


@dataclass(frozen=True, slots=True)
class Revisions:
    """Names of the revision that pods had, and of the one that they are to have."""

    current: str
    update: str


def ordinal(pod: Pod) -> int:
    """Return the ordinal in the pod's name, -1 if it has none."""
    match = _NAME.fullmatch(pod.name)
    number = int(match["ordinal"]) if match else -1
    return number if number <= _LARGEST_ORDINAL else -1


def is_member(stateful_set: StatefulSet, pod: Pod) -> bool:
    """Whether the pod's name is the set's name and a number."""
    match = _NAME.fullmatch(pod.name)
    return match is not None and match["parent"] == stateful_set.name


def wanted(stateful_set: StatefulSet) -> range:
    """Return the ordinals that are to exist.

    Raises:
        TooLargeError: more than are looked at one by one.
    """
    start = stateful_set.spec.ordinals.start
    replicas = 1 if stateful_set.spec.replicas is None else stateful_set.spec.replicas
    if replicas > _MOST_REPLICAS:
        raise TooLargeError(f"more than {_MOST_REPLICAS:,} pods with a name", path="spec.replicas")
    return range(start, start + replicas)


def claim_names(stateful_set: StatefulSet, number: int) -> dict[str, str]:
    """Return the claims of one ordinal by the name of their template (and volume)."""
    templates = stateful_set.spec.volume_claim_templates or ()
    return {each.name: f"{each.name}-{stateful_set.name}-{number}" for each in templates}


def revisions_of(stateful_set: StatefulSet, revisions: Iterable[ControllerRevision]) -> Revisions:
    """Return the revisions by name; without any, those that the last status names, or the set's name."""
    ordered = sorted(
        (each for each in revisions if _owns(stateful_set, each)),
        key=lambda each: (each.revision, each.metadata.creation_timestamp or "", each.name),
    )
    status = stateful_set.status
    if not ordered:
        update = status.update_revision or f"{stateful_set.name}-1"
        return Revisions(status.current_revision or update, update)
    update = ordered[-1].name
    known = {each.name for each in ordered}
    return Revisions(status.current_revision if status.current_revision in known else update, update)


def _owns(stateful_set: StatefulSet, revision: ControllerRevision) -> bool:
    controller = revision.metadata.controller
    return revision.namespace == stateful_set.namespace and (
        controller is None or controller.uid == stateful_set.metadata.uid
    )


class _FailedPassError(Exception):
    """A write that cannot be made; the pass ends and will be repeated."""


@dataclass(slots=True)
class _Writes:
    """What a pass has written so far; claims are seen as they are after it."""

    claims: dict[str, OwnedClaim]
    owners: dict[str, tuple[OwnerReference, ...]]
    create: dict[str, str] = field(default_factory=dict)
    delete: set[str] = field(default_factory=set)
    update: set[str] = field(default_factory=set)
    claims_created: set[str] = field(default_factory=set)
    steps: list[Step] = field(default_factory=list)


def reconcile(
    stateful_set: StatefulSet,
    *,
    revisions: Sequence[ControllerRevision] = (),
    pods: Sequence[Pod] = (),
    claims: Sequence[OwnedClaim] = (),
    now: int,
) -> Pass:
    """Return what one pass over `stateful_set` writes."""
    mine = claim(
        stateful_set,
        stateful_set.spec.selector,
        (_phased(pod) for pod in pods),
        member=lambda pod: is_member(stateful_set, pod),
    )
    names = revisions_of(stateful_set, revisions)
    in_namespace = [each for each in claims if each.namespace == stateful_set.namespace]
    return _Reconciliation(stateful_set, names, mine, in_namespace, now).run()


def _phased(pod: Pod) -> Pod:
    """Return the pod with the phase that the API gives a new one."""
    if pod.status.phase:
        return pod
    return msgspec.structs.replace(pod, status=msgspec.structs.replace(pod.status, phase="Pending"))


class _Reconciliation:
    """One pass: the pods by place, and what is written on the way."""

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
        self.writes = _Writes(
            claims={each.name: each for each in claims},
            owners={each.name: tuple(each.metadata.owner_references or ()) for each in claims},
        )
        self.unhealthy = next(
            (pod for pod in (*self.replicas, *reversed(self.condemned)) if self._unavailable(pod)), None
        )

    def run(self) -> Pass:
        """Make the pass."""
        failed = False
        status = self._counts(self.pods.owned)
        self._say(
            "workloads.ordinals",
            status["replicas"] == len(self.wanted) and not self.condemned,
            name=self.set.name,
            first=self.wanted.start,
            wanted=len(self.wanted),
            existing=status["replicas"],
            condemned=tuple(pod.name for pod in self.condemned) or None,
        )
        if self.set.metadata.deletion_timestamp is not None:
            self._say("workloads.deletedOwner", True, kind="StatefulSet", name=self.set.name)
        else:
            try:
                reached_the_end = (
                    self._each(self.replicas, self._replica)
                    and self._each(self.condemned, self._condemned_claims)
                    and self._each(self.condemned, self._condemned)
                )
            except _FailedPassError:
                reached_the_end, failed = False, True
            status = self._counts([*self.replicas, *self.condemned])
            if reached_the_end:
                status["currentReplicas"] -= self._roll()
        revisions = self._complete(status)
        return self._pass(failed=failed, status=status | revisions)

    def _pass(self, *, failed: bool, status: dict[str, Any]) -> Pass:
        written = self.writes
        changes = (written.create, written.delete, written.update, written.claims_created)
        return Pass(
            pods=self.pods,
            create={
                pod.name: written.create[pod.name] for pod in self.replicas if pod.name in written.create
            },
            delete=tuple(sorted(written.delete, key=lambda name: int(name.rpartition("-")[2]))),
            update=tuple(sorted(written.update, key=lambda name: int(name.rpartition("-")[2]))),
            claims_created=tuple(sorted(written.claims_created)),
            claim_owners=dict(sorted(self._changed_owners().items())),
            failed=failed,
            status=status,
            steps=(*self.pods.steps(self.set), *written.steps),
            settled=not failed
            and not any(changes)
            and status["availableReplicas"] == status["replicas"] == len(self.wanted),
        )

    def _changed_owners(self) -> dict[str, tuple[OwnerReference, ...]]:
        before = {
            name: tuple(each.metadata.owner_references or ()) for name, each in self.writes.claims.items()
        }
        return {name: now for name, now in self.writes.owners.items() if now != before.get(name, ())}

    def _each(self, pods: Sequence[Pod], act: Callable[[Pod], bool]) -> bool:
        """Act on each pod; False if one of them asks to wait (one at a time only).

        In parallel, batches of 1, 2, 4, ... are finished before a failure in them stops the rest.
        """
        if self.one_at_a_time:
            return all(act(pod) for pod in pods)
        done, size = 0, 1
        while done < len(pods):
            failures = 0
            for pod in pods[done : done + size]:
                try:
                    act(pod)
                except _FailedPassError:
                    failures += 1
            if failures:
                raise _FailedPassError
            done, size = done + size, min(size * 2, _LARGEST_BATCH)
        return True

    def _replica(self, pod: Pod) -> bool:
        """Bring one wanted pod forward; whether the pass may go on to the next."""
        if readiness.is_finished(pod):
            self._finished(pod)
            return False
        if not pod.status.phase:
            if not self._created(pod):
                return False
        elif pod.status.phase == "Pending":
            self._missing_claims(pod)
        if self.one_at_a_time and not self._awaited(pod):
            return False
        self._invariants(pod)
        return True

    def _finished(self, pod: Pod) -> None:
        if not readiness.is_terminating(pod):
            self.writes.delete.add(pod.name)
        self._say(
            "workloads.finishedPod",
            True,
            pod=pod.name,
            phase=pod.status.phase,
            concepts=(f"PodPhase.{pod.status.phase}",),
        )

    def _created(self, pod: Pod) -> bool:
        """Create a missing pod; whether the pass may go on."""
        if retention.deletes_when_scaled(self.set):
            for name in self._claims_of(pod).values():
                if retention.stale(self.writes.owners.get(name, ()), pod):
                    self._say("workloads.staleClaim", False, pod=pod.name, claim=name)
                    return False
        self._missing_claims(pod)
        revision = pod.labels[REVISION_LABEL]
        self.writes.create[pod.name] = revision
        self._say(
            "workloads.missingPod",
            True,
            pod=pod.name,
            revision=revision,
            policy=self.set.spec.pod_management_policy or "OrderedReady",
        )
        return not self.one_at_a_time

    def _awaited(self, pod: Pod) -> bool:
        """Whether nothing about this pod has to be waited for before the next may be touched."""
        reason = self._waiting(pod)
        if reason:
            self._say(f"workloads.waits.{reason}", False, pod=pod.name)
        return not reason

    def _waiting(self, pod: Pod) -> str:
        if readiness.is_terminating(pod):
            return "terminating"
        if not self._running_and_ready(pod):
            return "notReady"
        return "" if self._available(pod) else "notAvailable"

    def _invariants(self, pod: Pod) -> None:
        """Put identity, volumes and claims of a pod right."""
        if self._identity_matches(pod) and self._storage_matches(pod) and self._owners_match(pod):
            return
        if not self._storage_matches(pod):
            self._create_claims(pod)
        self._set_owners(pod)
        if pod.status.phase:
            self.writes.update.add(pod.name)
            self._say("workloads.identity", True, pod=pod.name)

    def _condemned_claims(self, pod: Pod) -> bool:
        self._set_owners(pod)
        return True

    def _condemned(self, pod: Pod) -> bool:
        """Delete one pod that is too many; whether the pass may go on to the next."""
        if readiness.is_terminating(pod):
            if self.one_at_a_time:
                self._say("workloads.waits.terminating", False, pod=pod.name)
            return not self.one_at_a_time
        blocked = self.one_at_a_time and pod is not self.unhealthy and self._waiting(pod)
        if blocked:
            self._say(f"workloads.waits.{blocked}", False, pod=pod.name)
            self._say(
                "workloads.scaleDown",
                False,
                pod=pod.name,
                first=self.unhealthy.name if self.unhealthy else "",
            )
            return False
        self.writes.delete.add(pod.name)
        self._say("workloads.scaleDown", True, pod=pod.name, first=pod.name)
        return not self.one_at_a_time

    def _roll(self) -> int:
        """Delete at most one pod of an older revision, from the top; return how many were deleted."""
        strategy = self.set.spec.update_strategy
        if strategy.type == "OnDelete":
            outdated = [pod for pod in self.replicas if self._outdated(pod)]
            if outdated:
                self._say("workloads.onDelete", True, pods=tuple(pod.name for pod in outdated))
            return 0
        partition = (strategy.rolling_update.partition or 0) if strategy.rolling_update else 0
        for place in range(len(self.replicas) - 1, partition - 1, -1):
            pod = self.replicas[place]
            facts: dict[str, Any] = {
                "pod": pod.name,
                "revision": self.revisions.update,
                "partition": partition,
            }
            if self._outdated(pod) and not readiness.is_terminating(pod):
                self.writes.delete.add(pod.name)
                self._say("workloads.statefulUpdate", True, **facts)
                return 1
            if self._unavailable(pod):
                self._say("workloads.statefulUpdate", False, **facts)
                return 0
        held = tuple(pod.name for pod in self.replicas[:partition] if self._outdated(pod))
        if held:
            self._say("workloads.partition", True, partition=partition, pods=held)
        return 0

    def _outdated(self, pod: Pod) -> bool:
        return pod.labels.get(REVISION_LABEL) != self.revisions.update

    def _complete(self, status: dict[str, Any]) -> dict[str, str]:
        """Return the revisions for the status; when all pods are updated the update becomes current."""
        counted = (status["updatedReplicas"], status["readyReplicas"], status["replicas"])
        done = self.set.spec.update_strategy.type in ("", "RollingUpdate") and counted == (
            len(self.wanted),
        ) * len(counted)
        if done and self.revisions.current != self.revisions.update:
            self._say(
                "workloads.updateComplete", True, revision=self.revisions.update, old=self.revisions.current
            )
        if done:
            status["currentReplicas"] = status["updatedReplicas"]
        current = self.revisions.update if done else self.revisions.current
        return {"currentRevision": current, "updateRevision": self.revisions.update}

    def _counts(self, pods: Sequence[Pod]) -> dict[str, Any]:
        counted = [pod for pod in pods if pod.status.phase]
        ready = [pod for pod in counted if self._running_and_ready(pod)]
        staying = [pod for pod in counted if not readiness.is_terminating(pod)]
        revisions = [pod.labels.get(REVISION_LABEL) for pod in staying]
        return {
            "replicas": len(counted),
            "readyReplicas": len(ready),
            "availableReplicas": sum(self._available(pod) for pod in ready),
            "currentReplicas": revisions.count(self.revisions.current),
            "updatedReplicas": revisions.count(self.revisions.update),
        }

    # What is known of a pod

    @staticmethod
    def _running_and_ready(pod: Pod) -> bool:
        return pod.status.phase == "Running" and readiness.is_ready(pod)

    def _available(self, pod: Pod) -> bool:
        return readiness.is_available(pod, min_ready_seconds=self.set.spec.min_ready_seconds, now=self.now)

    def _unavailable(self, pod: Pod) -> bool:
        return readiness.is_terminating(pod) or not self._running_and_ready(pod) or not self._available(pod)

    def _identity_matches(self, pod: Pod) -> bool:
        return f"{self.set.name}-{ordinal(pod)}" == pod.name == pod.labels.get(NAME_LABEL)

    def _storage_matches(self, pod: Pod) -> bool:
        volumes = {each.name: each.persistent_volume_claim for each in pod.spec.volumes or ()}
        for template, name in self._claims_of(pod).items():
            source = volumes.get(template)
            if source is None or source.claim_name != name:
                return False
        return True

    # Claims

    def _claims_of(self, pod: Pod) -> dict[str, str]:
        return claim_names(self.set, ordinal(pod))

    def _owners_match(self, pod: Pod) -> bool:
        condemned = ordinal(pod) not in self.wanted
        return all(
            retention.settled(self.writes.owners[name], self.set, pod, condemned=condemned)
            for name in self._claims_of(pod).values()
            if name in self.writes.owners
        )

    def _missing_claims(self, pod: Pod) -> None:
        self._create_claims(pod)
        self._set_owners(pod)

    def _create_claims(self, pod: Pod) -> None:
        """Create the claims of a pod that are not there.

        Raises:
            _FailedPassError: one of them is being deleted; the others are created nevertheless.
        """
        leaving = []
        for name in self._claims_of(pod).values():
            existing = self.writes.claims.get(name)
            if existing is not None and existing.metadata.deletion_timestamp is not None:
                leaving.append(name)
            elif name not in self.writes.owners:
                self.writes.owners[name] = ()
                self.writes.claims_created.add(name)
                self._say("workloads.claim", True, pod=pod.name, claim=name)
        if leaving:
            self._say("workloads.claim", False, pod=pod.name, claim=tuple(leaving))
            raise _FailedPassError

    def _set_owners(self, pod: Pod) -> None:
        condemned = ordinal(pod) not in self.wanted
        for name in self._claims_of(pod).values():
            owners = self.writes.owners.get(name)
            if owners is None or retention.settled(owners, self.set, pod, condemned=condemned):
                continue
            after = retention.owned(owners, self.set, pod, condemned=condemned)
            self.writes.owners[name] = after
            policy = self.set.spec.persistent_volume_claim_retention_policy
            self._say(
                "workloads.claimRetention",
                True,
                claim=name,
                owners=tuple(f"{each.kind}/{each.name}" for each in after) or None,
                whenScaled=policy.when_scaled or "Retain",
                whenDeleted=policy.when_deleted or "Retain",
            )

    # New pods and words

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

    def _say(self, rule: str, holds: bool | None, *, concepts: tuple[str, ...] = (), **facts: Any) -> None:
        self.writes.steps.append(Step(rule, holds, facts, concepts=concepts))


_LARGEST_BATCH = 500
