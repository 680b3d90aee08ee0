"""What the scheduler says of a pod that fits nowhere.

Source: kubernetes.io/docs/tasks/debug/debug-application/debug-running-pod (`FailedScheduling`), v1.36.
"""

from collections import Counter

NO_NODES = "no nodes available to schedule pods"


def sentence(nodes: int, counted: Counter[str]) -> str:
    """Return the sentence over all nodes; its parts stand in the order of their text."""
    parts = sorted(f"{count} {reason}" for reason, count in counted.items() if count)
    return f"0/{nodes} nodes are available: {', '.join(parts)}."


def refused(nodes: int, reason: str) -> str:
    """Return the sentence for a pod that was turned away before any node was looked at."""
    return f"0/{nodes} nodes are available: {reason}."
