"""Deployments: ReplicaSets of successive templates, scaled against each other within bounds.

Source: kubernetes.io/docs/concepts/workloads/controllers/deployment (v1.36).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import cmp_to_key
from typing import Any

from ontology import instants, readiness
from ontology.cluster.pods import Pod
from ontology.cluster.workloads import Deployment, ReplicaSet, WorkloadCondition
from ontology.semantics.workloads import progress
from ontology.semantics.workloads.bounds import Bounds, of_rollout
from ontology.semantics.workloads.claiming import Claimed, claim
from ontology.semantics.workloads.progress import Conditions
from ontology.semantics.workloads.templates import same_template
from ontology.verdict import Step

REVISION = "deployment.kubernetes.io/revision"
DESIRED = "deployment.kubernetes.io/desired-replicas"
MAXIMUM = "deployment.kubernetes.io/max-replicas"
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
_UNLIMITED = 2**31 - 1
_NUMBER = re.compile(r"[+-]?\d+")
_DEFAULT_HISTORY = 10


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


def wanted(deployment: Deployment) -> int:
    """Return `spec.replicas`, 1 where it is absent."""
    return 1 if deployment.spec.replicas is None else deployment.spec.replicas


def bounds(deployment: Deployment) -> Bounds:
    """Return the numbers that the Deployment's rollout keeps.

    Raises:
        InvalidObjectError: neither a number nor a percentage.
    """
    return of_rollout(deployment.spec.strategy, wanted(deployment))


def size(replica_set: ReplicaSet) -> int:
    """Return `spec.replicas`, 1 where it is absent."""
    return 1 if replica_set.spec.replicas is None else replica_set.spec.replicas


def by_age(replica_set: ReplicaSet) -> tuple[int, str]:
    """Return a key that sorts the oldest first, then by name."""
    created = replica_set.metadata.creation_timestamp
    return (instants.parse(created) if created else 0, replica_set.name)


def annotation(replica_set: ReplicaSet, key: str) -> int | None:
    """Return an annotation as a number, None where it is absent or unreadable."""
    text = (replica_set.metadata.annotations or {}).get(key, "")
    return int(text) if _NUMBER.fullmatch(text) else None


def _recreates(deployment: Deployment) -> bool:
    return deployment.spec.strategy.type == "Recreate"


def reconcile(
    deployment: Deployment, *, replica_sets: Sequence[ReplicaSet], pods: Sequence[Pod] = (), now: int
) -> Pass:
    """Return what one pass over `deployment` writes.

    Raises:
        InvalidObjectError: a bound that is neither a number nor a percentage.
    """
    counted = claim(deployment, deployment.spec.selector, replica_sets)
    return _Reconciliation(deployment, counted, pods, now).run()


@dataclass(slots=True)
class _Writes:
    """What a pass has written so far."""

    sizes: dict[str, int] = field(default_factory=dict)
    annotations: dict[str, Bounds] = field(default_factory=dict)
    revisions: dict[str, str] = field(default_factory=dict)
    delete: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    created: Created | None = None


class _InvalidScaleDownError(Exception):
    """An old ReplicaSet reports more available pods than it has: the controller gives the pass up."""


class _Reconciliation:
    """One pass: ReplicaSets from the oldest, and what is written on the way."""

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
        self.writes = _Writes()

    def run(self) -> Pass:
        """Make the pass."""
        deployment = self.deployment
        deleted = deployment.metadata.deletion_timestamp is not None
        if not deleted:
            progress.pause(self.conditions, deployment)
        self._sync_revision()
        if deleted:
            self._say("workloads.deletedOwner", True, kind="Deployment", name=deployment.name)
            status = self._status()
        elif deployment.spec.paused:
            self._say("workloads.paused", True, name=deployment.name)
            self._resize()
            self._clean()
            status = self._status()
        elif self._resized():
            self._resize()
            status = self._status()
        else:
            status = self._recreate() if _recreates(deployment) else self._roll()
        return self._pass(status)

    def _pass(self, status: dict[str, int | None]) -> Pass:
        written = self.writes
        before = {each.name: size(each) for each in self.counted.owned}
        scale = {name: after for name, after in written.sizes.items() if before.get(name) != after}
        changed = scale or written.created or written.delete or written.revisions or written.annotations
        return Pass(
            replica_sets=self.counted,
            scale=scale,
            created=written.created,
            delete=tuple(sorted(written.delete)),
            revisions=written.revisions,
            sizes=written.annotations,
            revision=self.revision,
            status=status,
            conditions=self.conditions.by_type,
            steps=(*self.counted.steps(self.deployment), *written.steps),
            settled=not changed and progress.is_complete(status, self.bounds.replicas),
        )

    # Revisions

    def _sync_revision(self) -> None:
        """Give the new ReplicaSet its revision, and the Deployment that of the ReplicaSet."""
        if self.new is None:
            return
        if self._annotate(self.new):
            return
        recorded = (self.new.metadata.annotations or {}).get(REVISION, "")
        if self.revision != recorded and (self.revision or recorded):
            self.revision = recorded
        if progress.deadline(self.deployment) is not None and "Progressing" not in self.conditions.by_type:
            self.conditions.set("Progressing", "True", "FoundNewReplicaSet")

    def _annotate(self, new: ReplicaSet) -> bool:
        """Bring the annotations of the new ReplicaSet up to date; whether it had to be written."""
        present = new.metadata.annotations or {}
        copied = any(
            present.get(key) != value
            for key, value in (self.deployment.metadata.annotations or {}).items()
            if key not in _OWN_ANNOTATIONS
        )
        recorded = annotation(new, REVISION)
        if recorded is None and present.get(REVISION):
            copied = False  # an unreadable revision makes the controller give up on all annotations
        elif (recorded or 0) < self._next_revision():
            revision = str(self._next_revision())
            self.writes.revisions[new.name] = revision
            self._say("workloads.revision", True, name=new.name, revision=revision, old=recorded or 0)
            copied = True
        return copied or new.spec.min_ready_seconds != self.deployment.spec.min_ready_seconds

    def _next_revision(self) -> int:
        return max((annotation(each, REVISION) or 0 for each in self.old), default=0) + 1

    # Sizes

    def _size(self, replica_set: ReplicaSet) -> int:
        return self.writes.sizes.get(replica_set.name, size(replica_set))

    def _active(self, replica_sets: Iterable[ReplicaSet]) -> list[ReplicaSet]:
        return [each for each in replica_sets if size(each) > 0]

    @property
    def _all(self) -> list[ReplicaSet]:
        """Old ones from the oldest, then the new one."""
        return [*self.old, *([self.new] if self.new else [])]

    def _total(self) -> int:
        created = self.writes.created
        return sum(self._size(each) for each in self._all) + (created.replicas if created else 0)

    def _scale(self, replica_set: ReplicaSet, to: int, *, annotate: bool = False) -> bool:
        """Write a size; annotations only with it, or always with `annotate`. Whether the size changed."""
        changed = to != self._size(replica_set)
        if not changed and not annotate:
            return False
        recorded = replica_set.metadata.annotations or {}
        sizes = (str(self.bounds.replicas), str(self.bounds.maximum))
        if (recorded.get(DESIRED), recorded.get(MAXIMUM)) != sizes:
            self.writes.annotations[replica_set.name] = self.bounds
        if changed:
            self.writes.sizes[replica_set.name] = to
        return changed

    # The Deployment's own size has changed, or it is paused

    def _resized(self) -> bool:
        """Whether an active ReplicaSet was last written for another size of the Deployment."""
        for each in self._active(self._all):
            recorded = annotation(each, DESIRED)
            if recorded is not None and recorded != self.bounds.replicas:
                self._say(
                    "workloads.resized", True, name=each.name, recorded=recorded, wanted=self.bounds.replicas
                )
                return True
        return False

    def _resize(self) -> None:
        """Scale to the Deployment's size without going on with the rollout."""
        active = self._active(self._all)
        if len(active) <= 1:
            youngest = self.old[-1] if self.old else None
            only = active[0] if active else self.new or youngest
            if only is not None and self._scale(only, self.bounds.replicas):
                self._say("workloads.resizeOne", True, name=only.name, to=self.bounds.replicas)
        elif self._saturated():
            for each in self._active(self.old):
                self._scale(each, 0)
            self._say("workloads.saturated", True, name=self.new.name if self.new else "")
        elif not _recreates(self.deployment):
            self._resize_in_proportion(active)

    def _saturated(self) -> bool:
        new, replicas = self.new, self.bounds.replicas
        if new is None:
            return False
        return size(new) == annotation(new, DESIRED) == new.status.available_replicas == replicas

    def _resize_in_proportion(self, active: list[ReplicaSet]) -> None:
        allowed = self.bounds.maximum if self.bounds.replicas else 0
        to_add = allowed - sum(size(each) for each in active)
        # equal sizes: the youngest first to grow, the oldest first to shrink
        active = sorted(active, key=by_age, reverse=to_add > 0)
        active.sort(key=size, reverse=True)
        added = 0
        targets: dict[str, int] = {}
        for each in active:
            share = self._share(each, to_add, added)
            targets[each.name] = size(each) + share
            added += share
        largest = active[0].name
        targets[largest] = max(0, targets[largest] + to_add - added)
        for each in active:
            self._scale(each, targets[each.name], annotate=True)
            self._say(
                "workloads.proportionalScaling",
                True,
                name=each.name,
                size=size(each),
                maximum=self.bounds.maximum,
                before=annotation(each, MAXIMUM) or self.deployment.status.replicas,
                to=targets[each.name],
            )

    def _share(self, replica_set: ReplicaSet, to_add: int, added: int) -> int:
        """Return what one ReplicaSet gains (or loses) of what is left."""
        left = to_add - added
        if not to_add or not left:
            return 0
        fraction = self._fraction(replica_set)
        return min(fraction, left) if to_add > 0 else max(fraction, left)

    def _fraction(self, replica_set: ReplicaSet) -> int:
        if self.bounds.replicas == 0:
            return -size(replica_set)
        before = annotation(replica_set, MAXIMUM) or self.deployment.status.replicas
        if before == 0:
            return 0
        share = Decimal(size(replica_set) * self.bounds.maximum) / Decimal(before)
        return int(share.to_integral_value(ROUND_HALF_UP)) - size(replica_set)

    # RollingUpdate

    def _roll(self) -> dict[str, int | None]:
        if self.new is None:
            self._create(self._room())
        if not self._grow() and not self._shrink() and self._complete_before():
            self._clean()
        return self._rollout_status()

    def _create(self, replicas: int) -> None:
        revision = str(self._next_revision())
        self.writes.created = Created(replicas=replicas, revision=revision, bounds=self.bounds)
        self.revision = revision
        if progress.deadline(self.deployment) is not None:
            self.conditions.set("Progressing", "True", "NewReplicaSetCreated")
        self._say("workloads.newReplicaSet", True, replicas=replicas, revision=revision)

    def _room(self) -> int:
        """Return how much the new ReplicaSet may grow."""
        have = self._new_size()
        free = self.bounds.maximum - self._total()
        return max(0, min(free, self.bounds.replicas - have))

    def _new_size(self) -> int:
        if self.new is not None:
            return self._size(self.new)
        return self.writes.created.replicas if self.writes.created else 0

    def _grow(self) -> bool:
        """Scale the new ReplicaSet towards its size; whether that changed anything."""
        new = self.new
        if new is None or size(new) == self.bounds.replicas:
            return False
        to = self.bounds.replicas if size(new) > self.bounds.replicas else size(new) + self._room()
        total, before = self._total(), size(new)
        changed = self._scale(new, to)
        self._say(
            "workloads.surge",
            changed,
            name=new.name,
            size=before,
            total=total,
            maximum=self.bounds.maximum,
            replicas=self.bounds.replicas,
            surge=self.bounds.surge,
            to=to,
        )
        return changed

    def _shrink(self) -> bool:
        """Scale old ReplicaSets down as far as availability allows; whether that changed anything."""
        old = self._active(self.old)
        if not old:
            return False
        new_missing = self._new_size() - (self.new.status.available_replicas if self.new else 0)
        total = self._total()
        allowed = total - self.bounds.available - new_missing
        facts = {
            "total": total,
            "replicas": self.bounds.replicas,
            "unavailable": self.bounds.unavailable,
            "newMissing": new_missing,
            "allowed": allowed,
        }
        self._say("workloads.maxUnavailable", allowed > 0, **facts)
        if allowed <= 0:
            return False
        try:
            cleaned = self._drop_unhealthy(old, allowed)
        except _InvalidScaleDownError:
            return False
        return cleaned + self._drop_healthy(old) > 0

    def _drop_unhealthy(self, old: Sequence[ReplicaSet], allowed: int) -> int:
        dropped = 0
        for each in old:
            unhealthy = self._size(each) - each.status.available_replicas
            if dropped >= allowed or unhealthy == 0:
                continue
            if unhealthy < 0:
                self._say("workloads.invalidStatus", False, name=each.name)
                raise _InvalidScaleDownError
            number = min(allowed - dropped, unhealthy)
            self._scale(each, self._size(each) - number)
            dropped += number
            self._say("workloads.unhealthyFirst", True, name=each.name, number=number, to=self._size(each))
        return dropped

    def _drop_healthy(self, old: Sequence[ReplicaSet]) -> int:
        counted = [*old, *([self.new] if self.new else [])]
        available = sum(each.status.available_replicas for each in counted)
        spare, dropped = available - self.bounds.available, 0
        for each in old:
            number = min(self._size(each), spare - dropped)
            if number > 0:
                self._scale(each, self._size(each) - number)
                dropped += number
                facts = {"available": available, "needed": self.bounds.available}
                self._say(
                    "workloads.scaleOld", True, name=each.name, number=number, to=self._size(each), **facts
                )
        return dropped

    # Recreate

    def _recreate(self) -> dict[str, int | None]:
        old = self._active(self.old)
        if old:
            for each in old:
                self._scale(each, 0)
            self._say("workloads.recreate", False, names=tuple(each.name for each in old))
            return self._rollout_status()
        waiting = self._still_running()
        if waiting:
            self._say("workloads.recreateWaits", False, names=waiting)
            return self._rollout_status()
        if self.new is None:
            self._create(self.bounds.replicas)
        else:
            self._scale(self.new, self.bounds.replicas)
        self._say("workloads.recreate", True, names=(self.new.name,) if self.new else ())
        if self._complete_before():
            self._clean()
        return self._rollout_status()

    def _still_running(self) -> tuple[str, ...]:
        """Return old ReplicaSets that report pods, and pods of theirs that are not finished."""
        reporting = tuple(each.name for each in self.old if each.status.replicas > 0)
        owners = {each.metadata.uid for each in self.old}
        return reporting + tuple(
            pod.name
            for pod in self.pods
            if pod.namespace == self.deployment.namespace
            and pod.metadata.controller is not None
            and pod.metadata.controller.uid in owners
            and not readiness.is_finished(pod)
        )

    # History

    def _complete_before(self) -> bool:
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

    def _clean(self) -> None:
        """Delete old ReplicaSets beyond the history limit, the lowest revision first."""
        limit = self.deployment.spec.revision_history_limit
        limit = _DEFAULT_HISTORY if limit is None else limit
        alive = [each for each in self.old if each.metadata.deletion_timestamp is None]
        beyond = sorted(alive, key=cmp_to_key(_compare_revisions))[: max(0, len(alive) - limit)]
        for each in beyond if limit != _UNLIMITED else ():
            observed = (each.metadata.generation or 0) <= each.status.observed_generation
            idle = each.status.replicas == 0 and size(each) == 0 and observed
            if idle:
                self.writes.delete.append(each.name)
            self._say("workloads.history", idle, name=each.name, limit=limit, old=len(alive))

    # Status

    def _status(self) -> dict[str, int | None]:
        """Add up the ReplicaSets' status, and set Available."""
        every = self._all
        created = self.writes.created
        sizes = sum(size(each) for each in every) + (created.replicas if created else 0)
        available = sum(each.status.available_replicas for each in every)
        enough = available >= self.bounds.available
        reason = "MinimumReplicasAvailable" if enough else "MinimumReplicasUnavailable"
        self.conditions.set("Available", str(enough), reason)
        self._say("workloads.available", enough, available=available, needed=self.bounds.available)
        return {
            "replicas": sum(each.status.replicas for each in every),
            "updatedReplicas": self.new.status.replicas if self.new else 0,
            "readyReplicas": sum(each.status.ready_replicas for each in every),
            "availableReplicas": available,
            "unavailableReplicas": max(0, sizes - available),
            "terminatingReplicas": _terminating(every),
        }

    def _rollout_status(self) -> dict[str, int | None]:
        """Return the status, and judge progress."""
        status = self._status()
        steps = progress.judge(self.conditions, self.deployment, status, self.bounds.replicas)
        self.writes.steps.extend(steps)
        failure = next(
            (
                each
                for replica_set in ([self.new] if self.new else []) + self._all
                for each in replica_set.status.conditions or ()
                if each.type == "ReplicaFailure"
            ),
            None,
        )
        if failure is None:
            self.conditions.remove("ReplicaFailure")
        else:
            self.conditions.set(failure.type, failure.status, failure.reason)
            self._say("workloads.replicaFailure", True, reason=failure.reason)
        return status

    def _say(self, rule: str, holds: bool | None, **facts: Any) -> None:
        self.writes.steps.append(Step(rule, holds, facts))


def _terminating(replica_sets: Iterable[ReplicaSet]) -> int | None:
    """Add up terminating pods; None while a ReplicaSet that has been observed does not report them."""
    total = 0
    for each in replica_sets:
        number = each.status.terminating_replicas
        if number is None and each.status.observed_generation:
            return None
        total += number or 0
    return total


def _compare_revisions(one: ReplicaSet, other: ReplicaSet) -> int:
    """Return below 0 if `one` is the earlier; where a revision cannot be read, age decides."""
    if _readable(one) and _readable(other):
        difference = (annotation(one, REVISION) or 0) - (annotation(other, REVISION) or 0)
        if difference:
            return difference
    return -1 if by_age(one) < by_age(other) else 1


def _readable(replica_set: ReplicaSet) -> bool:
    """Whether the revision is a number or, which counts as 0, missing."""
    recorded = (replica_set.metadata.annotations or {}).get(REVISION)
    return recorded is None or annotation(replica_set, REVISION) is not None
