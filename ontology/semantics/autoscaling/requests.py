"""What a pod requests, as utilization is measured against it.

Source: kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale and
kubernetes.io/docs/tasks/configure-pod-container/assign-pod-level-resources (v1.36).
"""

from collections.abc import Iterable

from ontology import quantities
from ontology.cluster.pods import Container, Pod
from ontology.semantics.autoscaling.samples import MetricsUnavailableError

_POD_LEVEL = ("cpu", "memory", "hugepages-")


def of(pod: Pod, resource: str, *, container: str = "") -> int:
    """Return the request of a pod, or of one of its containers, in milli-units.

    Requests of the pod as a whole, where it sets any, take the place of the sum of its containers.

    Raises:
        MetricsUnavailableError: a container without a request, or no such container.
    """
    if not container and _has_pod_level(pod):
        return _pod_level(pod, resource)
    total = 0
    for each in _lasting(pod):
        if container not in ("", each.name):
            continue
        amount = (each.resources.requests or {}).get(resource)
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


def _lasting(pod: Pod) -> Iterable[Container]:
    """Yield the containers that run as long as the pod: the main ones and the sidecars."""
    yield from pod.spec.containers or ()
    for each in pod.spec.init_containers or ():
        if each.restart_policy == "Always":
            yield each


def _has_pod_level(pod: Pod) -> bool:
    requests = (pod.spec.resources.requests if pod.spec.resources else None) or {}
    return any(name.startswith(_POD_LEVEL) for name in requests)


def _pod_level(pod: Pod, resource: str) -> int:
    """Return the pod's own request; for a resource it leaves out, what its containers come to."""
    requests = (pod.spec.resources.requests if pod.spec.resources else None) or {}
    overhead = (pod.spec.overhead or {}).get(resource)
    if resource in requests:
        amount = quantities.millis(requests[resource])
    else:
        every = [*(pod.spec.containers or ()), *(pod.spec.init_containers or ())]
        if overhead is None and not any(resource in (each.resources.requests or {}) for each in every):
            raise MetricsUnavailableError("missingPodRequest", resource=resource, pod=pod.name)
        amount = _effective(pod, resource)
    return amount + (quantities.millis(overhead) if overhead is not None else 0)


def _effective(pod: Pod, resource: str) -> int:
    """Return the larger of what runs in the end and what runs at any time while initializing."""

    def request(container: Container) -> int:
        amount = (container.resources.requests or {}).get(resource)
        return quantities.millis(amount) if amount is not None else 0

    running = sum(request(each) for each in pod.spec.containers or ())
    sidecars, peak = 0, 0
    for each in pod.spec.init_containers or ():
        if each.restart_policy == "Always":
            sidecars += request(each)
            peak = max(peak, sidecars)
        else:
            peak = max(peak, sidecars + request(each))
    return max(running + sidecars, peak)
