"""A cluster in virtual time: controllers pass after pass, pods that start and stop after a while.

There is no scheduler in it: a pod gets the node with the fewest pods, and starts after a fixed delay. What
controllers do is what their own modules say; this one only writes it down and lets time pass.

Names that Kubernetes makes up (five characters of a pod, the hash of a template) are drawn from digests
here, so that a run is the same every time; real ones differ.
"""

import heapq
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, TypeVar

import msgspec

from ontology import instants, readiness
from ontology.cluster.meta import Condition, KubeObject, ObjectMeta, OwnerReference
from ontology.cluster.nodes import Node
from ontology.cluster.pods import PersistentVolumeClaimVolumeSource, Pod, PodSpec, PodStatus, Volume
from ontology.cluster.workloads import (
    ControllerRevision,
    DaemonSet,
    Deployment,
    DeploymentStatus,
    OwnedClaim,
    ReplicaSet,
    ReplicaSetStatus,
    StatefulSet,
    StatefulSetStatus,
)
from ontology.errors import TooCostlyError
from ontology.semantics.workloads import (
    daemonsets,
    deployments,
    ownership,
    progress,
    replicasets,
    statefulsets,
    templates,
)
from ontology.semantics.workloads.ownership import Propagation

K = TypeVar("K", bound=KubeObject)
replace = msgspec.structs.replace

