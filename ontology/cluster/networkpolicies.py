"""Network policies.

Source: kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1 (v1.36).
"""

from typing import ClassVar

from ontology.cluster.meta import IntOrString, KubeObject, LabelSelector, Part, field


class IPBlock(Part, frozen=True):
    cidr: str = ""
    except_: list[str] | None = field(default=None, name="except")


class NetworkPolicyPeer(Part, frozen=True):
    pod_selector: LabelSelector | None = None
    namespace_selector: LabelSelector | None = None
    ip_block: IPBlock | None = None


class NetworkPolicyPort(Part, frozen=True):
    port: IntOrString | None = None
    end_port: int | None = None
    protocol: str = "TCP"


class NetworkPolicyIngressRule(Part, frozen=True):
    from_: list[NetworkPolicyPeer] | None = field(default=None, name="from")
    ports: list[NetworkPolicyPort] | None = None


class NetworkPolicyEgressRule(Part, frozen=True):
    to: list[NetworkPolicyPeer] | None = None
    ports: list[NetworkPolicyPort] | None = None


class NetworkPolicySpec(Part, frozen=True):
    pod_selector: LabelSelector = LabelSelector()
    policy_types: list[str] | None = None
    ingress: list[NetworkPolicyIngressRule] | None = None
    egress: list[NetworkPolicyEgressRule] | None = None


class NetworkPolicy(KubeObject, frozen=True):
    KIND: ClassVar[str] = "NetworkPolicy"
    API: ClassVar[tuple[str, ...]] = ("networking.k8s.io/v1",)

    spec: NetworkPolicySpec = NetworkPolicySpec()
