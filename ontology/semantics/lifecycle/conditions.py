"""The pod's conditions Initialized, ContainersReady and Ready.

Source: kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle#pod-conditions and
#pod-readiness-gate (v1.36).
"""

from dataclasses import dataclass

from ontology.cluster.pods import Pod
from ontology.readiness import condition
from ontology.semantics.lifecycle.containers import Reading, Role, State
from ontology.semantics.lifecycle.phases import Phase, Readings

NO_STATUSES = "UnknownContainerStatuses"
_FINISHED = {Phase.FAILED: "PodFailed", Phase.SUCCEEDED: "PodCompleted"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionDecision:
    """A condition's status and reason, the rule that decided, and the names it was decided by.

    `names` are containers, for a readiness gate the missing or untrue condition types.
    """

    type: str
    status: bool
    reason: str | None
    rule: str
    names: tuple[str, ...] = ()


def containers_ready(pod: Pod, readings: Readings, phase: Phase) -> ConditionDecision:
    """Return ContainersReady: every main container and every sidecar is ready."""
    if not _has_statuses(pod):
        return _decision("ContainersReady", NO_STATUSES, "podLifecycle.noStatuses")
    if phase in _FINISHED:
        return _decision("ContainersReady", _FINISHED[phase], "podLifecycle.finishedNotReady")
    unready = tuple(r.name for r in readings if r.role is not Role.INIT and not r.ready)
    reason = "ContainersNotReady" if unready else None
    return _decision("ContainersReady", reason, "podLifecycle.containersReady", unready)


def ready(pod: Pod, containers: ConditionDecision) -> ConditionDecision:
    """Return Ready: ContainersReady, and every readiness gate's condition is True."""
    if not containers.status:
        return _decision("Ready", containers.reason, "podLifecycle.readyNeedsContainers", containers.names)
    gates = tuple(gate.condition_type for gate in pod.spec.readiness_gates or ())
    closed = tuple(gate for gate in gates if not _is_true(pod, gate))
    if closed:
        return _decision("Ready", "ReadinessGatesNotReady", "podLifecycle.readinessGates", closed)
    rule = "podLifecycle.readinessGates" if gates else "podLifecycle.readyNeedsContainers"
    return _decision("Ready", None, rule, gates)


def initialized(pod: Pod, readings: Readings, phase: Phase) -> ConditionDecision:
    """Return Initialized: the init containers are done and the sidecars started, or once were."""
    if not _has_statuses(pod) and pod.spec.init_containers:
        return _decision("Initialized", NO_STATUSES, "podLifecycle.noStatuses")
    if phase is Phase.SUCCEEDED:
        return ConditionDecision(
            type="Initialized", status=True, reason="PodCompleted", rule="podLifecycle.initializedCompleted"
        )
    active = tuple(
        r.name for r in readings if r.role is Role.MAIN and r.state in (State.RUNNING, State.TERMINATED)
    )
    if active:
        return _decision("Initialized", None, "podLifecycle.initializedByMain", active)
    incomplete = tuple(r.name for r in readings if r.role is not Role.MAIN and not _through(r))
    if incomplete and _is_true(pod, "Initialized"):
        return _decision("Initialized", None, "podLifecycle.initializedBefore", incomplete)
    reason = "ContainersNotInitialized" if incomplete else None
    return _decision("Initialized", reason, "podLifecycle.initialized", incomplete)


def _decision(type_: str, reason: str | None, rule: str, names: tuple[str, ...] = ()) -> ConditionDecision:
    # but for a succeeded pod's Initialized, a condition with a reason is one that is False
    return ConditionDecision(type=type_, status=reason is None, reason=reason, rule=rule, names=names)


def _has_statuses(pod: Pod) -> bool:
    return bool(pod.status.container_statuses or pod.status.init_container_statuses)


def _through(reading: Reading) -> bool:
    return reading.started if reading.role is Role.SIDECAR else reading.ready


def _is_true(pod: Pod, type_: str) -> bool:
    found = condition(pod, type_)
    return found is not None and found.status == "True"
