"""What `kubectl describe pod` shows of an event: the message that its component writes.

Source: the components of Kubernetes 1.36. What only a runtime could know (what a probe's handler saw, an
image's size and digest, why a pull failed) is left out.
"""

from collections.abc import Mapping

from ontology import restart_policies
from ontology.cluster.pods import Container, Pod
from ontology.walkthroughs.timeline.clock import Change, full_name

_TEXTS: Mapping[str, str] = {
    full_name(rule): text
    for rule, text in {
        "Scheduled": "Successfully assigned {namespace}/{pod} to {node}",
        "Pulling": 'Pulling image "{image}"',
        "Pulled": 'Successfully pulled image "{image}"',
        "Present": 'Container image "{image}" already present on machine and can be accessed by the pod',
        "PullFailed": 'Failed to pull image "{image}"',
        "PullBackOff": 'Back-off pulling image "{image}"',
        "NeverPulled": 'Container image "{image}" is not present with pull policy of Never',
        "Created": "Container created",
        "Started": "Container started",
        "BackOffEvent": "Back-off restarting failed container {container} in pod {pod}_{namespace}({uid})",
        "PostStart": "PostStartHook failed",
        "Killing": "Stopping container {container}",
        "KillingUnhooked": "FailedPostStartHook",
        "KillingUnhealthy": "Container {container} failed {reason} probe{again}",
        "Unhealthy": "{Reason} probe failed",
        "Evicted": "The node was low on resource: {reason}.",
        "Deadline": "Pod was active on the node longer than the specified deadline",
        "NodeNotReady": "Node is not ready",
        "NodeUnready": "Node is not ready",
        "TaintEviction": "Marking for deletion Pod {namespace}/{pod}",
    }.items()
}


class EventTexts:
    """The messages of one pod's events. `node` is where it runs; a guess at most, where nobody says."""

    def __init__(self, pod: Pod, node: str) -> None:
        containers = (*(pod.spec.init_containers or ()), *(pod.spec.containers or ()))
        self._pod = pod
        self._containers = {each.name: each for each in containers}
        self._facts = {
            "pod": pod.name,
            "namespace": pod.namespace,
            "uid": pod.metadata.uid,
            "node": pod.spec.node_name or node,
        }
        self._known: dict[tuple[str, str, str], str | None] = {}

    def text(self, change: Change) -> str | None:
        """Return the message of an event; None for one that no component writes of."""
        key = (change.rule, change.subject, change.reason)
        if key not in self._known:
            self._known[key] = self._text(change)
        return self._known[key]

    def _text(self, change: Change) -> str | None:
        found = _TEXTS.get(change.rule)
        if found is None:
            return None
        container = self._containers.get(change.subject)
        return found.format(
            **self._facts,
            container=change.subject,
            image=container.image if container else "",
            reason=change.reason,
            Reason=change.reason.capitalize(),
            again=self._again(container),
        )

    def _again(self, container: Container | None) -> str:
        never = container is None or restart_policies.effective(container, self._pod) == "Never"
        return "" if never else ", will be restarted"
