"""What every object carries: metadata, owners, conditions.

Structs decode from the API's camelCase JSON; `None` in a manifest means absent, as in the API.
"""

from typing import Any, ClassVar

from msgspec import UNSET, Struct, UnsetType, field

from ontology import instants

__all__ = [
    "UNSET",
    "Condition",
    "KubeObject",
    "LabelSelector",
    "LabelSelectorRequirement",
    "ObjectMeta",
    "ObjectReference",
    "OwnerReference",
    "Part",
    "UnsetType",
    "field",
]

IntOrString = int | str
Quantity = str | int | float


class Part(Struct, frozen=True, rename="camel", kw_only=True, omit_defaults=True):
    """A part of an object. Fields that no rule reads are not listed; the schema knows them all."""


class OwnerReference(Part, frozen=True):
    api_version: str = ""
    kind: str = ""
    name: str = ""
    uid: str = ""
    controller: bool | None = None
    block_owner_deletion: bool | None = None


class ObjectMeta(Part, frozen=True):
    name: str = ""
    generate_name: str = ""
    namespace: str = ""
    uid: str = ""
    resource_version: str = ""
    generation: int | None = None
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None
    owner_references: list[OwnerReference] | None = None
    finalizers: list[str] | None = None
    creation_timestamp: str | None = None
    deletion_timestamp: str | None = None
    deletion_grace_period_seconds: int | None = None

    @property
    def created(self) -> int | None:
        """When the object was made, in nanoseconds since 1970; None where it does not say.

        Raises:
            InstantError: not an RFC 3339 instant.
        """
        if self.creation_timestamp is None:
            return None
        whose = "/".join(filter(None, (self.namespace, self.name)))
        return instants.parse(self.creation_timestamp, path=f"{whose}: metadata.creationTimestamp")

    @property
    def controller(self) -> OwnerReference | None:
        """The owner reference with `controller: true`; at most one owner controls an object."""
        return next((each for each in self.owner_references or () if each.controller), None)


class Condition(Part, frozen=True):
    type: str = ""
    status: str = ""
    reason: str | None = None
    message: str | None = None
    last_transition_time: str | None = None
    last_probe_time: str | None = None
    observed_generation: int | None = None


class LabelSelectorRequirement(Part, frozen=True):
    key: str = ""
    operator: str = ""
    values: list[str] | None = None


class LabelSelector(Part, frozen=True):
    match_labels: dict[str, str] | None = None
    match_expressions: list[LabelSelectorRequirement] | None = None


class ObjectReference(Part, frozen=True):
    api_version: str = ""
    kind: str = ""
    namespace: str = ""
    name: str = ""
    uid: str = ""


class KubeObject(Part, frozen=True):
    """An object with a kind. `API` lists the apiVersions under which the same struct is read."""

    KIND: ClassVar[str] = ""
    API: ClassVar[tuple[str, ...]] = ()

    api_version: str = ""
    kind: str = ""
    metadata: ObjectMeta = ObjectMeta()

    @property
    def name(self) -> str:
        """`metadata.name`."""
        return self.metadata.name

    @property
    def namespace(self) -> str:
        """`metadata.namespace`, `default` where it is absent, as the API server fills in."""
        return self.metadata.namespace or "default"

    @property
    def labels(self) -> dict[str, str]:
        """`metadata.labels`, empty where absent."""
        return self.metadata.labels or {}


def is_object(value: Any) -> bool:
    """Whether `value` looks like a manifest: a mapping with a kind."""
    return isinstance(value, dict) and "kind" in value
