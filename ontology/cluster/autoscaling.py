"""HorizontalPodAutoscalers, and what they scale.

Source: kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2 (v1.36).
"""

from typing import ClassVar

from ontology.cluster.meta import Condition, KubeObject, LabelSelector, Part, Quantity


class CrossVersionObjectReference(Part, frozen=True):
    api_version: str = ""
    kind: str = ""
    name: str = ""


class MetricTarget(Part, frozen=True):
    type: str = ""
    value: Quantity | None = None
    average_value: Quantity | None = None
    average_utilization: int | None = None


class MetricIdentifier(Part, frozen=True):
    name: str = ""
    selector: LabelSelector | None = None


class ResourceMetric(Part, frozen=True):
    """Of whole pods, or with `container` of one container of each."""

    name: str = ""
    container: str = ""
    target: MetricTarget = MetricTarget()


class NamedMetric(Part, frozen=True):
    """Of pods, of another object, or from outside the cluster."""

    metric: MetricIdentifier = MetricIdentifier()
    described_object: CrossVersionObjectReference = CrossVersionObjectReference()
    target: MetricTarget = MetricTarget()


class MetricSpec(Part, frozen=True):
    type: str = ""
    resource: ResourceMetric | None = None
    container_resource: ResourceMetric | None = None
    pods: NamedMetric | None = None
    object: NamedMetric | None = None
    external: NamedMetric | None = None


class ScalingPolicy(Part, frozen=True):
    type: str = ""
    value: int = 0
    period_seconds: int = 0


class ScalingRules(Part, frozen=True):
    stabilization_window_seconds: int | None = None
    select_policy: str = ""
    policies: list[ScalingPolicy] | None = None
    tolerance: Quantity | None = None


class Behavior(Part, frozen=True):
    scale_up: ScalingRules | None = None
    scale_down: ScalingRules | None = None


class HorizontalPodAutoscalerSpec(Part, frozen=True):
    scale_target_ref: CrossVersionObjectReference = CrossVersionObjectReference()
    min_replicas: int | None = None
    max_replicas: int = 0
    metrics: list[MetricSpec] | None = None
    behavior: Behavior | None = None


class HorizontalPodAutoscalerStatus(Part, frozen=True):
    conditions: list[Condition] | None = None


class HorizontalPodAutoscaler(KubeObject, frozen=True):
    KIND: ClassVar[str] = "HorizontalPodAutoscaler"
    API: ClassVar[tuple[str, ...]] = ("autoscaling/v2",)

    spec: HorizontalPodAutoscalerSpec = HorizontalPodAutoscalerSpec()
    status: HorizontalPodAutoscalerStatus = HorizontalPodAutoscalerStatus()
