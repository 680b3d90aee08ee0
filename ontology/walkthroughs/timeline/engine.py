"""A pod's life: what the world does to it, and what the kubelet makes of it after each event.

Rules are those of the systems: `lifecycle.sync` says what to start and stop, `lifecycle.phases` and
`conditions` what the pod is, `lifecycle.backoff` how long a start waits, `probes.thresholds` when a row
takes effect, `eviction.plans` when a silent node loses its pods. Times in milliseconds.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from ontology.cluster.meta import Condition
from ontology.cluster.nodes import Taint
from ontology.cluster.pods import Pod, Toleration
from ontology.semantics.eviction import plans
from ontology.semantics.lifecycle.containers import Role, role
from ontology.semantics.lifecycle.phases import FINAL
from ontology.semantics.probes import thresholds
from ontology.semantics.probes.thresholds import Kind
from ontology.walkthroughs.timeline import syncing
from ontology.walkthroughs.timeline.actors import Actor, Habits
from ontology.walkthroughs.timeline.clock import END, MS, WORLD, Clock, milliseconds
from ontology.walkthroughs.timeline.probing import Worker
from ontology.walkthroughs.timeline.reports import DEADLINE_EXCEEDED, Look, Reports
from ontology.walkthroughs.timeline.runtime import OOM_KILLED, SIGKILLED, Runtime, allowed_grace
from ontology.walkthroughs.timeline.world import Delete, Happening

_NODE_GRACE = 50 * MS  # node-monitor-grace-period
_EVICTION_GRACE = 1  # what the kubelet gives a pod past a hard threshold, in seconds
_INIT_RUN = 1 * MS
_UNREACHABLE, _NOT_READY = (
    Taint(key=f"node.kubernetes.io/{name}", effect="NoExecute") for name in ("unreachable", "not-ready")
)
_DEFAULT_SECONDS = 300  # how long admission lets a pod tolerate these where it does not say otherwise
# habits of a container: the event's member, and the attribute in milliseconds that it sets
_TIMES = {
    "pullSeconds": ("pull_seconds", "pull"),
    "answersAfterSeconds": ("answers_after_seconds", "answers_after"),
    "stopsAfterSeconds": ("stops_after_seconds", "stops_after"),
    "preStopSeconds": ("pre_stop_seconds", "pre_stop"),
    "postStartSeconds": ("post_start_seconds", "post_start"),
}


class Life:
    """A pod from second 0 on."""

    def __init__(self, pod: Pod, happenings: Sequence[Happening], services: Sequence[str], path: str) -> None:
        self.pod = replace(pod, status=replace(pod.status, phase="", conditions=None))
        self.clock = Clock()
        self.actors = {actor.name: actor for actor in actors_of(pod, path)}
        self.runtime = Runtime(self.pod, self.actors, self.clock)
        self.reports = Reports(self.pod, services, self.clock)
        self.gates: dict[str, str] = {}
        self.accepted = self.scheduled = self.removed = False
        self.reporting, self.node_silent, self.node_unready = True, False, False
        self.deletion_grace: int | None = None
        self.failed_for = self.disruption = ""
        self._silences = 0
        self._last_heard: dict[str, str] = {}
        self._prepare(happenings)

    def run(self, until: int) -> None:
        """Let everything up to `until` happen, that instant included.

        Raises:
            TooCostlyError: too many changes.
        """
        while not self.removed and self.clock.step(until):
            if self.accepted and not self.removed:
                self._react()
        self.clock.now = until
        for actor in self.actors.values():
            actor.settle(until + 1)

    # -- the world ---------------------------------------------------------------------------------

    def _prepare(self, happenings: Sequence[Happening]) -> None:
        doing: Mapping[str, Callable[[Happening], None]] = {
            "scheduled": lambda _: self._schedule(),
            "condition": self._set_gate,
            "delete": self._delete,
            "evict": self._evict,
            "node": self._node,
            "answers": self._answers,
            "exit": self._exit,
            "oom": self._oom,
        }
        for each in happenings:
            self.clock.at(each.at, WORLD, _bind(doing.get(each.what, self._habit), each))
        for name, kind in _silent_first(happenings):
            self.actors[name].silent.add(kind)
        # after what holds from second 0 on
        self.clock.at(0, WORLD, lambda: self._accept(told=any(h.what == "scheduled" for h in happenings)))

    def _accept(self, *, told: bool) -> None:
        self.accepted = True
        if not self.scheduled:
            self._report()
            if not (told or self.pod.spec.scheduling_gates):
                self._schedule()

    def _schedule(self) -> None:
        if self.scheduled:
            return
        self.scheduled = True
        self.clock.event("pod", "Scheduled", "Scheduled")
        plain = all(actor.role is Role.MAIN for actor in self.actors.values())
        for actor in self.actors.values():
            for worker in actor.workers.values():
                worker.origin = worker.following = self.clock.now
            self.runtime.wait(actor, "ContainerCreating" if plain else "PodInitializing", "Creating")
        deadline = self.pod.spec.active_deadline_seconds
        if deadline is not None:
            self.clock.at(self.clock.now + deadline * MS, END, self._deadline)
        self._report()  # before the kubelet begins

    def _set_gate(self, happening: Happening) -> None:
        self.gates[str(happening.event.condition)] = str(happening.event.status)
        gates = [Condition(type=type_, status=status) for type_, status in self.gates.items()]
        self.pod = replace(self.pod, status=replace(self.pod.status, conditions=gates))
        self.reports.judge_anew(self.pod)

    def _habit(self, happening: Happening) -> None:
        event, habits = happening.event, self.actors[str(happening.event.container)].habits
        if happening.what in _TIMES:
            member, attribute = _TIMES[happening.what]
            setattr(habits, attribute, milliseconds(getattr(event, member)))
        elif happening.what == "imagePullFails":
            habits.pulls_fail = event.image_pull_fails or 0
        else:
            habits.post_start_fails = bool(event.post_start_fails)

    def _answers(self, happening: Happening) -> None:
        actor = self.actors[str(happening.event.container)]
        actor.settle(self.clock.now)
        kinds, answers = set(_kinds(happening)), bool(happening.event.answers)
        actor.silent = actor.silent - kinds if answers else actor.silent | kinds
        self.clock.tell(
            "world", actor.name, "answers" if answers else "silent", "Answers" if answers else "Silent"
        )
        self.runtime.health.plan(actor)

    def _exit(self, happening: Happening) -> None:
        event, actor = happening.event, self.actors[str(happening.event.container)]
        code = int(event.exit or 0)
        if event.after_seconds is not None:
            actor.habits.exit_code, actor.habits.exits_after = code, milliseconds(event.after_seconds)
            if actor.running:
                self.runtime.plan_exit(actor)
        elif actor.running:
            self.runtime.end(actor, code)

    def _oom(self, happening: Happening) -> None:
        actor = self.actors[str(happening.event.container)]
        if happening.event.oom and actor.running:
            self.runtime.end(actor, SIGKILLED, OOM_KILLED)

    def _delete(self, happening: Happening) -> None:
        wanted = happening.event.delete
        if wanted is not False:
            asked = wanted.grace_period_seconds if isinstance(wanted, Delete) else None
            grace = self.runtime.grace if asked is None else allowed_grace(asked)
            # to delete it once more can only hasten it
            if self.deletion_grace is None or grace < self.deletion_grace:
                self._mark_deleted(grace)

    def _mark_deleted(self, grace: int) -> None:
        again = self.deletion_grace is not None
        self.deletion_grace = grace
        idle = not self.scheduled or self.reports.phase in FINAL
        if grace == 0 or idle:
            # the API lets the object go and asks nobody
            self._report()
            self.removed = True
            self.clock.tell("pod", "pod", "removed", "NothingToStop" if idle else "Forced")
            return
        self.clock.tell("pod", "pod", "Terminating", "Deleted", reason=f"{grace} s")
        if not self.reporting:
            return
        if again:
            self.runtime.hasten(grace)
        else:
            self.runtime.stop_all(grace)

    def _evict(self, happening: Happening) -> None:
        if self._stands:
            self.disruption = "TerminationByKubelet"
            self.clock.event("pod", "Evicted", "Evicted", str(happening.event.evict))
            self._fail("Evicted", grace=_EVICTION_GRACE)

    def _deadline(self) -> None:
        if self._stands and self.deletion_grace is None:
            self.clock.event("pod", DEADLINE_EXCEEDED, "Deadline")
            self._fail(DEADLINE_EXCEEDED, grace=self.runtime.grace)

    @property
    def _stands(self) -> bool:
        """Whether the pod has not ended, and the kubelet has not given it up."""
        return self.reports.phase not in FINAL and not self.failed_for

    def _fail(self, reason: str, *, grace: int) -> None:
        self.failed_for = reason
        self.runtime.stop_all(grace)

    def _node(self, happening: Happening) -> None:
        lost = happening.event.node == "lost"
        if happening.event.node == "notReady" or (self.node_unready and not lost):
            self._readiness(ready=not lost and happening.event.node == "back")
            return
        if lost is not self.reporting:
            return
        self.reporting, self.node_silent = not lost, False
        self.clock.node_heard = not lost
        self._silences += 1
        if lost:
            self.clock.event("pod", "NodeLost", "NodeLost")
            self._last_heard = {actor.name: actor.present.word for actor in self.actors.values()}
            self._while_silent(_NODE_GRACE, self._notice_silence)
            return
        self.clock.event("pod", "NodeReady", "NodeBack")
        for actor in self.actors.values():
            before = self._last_heard[actor.name]
            if actor.present.word != before:
                self.clock.tell("container", actor.name, actor.present.word, "HeardAgain", before=before)
        if self.deletion_grace is not None and not self.runtime.stopping:
            self.runtime.stop_all(self.deletion_grace)

    def _readiness(self, *, ready: bool) -> None:
        """Let the kubelet, which works on, report its node as ready or not."""
        if not self.reporting or ready is not self.node_unready:
            return
        self.node_unready = not ready
        self._silences += 1
        if ready:
            self.clock.event("pod", "NodeReady", "NodeBack")
        else:
            self.clock.event("pod", "NodeNotReady", "NodeUnready")
            self._taint(_NOT_READY)

    def _notice_silence(self) -> None:
        self.node_silent, self.node_unready = True, False
        self.clock.event("pod", "NodeNotReady", "NodeNotReady")
        self._taint(_UNREACHABLE)

    def _taint(self, taint: Taint) -> None:
        """Plan what the pod's tolerations, or those that admission adds, make of a taint of its node."""
        default = Toleration(
            key=taint.key, operator="Exists", effect="NoExecute", toleration_seconds=_DEFAULT_SECONDS
        )
        own = [t for t in self.pod.spec.tolerations or () if t.key in ("", taint.key)]
        plan = plans.plan(own or [default], [(0.0, (taint,))])
        if plan.deleted is not None:
            self._while_silent(milliseconds(plan.deleted), lambda: self._taint_evicts(taint))

    def _taint_evicts(self, taint: Taint) -> None:
        if self.deletion_grace is None:
            self.disruption = "DeletionByTaintManager"
            self.clock.event("pod", "TaintManagerEviction", "TaintEviction", taint.key)
            self._mark_deleted(self.runtime.grace)

    def _while_silent(self, after: int, action: Callable[[], None]) -> None:
        """Do something later, unless the node is back by then."""
        silence = self._silences
        self.clock.at(self.clock.now + after, WORLD, lambda: action() if silence == self._silences else None)

    # -- the kubelet -------------------------------------------------------------------------------

    def _react(self) -> None:
        """Let the kubelet do what one sync after the other says, and report what the pod has become."""
        if self.runtime.stopping:
            self.runtime.stop_sidecars()
        elif self.scheduled:
            syncing.sync_all(self.runtime, self.reports.judgement)
        self._report()
        if self.deletion_grace is not None and self.reporting and not self.runtime.any_running:
            self.removed = True
            self.clock.tell("pod", "pod", "removed", "Removed")

    def _report(self) -> None:
        if not self.reporting and not self.node_silent:
            return
        key, readings = self.runtime.readings()
        deleted = self.deletion_grace is not None
        running = (deleted or bool(self.failed_for)) and self.runtime.any_running
        look = Look(
            key,
            self.scheduled,
            deleted and not running,
            deleted,
            self.failed_for,
            running,
            self.disruption,
            self.node_silent,
            self.node_unready,
        )
        self.reports.tell(look, readings)


