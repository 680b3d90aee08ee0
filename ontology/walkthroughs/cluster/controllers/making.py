"""Objects that controllers make: from a template, with an owner, and the hash that tells templates apart."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from ontology.cluster.meta import KubeObject, ObjectMeta
from ontology.cluster.pods import Pod, PodSpec
from ontology.semantics.workloads.simulation.cluster import owned_by
from ontology.semantics.workloads.simulation.names import template_hash
from ontology.walkthroughs.cluster import plain


def revision_name(owner: KubeObject, template: Any) -> str:
    """Return the name of what is made from a template: the owner's, and the hash of the template."""
    return f"{owner.name}-{template_hash(template)}"


def adopted(found: KubeObject, owner: KubeObject) -> KubeObject:
    """Return an object with `owner` as its controller."""
    references = [*(found.metadata.owner_references or ()), owned_by(owner)]
    return replace(found, metadata=replace(found.metadata, owner_references=references))


def released(found: KubeObject, owner: KubeObject) -> KubeObject:
    """Return an object without its reference to `owner`."""
    left = [each for each in found.metadata.owner_references or () if each.uid != owner.metadata.uid]
    return replace(found, metadata=replace(found.metadata, owner_references=left))


def pod_from(  # noqa: PLR0913 - what a controller adds to a template, by name
    template: Mapping[str, Any],
    owner: KubeObject,
    *,
    name: str = "",
    labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
    finalizers: Sequence[str] = (),
) -> tuple[Pod, dict[str, Any]]:
    """Return a pod of a template, and what its manifest has beyond the struct.

    Without `name` the API server makes one up from the owner's.
    """
    metadata, raw = template.get("metadata") or {}, template.get("spec") or {}
    spec = msgspec.convert(raw, PodSpec)
    pod = Pod(
        api_version="v1",
        kind="Pod",
        metadata=ObjectMeta(
            name=name,
            generate_name="" if name else f"{owner.name}-",
            namespace=owner.namespace,
            labels={**(metadata.get("labels") or {}), **(labels or {})},
            annotations={**(metadata.get("annotations") or {}), **(annotations or {})} or None,
            owner_references=[owned_by(owner)],
            finalizers=list(finalizers) or None,
        ),
        spec=spec,
    )
    left = plain.beyond(raw, spec)
    return pod, {"spec": left} if left else {}
