"""The machines of a pod: its phase, and how its conditions become True one after the other."""

from ontology.machine import Machine, row

_LIFE = "https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/"
_PHASE = _LIFE + "#pod-phase"
_POLICY = _LIFE + "#restart-policy"
_CONDITIONS = _LIFE + "#pod-conditions"
_GATE = _LIFE + "#pod-readiness-gate"
_GARBAGE = _LIFE + "#pod-garbage-collection"
_INIT = "https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#detailed-behavior"
_DEADLINE = "https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-termination-and-cleanup"
_PRESSURE = "https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/"
_NODES = "https://kubernetes.io/docs/concepts/architecture/nodes/#node-controller"


POD_PHASE = Machine(
    name="podPhase",
    concept="Pod.phase",
    initial="Pending",
    concepts=tuple((p, f"PodPhase.{p}") for p in ("Pending", "Running", "Succeeded", "Failed", "Unknown")),
    transitions=(
        row("Pending", "containersStarted", "", "Running", "", _PHASE),
        row("Pending", "initContainerFailed", "notRestarted", "Failed", "killContainers", _INIT),
        row("Pending", "initContainerFailed", "", "Pending", "backOff", _INIT),
        row("Pending", "lastContainerEnded", "allWithZero", "Succeeded", "", _PHASE),
        row("Pending", "lastContainerEnded", "", "Failed", "", _PHASE),
        row("Pending", "deadlineExceeded", "", "Failed", "killContainers", _DEADLINE),
        row("Pending", "evicted", "", "Failed", "killContainers", _PRESSURE),
        row("Pending", "nodeSilent", "", "Unknown", "", _PHASE),
        row("Running", "containerEnded", "", "Running", "", _PHASE),
        row("Running", "lastContainerEnded", "restarted", "Running", "backOff", _POLICY),
        row("Running", "lastContainerEnded", "allWithZero", "Succeeded", "", _PHASE),
        row("Running", "lastContainerEnded", "", "Failed", "", _PHASE),
        row("Running", "allRestarted", "", "Pending", "startOver", _POLICY),
        row("Running", "deadlineExceeded", "", "Failed", "killContainers", _DEADLINE),
        row("Running", "evicted", "", "Failed", "killContainers", _PRESSURE),
        row("Running", "nodeSilent", "", "Unknown", "", _PHASE),
        row("Unknown", "nodeBack", "", "Running", "", _PHASE),
        row("Unknown", "collected", "", "Failed", "", _GARBAGE),
    ),
)

POD_CONDITIONS = Machine(
    name="podConditions",
    concept="Pod.conditions",
    initial="Accepted",
    concepts=(
        ("PodScheduled", "PodCondition.PodScheduled"),
        ("Initialized", "PodCondition.Initialized"),
        ("ContainersReady", "PodCondition.ContainersReady"),
        ("Ready", "PodCondition.Ready"),
        ("PodCompleted", "PodConditionReason.PodCompleted"),
    ),
    transitions=(
        row("Accepted", "unschedulable", "", "Accepted", "unschedulableReason", _CONDITIONS),
        row("Accepted", "bound", "", "PodScheduled", "", _CONDITIONS),
        row("PodScheduled", "sandboxReady", "", "ReadyToStart", "", _CONDITIONS),
        row("ReadyToStart", "initContainersDone", "", "Initialized", "startContainers", _CONDITIONS),
        row("ReadyToStart", "podFailed", "", "PodFailed", "notReady", _CONDITIONS),
        row("Initialized", "allContainersReady", "gatesOpen", "Ready", "endpointIn", _GATE),
        row("Initialized", "allContainersReady", "", "ContainersReady", "", _GATE),
        row("ContainersReady", "gateOpens", "", "Ready", "endpointIn", _GATE),
        row("ContainersReady", "containerNotReady", "", "Initialized", "", _CONDITIONS),
        row("Ready", "containerNotReady", "", "Initialized", "endpointOut", _CONDITIONS),
        row("Ready", "gateCloses", "", "ContainersReady", "endpointOut", _GATE),
        row("Ready", "nodeSilent", "", "ContainersReady", "endpointOut", _NODES),
        row("Ready", "podSucceeded", "", "PodCompleted", "endpointOut", _CONDITIONS),
        row("Ready", "podFailed", "", "PodFailed", "endpointOut", _CONDITIONS),
        row("ContainersReady", "podSucceeded", "", "PodCompleted", "notReady", _CONDITIONS),
        row("ContainersReady", "podFailed", "", "PodFailed", "notReady", _CONDITIONS),
        row("Initialized", "podSucceeded", "", "PodCompleted", "notReady", _CONDITIONS),
        row("Initialized", "podFailed", "", "PodFailed", "notReady", _CONDITIONS),
    ),
)

MACHINES = (POD_PHASE, POD_CONDITIONS)
