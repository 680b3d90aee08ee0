"""Room on a node for a pod that is resized in place: what the kubelet would say.

Source: kubernetes.io/docs/tasks/configure-pod-container/resize-container-resources (Pod resize
status, v1.36).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from ontology import pod_resources, readiness
from ontology.cluster.nodes import Node
from ontology.cluster.pods import Container, Pod

Requests = Mapping[str, Mapping[str, str]]
"""Quantities by resource, by container."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """`resize` is `Fits`, or the reason of PodResizePending: `Deferred` or `Infeasible`."""

    node: str
    resize: str
    lacking: tuple[str, ...] = ()


def room(pod: Pod, requests: Requests, *, nodes: Sequence[Node], pods: Sequence[Pod]) -> Room | None:
    """Return whether the pod's node has room for its new requests, None for a node that is not there."""
    node = next((each for each in nodes if each.name == pod.spec.node_name), None)
    if node is None:
        return None
    wanted = pod_resources.pod_requests(_resized(pod, requests))
    offered = {
        name: pod_resources.billionths(amount)
        for name, amount in (node.status.allocatable or node.status.capacity or {}).items()
    }
    beside = [
        pod_resources.pod_requests(each)
        for each in pods
        if each.spec.node_name == node.name
        and (each.namespace, each.name) != (pod.namespace, pod.name)
        and not readiness.is_finished(each)
    ]
    changed = sorted({name for amounts in requests.values() for name in amounts})
    alone = tuple(name for name in changed if wanted.get(name, 0) > offered.get(name, 0))
    shared = tuple(
        name
        for name in changed
        if wanted.get(name, 0) + sum(each.get(name, 0) for each in beside) > offered.get(name, 0)
    )
    if alone:
        return Room(node=node.name, resize="Infeasible", lacking=alone)
    return Room(node=node.name, resize="Deferred" if shared else "Fits", lacking=shared)


def _resized(pod: Pod, requests: Requests) -> Pod:
    """Return the pod with new requests, as its status has none yet."""
    replace = msgspec.structs.replace

    def of(container: Container) -> Container:
        given = container.resources
        after = {**(given.requests or {}), **requests.get(container.name, {})}
        return replace(container, resources=replace(given, requests=after))

    containers = [of(each) for each in pod.spec.containers or ()]
    status = replace(pod.status, container_statuses=None)
    return replace(pod, spec=replace(pod.spec, containers=containers), status=status)
