"""Workloads: ReplicaSet, Deployment, StatefulSet, DaemonSet, Job and CronJob as their controllers read them.

Nothing is defaulted here: a controller's own module says what an absent field means.

Source: kubernetes.io/docs/reference/kubernetes-api/workload-resources (v1.36).
"""

from typing import Any, ClassVar

from ontology.cluster.meta import Condition, IntOrString, KubeObject, LabelSelector, Part
from ontology.cluster.pods import PodTemplateSpec


class WorkloadCondition(Condition, frozen=True):
    """Also of Deployments, which say when they last moved, not only when the status changed."""

    last_update_time: str | None = None


class ReplicaSetSpec(Part, frozen=True):
    replicas: int | None = None
    min_ready_seconds: int = 0
    selector: LabelSelector | None = None
    template: dict[str, Any] | None = None


class ReplicaSetStatus(Part, frozen=True):
    replicas: int = 0
    fully_labeled_replicas: int = 0
    ready_replicas: int = 0
    available_replicas: int = 0
    terminating_replicas: int | None = None
    observed_generation: int = 0
    conditions: list[WorkloadCondition] | None = None


class ReplicaSet(KubeObject, frozen=True):
    KIND: ClassVar[str] = "ReplicaSet"
    API: ClassVar[tuple[str, ...]] = ("apps/v1",)

    spec: ReplicaSetSpec = ReplicaSetSpec()
    status: ReplicaSetStatus = ReplicaSetStatus()


class RollingUpdate(Part, frozen=True):
    """Of a Deployment or a DaemonSet."""

    max_surge: IntOrString | None = None
    max_unavailable: IntOrString | None = None


class UpdateStrategy(Part, frozen=True):
    type: str = ""
    rolling_update: RollingUpdate | None = None


class DeploymentSpec(Part, frozen=True):
    replicas: int | None = None
    selector: LabelSelector | None = None
    template: dict[str, Any] | None = None
    strategy: UpdateStrategy = UpdateStrategy()
    min_ready_seconds: int = 0
    revision_history_limit: int | None = None
    paused: bool = False
    progress_deadline_seconds: int | None = None


class DeploymentStatus(Part, frozen=True):
    observed_generation: int = 0
    replicas: int = 0
    updated_replicas: int = 0
    ready_replicas: int = 0
    available_replicas: int = 0
    unavailable_replicas: int = 0
    terminating_replicas: int | None = None
    conditions: list[WorkloadCondition] | None = None


class Deployment(KubeObject, frozen=True):
    KIND: ClassVar[str] = "Deployment"
    API: ClassVar[tuple[str, ...]] = ("apps/v1",)

    spec: DeploymentSpec = DeploymentSpec()
    status: DeploymentStatus = DeploymentStatus()


class StatefulSetOrdinals(Part, frozen=True):
    start: int = 0


class ClaimRetentionPolicy(Part, frozen=True):
    when_deleted: str = ""
    when_scaled: str = ""


class StatefulSetRollingUpdate(Part, frozen=True):
    partition: int | None = None
    max_unavailable: IntOrString | None = None


class StatefulSetUpdateStrategy(Part, frozen=True):
    type: str = ""
    rolling_update: StatefulSetRollingUpdate | None = None


class ClaimTemplate(Part, frozen=True):
    """A volume claim template: its name, and what the claims made from it ask for."""

    metadata: dict[str, Any] | None = None
    spec: dict[str, Any] | None = None

    @property
    def name(self) -> str:
        """`metadata.name`."""
        return str((self.metadata or {}).get("name", ""))


class StatefulSetSpec(Part, frozen=True):
    replicas: int | None = None
    min_ready_seconds: int = 0
    selector: LabelSelector | None = None
    service_name: str = ""
    template: dict[str, Any] | None = None
    pod_management_policy: str = ""
    update_strategy: StatefulSetUpdateStrategy = StatefulSetUpdateStrategy()
    ordinals: StatefulSetOrdinals = StatefulSetOrdinals()
    persistent_volume_claim_retention_policy: ClaimRetentionPolicy = ClaimRetentionPolicy()
    volume_claim_templates: list[ClaimTemplate] | None = None


class StatefulSetStatus(Part, frozen=True):
    replicas: int = 0
    ready_replicas: int = 0
    available_replicas: int = 0
    current_replicas: int = 0
    updated_replicas: int = 0
    current_revision: str = ""
    update_revision: str = ""


