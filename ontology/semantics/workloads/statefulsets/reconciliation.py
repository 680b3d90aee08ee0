"""One pass over a StatefulSet: wanted pods from the lowest, then those too many, then the update."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec

from ontology import readiness
from ontology.cluster.meta import OwnerReference
from ontology.cluster.pods import Pod
from ontology.cluster.workloads import ControllerRevision, OwnedClaim, StatefulSet
from ontology.semantics.workloads import retention
from ontology.semantics.workloads.claiming import Claimed, claim
from ontology.semantics.workloads.statefulsets import rolling, status, storage
from ontology.semantics.workloads.statefulsets.identity import REVISION_LABEL, is_member, revisions_of
from ontology.semantics.workloads.statefulsets.members import FailedPassError, Members
from ontology.verdict import Step

_LARGEST_BATCH = 500


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
    return _run(Members(stateful_set, names, mine, in_namespace, now))


def _phased(pod: Pod) -> Pod:
    """Return the pod with the phase that the API gives a new one."""
    if pod.status.phase:
        return pod
    return msgspec.structs.replace(pod, status=msgspec.structs.replace(pod.status, phase="Pending"))


def _run(members: Members) -> Pass:
    failed = False
    counted = status.counts(members, members.pods.owned)
    members.say(
        "workloads.ordinals",
        counted["replicas"] == len(members.wanted) and not members.condemned,
        name=members.set.name,
        first=members.wanted.start,
        wanted=len(members.wanted),
        existing=counted["replicas"],
        condemned=tuple(pod.name for pod in members.condemned) or None,
    )
    if members.set.metadata.deletion_timestamp is not None:
        members.say("workloads.deletedOwner", True, kind="StatefulSet", name=members.set.name)
    else:
        try:
            reached_the_end = (
                _each(members, members.replicas, partial(_replica, members))
                and _each(members, members.condemned, partial(_condemned_claims, members))
                and _each(members, members.condemned, partial(_condemned, members))
            )
        except FailedPassError:
            reached_the_end, failed = False, True
        counted = status.counts(members, [*members.replicas, *members.condemned])
        if reached_the_end:
            counted["currentReplicas"] -= rolling.roll(members)
    revisions = status.revisions(members, counted)
    return _pass(members, failed=failed, counted=counted | revisions)


def _pass(members: Members, *, failed: bool, counted: dict[str, Any]) -> Pass:
    written = members.writes
    changes = (written.create, written.delete, written.update, written.claims_created)
    return Pass(
        pods=members.pods,
        create={pod.name: written.create[pod.name] for pod in members.replicas if pod.name in written.create},
        delete=tuple(sorted(written.delete, key=lambda name: int(name.rpartition("-")[2]))),
        update=tuple(sorted(written.update, key=lambda name: int(name.rpartition("-")[2]))),
        claims_created=tuple(sorted(written.claims_created)),
        claim_owners=dict(sorted(_changed_owners(members).items())),
        failed=failed,
        status=counted,
        steps=(*members.pods.steps(members.set), *written.steps),
        settled=not failed
        and not any(changes)
        and counted["availableReplicas"] == counted["replicas"] == len(members.wanted),
    )


def _changed_owners(members: Members) -> dict[str, tuple[OwnerReference, ...]]:
    before = {
        name: tuple(each.metadata.owner_references or ()) for name, each in members.writes.claims.items()
    }
    return {name: now for name, now in members.writes.owners.items() if now != before.get(name, ())}


def _each(members: Members, pods: Sequence[Pod], act: Callable[[Pod], bool]) -> bool:
    """Act on each pod; False if one of them asks to wait (one at a time only).

    In parallel, batches of 1, 2, 4, ... are finished before a failure in them stops the rest.
    """
    if members.one_at_a_time:
        return all(act(pod) for pod in pods)
    done, size = 0, 1
    while done < len(pods):
        failures = 0
        for pod in pods[done : done + size]:
            try:
                act(pod)
            except FailedPassError:
                failures += 1
        if failures:
            raise FailedPassError
        done, size = done + size, min(size * 2, _LARGEST_BATCH)
    return True


def _replica(members: Members, pod: Pod) -> bool:
    """Bring one wanted pod forward; whether the pass may go on to the next."""
    if readiness.is_finished(pod):
        _finished(members, pod)
        return False
    if not pod.status.phase:
        if not _created(members, pod):
            return False
    elif pod.status.phase == "Pending":
        storage.complete(members, pod)
    if members.one_at_a_time and not _awaited(members, pod):
        return False
    _invariants(members, pod)
    return True


def _finished(members: Members, pod: Pod) -> None:
    if not readiness.is_terminating(pod):
        members.writes.delete.add(pod.name)
    members.say(
        "workloads.finishedPod",
        True,
        pod=pod.name,
        phase=pod.status.phase,
        concepts=(f"PodPhase.{pod.status.phase}",),
    )


def _created(members: Members, pod: Pod) -> bool:
    """Create a missing pod; whether the pass may go on."""
    if retention.deletes_when_scaled(members.set):
        for name in members.claims_of(pod).values():
            if retention.stale(members.writes.owners.get(name, ()), pod):
                members.say("workloads.staleClaim", False, pod=pod.name, claim=name)
                return False
    storage.complete(members, pod)
    revision = pod.labels[REVISION_LABEL]
    members.writes.create[pod.name] = revision
    members.say(
        "workloads.missingPod",
        True,
        pod=pod.name,
        revision=revision,
        policy=members.set.spec.pod_management_policy or "OrderedReady",
    )
    return not members.one_at_a_time


def _awaited(members: Members, pod: Pod) -> bool:
    """Whether nothing about this pod has to be waited for before the next may be touched."""
    reason = _waiting(members, pod)
    if reason:
        members.say(f"workloads.waits.{reason}", False, pod=pod.name)
    return not reason


def _waiting(members: Members, pod: Pod) -> str:
    if readiness.is_terminating(pod):
        return "terminating"
    if not members.is_running_and_ready(pod):
        return "notReady"
    return "" if members.is_available(pod) else "notAvailable"


def _invariants(members: Members, pod: Pod) -> None:
    """Put identity, volumes and claims of a pod right."""
    if members.identity_matches(pod) and members.storage_matches(pod) and storage.owners_match(members, pod):
        return
    if not members.storage_matches(pod):
        storage.create(members, pod)
    storage.set_owners(members, pod)
    if pod.status.phase:
        members.writes.update.add(pod.name)
        members.say("workloads.identity", True, pod=pod.name)


def _condemned_claims(members: Members, pod: Pod) -> bool:
    storage.set_owners(members, pod)
    return True


def _condemned(members: Members, pod: Pod) -> bool:
    """Delete one pod that is too many; whether the pass may go on to the next."""
    if readiness.is_terminating(pod):
        if members.one_at_a_time:
            members.say("workloads.waits.terminating", False, pod=pod.name)
        return not members.one_at_a_time
    blocked = members.one_at_a_time and pod is not members.unhealthy and _waiting(members, pod)
    if blocked:
        members.say(f"workloads.waits.{blocked}", False, pod=pod.name)
        members.say(
            "workloads.scaleDown",
            False,
            pod=pod.name,
            first=members.unhealthy.name if members.unhealthy else "",
        )
        return False
    members.writes.delete.add(pod.name)
    members.say("workloads.scaleDown", True, pod=pod.name, first=pod.name)
    return not members.one_at_a_time
