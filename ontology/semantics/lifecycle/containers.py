"""What a pod's status says of each container, read once for all rules.

Source: kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle#container-states (v1.36).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from ontology.cluster.pods import Container, ContainerStateTerminated, ContainerStatus, Pod


class Role(StrEnum):
    """What a container is for. A sidecar is an init container with `restartPolicy: Always`."""

    INIT = "init"
    SIDECAR = "sidecar"
    MAIN = "main"


class State(StrEnum):
    """The API's three states, with Waiting told apart by whether the container ran before."""

    WAITING = "Waiting"
    RUNNING = "Running"
    TERMINATED = "Terminated"
    BACK_OFF = "BackOff"  # waiting, and `lastState` holds the end of an earlier run
    UNKNOWN = "Unknown"  # no status, or an empty state


@dataclass(frozen=True, slots=True)
class Reading:
    """A container of the spec together with its status: `ended` is the exit that counts, if any."""

    container: Container
    role: Role
    state: State
    status: ContainerStatus | None = None
    ended: ContainerStateTerminated | None = None

    @property
    def name(self) -> str:
        """The container's name."""
        return self.container.name

    @property
    def ready(self) -> bool:
        """Whether the status says ready; a missing status does not."""
        return self.status is not None and self.status.ready

    @property
    def started(self) -> bool:
        """Whether the status says started; a missing or silent status does not."""
        return self.status is not None and bool(self.status.started)

    @property
    def waiting_reason(self) -> str:
        """Why the container waits, empty where it does not or does not say."""
        waiting = self.status.state.waiting if self.status else None
        return waiting.reason if waiting else ""


def role(container: Container, *, init: bool) -> Role:
    """Return a container's role from the list that it stands in and its own restart policy."""
    if not init:
        return Role.MAIN
    return Role.SIDECAR if container.restart_policy == "Always" else Role.INIT


def read(pod: Pod) -> tuple[Reading, ...]:
    """Return one reading for each container of the spec: init containers and sidecars, then main ones."""
    statuses = {status.name: status for status in reversed(tuple(_statuses(pod)))}
    return tuple(
        _reading(container, role(container, init=init), statuses.get(container.name))
        for init, containers in ((True, pod.spec.init_containers), (False, pod.spec.containers))
        for container in containers or ()
    )


def _statuses(pod: Pod) -> Iterator[ContainerStatus]:
    yield from pod.status.container_statuses or ()
    yield from pod.status.init_container_statuses or ()


def _reading(container: Container, role_: Role, status: ContainerStatus | None) -> Reading:
    state, ended = _state(status)
    return Reading(container, role_, state, status, ended)


def _state(status: ContainerStatus | None) -> tuple[State, ContainerStateTerminated | None]:
    # the kubelet looks for running first, then terminated, then waiting, should several be set
    if status is None:
        return State.UNKNOWN, None
    now, last = status.state, status.last_state.terminated
    if now.running is not None:
        return State.RUNNING, None
    if now.terminated is not None:
        return State.TERMINATED, now.terminated
    if now.waiting is not None:
        return (State.BACK_OFF, last) if last is not None else (State.WAITING, None)
    return State.UNKNOWN, None
