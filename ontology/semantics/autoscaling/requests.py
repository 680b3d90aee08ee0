"""What a pod requests, as utilization is measured against it.

Source: kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale and
kubernetes.io/docs/tasks/configure-pod-container/assign-pod-level-resources (v1.36).
"""

from collections.abc import Iterator

from ontology import pod_resources, quantities
from ontology.cluster.pods import Container, Pod
from ontology.semantics.autoscaling.samples import MetricsUnavailableError

_MILLI = 10**6  # billionths in a thousandth


def of(pod: Pod, resource: str, *, container: str = "") -> int:
    """Return the request of a pod, or of one of its containers, in milli-units.

    Requests of the pod as a whole, where it sets any, take the place of the sum of its containers.

    Raises:
        MetricsUnavailableError: a container without a request, or no such container.
    """
    if not container and pod_resources.has_pod_level(pod):
        return _pod_level(pod, resource)
    total = 0
    for each in _lasting(pod):
        if container not in ("", each.name):
            continue
        given = each.resources
        # what has only a limit requests that limit
        amount = (given.requests or {}).get(resource, (given.limits or {}).get(resource))
        if amount is None:
            raise MetricsUnavailableError(
                "missingRequest", resource=resource, container=each.name, pod=pod.name
            )
        total += quantities.millis(amount)
        if container:
            return total
    if container:
        raise MetricsUnavailableError("noContainer", container=container, pod=pod.name)
    return total


def _lasting(pod: Pod) -> Iterator[Container]:
    """Yield the containers that run as long as the pod: the main ones and the sidecars."""
    yield from pod.spec.containers or ()
    for each in pod.spec.init_containers or ():
        if pod_resources.is_sidecar(each):
            yield each


def _pod_level(pod: Pod, resource: str) -> int:
    """Return the pod's own request; for a resource it leaves out, what its containers come to."""
    amount = pod_resources.pod_requests(pod).get(resource)
    if amount is None:
        raise MetricsUnavailableError("missingPodRequest", resource=resource, pod=pod.name)
    return _milli(amount)


def _milli(billionths: int) -> int:
    return -(-billionths // _MILLI)
