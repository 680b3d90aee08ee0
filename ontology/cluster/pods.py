"""Pods: what the scheduler, kubelet and controllers read of them.

Source: kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1 (v1.36).
"""

from typing import Any, ClassVar

from ontology.cluster.meta import (
    Condition,
    IntOrString,
    KubeObject,
    LabelSelector,
    Part,
    Quantity,
    field,
)

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


class Toleration(Part, frozen=True):
    key: str = ""
    operator: str = ""
    value: str = ""
    effect: str = ""
    toleration_seconds: int | None = None


class NodeSelectorRequirement(Part, frozen=True):
    key: str = ""
    operator: str = ""
    values: list[str] | None = None


class NodeSelectorTerm(Part, frozen=True):
    match_expressions: list[NodeSelectorRequirement] | None = None
    match_fields: list[NodeSelectorRequirement] | None = None


class NodeSelector(Part, frozen=True):
    node_selector_terms: list[NodeSelectorTerm] | None = None


class PreferredSchedulingTerm(Part, frozen=True):
    weight: int = 0
    preference: NodeSelectorTerm = NodeSelectorTerm()


class NodeAffinity(Part, frozen=True):
    required: NodeSelector | None = field(default=None, name=_REQUIRED)
    preferred: list[PreferredSchedulingTerm] | None = field(default=None, name=_PREFERRED)


class PodAffinityTerm(Part, frozen=True):
    label_selector: LabelSelector | None = None
    namespace_selector: LabelSelector | None = None
    namespaces: list[str] | None = None
    topology_key: str = ""
    match_label_keys: list[str] | None = None
    mismatch_label_keys: list[str] | None = None


class WeightedPodAffinityTerm(Part, frozen=True):
    weight: int = 0
    pod_affinity_term: PodAffinityTerm = PodAffinityTerm()


class PodAffinity(Part, frozen=True):
    """Also the shape of `podAntiAffinity`."""

    required: list[PodAffinityTerm] | None = field(default=None, name=_REQUIRED)
    preferred: list[WeightedPodAffinityTerm] | None = field(default=None, name=_PREFERRED)


class Affinity(Part, frozen=True):
    node_affinity: NodeAffinity | None = None
    pod_affinity: PodAffinity | None = None
    pod_anti_affinity: PodAffinity | None = None


class TopologySpreadConstraint(Part, frozen=True):
    max_skew: int = 0
    topology_key: str = ""
    when_unsatisfiable: str = ""
    label_selector: LabelSelector | None = None
    min_domains: int | None = None
    node_affinity_policy: str | None = None
    node_taints_policy: str | None = None
    match_label_keys: list[str] | None = None


class ResourceRequirements(Part, frozen=True):
    requests: dict[str, Quantity] | None = None
    limits: dict[str, Quantity] | None = None
    claims: list[dict[str, Any]] | None = None


class ContainerPort(Part, frozen=True):
    name: str = ""
    container_port: int = 0
    host_port: int = 0
    host_ip: str = field(default="", name="hostIP")
    protocol: str = ""


class HTTPGetAction(Part, frozen=True):
    path: str = ""
    port: IntOrString = 0
    host: str = ""
    scheme: str = ""


class TCPSocketAction(Part, frozen=True):
    port: IntOrString = 0
    host: str = ""


class GRPCAction(Part, frozen=True):
    port: int = 0
    service: str | None = None


class ExecAction(Part, frozen=True):
    command: list[str] | None = None


class SleepAction(Part, frozen=True):
    seconds: int = 0


class Probe(Part, frozen=True):
    http_get: HTTPGetAction | None = None
    tcp_socket: TCPSocketAction | None = None
    grpc: GRPCAction | None = None
    exec: ExecAction | None = None
    initial_delay_seconds: int = 0
    timeout_seconds: int = 0
    period_seconds: int = 0
    success_threshold: int = 0
    failure_threshold: int = 0
    termination_grace_period_seconds: int | None = None


class LifecycleHandler(Part, frozen=True):
    exec: ExecAction | None = None
    http_get: HTTPGetAction | None = None
    tcp_socket: TCPSocketAction | None = None
    sleep: SleepAction | None = None


class Lifecycle(Part, frozen=True):
    post_start: LifecycleHandler | None = None
    pre_stop: LifecycleHandler | None = None
    stop_signal: str | None = None


class ContainerRestartRuleOnExitCodes(Part, frozen=True):
    operator: str = ""
    values: list[int] | None = None


class ContainerRestartRule(Part, frozen=True):
    action: str = ""
    exit_codes: ContainerRestartRuleOnExitCodes | None = None


class Container(Part, frozen=True):
    """A main or an init container; one with `restartPolicy: Always` among the latter is a sidecar."""

    name: str = ""
    image: str = ""
    image_pull_policy: str | None = None
    command: list[str] | None = None
    args: list[str] | None = None
    ports: list[ContainerPort] | None = None
    resources: ResourceRequirements = ResourceRequirements()
    restart_policy: str | None = None
    restart_policy_rules: list[ContainerRestartRule] | None = None
    liveness_probe: Probe | None = None
    readiness_probe: Probe | None = None
    startup_probe: Probe | None = None
    lifecycle: Lifecycle | None = None
    volume_mounts: list[dict[str, Any]] | None = None


