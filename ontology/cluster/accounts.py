"""Service accounts and secrets, as far as authentication reads them. What a Secret holds is never read.

Source: kubernetes.io/docs/reference/kubernetes-api/authentication-resources/service-account-v1 (v1.36).
"""

from typing import ClassVar

from ontology.cluster.meta import KubeObject, ObjectReference


class ServiceAccount(KubeObject, frozen=True):
    KIND: ClassVar[str] = "ServiceAccount"
    API: ClassVar[tuple[str, ...]] = ("v1",)

    automount_service_account_token: bool | None = None
    secrets: tuple[ObjectReference, ...] = ()


class Secret(KubeObject, frozen=True):
    KIND: ClassVar[str] = "Secret"
    API: ClassVar[tuple[str, ...]] = ("v1",)

    type: str = "Opaque"
