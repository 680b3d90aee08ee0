"""The machines of a container: its state, and one probe of it."""

from ontology.machine import Machine, row

_LIFE = "https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/"
_STATES = _LIFE + "#container-states"
_RESTARTS = _LIFE + "#container-restarts"
_TERMINATION = _LIFE + "#pod-termination"
_PROBES = _LIFE + "#container-probes"
_OUTCOMES = _LIFE + "#probe-outcome"
_IMAGES = "https://kubernetes.io/docs/concepts/containers/images/#imagepullbackoff"
_HOOKS = "https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/#container-hooks"
_MEMORY = "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/"
_CONFIGURE = (
    "https://kubernetes.io/docs/tasks/configure-pod-container/"
    "configure-liveness-readiness-startup-probes/#configure-probes"
)

CONTAINER_STATE = Machine(
    name="containerState",
    concept="ContainerState",
    initial="Waiting",
    concepts=tuple((s, f"ContainerState.{s}") for s in ("Waiting", "Running", "Terminated")),
    transitions=(
        row("Waiting", "imagePullFailed", "", "Waiting", "imagePullBackOff", _IMAGES),
        row("Waiting", "creationFailed", "", "Waiting", "createError", _STATES),
        row("Waiting", "started", "postStartFails", "Terminated", "postStartError", _HOOKS),
        row("Waiting", "started", "", "Running", "startedEvent", _STATES),
        row("Running", "ended", "withZero", "Terminated", "completed", _STATES),
        row("Running", "ended", "", "Terminated", "error", _STATES),
        row("Running", "memoryLimitHit", "", "Terminated", "oomKilled", _MEMORY),
        row("Running", "probeFailed", "", "Terminated", "killed", _PROBES),
        row("Running", "podStops", "", "Terminated", "killed", _TERMINATION),
        row("Terminated", "restartDue", "inBackOff", "Waiting", "crashLoopBackOff", _RESTARTS),
        row("Terminated", "restartDue", "", "Running", "restartCounted", _RESTARTS),
        row("Waiting", "backOffOver", "", "Running", "restartCounted", _RESTARTS),
    ),
)

PROBE = Machine(
    name="probe",
    concept="Probe",
    initial="Waiting",
    transitions=(
        row("Waiting", "wakes", "delayed", "Waiting", "", _CONFIGURE),
        row("Waiting", "wakes", "gated", "Waiting", "", _PROBES),
        row("Waiting", "succeeds", "thresholdReached", "Passing", "passes", _CONFIGURE),
        row("Waiting", "succeeds", "", "Waiting", "counted", _CONFIGURE),
        row("Waiting", "fails", "thresholdReached", "Failing", "strikes", _CONFIGURE),
        row("Waiting", "fails", "", "Waiting", "counted", _CONFIGURE),
        row("Waiting", "cannotRun", "", "Waiting", "notCounted", _OUTCOMES),
        row("Waiting", "newContainer", "", "Waiting", "countKept", _PROBES),
        row("Passing", "succeeds", "", "Passing", "counted", _CONFIGURE),
        row("Passing", "fails", "thresholdReached", "Failing", "strikes", _CONFIGURE),
        row("Passing", "fails", "", "Passing", "counted", _CONFIGURE),
        row("Passing", "cannotRun", "", "Passing", "notCounted", _OUTCOMES),
        row("Failing", "succeeds", "thresholdReached", "Passing", "passes", _CONFIGURE),
        row("Failing", "succeeds", "", "Failing", "counted", _CONFIGURE),
        row("Failing", "fails", "", "Failing", "counted", _CONFIGURE),
        row("Failing", "cannotRun", "", "Failing", "notCounted", _OUTCOMES),
        row("Failing", "containerKilled", "", "Resting", "countReset", _PROBES),
        row("Failing", "newContainer", "", "Waiting", "countKept", _PROBES),
        row("Passing", "newContainer", "", "Waiting", "countKept", _PROBES),
        row("Resting", "wakes", "", "Resting", "", _PROBES),
        row("Resting", "newContainer", "", "Waiting", "", _PROBES),
    ),
)

MACHINES = (CONTAINER_STATE, PROBE)
