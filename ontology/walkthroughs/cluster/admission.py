"""Admission of new objects: the plugins of `access.request`, walked for everything that is created.

Controllers create many pods that are alike: what the plugins make of one holds for all, as long as nothing
that they read has changed, and no quota counts.

Source: kubernetes.io/docs/reference/access-authn-authz/admission-controllers (v1.36).
"""

from typing import Any

import msgspec
from msgspec.structs import replace

from ontology.cluster.meta import KubeObject
from ontology.cluster.pods import Pod
from ontology.semantics.rbac.requests import Request, User
from ontology.walkthroughs.access_request.admission import defaults
from ontology.walkthroughs.access_request.admission.plugins import MUTATING, VALIDATING
from ontology.walkthroughs.access_request.admission.write import Write, after
from ontology.walkthroughs.cluster.kinds import Ref, decode, ref_of, resource_of
from ontology.walkthroughs.cluster.objects import objects
from ontology.walkthroughs.cluster.plain import Rest, beyond, manifest
from ontology.walkthroughs.cluster.refusals import RefusedError
from ontology.walkthroughs.cluster.store import Store

# Nodes of a story are there from its beginning: they need not wait for the first word of their kubelet.
_PLUGINS = tuple(each for each in (*MUTATING, *VALIDATING) if each is not defaults.node_taint)
_CREATOR = User(name="kubernetes-admin", groups=("system:masters", "system:authenticated"))
_REASONS = {403: "Forbidden", 404: "NotFound", 422: "Invalid"}
_QUOTA = "ResourceQuota"
# What plugins read to decide about a pod.
_READ = (
    "LimitRange",
    "MutatingAdmissionPolicy",
    "MutatingAdmissionPolicyBinding",
    "MutatingWebhookConfiguration",
    "Namespace",
    "PriorityClass",
    _QUOTA,
    "RuntimeClass",
    "ServiceAccount",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "ValidatingWebhookConfiguration",
)
Admitted = tuple[KubeObject, Rest]


class Admission:
    """Walks the plugins; what they made of pods is remembered by what the pods said."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[tuple[Any, ...], Admitted] = {}

    def admit(self, found: KubeObject, rest: Rest) -> Admitted:
        """Return a new object as it is stored, and what its manifest has beyond its struct.

        Raises:
            RefusedError: a plugin refuses it.
        """
        if not isinstance(found, Pod) or self._store.of_kind(_QUOTA):
            return self._walk(found, rest)
        key = self._key(found, rest)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._walk(found, rest)
        alike, more = known
        spec = alike.spec if isinstance(alike, Pod) else found.spec
        return replace(found, spec=spec), more

    def _key(self, pod: Pod, rest: Rest) -> tuple[Any, ...]:
        metadata = pod.metadata
        said = (pod.namespace, metadata.labels, metadata.annotations, pod.spec, rest)
        return msgspec.msgpack.encode(said), *(self._store.written.get(kind, 0) for kind in _READ)

    def _walk(self, found: KubeObject, rest: Rest) -> Admitted:
        write = self._write(ref_of(found), found, rest)
        before = write.object
        for plugin in _PLUGINS:
            for ruling in plugin(write):
                if ruling.status:
                    raise RefusedError(ruling.status, _REASONS.get(ruling.status, ""), ruling.message)
                write = after(write, ruling)
        if write.object is before:
            return found, rest
        stored = decode(write.object, path="")
        return stored, beyond(write.object, stored)

    def _write(self, ref: Ref, found: KubeObject, rest: Rest) -> Write:
        resource = resource_of(ref[0])
        return Write(
            scenario=objects(self._store),
            request=Request(
                user=_CREATOR,
                verb="create",
                resource=resource.name if resource is not None else f"{ref[0].lower()}s",
                api_group=resource.group if resource is not None else "",
                namespace=ref[1],
            ),
            object={"apiVersion": found.api_version, "kind": found.kind, **manifest(found, rest)},
        )
