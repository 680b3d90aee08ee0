"""What users ask the API server for: `kubectl apply`, `delete`, `scale` and so on, each with its answer."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from ontology import instants
from ontology.cluster import manifests
from ontology.cluster.meta import KubeObject
from ontology.cluster.pods import Pod
from ontology.cluster.workloads import DaemonSet, Deployment, ReplicaSet, StatefulSet
from ontology.errors import InvalidQuestionError, did_you_mean
from ontology.semantics.workloads import deployments, templates
from ontology.verdict import Step
from ontology.walkthroughs.cluster import authorizing, patching, references
from ontology.walkthroughs.cluster.actions import Why
from ontology.walkthroughs.cluster.clock import seconds
from ontology.walkthroughs.cluster.evicting import evict
from ontology.walkthroughs.cluster.kinds import Ref, decode, ref_of, shown
from ontology.walkthroughs.cluster.plain import beyond
from ontology.walkthroughs.cluster.refusals import RefusedError, missing
from ontology.walkthroughs.cluster.story import Delete, Happening
from ontology.walkthroughs.cluster.world import World
from ontology.walkthroughs.timeline.clock import Because

_RESTARTED = "kubectl.kubernetes.io/restartedAt"
_UNREACHABLE = "The connection to the server was refused - did you specify the right host or port?"
_DRAIN = "kubectl drain"
_OK = 200
_RETRY = 5 * instants.SECOND


@dataclass(frozen=True, slots=True)
class Answer:
    """How the API server answered a request of the story: 0 where it could not be reached."""

    at: float
    name: str
    what: str
    user: str
    status: int
    message: str

    @property
    def refused(self) -> bool:
        """Whether the request came to nothing."""
        return self.status != _OK


class Requests:
    """Puts the requests of a story to the API server; `answers` are what it said."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.answers: list[Answer] = []
        self._because: tuple[Step, ...] = ()
        self._verbs: Mapping[str, Callable[[Happening], Iterator[Ref]]] = {
            "apply": self._apply,
            "delete": self._delete,
            "scale": self._scale,
            "setImage": self._set_image,
            "patch": self._patch,
            "restart": self._restart,
            "undo": self._undo,
            "cordon": self._cordon,
            "uncordon": self._cordon,
            "drain": self._drain,
            "evict": self._evict,
        }

    def covers(self, what: str) -> bool:
        """Whether something that happens is a request."""
        return what in self._verbs

    def put(self, happening: Happening) -> None:
        """Put a request, and keep the answer.

        Raises:
            InvalidQuestionError: it is about an object that is not there and never was, or cannot be done.
            InvalidObjectError: a manifest that the API server would not read.
        """
        loop, event = self.world.loop, happening.event
        user = event.as_ or authorizing.ADMIN
        status, message = _OK, ""
        try:
            for ref in self._verbs[happening.what](happening) if loop.reachable else _nobody_answers():
                facts = {"user": user, "verb": happening.what, "object": shown(ref)}
                did = f"{happening.what} {shown(ref)}"
                why = Why(rule="cluster.request", did=did, facts=facts, because=_saying(self._because))
                loop.tell(user, "request", ref, why)
        except RefusedError as error:
            status, message = error.status, error.message
            refusal: dict[str, Any] = {"user": user, "verb": happening.what, "message": message}
            rule = "cluster.requestRefused" if status else "cluster.unreachable"
            why = Why(rule=rule, did=f"refused: {message}", facts=refusal)
            loop.tell(user, "request", ("Request", "", happening.event.name or happening.what), why)
        self.answers.append(
            Answer(seconds(loop.clock.offset), event.name, happening.what, user, status, message)
        )

    def _authorize(self, happening: Happening, verb: str, ref: Ref, subresource: str = "") -> None:
        store = self.world.loop.store
        self._because = authorizing.allow(store, happening.event, verb, ref, subresource)

    def _apply(self, happening: Happening) -> Iterator[Ref]:
        given = happening.event.apply
        raws = [given] if isinstance(given, dict) else list(given or ())
        for path, raw in manifests.flatten(raws, path=f"{happening.path}.apply"):
            manifests.check(raw, path=path)
            yield self._applied(happening, raw, path)

    def _applied(self, happening: Happening, raw: Mapping[str, Any], path: str) -> Ref:
        world = self.world
        found = decode(raw, path=path)
        ref = ref_of(found)
        live = world.loop.store.get(ref)
        if live is None:
            self._authorize(happening, "create", ref)
            world.loop.api.create(found, beyond(raw, found))
        else:
            self._authorize(happening, "patch", ref)
            before = world.manifest(live)
            kept = patching.without_dropped(before, world.applied.get(ref, {}), raw)
            self._write(live, patching.merge(kept, raw), path)
        world.applied[ref] = raw
        return ref

    def _write(self, live: KubeObject, raw: Mapping[str, Any], path: str) -> None:
        """Write what a user made of an object; status and what the API server keeps are not theirs."""
        changed = decode(raw, path=path)
        metadata = replace(
            live.metadata,
            labels=changed.metadata.labels,
            annotations=changed.metadata.annotations,
            finalizers=changed.metadata.finalizers,
            owner_references=changed.metadata.owner_references,
        )
        if metadata == live.metadata:
            metadata = live.metadata
        status = {"status": getattr(live, "status")} if hasattr(live, "status") else {}  # noqa: B009
        written = replace(changed, metadata=metadata, **status)
        ref = ref_of(live)
        rest = {**beyond(raw, changed)}
        rest.pop("status", None)
        kept = self.world.loop.store.rest(ref).get("status")
        self.world.loop.store.rests[ref] = rest if kept is None else {**rest, "status": kept}
        if written != live or rest:
            self.world.loop.api.update(written, by_user=True)

    def _one(
        self, text: str, happening: Happening, member: str, verb: str, subresource: str = ""
    ) -> KubeObject:
        """Return the object that a request is about; of a pattern the first by name."""
        path = f"{happening.path}.{member}"
        wanted = references.parse(text, path=path)
        if not wanted.is_pattern:
            self._authorize(happening, verb, wanted.ref, subresource)
        found = wanted.find(self.world.loop.store)
        if not found:
            if wanted.is_pattern or wanted.ref not in self.world.applied:
                raise references.missing(self.world.loop.store, wanted, path=path)
            raise missing(wanted.ref)
        self._authorize(happening, verb, ref_of(found[0]), subresource)
        return found[0]

    def _delete(self, happening: Happening) -> Iterator[Ref]:
        given = happening.event.delete
        asked = given if isinstance(given, Delete) else Delete(object=str(given))
        member = "delete.object" if isinstance(given, Delete) else "delete"
        first = self._one(asked.object, happening, member, "delete")
        wanted = references.parse(asked.object, path=happening.path)
        chosen = wanted.find(self.world.loop.store) if asked.every else [first]
        for each in chosen:
            self._authorize(happening, "delete", ref_of(each))
            self.world.loop.api.delete(
                ref_of(each), grace=asked.grace_period_seconds, propagation=asked.propagation
            )
            yield ref_of(each)

    def _scale(self, happening: Happening) -> Iterator[Ref]:
        asked = happening.event.scale
        if asked is None:
            return
        found = self._one(asked.object, happening, "scale.object", "patch")
        if not isinstance(found, Deployment | ReplicaSet | StatefulSet):
            kinds = "Deployment, ReplicaSet, StatefulSet"
            raise InvalidQuestionError(
                f"a {found.kind} has no size to set ({kinds})", path=f"{happening.path}.scale.object"
            )
        if asked.replicas < 0:
            raise InvalidQuestionError("expected 0 or more replicas", path=f"{happening.path}.scale.replicas")
        self.world.loop.api.update(
            replace(found, spec=replace(found.spec, replicas=asked.replicas)), by_user=True
        )
        yield ref_of(found)

    def _set_image(self, happening: Happening) -> Iterator[Ref]:
        asked = happening.event.set_image
        if asked is None:
            return
        found = self._one(asked.object, happening, "setImage.object", "patch")
        raw = self.world.manifest(found)
        spec = _pod_spec(raw, f"{happening.path}.setImage.object")
        names = [each["name"] for each in spec.get("containers") or ()]
        chosen = asked.container or (names[0] if names else "")
        if chosen not in names:
            raise InvalidQuestionError(
                f"there is no container `{chosen}`{did_you_mean(names[:1])}",
                path=f"{happening.path}.setImage.container",
            )
        patch = {"containers": [{"name": chosen, "image": asked.image}]}
        self._write(found, patching.merge(raw, _below(raw, patch)), happening.path)
        yield ref_of(found)

    def _patch(self, happening: Happening) -> Iterator[Ref]:
        asked = happening.event.patch
        if asked is None:
            return
        found = self._one(asked.object, happening, "patch.object", "patch")
        changed = patching.merge(self.world.manifest(found), asked.patch)
        manifests.check(changed, path=f"{happening.path}.patch.patch")
        self._write(found, changed, f"{happening.path}.patch.patch")
        yield ref_of(found)

    def _restart(self, happening: Happening) -> Iterator[Ref]:
        found = self._one(str(happening.event.restart), happening, "restart", "patch")
        raw = self.world.manifest(found)
        if not isinstance(found, Deployment | StatefulSet | DaemonSet):
            raise InvalidQuestionError(
                f"a {found.kind} cannot be restarted (Deployment, StatefulSet, DaemonSet)",
                path=f"{happening.path}.restart",
            )
        stamp = {"metadata": {"annotations": {_RESTARTED: self.world.loop.clock.stamp}}}
        self._write(found, patching.merge(raw, {"spec": {"template": stamp}}), happening.path)
        yield ref_of(found)

    def _undo(self, happening: Happening) -> Iterator[Ref]:
        found = self._one(str(happening.event.undo), happening, "undo", "patch")
        path = f"{happening.path}.undo"
        if not isinstance(found, Deployment):
            raise InvalidQuestionError(f"a {found.kind} has no rollout to undo (Deployment)", path=path)
        sets = self.world.loop.store.owned_by(found.metadata.uid, ReplicaSet)
        by_revision = {deployments.annotation(each, deployments.REVISION) or 0: each for each in sets}
        earlier = [number for number in by_revision if number < max(by_revision)]
        if not earlier:
            raise InvalidQuestionError("there is no earlier revision to go back to", path=path)
        template = dict(by_revision[max(earlier)].spec.template or {})
        metadata = dict(template.get("metadata") or {})
        labels = {k: v for k, v in (metadata.get("labels") or {}).items() if k != templates.HASH_LABEL}
        changed = replace(found.spec, template={**template, "metadata": {**metadata, "labels": labels}})
        self.world.loop.api.update(replace(found, spec=changed), by_user=True)
        yield ref_of(found)

    def _cordon(self, happening: Happening) -> Iterator[Ref]:
        name = happening.event.cordon or happening.event.uncordon
        yield self._mark(happening, str(name), unschedulable=happening.event.cordon is not None)

    def _mark(self, happening: Happening, name: str, *, unschedulable: bool) -> Ref:
        node = references.node(self.world.loop.store, name, path=f"{happening.path}.{happening.what}")
        self._authorize(happening, "patch", ref_of(node))
        spec = replace(node.spec, unschedulable=unschedulable)
        self.world.loop.api.update(replace(node, spec=spec))
        return ref_of(node)

    def _drain(self, happening: Happening) -> Iterator[Ref]:
        """Cordon a node and evict its pods, but not those that a DaemonSet would put there again."""
        name = str(happening.event.drain)
        yield self._mark(happening, name, unschedulable=True)
        for pod in self.world.loop.store.on_node(name):
            controller = pod.metadata.controller
            if controller is None or controller.kind != "DaemonSet":
                self._authorize(happening, "create", ref_of(pod), "eviction")
                try:
                    evict(self.world.loop, pod)
                except RefusedError as error:
                    self._again(happening, ref_of(pod), error)
                else:
                    yield ref_of(pod)

    def _evict(self, happening: Happening) -> Iterator[Ref]:
        found = self._one(str(happening.event.evict), happening, "evict", "create", "eviction")
        if not isinstance(found, Pod):
            path = f"{happening.path}.evict"
            raise InvalidQuestionError(f"a {found.kind} cannot be evicted (Pod)", path=path)
        evict(self.world.loop, found)
        yield ref_of(found)

    def _again(self, happening: Happening, ref: Ref, error: RefusedError) -> None:
        """Tell that a pod may not go yet, and try again."""
        facts = {"pod": ref[2], "message": error.message}
        did = f"not evict {shown(ref)}: {error.message}"
        why = Why(rule="cluster.disruption.refused", did=did, facts=facts)
        self.world.loop.tell(_DRAIN, "request", ref, why)
        self._later(happening, ref)

    def _later(self, happening: Happening, ref: Ref) -> None:
        """Try again in 5 s, as `kubectl drain` does until the budget has room."""
        clock = self.world.loop.clock
        clock.at(clock.now + _RETRY, 0, "/".join(ref), lambda: self._retry(happening, ref))

    def _retry(self, happening: Happening, ref: Ref) -> None:
        loop = self.world.loop
        pod = loop.store.get(ref)
        if not isinstance(pod, Pod) or pod.metadata.deletion_timestamp is not None or not loop.reachable:
            return
        try:
            evict(loop, pod)
        except RefusedError:
            self._later(happening, ref)
        else:
            user = happening.event.as_ or authorizing.ADMIN
            facts = {"user": user, "verb": "evict", "object": shown(ref)}
            loop.tell(
                _DRAIN, "timer", ref, Why(rule="cluster.request", did=f"evict {shown(ref)}", facts=facts)
            )


def _saying(steps: tuple[Step, ...]) -> Because:
    return lambda: steps


def _nobody_answers() -> Iterator[Ref]:
    raise RefusedError(0, "Unreachable", _UNREACHABLE)


def _pod_spec(raw: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    spec = raw.get("spec") or {}
    if raw["kind"] == "Pod":
        return spec
    template = spec.get("template")
    if not isinstance(template, Mapping):
        raise InvalidQuestionError(f"a {raw['kind']} has no containers", path=path)
    return template.get("spec") or {}


def _below(raw: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """Return a patch of containers where this kind has its containers."""
    return {"spec": dict(patch)} if raw["kind"] == "Pod" else {"spec": {"template": {"spec": dict(patch)}}}
