"""Ingresses and their classes.

Source: kubernetes.io/docs/reference/kubernetes-api/service-resources/ingress-v1 (v1.36).
"""

from typing import Any, ClassVar

from ontology.cluster.meta import KubeObject, Part, field


class ServiceBackendPort(Part, frozen=True):
    name: str = ""
    number: int = 0


class IngressServiceBackend(Part, frozen=True):
    name: str = ""
    port: ServiceBackendPort = ServiceBackendPort()


class IngressBackend(Part, frozen=True):
    service: IngressServiceBackend | None = None
    resource: dict[str, Any] | None = None


class HTTPIngressPath(Part, frozen=True):
    path: str = ""
    path_type: str = ""
    backend: IngressBackend = IngressBackend()


class HTTPIngressRuleValue(Part, frozen=True):
    paths: list[HTTPIngressPath] | None = None


class IngressRule(Part, frozen=True):
    host: str = ""
    http: HTTPIngressRuleValue | None = None


class IngressTLS(Part, frozen=True):
    hosts: list[str] | None = None
    secret_name: str = ""


class IngressSpec(Part, frozen=True):
    default_backend: IngressBackend | None = None
    ingress_class_name: str | None = None
    rules: list[IngressRule] | None = None
    tls: list[IngressTLS] | None = None


class Ingress(KubeObject, frozen=True):
    KIND: ClassVar[str] = "Ingress"
    API: ClassVar[tuple[str, ...]] = ("networking.k8s.io/v1",)

    spec: IngressSpec = IngressSpec()


class IngressClassSpec(Part, frozen=True):
    controller: str = ""
    parameters: dict[str, Any] | None = field(default=None)


class IngressClass(KubeObject, frozen=True):
    KIND: ClassVar[str] = "IngressClass"
    API: ClassVar[tuple[str, ...]] = ("networking.k8s.io/v1",)

    spec: IngressClassSpec = IngressClassSpec()
