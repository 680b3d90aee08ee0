"""The question `story`: what is there, what happens when, until when, and what is expected.

Every event has a time `at` and says exactly one thing; docs/systems/cluster.md explains each.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from msgspec import field

from ontology import instants
from ontology.errors import InvalidQuestionError, TooLargeError, did_you_mean
from ontology.scenario import Question
from ontology.semantics.workloads.ownership import Propagation
from ontology.walkthroughs.cluster.behaviours import App
from ontology.walkthroughs.timeline.world import Time, milliseconds

MAX_EVENTS, MAX_NODES, MAX_UNTIL = 10_000, 1_000, 7 * 86400
_MILLI = 10**6

# Names by which a story calls the programs of a cluster, and the processes that they are.
COMPONENTS: Mapping[str, str] = {
    "kube-apiserver": "kube-apiserver",
    "api-server": "kube-apiserver",
    "etcd": "etcd",
    "kube-scheduler": "kube-scheduler",
    "scheduler": "kube-scheduler",
    "kube-controller-manager": "kube-controller-manager",
    "controller-manager": "kube-controller-manager",
    "kube-proxy": "kube-proxy",
    "coredns": "coredns",
    "dns": "coredns",
    "metrics-server": "metrics-server",
    "csi-provisioner": "csi-provisioner",
}
KUBELET = "kubelet"


class Nodes(Question, frozen=True):
    """Nodes that are alike: how many, what each has to give, and the zones they are spread over."""

    count: int
    cpu: str = "4"
    memory: str = "16Gi"
    pods: int = 110
    zones: list[str] | None = None
    labels: dict[str, str] | None = None
    name: str = "node"


class Scale(Question, frozen=True):
    """`kubectl scale`."""

    object: str
    replicas: int


class SetImage(Question, frozen=True):
    """`kubectl set image`: of the first container without `container`."""

    object: str
    image: str
    container: str = ""


class Delete(Question, frozen=True):
    """`kubectl delete`; with a pattern the first object by name, with `every` all of them."""

    object: str
    grace_period_seconds: int | None = None
    propagation: Propagation = Propagation.BACKGROUND
    every: bool = False


class Patch(Question, frozen=True):
    """`kubectl patch`: a strategic merge."""

    object: str
    patch: dict[str, Any]


class Crash(Question, frozen=True):
    """A container's process ends: with an exit code, or out of memory."""

    pod: str
    container: str = ""
    exit_code: int = 1
    oom: bool = False


class Load(Question, frozen=True):
    """What the pods of a workload have to do together from now on."""

    object: str
    cpu: str


class Event(Question, frozen=True):
    """What happens at a time: exactly one of the members beside `at`, `name`, `as` and `groups`."""

    at: Time = 0
    name: str = ""
    as_: str = field(default="", name="as")
    groups: list[str] | None = None
    apply: dict[str, Any] | list[dict[str, Any]] | None = None
    delete: str | Delete | None = None
    scale: Scale | None = None
    set_image: SetImage | None = None
    patch: Patch | None = None
    restart: str | None = None
    undo: str | None = None
    cordon: str | None = None
    uncordon: str | None = None
    drain: str | None = None
    evict: str | None = None
    crash: str | Crash | None = None
    lose_node: str | None = None
    recover_node: str | None = None
    stop: str | None = None
    start: str | None = None
    load: Load | None = None
    app: App | None = None


class Asked(Question, frozen=True):
    """A question to another system about the objects at that time; `is` is what its answer must hold.

    `objects` are those that it is about, all of them without.
    """

    system: str
    question: dict[str, Any]
    objects: list[str] | None = None
    is_: Any = field(default=None, name="is")
    outcome: str = ""


class Seen(Question, frozen=True):
    """An event of kubectl, or an act of a component: what is named must fit. Names may be patterns."""

    reason: str = ""
    object: str = ""
    message: str = ""
    who: str = ""
    did: str = ""