def actors_of(pod: Pod, path: str) -> Iterator[Actor]:
    """Yield init containers and sidecars, then main containers, in the order of the spec."""
    for member, containers, init in (
        ("initContainers", pod.spec.init_containers, True),
        ("containers", pod.spec.containers, False),
    ):
        for index, container in enumerate(containers or ()):
            own = role(container, init=init)
            timings = thresholds.timings(container, path=f"{path}.spec.{member}[{index}]")
            if own is Role.INIT:  # it runs to its end, and the kubelet does not probe it
                yield Actor(container=container, role=own, habits=Habits(exit_code=0, exits_after=_INIT_RUN))
            else:
                probes = thresholds.of(container)
                workers = {
                    kind: Worker(
                        kind=kind,
                        timing=timing,
                        origin=0,
                        following=0,
                        grace=probes[kind].termination_grace_period_seconds,
                    )
                    for kind, timing in timings.items()
                }
                yield Actor(container=container, role=own, habits=Habits(), workers=workers)


def _silent_first(happenings: Sequence[Happening]) -> Iterator[tuple[str, Kind]]:
    """Yield the containers and probes whose first word is that they answer from then on."""
    seen: set[tuple[str, Kind]] = set()
    for each in happenings:
        for kind in _kinds(each) if each.what == "answers" else ():
            key = (str(each.event.container), kind)
            if key not in seen and each.event.answers and each.at > 0:
                yield key
            seen.add(key)


def _kinds(happening: Happening) -> tuple[Kind, ...]:
    named = happening.event.probes
    return tuple(Kind) if named is None else tuple(Kind(each) for each in named)


def _bind(action: Callable[[Happening], None], happening: Happening) -> Callable[[], None]:
    return lambda: action(happening)
