"""Why a pod stands behind a Service, or does not: the steps of an endpoints verdict."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher

from msgspec.structs import replace

from ontology.cluster.nodes import Node
from ontology.cluster.pods import Pod
from ontology.cluster.services import Service
from ontology.readiness import is_finished, is_ready, is_terminating
from ontology.selectors import matches_all
from ontology.semantics.services.endpoints import (
    Slices,
    address,
    any_ready,
    backend,
    makes_slices,
    target,
)
from ontology.verdict import Role, Step

_NEAREST = 3  # pods that almost matched: more than these would bury the answer


def steps(
    service: Service, found: Slices | None, pods: Sequence[Pod], nodes: Mapping[str, Node]
) -> tuple[Step, ...]:
    """Return the rules applied to the Service and to each selected pod, near misses, and changes."""
    selector = service.spec.selector or {}
    wanted = _labels(selector)
    facts = {"service": service.name, "namespace": service.namespace, "selector": wanted}
    if not makes_slices(service):
        external = service.spec.type == "ExternalName"
        rule = "services.externalName" if external else "services.noSelector"
        return (Step(rule, None, facts | {"externalName": service.spec.external_name}),)
    here = [pod for pod in pods if pod.namespace == service.namespace]
    selected = [pod for pod in here if matches_all(selector, pod.labels)]
    first = Step("services.selector", bool(selected), facts | {"pods": tuple(p.name for p in selected)})
    applied = [step for pod in selected for step in _pod(service, pod, nodes)]
    near = list(near_misses(service, pods))
    helping = [] if found and any_ready(found) else list(changes(service, here, selected, nodes))
    return (first, *applied, *near, *helping)


def _labels(labels: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(f"{key}={value}" for key, value in sorted(labels.items()))


def _pod(service: Service, pod: Pod, nodes: Mapping[str, Node]) -> Iterator[Step]:
    facts = {"pod": pod.name, "service": service.name}
    publish = service.spec.publish_not_ready_addresses
    if is_finished(pod):
        yield Step(
            "services.finishedPod",
            False,
            facts | {"phase": pod.status.phase},
            concepts=(f"PodPhase.{pod.status.phase}",),
        )
        return
    ip = address(pod)
    if ip is None:
        yield Step("services.address", False, facts)
        return
    if pod.spec.node_name not in nodes and not publish:
        yield Step("services.node", False, facts | {"node": pod.spec.node_name})
        return
    serving, terminating = is_ready(pod), is_terminating(pod)
    if publish:
        yield Step("services.publishNotReady", True, facts | {"ip": ip, "serving": serving})
    elif terminating:
        yield Step("services.terminating", False, facts | {"ip": ip, "serving": serving})
    else:
        yield Step("services.ready", serving, facts | {"ip": ip}, concepts=("PodCondition.Ready",))
    for port in service.spec.ports or ():
        number = target(port, pod)
        named = {"port": port.name or str(port.port), "target": port.target_port or port.port}
        yield Step(
            "services.targetPort",
            number is not None,
            facts | named | {"number": number, "protocol": port.protocol},
        )
    if pod.spec.hostname:
        holds = pod.spec.subdomain == service.name
        yield Step(
            "services.hostname",
            holds,
            facts | {"hostname": pod.spec.hostname, "subdomain": pod.spec.subdomain},
        )


def near_misses(service: Service, pods: Sequence[Pod]) -> Iterator[Step]:
    """Yield, where nothing is selected, the pods that miss by least, and those that match elsewhere."""
    selector = service.spec.selector or {}
    if not selector or any(
        p.namespace == service.namespace and matches_all(selector, p.labels) for p in pods
    ):
        return

    def missing(pod: Pod) -> tuple[str, ...]:
        return _labels({k: v for k, v in selector.items() if pod.labels.get(k) != v})

    facts = {"service": service.name, "namespace": service.namespace}
    here = sorted(
        (pod for pod in pods if pod.namespace == service.namespace), key=lambda p: (len(missing(p)), p.name)
    )
    for pod in here[:_NEAREST]:
        has = _labels({k: pod.labels[k] for k in selector if k in pod.labels})
        yield Step(
            "services.selector",
            False,
            facts | {"pod": pod.name, "missing": missing(pod), "has": has},
            Role.NEAR_MISS,
        )
    away = [pod for pod in pods if pod.namespace != service.namespace and not missing(pod)]
    for pod in away[:_NEAREST]:
        yield Step(
            "services.namespace", False, facts | {"pod": pod.name, "other": pod.namespace}, Role.NEAR_MISS
        )


def changes(
    service: Service, here: Sequence[Pod], selected: Sequence[Pod], nodes: Mapping[str, Node]
) -> Iterator[Step]:
    """Yield the smallest change of the Service that gives it a ready endpoint, tried before it is offered."""
    facts = {"service": service.name}
    published = _with_spec(service, publish_not_ready_addresses=True)
    for pod in selected:
        tried = backend(published, pod, nodes)
        if tried is not None and tried.ready:
            patch = {"spec": {"publishNotReadyAddresses": True}}
            yield Step(
                "services.publishNotReady",
                True,
                facts | {"pod": pod.name},
                Role.CHANGE,
                change=_patch(service, patch),
            )
            return
    wanted = service.spec.selector or {}
    for pod in sorted(here, key=lambda p: (-_likeness(wanted, p.labels), p.name)):
        tried = backend(service, pod, nodes)
        if not selected and tried is not None and tried.ready and pod.labels:
            shared = {k: v for k, v in pod.labels.items() if k in (service.spec.selector or {})}
            selector = shared or dict(sorted(pod.labels.items())[:1])
            dropped = {key: None for key in service.spec.selector or {} if key not in selector}
            yield Step(
                "services.selector",
                True,
                facts | {"pod": pod.name, "selector": _labels(selector)},
                Role.CHANGE,
                change=_patch(service, {"spec": {"selector": {**dropped, **selector}}}),
            )
            return


def _likeness(wanted: Mapping[str, str], labels: Mapping[str, str]) -> float:
    """Return how near labels come to a selector: a value with a slip of the pen counts for nearly as much."""
    return sum(SequenceMatcher(None, value, labels.get(key, "")).ratio() for key, value in wanted.items())


def _with_spec(service: Service, **fields: object) -> Service:
    return replace(service, spec=replace(service.spec, **fields))


def _patch(service: Service, patch: Mapping[str, object]) -> Mapping[str, object]:
    """Return a JSON merge patch (RFC 7386) that says which object it is for; null removes a member."""
    metadata = {"name": service.name, "namespace": service.namespace}
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, **patch}
