"""What a kubelet says of its pods: events with the words of kubectl, and the hops of the trace."""

from collections.abc import Callable, Iterator, Mapping

from ontology.cluster.pods import Container, Pod, Probe
from ontology.semantics.probes import thresholds
from ontology.semantics.probes.thresholds import Kind
from ontology.walkthroughs.cluster.actions import Action, Note, Say, Why
from ontology.walkthroughs.cluster.kinds import ref_of
from ontology.walkthroughs.cluster.kubelet.worker import PodWorker
from ontology.walkthroughs.timeline.clock import OWN, Change, seconds

_WARNINGS = frozenset(
    {
        "Failed",
        "BackOff",
        "Unhealthy",
        "FailedPostStartHook",
        "DeadlineExceeded",
        "Evicted",
        "FailedMount",
        "ErrImageNeverPull",
    }
)
# what is said once more as the error of a container
_ERRORS = {OWN + "PullFailed": "ErrImagePull", OWN + "PullBackOff": "ImagePullBackOff"}
_WAITS = frozenset({"CrashLoopBackOff", "ErrImagePull", "ImagePullBackOff"})
Wording = Callable[[Pod, PodWorker, Container, Change], str]


def told(pod: Pod, worker: PodWorker) -> Iterator[Action]:
    """Yield the events and hops for everything that has happened since the last call."""
    containers = {name: actor.container for name, actor in worker.actors.items()}
    for change in worker.told():
        if change.kind == "event":
            yield from _event(pod, worker, containers.get(change.subject), change)
        else:
            yield from _hop(pod, change)


def _event(pod: Pod, worker: PodWorker, container: Container | None, change: Change) -> Iterator[Action]:
    word = _WORDS.get((change.after, change.rule.removeprefix(OWN))) or _WORDS.get((change.after, ""))
    if word is None:
        return
    type_ = "Warning" if change.after in _WARNINGS else "Normal"
    yield Say(
        ref_of(pod),
        change.after.removesuffix("Event"),
        word(pod, worker, container or Container(), change),
        type_,
    )
    error = _ERRORS.get(change.rule)
    if error is not None:
        yield Say(ref_of(pod), "Failed", f"Error: {error}", "Warning")


def _pulled(_: Pod, worker: PodWorker, container: Container, __: Change) -> str:
    took = f"{seconds(worker.actors[container.name].habits.pull):g}s"
    return f'Successfully pulled image "{container.image}" in {took} ({took} including waiting)'


def _present(_: Pod, __: PodWorker, container: Container, ___: Change) -> str:
    return f'Container image "{container.image}" already present on machine and can be accessed by the pod'


def _back_off(pod: Pod, _: PodWorker, container: Container, __: Change) -> str:
    where = f"{pod.name}_{pod.namespace}({pod.metadata.uid})"
    return f"Back-off restarting failed container {container.name} in pod {where}"


def _unhealthy(pod: Pod, _: PodWorker, container: Container, change: Change) -> str:
    kind = Kind(change.reason)
    probe = thresholds.of(container).get(kind)
    return f"{kind.value.capitalize()} probe failed: {_complaint(pod, probe)}"


def _complaint(pod: Pod, probe: Probe | None) -> str:
    """Return how a probe of something that does not answer complains."""
    if probe is None or probe.exec is not None:
        return "command failed"
    address = pod.status.pod_ip
    if probe.http_get is not None:
        get = probe.http_get
        scheme = (get.scheme or "HTTP").lower()
        host = f"{address}:{get.port}"
        return f'Get "{scheme}://{host}{get.path or "/"}": dial tcp {host}: connect: connection refused'
    port = probe.tcp_socket.port if probe.tcp_socket is not None else probe.grpc.port if probe.grpc else 0
    return f"dial tcp {address}:{port}: connect: connection refused"


_WORDS: Mapping[tuple[str, str], Wording] = {
    ("Pulling", ""): lambda _, __, container, ___: f'Pulling image "{container.image}"',
    ("Pulled", ""): _pulled,
    ("Pulled", "Present"): _present,
    ("Created", ""): lambda *_: "Container created",
    ("Started", ""): lambda *_: "Container started",
    ("Killing", ""): lambda _, __, container, ___: f"Stopping container {container.name}",
    ("Killing", "KillingUnhealthy"): lambda _, __, container, change: (
        f"Container {container.name} failed {change.reason or 'liveness'} probe, will be restarted"
    ),
    ("BackOff", ""): _back_off,
    ("BackOff", "PullBackOff"): lambda _, __, container, ___: f'Back-off pulling image "{container.image}"',
    ("ErrImageNeverPull", ""): lambda _, __, container, ___: (
        f'Container image "{container.image}" is not present with pull policy of Never'
    ),
    ("Failed", ""): lambda _, __, container, ___: (
        f'Failed to pull image "{container.image}": failed to resolve reference "{container.image}"'
    ),
    ("Unhealthy", ""): _unhealthy,
    ("FailedPostStartHook", ""): lambda *_: "PostStartHook failed",
    ("DeadlineExceeded", ""): lambda *_: "Pod was active on the node longer than the specified deadline",
}


def _hop(pod: Pod, change: Change) -> Iterator[Action]:
    rule = _rule(change)
    if rule is None:
        return
    facts = {
        "pod": pod.name,
        "node": pod.spec.node_name,
        "container": change.subject,
        "after": change.after,
        "reason": change.reason or None,
        "at": seconds(change.at),
    }
    subject = "" if change.subject == "pod" else f"container {change.subject} "
    detail = f" ({change.reason})" if change.reason else ""
    did = f"{subject}of Pod {pod.name}: {change.after}{detail}"
    yield Note(ref_of(pod), Why(rule=rule, did=did, facts=facts, because=change.why))


def _rule(change: Change) -> str | None:
    if change.kind == "container":
        if change.after == "Running":
            return "cluster.kubelet.restart" if change.reason else "cluster.kubelet.run"
        if change.after == "Terminated":
            return "cluster.kubelet.end"
        return "cluster.kubelet.wait" if change.after.rpartition(" ")[2] in _WAITS else None
    return {"probe": "cluster.kubelet.probe", "signal": "cluster.kubelet.signal"}.get(change.kind)
