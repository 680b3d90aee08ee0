"""The machine of a node's readiness, and the taints that follow it."""

from ontology.machine import Machine, row

_HEARTBEATS = "https://kubernetes.io/docs/reference/node/node-status/#heartbeats"
_CONTROLLER = "https://kubernetes.io/docs/concepts/architecture/nodes/#node-controller"
_TAINTS = (
    "https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#taint-based-evictions"
)

NODE_READINESS = Machine(
    name="nodeReadiness",
    concept="Node",
    initial="NotReady",
    concepts=(("Ready", "NodeCondition.Ready"), ("NotReady", "NodeCondition.NotReady")),
    transitions=(
        row("NotReady", "kubeletReady", "", "Ready", "taintsRemoved", _HEARTBEATS),
        row("Ready", "kubeletReady", "", "Ready", "leaseRenewed", _HEARTBEATS),
        row("Ready", "kubeletNotReady", "", "NotReady", "taintNotReady", _TAINTS),
        row("NotReady", "kubeletNotReady", "", "NotReady", "leaseRenewed", _HEARTBEATS),
        row("Ready", "silent", "graceOver", "Unknown", "taintUnreachable", _CONTROLLER),
        row("Ready", "silent", "", "Ready", "", _CONTROLLER),
        row("NotReady", "silent", "graceOver", "Unknown", "taintUnreachable", _CONTROLLER),
        row("Unknown", "kubeletReady", "", "Ready", "taintsRemoved", _HEARTBEATS),
        row("Unknown", "kubeletNotReady", "", "NotReady", "taintNotReady", _TAINTS),
        row("Unknown", "removed", "", "Gone", "podsCollected", _CONTROLLER),
    ),
)

MACHINES = (NODE_READINESS,)
