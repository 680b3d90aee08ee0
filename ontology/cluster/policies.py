"""Budgets and classes that say which pods may go, and which go first.

Source: kubernetes.io/docs/reference/kubernetes-api/policy-resources, PriorityClass, RuntimeClass (v1.36).
"""

from typing import ClassVar

from ontology.cluster.meta import IntOrString, KubeObject, LabelSelector, Part, Quantity


class PodDisruptionBudgetSpec(Part, frozen=True):
    selector: LabelSelector | None = None
    min_available: IntOrString | None = None
    max_unavailable: IntOrString | None = None
    unhealthy_pod_eviction_policy: str | None = None


class PodDisruptionBudgetStatus(Part, frozen=True):
    disruptions_allowed: int = 0
    current_healthy: int = 0
    desired_healthy: int = 0
    expected_pods: int = 0
    disrupted_pods: dict[str, str] | None = None


class PodDisruptionBudget(KubeObject, frozen=True):
    KIND: ClassVar[str] = "PodDisruptionBudget"
    API: ClassVar[tuple[str, ...]] = ("policy/v1",)

    spec: PodDisruptionBudgetSpec = PodDisruptionBudgetSpec()
    status: PodDisruptionBudgetStatus = PodDisruptionBudgetStatus()


class PriorityClass(KubeObject, frozen=True):
    KIND: ClassVar[str] = "PriorityClass"
    API: ClassVar[tuple[str, ...]] = ("scheduling.k8s.io/v1",)

    value: int = 0
    global_default: bool = False
    preemption_policy: str = "PreemptLowerPriority"


class RuntimeClassOverhead(Part, frozen=True):
    pod_fixed: dict[str, Quantity] | None = None


class RuntimeClass(KubeObject, frozen=True):
    KIND: ClassVar[str] = "RuntimeClass"
    API: ClassVar[tuple[str, ...]] = ("node.k8s.io/v1",)

    handler: str = ""
    overhead: RuntimeClassOverhead | None = None