class PersistentVolumeClaimVolumeSource(Part, frozen=True):
    claim_name: str = ""
    read_only: bool = False


class EphemeralVolumeSource(Part, frozen=True):
    volume_claim_template: dict[str, Any] | None = None


class Volume(Part, frozen=True):
    """A volume of a pod: the sources that rules tell apart; what is in the others does not matter to them."""

    name: str = ""
    persistent_volume_claim: PersistentVolumeClaimVolumeSource | None = None
    ephemeral: EphemeralVolumeSource | None = None
    empty_dir: dict[str, Any] | None = None
    host_path: dict[str, Any] | None = None
    config_map: dict[str, Any] | None = None
    secret: dict[str, Any] | None = None
    projected: dict[str, Any] | None = None
    downward_api: dict[str, Any] | None = field(default=None, name="downwardAPI")
    nfs: dict[str, Any] | None = None
    csi: dict[str, Any] | None = None
    gce_persistent_disk: dict[str, Any] | None = None
    aws_elastic_block_store: dict[str, Any] | None = None
    azure_disk: dict[str, Any] | None = None
    iscsi: dict[str, Any] | None = None
    rbd: dict[str, Any] | None = None


class PodReadinessGate(Part, frozen=True):
    condition_type: str = ""


class PodSchedulingGate(Part, frozen=True):
    name: str = ""


class PodDNSConfigOption(Part, frozen=True):
    name: str = ""
    value: str | None = None


class PodDNSConfig(Part, frozen=True):
    nameservers: list[str] | None = None
    searches: list[str] | None = None
    options: list[PodDNSConfigOption] | None = None


class PodSpec(Part, frozen=True):
    containers: list[Container] | None = None
    init_containers: list[Container] | None = None
    ephemeral_containers: list[dict[str, Any]] | None = None
    volumes: list[Volume] | None = None
    restart_policy: str | None = None
    node_name: str = ""
    node_selector: dict[str, str] | None = None
    affinity: Affinity | None = None
    tolerations: list[Toleration] | None = None
    topology_spread_constraints: list[TopologySpreadConstraint] | None = None
    scheduling_gates: list[PodSchedulingGate] | None = None
    readiness_gates: list[PodReadinessGate] | None = None
    scheduler_name: str = ""
    priority: int | None = None
    priority_class_name: str = ""
    preemption_policy: str | None = None
    overhead: dict[str, Quantity] | None = None
    resources: ResourceRequirements | None = None
    runtime_class_name: str | None = None
    service_account_name: str = ""
    automount_service_account_token: bool | None = None
    hostname: str = ""
    subdomain: str = ""
    host_network: bool = False
    set_hostname_as_fqdn: bool | None = field(default=None, name="setHostnameAsFQDN")
    dns_policy: str = ""
    dns_config: PodDNSConfig | None = None
    termination_grace_period_seconds: int | None = None
    active_deadline_seconds: int | None = None


class ContainerStateWaiting(Part, frozen=True):
    reason: str = ""
    message: str = ""


class ContainerStateRunning(Part, frozen=True):
    started_at: str | None = None


class ContainerStateTerminated(Part, frozen=True):
    exit_code: int = 0
    signal: int = 0
    reason: str = ""
    message: str = ""
    started_at: str | None = None
    finished_at: str | None = None
    container_id: str = field(default="", name="containerID")


class ContainerState(Part, frozen=True):
    waiting: ContainerStateWaiting | None = None
    running: ContainerStateRunning | None = None
    terminated: ContainerStateTerminated | None = None


class ContainerStatus(Part, frozen=True):
    name: str = ""
    state: ContainerState = ContainerState()
    last_state: ContainerState = ContainerState()
    ready: bool = False
    restart_count: int = 0
    started: bool | None = None
    resources: ResourceRequirements | None = None
    allocated_resources: dict[str, Quantity] | None = None
    image: str = ""
    container_id: str = field(default="", name="containerID")


class PodIP(Part, frozen=True):
    ip: str = ""


class PodStatus(Part, frozen=True):
    phase: str = ""
    conditions: list[Condition] | None = None
    reason: str = ""
    message: str = ""
    host_ip: str = field(default="", name="hostIP")
    pod_ip: str = field(default="", name="podIP")
    pod_ips: list[PodIP] | None = field(default=None, name="podIPs")
    start_time: str | None = None
    nominated_node_name: str = ""
    container_statuses: list[ContainerStatus] | None = None
    init_container_statuses: list[ContainerStatus] | None = None
    ephemeral_container_statuses: list[ContainerStatus] | None = None


class Pod(KubeObject, frozen=True):
    KIND: ClassVar[str] = "Pod"
    API: ClassVar[tuple[str, ...]] = ("v1",)

    spec: PodSpec = PodSpec()
    status: PodStatus = PodStatus()


class PodTemplateSpec(Part, frozen=True):
    metadata: dict[str, Any] | None = None
    spec: PodSpec = PodSpec()