class Expect(Question, frozen=True):
    """One expectation; docs/systems/cluster.md explains each member.

    It is looked at `at` (the end by default), or with `always` and `never` all the time `from` .. `to`.
    """

    name: str = ""
    at: Time | None = None
    from_: Time = field(default=0, name="from")
    to: Time | None = None
    always: bool = False
    never: bool = False
    object: str = ""
    where: dict[str, Any] | None = None
    is_: dict[str, Any] | None = field(default=None, name="is")
    path: str = ""
    equals: Any = None
    matches: str | None = None
    absent: bool | None = None
    count: int | None = None
    at_least: int | None = None
    at_most: int | None = None
    event: Seen | None = None
    order: list[Seen] | None = None
    request: str = ""
    refused: bool | str | None = None
    verdict: Asked | None = None


class Story(Question, frozen=True):
    """Asks what happens until `until`; `start` is the instant at which the story begins (RFC 3339)."""

    until: Time = 600
    start: str = "2026-01-01T00:00:00Z"
    nodes: int | Nodes | list[Nodes] | None = None
    apps: list[App] = field(default_factory=list)
    when: list[Event] = field(default_factory=list)
    then: list[Expect] = field(default_factory=list)
    trace: bool = True


WORDS = tuple(name for name in Event.__struct_encode_fields__ if name not in {"at", "name", "as", "groups"})


@dataclass(frozen=True, slots=True)
class Happening:
    """An event at its time (nanoseconds from the start), with the one thing it says and where it stands."""

    at: int
    what: str
    event: Event
    path: str


def happenings(asked: Story, path: str) -> tuple[Happening, ...]:
    """Return the events in the order given.

    Raises:
        InvalidQuestionError: a time that is none or before the start, an event that does not say one thing.
        TooLargeError: more than MAX_EVENTS.
    """
    if len(asked.when) > MAX_EVENTS:
        raise TooLargeError(f"more than {MAX_EVENTS} events", path=f"{path}when")
    return tuple(_happening(event, f"{path}when[{index}]") for index, event in enumerate(asked.when))


def _happening(event: Event, path: str) -> Happening:
    fields = dict(zip(Event.__struct_encode_fields__, Event.__struct_fields__, strict=True))
    said = [word for word in WORDS if getattr(event, fields[word]) is not None]
    if len(said) != 1:
        known = ", ".join(f"`{word}`" for word in WORDS)
        raise InvalidQuestionError(f"an event says exactly one of {known}; this one {len(said)}", path=path)
    return Happening(when(event.at, path=f"{path}.at"), said[0], event, path)


def when(time: Time, *, path: str) -> int:
    """Return a time in nanoseconds from the start.

    Raises:
        InvalidQuestionError: neither seconds nor a duration, or before the start.
    """
    return milliseconds(time, path=path) * _MILLI


def until(asked: Story, path: str) -> int:
    """Return the end in nanoseconds from the start.

    Raises:
        InvalidQuestionError: a time that is none.
        TooLargeError: beyond a week.
    """
    end = when(asked.until, path=f"{path}until")
    if end > MAX_UNTIL * instants.SECOND:
        raise TooLargeError("a story ends after 7 days at the latest", path=f"{path}until")
    return end


def component(name: str, nodes: list[str], *, path: str) -> tuple[str, str]:
    """Return the process and, of a kubelet, the node that `name` means.

    Raises:
        InvalidQuestionError: no such component, or a kubelet of no node.
    """
    head, _, node = name.partition("/")
    if head == KUBELET:
        if node in nodes:
            return KUBELET, node
        near = get_close_matches(node, nodes, n=1, cutoff=0.5) or nodes[:1]
        hint = did_you_mean([f"{KUBELET}/{each}" for each in near])
        raise InvalidQuestionError(f"there is no `{name}`{hint}", path=path)
    if name in COMPONENTS:
        return COMPONENTS[name], ""
    near = get_close_matches(name, [*COMPONENTS, KUBELET], n=1, cutoff=0.5)
    known = ", ".join(f"`{each}`" for each in sorted(set(COMPONENTS.values())))
    raise InvalidQuestionError(
        f"unknown component `{name}`{did_you_mean(near)} ({known}, `{KUBELET}/NODE`)", path=path
    )
