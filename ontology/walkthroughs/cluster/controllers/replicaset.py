"""The ReplicaSet controller: as many pods as wanted."""

from collections.abc import Iterator
from functools import partial

from msgspec.structs import replace

from ontology import instants, readiness, selectors
from ontology.cluster.meta import KubeObject
from ontology.cluster.pods import Pod
from ontology.cluster.workloads import ReplicaSet, ReplicaSetStatus
from ontology.semantics.workloads import replicasets
from ontology.walkthroughs.cluster.actions import Action, Create, Delete, Say, Update, Wake, Why
from ontology.walkthroughs.cluster.clock import Key
from ontology.walkthroughs.cluster.component import Controller, View, controllers, own, split
from ontology.walkthroughs.cluster.controllers import making
from ontology.walkthroughs.cluster.controllers.watching import selected_or_controlled
from ontology.walkthroughs.cluster.kinds import ref_of


def reconcile(view: View, key: Key) -> Iterator[Action]:
    """Create or delete pods, and report how many there are."""
    found = view.store.find(ReplicaSet, *split(key))
    if found is None:
        return
    pods = view.store.claimable(Pod, found, found.spec.selector)
    siblings = _siblings(view, found)
    done = replicasets.reconcile(
        found, pods=_with_siblings(view, pods, siblings), siblings=siblings, now=view.now
    )
    yield from ownership(found, done.pods.adopted, done.pods.released)
    facts = {"owner": f"ReplicaSet {found.name}", "wanted": replicasets.wanted(found)}
    for _ in range(done.create):
        pod, rest = making.pod_from(found.spec.template or {}, found)
        yield Create(
            pod,
            Why(rule="cluster.replicaset.create", facts=facts, because=lambda: done.steps),
            rest,
            found,
            "SuccessfulCreate",
            "Created pod: {name}",
        )
    for pod in done.delete:
        yield Delete(
            ref_of(pod), Why(rule="cluster.replicaset.delete", facts=facts, because=lambda: done.steps)
        )
        yield Say(ref_of(found), "SuccessfulDelete", f"Deleted pod: {pod.name}")
    yield from when_available(view, key, done.pods.owned, found.spec.min_ready_seconds)
    status = replace(
        found.status,
        replicas=done.status["replicas"],
        fully_labeled_replicas=done.status["fullyLabeledReplicas"],
        ready_replicas=done.status["readyReplicas"],
        available_replicas=done.status["availableReplicas"],
        terminating_replicas=done.status["terminatingReplicas"],
        observed_generation=found.metadata.generation or 0,
    )
    if status != found.status or not isinstance(found.status, ReplicaSetStatus):
        yield Update(replace(found, status=status))


def _siblings(view: View, found: ReplicaSet) -> list[ReplicaSet]:
    owner = found.metadata.controller
    return view.store.owned_by(owner.uid, ReplicaSet) if owner is not None else [found]


def _with_siblings(view: View, pods: list[Pod], siblings: list[ReplicaSet]) -> list[Pod]:
    """Return the pods with those of the other ReplicaSets of the same owner: the crowd on a node counts."""
    if len(siblings) == 1:
        return pods
    known = {ref_of(pod): pod for pod in pods}
    for each in siblings:
        for pod in view.store.claimable(Pod, each, each.spec.selector):
            known[ref_of(pod)] = pod
    return [known[ref] for ref in sorted(known)]


def ownership(
    owner: KubeObject, adopted: tuple[KubeObject, ...], released: tuple[KubeObject, ...]
) -> Iterator[Action]:
    """Adopt and release objects."""
    facts = {"owner": f"{owner.KIND} {owner.name}"}
    for each in adopted:
        yield Update(making.adopted(each, owner), Why(rule="cluster.adopt", did="adopt", facts=facts))
    for each in released:
        yield Update(making.released(each, owner), Why(rule="cluster.release", did="release", facts=facts))


def when_available(view: View, key: Key, pods: tuple[Pod, ...], minimum: int) -> Iterator[Action]:
    """Look again when pods that are ready will have been so for long enough."""
    for pod in pods if minimum else ():
        since = readiness.ready_since(pod)
        if since is not None and since + minimum * instants.SECOND > view.now:
            yield Wake(since + minimum * instants.SECOND, key)


CONTROLLER = Controller(
    name="replicaset-controller",
    watches={
        "ReplicaSet": own,
        "Pod": partial(selected_or_controlled, ReplicaSet, controllers("ReplicaSet"), selectors.matches),
    },
    reconcile=reconcile,
)
