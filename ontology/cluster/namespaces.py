"""Namespaces.

Source: kubernetes.io/docs/reference/kubernetes-api/cluster-resources/namespace-v1 (v1.36).
"""

from typing import ClassVar

from ontology.cluster.meta import Condition, KubeObject, Part


class NamespaceStatus(Part, frozen=True):
    phase: str = ""
    conditions: list[Condition] | None = None


class Namespace(KubeObject, frozen=True):
    KIND: ClassVar[str] = "Namespace"
    API: ClassVar[tuple[str, ...]] = ("v1",)

    status: NamespaceStatus = NamespaceStatus()