_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
_MOST_PASSES = 500
_MOST_MOMENTS = 20_000
_MOST_PODS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Delays:
    """How long things take, in nanoseconds, and which images never become ready."""

    start: int = 10 * instants.SECOND
    stop: int = 5 * instants.SECOND
    node_loss: int = 300 * instants.SECOND
    broken: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something that happened: when, what, and to which object; `detail` says more about it."""

    time: int
    what: str
    kind: str
    name: str
    detail: Mapping[str, Any] = field(default_factory=dict)


def digest(*parts: Any, length: int) -> str:
    """Return letters and digits that stand for `parts`, always the same for the same."""
    raw = sha256(json.dumps(parts, sort_keys=True, default=str).encode()).digest()
    return "".join(_ALPHABET[each % len(_ALPHABET)] for each in raw[:length])


class Cluster:
    """The objects as they are now, and what has happened to them."""

    def __init__(
        self, objects: Mapping[type[KubeObject], Sequence[KubeObject]], *, now: int, delays: Delays
    ) -> None:
        self.now = now
        self.began = now
        self.delays = delays
        self.objects: dict[tuple[str, str], KubeObject] = {}
        self.entries: list[Entry] = []
        self.lost: set[str] = set()
        self.gone_at: dict[str, int] = {}
        self.drawn = Counter[str]()
        self.moments: list[int] = []
        self.pods = 0
        for each in (one for many in objects.values() for one in many):
            self.objects[each.KIND, each.name] = self._with_uid(each)
        for stateful_set in self.all(StatefulSet):
            self._revise(stateful_set)

    def _with_uid(self, found: KubeObject) -> KubeObject:
        if found.metadata.uid:
            return found
        return replace(found, metadata=replace(found.metadata, uid=self._uid(found.KIND, found.name)))

    def _uid(self, kind: str, name: str) -> str:
        self.drawn[f"{kind}/{name}"] += 1
        return f"{kind}-{name}-{self.drawn[f'{kind}/{name}']}"

    # Objects

    def all(self, kind: type[K]) -> list[K]:
        """Return the objects of a kind, by name."""
        found = [each for each in self.objects.values() if isinstance(each, kind)]
        return sorted(found, key=lambda each: each.name)

    def find(self, kind: str, name: str) -> KubeObject | None:
        """Return an object."""
        return self.objects.get((kind, name))

    def put(self, found: KubeObject) -> None:
        """Write an object."""
        self.objects[found.KIND, found.name] = found

    def say(self, what: str, found: KubeObject, **detail: Any) -> None:
        """Note that something happened."""
        self.entries.append(Entry(time=self.now, what=what, kind=found.KIND, name=found.name, detail=detail))

    def at(self, moment: int) -> None:
        """Look again at a moment to come."""
        if moment > self.now:
            heapq.heappush(self.moments, moment)

    # Time

    def run(self, until: int, events: Sequence[tuple[int, Callable[["Cluster"], None]]]) -> None:
        """Let time pass until nothing more can happen, or `until`.

        Raises:
            TooCostlyError: more moments or passes than a run may have.
        """
        ahead = sorted(enumerate(events), key=lambda each: (each[1][0], each[0]))
        for _, (moment, _) in ahead:
            self.at(moment)
        for moments in range(_MOST_MOMENTS):
            while ahead and ahead[0][1][0] <= self.now:
                ahead.pop(0)[1][1](self)
            self._settle()
            while self.moments and self.moments[0] <= self.now:
                heapq.heappop(self.moments)
            if not self.moments or self.moments[0] > until:
                return
            self.now = self.moments[0]
            self._nodes_and_pods()
            if moments == _MOST_MOMENTS - 1:
                raise TooCostlyError(f"the run has more than {_MOST_MOMENTS} moments", path="question.run")

    def _settle(self) -> None:
        """Let every controller pass until none writes anything."""
        for _ in range(_MOST_PASSES):
            written = False
            for deployment in self.all(Deployment):
                written |= self._deployment(deployment)
            for replica_set in self.all(ReplicaSet):
                written |= self._replica_set(replica_set)
            for stateful_set in self.all(StatefulSet):
                written |= self._stateful_set(stateful_set)
            for daemon_set in self.all(DaemonSet):
                written |= self._daemon_set(daemon_set)
            if not written:
                return
        raise TooCostlyError(
            f"the controllers do not come to rest within {_MOST_PASSES} passes", path="question.run"
        )

    def _nodes_and_pods(self) -> None:
        """Start and stop the pods whose time has come."""
        for pod in self.all(Pod):
            if readiness.is_terminating(pod):
                if self.gone_at.get(pod.metadata.uid, self.now) <= self.now:
                    self._gone(pod)
            elif pod.status.phase == "Pending" and self._starts(pod) <= self.now:
                self._started(pod)

    def _starts(self, pod: Pod) -> int:
        created = instants.parse(pod.metadata.creation_timestamp or instants.render(self.began))
        return created + self.delays.start

    def _started(self, pod: Pod) -> None:
        if pod.spec.node_name in self.lost:
            return
        images = {each.image for each in pod.spec.containers or ()}
        works = not images & self.delays.broken
        status = PodStatus(
            phase="Running",
            start_time=instants.render(self.now),
            conditions=[self._condition("Ready", "True" if works else "False")],
        )
        self.put(replace(pod, status=status))
        self.say("ready" if works else "notReady", pod)

    def _condition(self, type_: str, status: str) -> Condition:
        return Condition(type=type_, status=status, last_transition_time=instants.render(self.now))

    def _gone(self, pod: Pod) -> None:
        del self.objects[pod.KIND, pod.name]
        self.say("gone", pod)
        self._collect(None, Propagation.BACKGROUND)

    # What users do

    def delete(self, kind: str, name: str, propagation: Propagation = Propagation.BACKGROUND) -> None:
        """Delete an object, and with it what the propagation says."""
        found = self.find(kind, name)
        if found is None:
            return
        if isinstance(found, Pod):
            self._terminate(found, by="user")
        else:
            self._collect(found, propagation)

    def lose_node(self, name: str) -> None:
        """Let a node fail: its pods are not ready at once and are evicted later."""
        self.lost.add(name)
        for pod in self.all(Pod):
            if pod.spec.node_name == name and pod.status.phase == "Running":
                status = replace(pod.status, conditions=[self._condition("Ready", "False")])
                self.put(replace(pod, status=status))
                self.say("notReady", pod, node=name)
        self.at(self.now + self.delays.node_loss)

    def evict_from(self, name: str) -> None:
        """Delete the pods of a failed node; nobody confirms that they are gone, so they stay terminating."""
        for pod in self.all(Pod):
            if pod.spec.node_name == name and name in self.lost and not readiness.is_terminating(pod):
                self._terminate(pod, by="evicted", confirmed=False)

    def remove_node(self, name: str) -> None:
        """Delete a failed node: its pods are gone for certain."""
        self.objects.pop((Node.KIND, name), None)
        for pod in self.all(Pod):
            if pod.spec.node_name == name:
                self._gone(pod)

    def resize(self, found: KubeObject, replicas: int) -> None:
        """Set `spec.replicas`."""
        if isinstance(found, Deployment | ReplicaSet | StatefulSet):
            self.say("scaled", found, to=replicas, by="user")
            self.put(self._next_generation(replace(found, spec=replace(found.spec, replicas=replicas))))

    def set_template(self, found: KubeObject, template: dict[str, Any]) -> None:
        """Set the template of a Deployment or StatefulSet."""
        if isinstance(found, Deployment | StatefulSet):
            changed = self._next_generation(replace(found, spec=replace(found.spec, template=template)))
            self.put(changed)
            if isinstance(changed, StatefulSet):
                self._revise(changed)

    def pause(self, found: Deployment, *, paused: bool) -> None:
        """Pause a rollout, or let it go on."""
        self.say("paused" if paused else "resumed", found)
        self.put(self._next_generation(replace(found, spec=replace(found.spec, paused=paused))))

    def _next_generation(self, found: K) -> K:
        number = (found.metadata.generation or 1) + 1
        return replace(found, metadata=replace(found.metadata, generation=number))

    # Writes of controllers

    def _terminate(self, pod: Pod, *, by: str, confirmed: bool = True) -> None:
        if readiness.is_terminating(pod):
            return
        self.say("deleted", pod, by=by)
        metadata = replace(pod.metadata, deletion_timestamp=instants.render(self.now))
        self.put(replace(pod, metadata=metadata))
        waits = not confirmed or pod.spec.node_name in self.lost
        self.gone_at[pod.metadata.uid] = 2**62 if waits else self.now + self.delays.stop
        if not waits:
            self.at(self.now + self.delays.stop)

    def _collect(self, deleted: KubeObject | None, propagation: Propagation) -> None:
        nodes = [ownership.node_of(each) for each in self.objects.values()]
        uid = deleted.metadata.uid if deleted is not None else None
        done = ownership.collect(nodes, delete=uid, propagation=propagation)
        for orphan in done.orphaned:
            found = self.objects[orphan.kind, orphan.name]
            left = [each for each in found.metadata.owner_references or () if each.uid != uid]
            self.put(replace(found, metadata=replace(found.metadata, owner_references=left)))
            self.say("orphaned", found)
        for node in done.deleted:
            found = self.objects[node.kind, node.name]
            if isinstance(found, Pod):
                self._terminate(found, by="garbageCollector")
            else:
                del self.objects[node.kind, node.name]
                self.say("deleted", found, by="user" if found is deleted else "garbageCollector")

    def _create_pod(self, owner: KubeObject, name: str, template: Mapping[str, Any], **labels: str) -> Pod:
        self.pods += 1
        if self.pods > _MOST_PODS:
            raise TooCostlyError(f"the run creates more than {_MOST_PODS:,} pods", path="question.run")
        metadata = template.get("metadata") or {}
        spec = msgspec.convert(template.get("spec") or {}, PodSpec)
        pod = Pod(
            api_version="v1",
            kind="Pod",
            metadata=ObjectMeta(
                name=name,
                namespace=owner.metadata.namespace,
                uid=self._uid("Pod", name),
                labels={**(metadata.get("labels") or {}), **labels},
                owner_references=[_owned_by(owner)],
                creation_timestamp=instants.render(self.now),
            ),
            spec=replace(spec, node_name=spec.node_name or self._node()),
            status=PodStatus(phase="Pending"),
        )
        self.put(pod)
        self.at(self.now + self.delays.start)
        return pod

    def _node(self) -> str:
        """Return the node with the fewest pods, of those that work."""
        names = [each.name for each in self.all(Node) if each.name not in self.lost]
        used = Counter(pod.spec.node_name for pod in self.all(Pod))
        return min(names, key=lambda name: (used[name], name), default="")

    def _say_created(self, pod: Pod, owner: KubeObject, **detail: Any) -> None:
        """Write a pod and note who made it and which claims it uses."""
        self.put(pod)
        sources = (each.persistent_volume_claim for each in pod.spec.volumes or ())
        claims = sorted(each.claim_name for each in sources if each is not None)
        self.say("created", pod, by=owner.name, claims=claims, **detail)

    def _random_name(self, owner: KubeObject) -> str:
        self.drawn[owner.name] += 1
        return f"{owner.name}-{digest(owner.name, owner.metadata.uid, self.drawn[owner.name], length=5)}"

    def _replica_set(self, found: ReplicaSet) -> bool:
        pods = self.all(Pod)
        done = replicasets.reconcile(found, pods=pods, siblings=self.all(ReplicaSet), now=self.now)
        self._change_owners(found, done.pods.adopted, done.pods.released)
        template = found.spec.template or {}
        for _ in range(done.create):
            self._say_created(self._create_pod(found, self._random_name(found), template), found)
        for pod in done.delete:
            self._terminate(pod, by=found.name)
        self._look_when_available(done.pods.owned, found.spec.min_ready_seconds)
        status = ReplicaSetStatus(**_snake(done.status), observed_generation=found.metadata.generation or 1)
        self.put(replace(self.objects[found.KIND, found.name], status=status))
        return status != found.status or bool(done.create or done.delete)

    def _change_owners(
        self, owner: KubeObject, adopted: Sequence[KubeObject], released: Sequence[KubeObject]
    ) -> None:
        for each in adopted:
            references = [*(each.metadata.owner_references or ()), _owned_by(owner)]
            self.put(replace(each, metadata=replace(each.metadata, owner_references=references)))
            self.say("adopted", each, by=owner.name)
        for each in released:
            left = [one for one in each.metadata.owner_references or () if one.uid != owner.metadata.uid]
            self.put(replace(each, metadata=replace(each.metadata, owner_references=left)))
            self.say("released", each, by=owner.name)

    def _look_when_available(self, pods: Sequence[Pod], minimum: int) -> None:
        for pod in pods if minimum else ():
            since = readiness.ready_since(pod)
            if since is not None:
                self.at(since + minimum * instants.SECOND)

    def _stateful_set(self, found: StatefulSet) -> bool:
        done = statefulsets.reconcile(
            found,
            revisions=self.all(ControllerRevision),
            pods=self.all(Pod),
            claims=self.all(OwnedClaim),
            now=self.now,
        )
        self._change_owners(found, done.pods.adopted, done.pods.released)
        for name in done.claims_created:
            claim = OwnedClaim(
                api_version="v1",
                kind="PersistentVolumeClaim",
                metadata=ObjectMeta(
                    name=name,
                    namespace=found.metadata.namespace,
                    uid=self._uid("PersistentVolumeClaim", name),
                ),
            )
            self.put(claim)
            self.say("created", claim, by=found.name)
        for name, owners in done.claim_owners.items():
            owned = self.objects[OwnedClaim.KIND, name]
            self.put(replace(owned, metadata=replace(owned.metadata, owner_references=list(owners))))
            shown = [f"{each.kind}/{each.name}" for each in owners]
            self.say("claimOwners", owned, owners=shown)
        for name, revision in done.create.items():
            self._create_ordinal(found, name, revision)
        for name in done.delete:
            pod = self.find("Pod", name)
            if isinstance(pod, Pod):
                self._terminate(pod, by=found.name)
        self._look_when_available(done.pods.owned, found.spec.min_ready_seconds)
        status = StatefulSetStatus(**_snake(done.status))
        changed = status != found.status
        self.put(replace(self.objects[found.KIND, found.name], status=status))
        return changed or bool(done.create or done.delete or done.claims_created or done.claim_owners)

    def _create_ordinal(self, found: StatefulSet, name: str, revision: str) -> None:
        kept = self.find(ControllerRevision.KIND, revision)
        template = kept.data if isinstance(kept, ControllerRevision) else found.spec.template
        pod = self._create_pod(
            found,
            name,
            template or {},
            **{statefulsets.REVISION_LABEL: revision, statefulsets.NAME_LABEL: name},
        )
        claims = statefulsets.claim_names(found, statefulsets.ordinal(pod))
        volumes = [
            Volume(name=each, persistent_volume_claim=PersistentVolumeClaimVolumeSource(claim_name=claim))
            for each, claim in claims.items()
        ]
        spec = replace(
            pod.spec,
            hostname=name,
            subdomain=found.spec.service_name,
            volumes=[*(pod.spec.volumes or ()), *volumes],
        )
        self._say_created(replace(pod, spec=spec), found, revision=revision)

    def _revise(self, found: StatefulSet) -> None:
        """Keep the set's template as its highest revision."""
        name = f"{found.name}-{digest(found.spec.template, length=10)}"
        mine = [
            each
            for each in self.all(ControllerRevision)
            if each.metadata.controller is not None and each.metadata.controller.uid == found.metadata.uid
        ]
        number = max((each.revision for each in mine), default=0) + 1
        metadata = ObjectMeta(
            name=name,
            namespace=found.metadata.namespace,
            uid=self._uid("ControllerRevision", name),
            owner_references=[_owned_by(found)],
        )
        if mine and max(mine, key=lambda each: each.revision).name == name:
            return
        self.put(
            ControllerRevision(
                api_version="apps/v1",
                kind="ControllerRevision",
                metadata=metadata,
                revision=number,
                data=found.spec.template,
            )
        )

    def _deployment(self, found: Deployment) -> bool:
        done = deployments.reconcile(
            found, replica_sets=self.all(ReplicaSet), pods=self.all(Pod), now=self.now
        )
        self._change_owners(found, done.replica_sets.adopted, done.replica_sets.released)
        if done.created is not None:
            self._create_replica_set(found, done.created)
        for name, size in done.scale.items():
            replica_set = self.objects[ReplicaSet.KIND, name]
            if isinstance(replica_set, ReplicaSet):
                self.say("scaled", replica_set, to=size, by=found.name)
                changed = replace(replica_set, spec=replace(replica_set.spec, replicas=size))
                self.put(self._next_generation(changed))
        for name in {*done.sizes, *done.revisions}:
            self._annotate(name, done)
        for name in done.delete:
            old = self.objects.pop((ReplicaSet.KIND, name))
            self.say("deleted", old, by=found.name)
        status = DeploymentStatus(
            **_snake(done.status),
            observed_generation=found.metadata.generation or 1,
            conditions=list(done.conditions.values()),
        )
        self._tell_progress(found, status)
        annotations = dict(found.metadata.annotations or {})
        if done.revision is not None:
            annotations[deployments.REVISION] = done.revision
        metadata = replace(found.metadata, annotations=annotations)
        after = replace(found, metadata=metadata, status=status)
        self.put(after)
        self._look_at_deadline(after)
        return after != found or bool(done.created or done.scale or done.delete)

    def _tell_progress(self, found: Deployment, status: DeploymentStatus) -> None:
        before = {each.type: each.reason for each in found.status.conditions or ()}
        for each in status.conditions or ():
            if each.type == "Progressing" and before.get("Progressing") != each.reason:
                self.say("progressing", found, status=each.status, reason=each.reason)

    def _look_at_deadline(self, found: Deployment) -> None:
        seconds = progress.deadline(found)
        for each in found.status.conditions or ():
            if seconds is not None and each.type == "Progressing" and each.last_update_time:
                since = instants.parse(each.last_update_time)
                self.at(since + (seconds + 1) * instants.SECOND)

    def _annotate(self, name: str, done: deployments.Pass) -> None:
        found = self.objects[ReplicaSet.KIND, name]
        annotations = dict(found.metadata.annotations or {})
        if name in done.sizes:
            span = done.sizes[name]
            annotations |= {
                deployments.DESIRED: str(span.replicas),
                deployments.MAXIMUM: str(span.maximum),
            }
        if name in done.revisions:
            annotations[deployments.REVISION] = done.revisions[name]
        self.put(replace(found, metadata=replace(found.metadata, annotations=annotations)))

    def _create_replica_set(self, found: Deployment, created: deployments.Created) -> None:
        label = digest(found.spec.template, length=10)
        template = dict(found.spec.template or {})
        metadata = dict(template.get("metadata") or {})
        labels = {**(metadata.get("labels") or {}), templates.HASH_LABEL: label}
        selector = found.spec.selector
        wanted = {**((selector.match_labels if selector else None) or {}), templates.HASH_LABEL: label}
        own = {
            key: value
            for key, value in (found.metadata.annotations or {}).items()
            if not key.startswith("deployment.kubernetes.io/")
        }
        name = f"{found.name}-{label}"
        replica_set = ReplicaSet(
            api_version="apps/v1",
            kind="ReplicaSet",
            metadata=ObjectMeta(
                name=name,
                namespace=found.metadata.namespace,
                uid=self._uid("ReplicaSet", name),
                generation=1,
                labels=labels,
                annotations={
                    **own,
                    deployments.REVISION: created.revision,
                    deployments.DESIRED: str(created.bounds.replicas),
                    deployments.MAXIMUM: str(created.bounds.maximum),
                },
                owner_references=[_owned_by(found)],
                creation_timestamp=instants.render(self.now),
            ),
        )
        spec = replace(
            replica_set.spec,
            replicas=created.replicas,
            min_ready_seconds=found.spec.min_ready_seconds,
            selector=replace(selector, match_labels=wanted) if selector else None,
            template={**template, "metadata": {**metadata, "labels": labels}},
        )
        self.put(replace(replica_set, spec=spec))
        self.say("created", replica_set, by=found.name, revision=created.revision, replicas=created.replicas)

    def placed(self, found: DaemonSet) -> tuple[daemonsets.Pass, str]:
        """Return a pass of placing a DaemonSet's pods, and the hash of its template."""
        nodes = [each for each in self.all(Node) if each.name not in self.lost]
        revision = digest(msgspec.to_builtins(found.spec.template), length=10)
        pods = self.all(Pod)
        done = daemonsets.reconcile(found, nodes=nodes, pods=pods, revision=revision, now=self.now)
        return done, revision

    def _daemon_set(self, found: DaemonSet) -> bool:
        placed, revision = self.placed(found)
        rolled = daemonsets.roll(found, placed, revision=revision, now=self.now)
        template = msgspec.to_builtins(found.spec.template)
        for node in (*placed.create, *rolled.create):
            pinned = {**template, "spec": {**template.get("spec", {}), "nodeName": node}}
            pod = self._create_pod(
                found, self._random_name(found), pinned, **{daemonsets.HASH_LABEL: revision}
            )
            self._say_created(pod, found, node=node)
        deleted = {*placed.delete, *rolled.delete}
        for name in sorted(deleted):
            surplus = self.objects[Pod.KIND, name]
            if isinstance(surplus, Pod):
                self._terminate(surplus, by=found.name)
        self._look_when_available(placed.pods.owned, found.spec.min_ready_seconds)
        return bool(placed.create or rolled.create or deleted)


def _owned_by(owner: KubeObject) -> OwnerReference:
    return OwnerReference(
        api_version=owner.API[0],
        kind=owner.KIND,
        name=owner.name,
        uid=owner.metadata.uid,
        controller=True,
        block_owner_deletion=True,
    )


def _snake(status: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "".join(f"_{c.lower()}" if c.isupper() else c for c in name): value for name, value in status.items()
    }
