"""kube-apiserver: the one door to the store. What it lets in, it writes and shows to every watch.

Source: kubernetes.io/docs/concepts/overview/components/#kube-apiserver, .../using-api/api-concepts (v1.36).
"""

from collections import Counter
from collections.abc import Callable
from typing import TypeVar

from msgspec.structs import replace

from ontology.cluster.meta import KubeObject
from ontology.cluster.pods import Pod
from ontology.errors import TooCostlyError
from ontology.semantics.workloads.ownership import Propagation
from ontology.semantics.workloads.simulation.names import suffix
from ontology.walkthroughs.cluster import names
from ontology.walkthroughs.cluster.admission import Admission
from ontology.walkthroughs.cluster.clock import Clock
from ontology.walkthroughs.cluster.defaulting import complete, grace_of
from ontology.walkthroughs.cluster.kinds import Ref, cluster_wide, ref_of
from ontology.walkthroughs.cluster.plain import Rest
from ontology.walkthroughs.cluster.refusals import RefusedError, missing
from ontology.walkthroughs.cluster.store import Change, Store
from ontology.walkthroughs.cluster.validation import check_update, validate

K = TypeVar("K", bound=KubeObject)

MOST_CREATED = 10_000
FOREGROUND, ORPHAN = "foregroundDeletion", "orphan"
_FINALIZERS = {Propagation.FOREGROUND: FOREGROUND, Propagation.ORPHAN: ORPHAN}


class ApiServer:
    """Creates, updates and deletes; `notify` is told of every write."""

    def __init__(self, store: Store, clock: Clock, notify: Callable[[Change], None]) -> None:
        self.store = store
        self.clock = clock
        self._notify = notify
        self._admission = Admission(store)
        self._count = 0
        self._created: Counter[Ref | tuple[str, str]] = Counter()

    def create(self, found: K, rest: Rest | None = None) -> K:
        """Create an object, and return it as it is stored.

        Raises:
            RefusedError: it exists, or admission refuses it.
            TooCostlyError: it is one of more than MOST_CREATED.
        """
        kind = found.kind or found.KIND
        metadata = found.metadata
        namespace = "" if kind in cluster_wide() else found.namespace
        name = metadata.name or self._generated(metadata.generate_name, namespace)
        ref = (kind, namespace, name)
        if self.store.get(ref) is not None:
            raise RefusedError(409, "AlreadyExists", f'{kind.lower()}s "{name}" already exists')
        self._created[ref] += 1
        self._count += 1
        if self._count > MOST_CREATED:
            raise TooCostlyError(f"more than {MOST_CREATED:,} objects are created", path="until")
        stored = replace(
            found,
            metadata=replace(
                metadata,
                name=name,
                namespace=namespace,
                uid=metadata.uid or names.uid(ref, self._created[ref]),
                generation=1 if hasattr(found, "spec") and kind != "Pod" else metadata.generation,
                creation_timestamp=self.clock.stamp,
            ),
        )
        admitted, rest = self._admission.admit(complete(stored, self.store), rest or {})
        validate(admitted)
        if rest:
            self.store.rests[ref] = rest
        self._notify(self.store.put(admitted))
        return admitted  # type: ignore[return-value]

    def _generated(self, prefix: str, namespace: str) -> str:
        counted = (namespace, prefix)
        self._created[counted] += 1
        return prefix + suffix(namespace, prefix, self._created[counted])

    def update(self, found: KubeObject, *, by_user: bool = False) -> None:
        """Replace an object. One that is being deleted goes with its last finalizer.

        Raises:
            RefusedError: it is not there, or changes what may not be changed.
        """
        ref = ref_of(found)
        old = self.store.get(ref)
        if old is None:
            raise missing(ref)
        if old == found:
            return
        spec = getattr(found, "spec", None)
        if by_user:
            check_update(old, found)
        if spec is not None and found.KIND != "Pod" and spec != getattr(old, "spec", None):
            generation = (old.metadata.generation or 0) + 1
            found = replace(found, metadata=replace(found.metadata, generation=generation))
        if self._may_go(found):
            self._notify(self.store.remove(ref))
        else:
            self._notify(self.store.put(found))

    def delete(
        self, ref: Ref, *, grace: int | None = None, propagation: Propagation = Propagation.BACKGROUND
    ) -> None:
        """Delete an object: at once, or once its containers have stopped and its finalizers are gone.

        Raises:
            RefusedError: it is not there.
        """
        found = self.store.get(ref)
        if found is None:
            raise missing(ref)
        if isinstance(found, Pod):
            marked: KubeObject = self._marked_pod(found, grace)
        else:
            marked = self._marked(found, propagation)
        if self._may_go(marked):
            self._notify(self.store.remove(ref))
        elif marked != found:
            self._notify(self.store.put(marked))

    def _marked(self, found: K, propagation: Propagation) -> K:
        metadata = found.metadata
        finalizers = list(metadata.finalizers or ())
        needed = _FINALIZERS.get(propagation)
        if needed and needed not in finalizers and self.store.dependents(metadata.uid):
            finalizers.append(needed)
        stamp = metadata.deletion_timestamp or self.clock.stamp
        marked = replace(found, metadata=replace(metadata, deletion_timestamp=stamp, finalizers=finalizers))
        if found.KIND == "Namespace":
            return replace(marked, status=replace(marked.status, phase="Terminating"))  # type: ignore[attr-defined]
        return marked

    def _marked_pod(self, pod: Pod, grace: int | None) -> Pod:
        metadata = pod.metadata
        seconds = grace_of(pod) if grace is None else grace
        known = metadata.deletion_grace_period_seconds
        if known is not None and seconds >= known:
            return pod
        return replace(
            pod,
            metadata=replace(
                metadata,
                deletion_timestamp=self.clock.stamp_after(seconds),
                deletion_grace_period_seconds=seconds,
            ),
        )

    @staticmethod
    def _may_go(found: KubeObject) -> bool:
        metadata = found.metadata
        if metadata.deletion_timestamp is None or metadata.finalizers:
            return False
        return not isinstance(found, Pod) or metadata.deletion_grace_period_seconds == 0