class StatefulSet(KubeObject, frozen=True):
    KIND: ClassVar[str] = "StatefulSet"
    API: ClassVar[tuple[str, ...]] = ("apps/v1",)

    spec: StatefulSetSpec = StatefulSetSpec()
    status: StatefulSetStatus = StatefulSetStatus()


class ControllerRevision(KubeObject, frozen=True):
    """A past template of a StatefulSet or DaemonSet; `data` is a patch that restores it."""

    KIND: ClassVar[str] = "ControllerRevision"
    API: ClassVar[tuple[str, ...]] = ("apps/v1",)

    revision: int = 0
    data: dict[str, Any] | None = None


class OwnedClaim(KubeObject, frozen=True):
    """A PersistentVolumeClaim as a StatefulSet's controller reads it: a name with owners."""

    KIND: ClassVar[str] = "PersistentVolumeClaim"
    API: ClassVar[tuple[str, ...]] = ("v1",)


class DaemonSetSpec(Part, frozen=True):
    selector: LabelSelector | None = None
    template: PodTemplateSpec = PodTemplateSpec()
    update_strategy: UpdateStrategy = UpdateStrategy()
    min_ready_seconds: int = 0


class DaemonSet(KubeObject, frozen=True):
    KIND: ClassVar[str] = "DaemonSet"
    API: ClassVar[tuple[str, ...]] = ("apps/v1",)

    spec: DaemonSetSpec = DaemonSetSpec()


class ExitCodes(Part, frozen=True):
    container_name: str | None = None
    operator: str = ""
    values: list[int] | None = None


class PodConditionPattern(Part, frozen=True):
    type: str = ""
    status: str = ""


class PodFailurePolicyRule(Part, frozen=True):
    action: str = ""
    on_exit_codes: ExitCodes | None = None
    on_pod_conditions: list[PodConditionPattern] | None = None


class PodFailurePolicy(Part, frozen=True):
    rules: list[PodFailurePolicyRule] | None = None


class SuccessPolicyRule(Part, frozen=True):
    succeeded_indexes: str | None = None
    succeeded_count: int | None = None


class SuccessPolicy(Part, frozen=True):
    rules: list[SuccessPolicyRule] | None = None


class JobSpec(Part, frozen=True):
    parallelism: int | None = None
    completions: int | None = None
    completion_mode: str = ""
    active_deadline_seconds: int | None = None
    backoff_limit: int | None = None
    backoff_limit_per_index: int | None = None
    max_failed_indexes: int | None = None
    pod_failure_policy: PodFailurePolicy | None = None
    pod_replacement_policy: str = ""
    success_policy: SuccessPolicy | None = None
    suspend: bool = False
    managed_by: str | None = None
    selector: LabelSelector | None = None
    template: PodTemplateSpec = PodTemplateSpec()
    ttl_seconds_after_finished: int | None = None


class UncountedTerminatedPods(Part, frozen=True):
    succeeded: list[str] | None = None
    failed: list[str] | None = None


class JobStatus(Part, frozen=True):
    conditions: list[Condition] | None = None
    start_time: str | None = None
    completion_time: str | None = None
    active: int = 0
    ready: int | None = None
    terminating: int | None = None
    succeeded: int = 0
    failed: int = 0
    completed_indexes: str = ""
    failed_indexes: str | None = None
    uncounted_terminated_pods: UncountedTerminatedPods | None = None


class Job(KubeObject, frozen=True):
    KIND: ClassVar[str] = "Job"
    API: ClassVar[tuple[str, ...]] = ("batch/v1",)

    spec: JobSpec = JobSpec()
    status: JobStatus = JobStatus()


class JobTemplate(Part, frozen=True):
    metadata: dict[str, Any] | None = None
    spec: JobSpec = JobSpec()


class CronJobSpec(Part, frozen=True):
    schedule: str = ""
    time_zone: str | None = None
    starting_deadline_seconds: int | None = None
    concurrency_policy: str = ""
    suspend: bool = False
    job_template: JobTemplate = JobTemplate()
    successful_jobs_history_limit: int | None = None
    failed_jobs_history_limit: int | None = None


class CronJobStatus(Part, frozen=True):
    active: list[dict[str, Any]] | None = None
    last_schedule_time: str | None = None
    last_successful_time: str | None = None


class CronJob(KubeObject, frozen=True):
    KIND: ClassVar[str] = "CronJob"
    API: ClassVar[tuple[str, ...]] = ("batch/v1",)

    spec: CronJobSpec = CronJobSpec()
    status: CronJobStatus = CronJobStatus()
