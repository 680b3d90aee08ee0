"""The virtual clock: discrete events, each followed by what the kubelet makes of the pod then.

Rules are those of the systems: `lifecycle.sync` says what to start and stop, `lifecycle.phases` and
`conditions` what the pod is, `lifecycle.backoff` how long a start waits, `probes.thresholds` when a row
takes effect, `eviction.plans` when a silent node loses its pods. Times in milliseconds.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

from msgspec.structs import replace

from ontology import restart_policies
from ontology.cluster.meta import Condition
from ontology.cluster.nodes import Taint
from ontology.cluster.pods import Pod, Toleration
from ontology.errors import TooCostlyError
from ontology.semantics.eviction import plans
from ontology.semantics.lifecycle import phases
from ontology.semantics.lifecycle.conditions import ConditionDecision
from ontology.semantics.lifecycle.containers import Role, role
from ontology.semantics.lifecycle.phases import FINAL, Phase
from ontology.semantics.lifecycle.status import condition_step, phase_step, restart_steps
from ontology.semantics.lifecycle.sync import Act
from ontology.semantics.probes import thresholds
from ontology.semantics.probes.thresholds import Kind
from ontology.verdict import Step
from ontology.walkthroughs.timeline.actors import Actor, Habits
from ontology.walkthroughs.timeline.judgement import Judgement, Key
from ontology.walkthroughs.timeline.probing import Worker
from ontology.walkthroughs.timeline.world import Delete, Happening

MAX_CHANGES = 200_000

_OWN = "podLifecycle.timeline"  # how rules of the time line itself begin
_MS = 1000
_GRACE = 30
_LEAST_GRACE = 2 * _MS  # what a container has after a preStop hook that used up the whole grace period
_IMAGE_BACKOFF, _IMAGE_MAX = 10 * _MS, 300 * _MS
_NODE_GRACE = 50 * _MS  # node-monitor-grace-period
_INIT_RUN = 1 * _MS
_NODE_SILENT = ConditionDecision(
    type="Ready", status=False, reason=None, rule="podLifecycle.timelineNodeNotReady"
)
_UNREACHABLE = Taint(key="node.kubernetes.io/unreachable", effect="NoExecute")
# what admission adds where a pod does not say otherwise
_DEFAULT_TOLERATION = Toleration(
    key="node.kubernetes.io/unreachable", operator="Exists", effect="NoExecute", toleration_seconds=300
)
_SIGKILLED, _OOM = 137, 137
# Within one instant: the world, what ends, what starts, then the probes in their order.
_WORLD, _END, _START = 0, 1, 2
_PROBE = {Kind.STARTUP: 5, Kind.READINESS: 6, Kind.LIVENESS: 7}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One row of the time line: `kind` of `subject` goes from `before` to `after`, by `rule`."""

    at: int
    kind: str
    subject: str
    after: str
    rule: str
    before: str = ""
    reason: str = ""
    because: tuple[Step, ...] = ()


class Life:
    """A pod from second 0 on. Feed it happenings, run it, and read its changes."""

    def __init__(self, pod: Pod, happenings: Sequence[Happening], services: Sequence[str], path: str) -> None:
        self.pod = replace(pod, status=replace(pod.status, phase="", conditions=None))
        self.judgement = Judgement(self.pod)
        self.now = 0
        self.changes: list[Change] = []
        self.actors = {actor.name: actor for actor in _actors(pod, path)}
        self.services = tuple(services)
        self.gates: dict[str, str] = {}
        self.scheduled = False
        self.node_silent = False
        self.reporting = True
        self.deleted_at: int | None = None
        self.stopping = False
        self.failed_for = ""
        self.removed = False
        self.phase: Phase | None = None
        self.conditions: dict[str, ConditionDecision] = {}
        self.endpoint = False
        self._deletion_grace = 0
        self._stop_by = 0
        self._lost = 0
        self._accepted = False
        self._told_when = any(each.what == "scheduled" for each in happenings)
        self._queue: list[tuple[int, int, int, Callable[[], None]]] = []
        self._count = 0
        self._prepare(happenings)

    # -- the clock ---------------------------------------------------------------------------------

    def run(self, until: int) -> None:
        """Let everything up to `until` happen, that instant included.

        Raises:
            TooCostlyError: more than MAX_CHANGES.
        """
        while self._queue and self._queue[0][0] <= until and not self.removed:
            self.now, _, _, action = heappop(self._queue)
            action()
            self._react()
            if len(self.changes) > MAX_CHANGES:
                raise TooCostlyError(f"more than {MAX_CHANGES} changes", path="question.timeline.until")
        self.now = until
        for actor in self.actors.values():
            actor.settle(until + 1)

    def _at(self, time: int, priority: int, action: Callable[[], None]) -> None:
        self._count += 1
        heappush(self._queue, (time, priority, self._count, action))

    def _later(self, actor: Actor, time: int, priority: int, action: Callable[[Actor], None]) -> None:
        """Do something with a container later, unless it has gone on to something else by then."""
        token = actor.token
        self._at(time, priority, lambda: action(actor) if actor.token == token else None)

    def _tell(self, change: Change) -> None:
        self.changes.append(change)

    def _event(self, subject: str, name: str, rule: str, detail: str = "") -> None:
        self._tell(Change(at=self.now, kind="event", subject=subject, after=name, reason=detail, rule=rule))

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
            self._at(each.at, _WORLD, _bind(doing.get(each.what, self._habit), each))
        self._silence(happenings)
        self._at(0, _WORLD, self._accept)

    def _silence(self, happenings: Sequence[Happening]) -> None:
        """Let a container whose first word is that it answers from then on be silent before."""
        seen: set[tuple[str, Kind]] = set()
        for each in happenings:
            for kind in _kinds(each) if each.what == "answers" else ():
                key = (str(each.event.container), kind)
                if key not in seen and each.event.answers and each.at > 0:
                    self.actors[key[0]].silent.add(kind)
                seen.add(key)

    def _accept(self) -> None:
        self._accepted = True
        self._report_phase((), ())
        if not self.pod.spec.scheduling_gates and not self._told_when:
            self._schedule()

    def _schedule(self) -> None:
        if self.scheduled or self.removed:
            return
        self.scheduled = True
        self._event("pod", "Scheduled", "podLifecycle.timelineScheduled")
        for actor in self.actors.values():
            for worker in actor.workers.values():
                worker.origin = worker.following = self.now
            first = all(a.role is Role.MAIN for a in self.actors.values())
            self._wait(actor, "ContainerCreating" if first else "PodInitializing", f"{_OWN}Creating")
        deadline = self.pod.spec.active_deadline_seconds
        if deadline is not None:
            self._at(self.now + deadline * _MS, _END, self._deadline)

    def _set_gate(self, happening: Happening) -> None:
        self.gates[str(happening.event.condition)] = str(happening.event.status)
        gates = [Condition(type=type_, status=status) for type_, status in self.gates.items()]
        self.pod = replace(self.pod, status=replace(self.pod.status, conditions=gates))
        self.judgement = Judgement(self.pod)

    def _habit(self, happening: Happening) -> None:
        event = happening.event
        habits = self.actors[str(event.container)].habits
        match happening.what:
            case "imagePullFails":
                habits.pulls_fail = event.image_pull_fails or 0
            case "pullSeconds":
                habits.pull = _ms(event.pull_seconds)
            case "answersAfterSeconds":
                habits.answers_after = _ms(event.answers_after_seconds)
            case "stopsAfterSeconds":
                habits.stops_after = _ms(event.stops_after_seconds)
            case "preStopSeconds":
                habits.pre_stop = _ms(event.pre_stop_seconds)
            case "postStartSeconds":
                habits.post_start = _ms(event.post_start_seconds)
            case "postStartFails":
                habits.post_start_fails = bool(event.post_start_fails)

    def _answers(self, happening: Happening) -> None:
        actor = self.actors[str(happening.event.container)]
        actor.settle(self.now)
        kinds = set(_kinds(happening))
        actor.silent = actor.silent - kinds if happening.event.answers else actor.silent | kinds
        rule = "podLifecycle.timelineAnswers" if happening.event.answers else "podLifecycle.timelineSilent"
        self._tell(Change(at=self.now, kind="world", subject=actor.name, after=happening.what, rule=rule))
        self._plan(actor)

    def _exit(self, happening: Happening) -> None:
        event = happening.event
        actor = self.actors[str(event.container)]
        code = int(event.exit or 0)
        if event.after_seconds is not None:
            actor.habits.exit_code, actor.habits.exits_after = code, _ms(event.after_seconds)
            if actor.running:
                self._plan_exit(actor)
        elif actor.running:
            self._ended(actor, code, "Completed" if code == 0 else "Error")

    def _oom(self, happening: Happening) -> None:
        actor = self.actors[str(happening.event.container)]
        if happening.event.oom and actor.running:
            self._ended(actor, _OOM, "OOMKilled")

    def _delete(self, happening: Happening) -> None:
        wanted = happening.event.delete
        if wanted is False or self.deleted_at is not None:
            return
        grace = wanted.grace_period_seconds if isinstance(wanted, Delete) else None
        self._mark_deleted(self._grace() if grace is None else grace)

    def _mark_deleted(self, grace: int) -> None:
        self.deleted_at = self.now
        self._tell(
            Change(
                at=self.now,
                kind="pod",
                subject="pod",
                after="Terminating",
                reason=f"{grace} s",
                rule="podLifecycle.timelineDeleted",
            )
        )
        self._deletion_grace = grace
        if not self.node_silent:
            self._stop_pod(grace)

    def _evict(self, happening: Happening) -> None:
        if self.phase not in FINAL:
            self._event("pod", "Evicted", "podLifecycle.timelineEvicted", str(happening.event.evict))
            self._fail("Evicted", grace=0)

    def _deadline(self) -> None:
        if self.phase not in FINAL and self.deleted_at is None:
            self._event("pod", "DeadlineExceeded", "podLifecycle.timelineDeadline")
            self._fail("DeadlineExceeded", grace=self._grace())

    def _fail(self, reason: str, *, grace: int) -> None:
        self.failed_for = reason
        self._stop_pod(grace)

    def _node(self, happening: Happening) -> None:
        if happening.event.node == "lost" and self.reporting:
            self.reporting = False
            self._lost += 1
            self._event("pod", "NodeLost", "podLifecycle.timelineNodeLost")
            lost = self._lost
            self._at(
                self.now + _NODE_GRACE, _WORLD, lambda: self._node_silent() if lost == self._lost else None
            )
        elif happening.event.node == "back" and not self.reporting:
            self.reporting, self.node_silent = True, False
            self._lost += 1
            self._event("pod", "NodeReady", "podLifecycle.timelineNodeBack")
            if self.deleted_at is not None and not self.stopping:
                self._stop_pod(self._deletion_grace)

    def _node_silent(self) -> None:
        self.node_silent = True
        self._event("pod", "NodeNotReady", "podLifecycle.timelineNodeNotReady")
        own = [t for t in self.pod.spec.tolerations or () if t.key in ("", _UNREACHABLE.key)]
        plan = plans.plan(own or [_DEFAULT_TOLERATION], [(0.0, (_UNREACHABLE,))])
        if plan.deleted is not None:
            lost = self._lost
            due = self.now + _ms(plan.deleted)
            self._at(due, _WORLD, lambda: self._taint_evicts() if lost == self._lost else None)

    def _taint_evicts(self) -> None:
        if self.deleted_at is None:
            self._event("pod", "TaintManagerEviction", "podLifecycle.timelineTaintEviction")
            self._mark_deleted(self._grace())

    # -- containers --------------------------------------------------------------------------------

    def _grace(self) -> int:
        grace = self.pod.spec.termination_grace_period_seconds
        return _GRACE if grace is None else grace

    def _start(self, actor: Actor, because: tuple[Step, ...] = ()) -> None:
        actor.pending, actor.because = True, because
        if actor.not_before > self.now:
            self._wait(actor, "CrashLoopBackOff", "podLifecycle.timelineBackOff", f"{actor.wait} s", because)
            actor.because = ()
            self._event(actor.name, "BackOff", "podLifecycle.timelineBackOffEvent", f"{actor.wait} s")
            self._later(actor, actor.not_before, _START, self._pull)
            return
        self._pull(actor)

    def _pull(self, actor: Actor) -> None:
        if actor.image_present and not _always_pulls(actor):
            self._event(actor.name, "Pulled", "podLifecycle.timelinePresent")
            self._create(actor)
            return
        self._event(actor.name, "Pulling", "podLifecycle.timelinePulling")
        if actor.habits.pull:
            if not actor.ran:
                self._wait(actor, "ContainerCreating", "podLifecycle.timelineCreating")
            self._later(actor, self.now + actor.habits.pull, _START, self._pulled)
        else:
            self._pulled(actor)

    def _pulled(self, actor: Actor) -> None:
        if actor.habits.pulls_fail > 0:
            actor.habits.pulls_fail -= 1
            actor.pull_wait = min(actor.pull_wait * 2 or _IMAGE_BACKOFF, _IMAGE_MAX)
            wait = f"{actor.pull_wait // _MS} s"
            self._event(actor.name, "Failed", "podLifecycle.timelinePullFailed")
            self._wait(actor, "ErrImagePull", "podLifecycle.timelineErrImagePull")
            self._wait(actor, "ImagePullBackOff", "podLifecycle.timelineImageBackOff", wait)
            self._later(actor, self.now + actor.pull_wait, _START, self._pull)
            return
        actor.image_present, actor.pull_wait = True, 0
        self._event(actor.name, "Pulled", "podLifecycle.timelinePulled")
        self._create(actor)

    def _create(self, actor: Actor) -> None:
        self._event(actor.name, "Created", "podLifecycle.timelineCreated")
        self._event(actor.name, "Started", "podLifecycle.timelineStarted")
        lifecycle = actor.container.lifecycle
        if lifecycle is None or lifecycle.post_start is None:
            self._begin(actor)
            return
        sleep = lifecycle.post_start.sleep
        wait = sleep.seconds * _MS if sleep else actor.habits.post_start
        if wait:
            self._later(actor, self.now + wait, _START, self._begin)
        else:
            self._begin(actor)

    def _begin(self, actor: Actor) -> None:
        before = _shown(actor)
        actor.begin(self.now)
        self._tell(
            Change(
                at=self.now,
                kind="container",
                subject=actor.name,
                before=before,
                after="Running",
                reason=f"restart {actor.restarts}" if actor.restarts else "",
                rule="podLifecycle.timelineRunning",
                because=actor.because,
            )
        )
        has_hook = actor.container.lifecycle is not None and actor.container.lifecycle.post_start is not None
        if has_hook and actor.habits.post_start_fails:
            self._event(actor.name, "FailedPostStartHook", "podLifecycle.timelinePostStart")
            self._ended(actor, _SIGKILLED, "Error")
            return
        if actor.habits.answers_after:
            self._later(actor, self.now + actor.habits.answers_after, _WORLD, self._begins_to_answer)
        self._plan_exit(actor)
        self._plan(actor)

    def _begins_to_answer(self, actor: Actor) -> None:
        actor.settle(self.now)
        actor.answering = True
        self._plan(actor)

    def _plan_exit(self, actor: Actor) -> None:
        habits = actor.habits
        if habits.exit_code is not None:
            code = habits.exit_code
            due = max(actor.begun + habits.exits_after, self.now)
            reason = "Completed" if code == 0 else "Error"
            self._later(actor, due, _END, lambda a: self._ended(a, code, reason))

    def _ended(self, actor: Actor, code: int, reason: str, because: tuple[Step, ...] = ()) -> None:
        actor.settle(self.now)
        before = _shown(actor)
        again = actor.restart_when_stopped
        actor.restart_when_stopped = False
        actor.end(self.now, code, reason)
        rule = "podLifecycle.timelineOOM" if reason == "OOMKilled" else "podLifecycle.timelineEnded"
        self._tell(
            Change(
                at=self.now,
                kind="container",
                subject=actor.name,
                before=before,
                after="Terminated",
                reason=f"{reason}, exit code {code}",
                rule=rule,
                because=because,
            )
        )
        if again and not self.stopping:
            self._start(actor)

    def _wait(
        self, actor: Actor, reason: str, rule: str, detail: str = "", because: tuple[Step, ...] = ()
    ) -> None:
        before = _shown(actor)
        actor.wait_for(reason)
        after = _shown(actor)
        if before != after:
            self._tell(
                Change(
                    at=self.now,
                    kind="container",
                    subject=actor.name,
                    before=before,
                    after=after,
                    reason=detail,
                    rule=rule,
                    because=because,
                )
            )

    def _stop(self, actor: Actor, grace: int, rule: str) -> None:
        """Stop a running container: preStop, SIGTERM, and when the grace period is over SIGKILL."""
        if actor.stopping:
            return
        actor.settle(self.now)
        actor.stopping = True
        for worker in actor.workers.values():
            if worker.kind is not Kind.READINESS:
                worker.rest()
        self._event(actor.name, "Killing", rule)
        grace_ms = grace * _MS
        hook = min(_pre_stop(actor), grace_ms)
        left = max(grace_ms - hook, _LEAST_GRACE if hook else 0)
        if hook:
            self._signal(actor, "preStop", "podLifecycle.timelinePreStop")
            self._later(actor, self.now + hook, _END, lambda a: self._terminate(a, left))
        else:
            self._terminate(actor, left)

    def _terminate(self, actor: Actor, left: int) -> None:
        stop_signal = (actor.container.lifecycle and actor.container.lifecycle.stop_signal) or "SIGTERM"
        if left == 0:
            self._kill(actor)
            return
        self._signal(actor, stop_signal, "podLifecycle.timelineSigterm")
        if actor.habits.stops_after <= left:
            due = self.now + actor.habits.stops_after
            self._later(actor, due, _END, lambda a: self._ended(a, 0, "Completed"))
        else:
            self._later(actor, self.now + left, _END, self._kill)

    def _kill(self, actor: Actor) -> None:
        self._signal(actor, "SIGKILL", "podLifecycle.timelineSigkill")
        self._ended(actor, _SIGKILLED, "Error")

    def _signal(self, actor: Actor, signal: str, rule: str) -> None:
        self._tell(Change(at=self.now, kind="signal", subject=actor.name, after=signal, rule=rule))

    def _stop_pod(self, grace: int) -> None:
        """Stop the main containers; sidecars follow when they have ended, see `_stop_sidecars`."""
        self.stopping = True
        self._stop_by = self.now + grace * _MS
        for actor in self.actors.values():
            if actor.running:
                if actor.role is not Role.SIDECAR:
                    self._stop(actor, grace, "podLifecycle.timelineKilling")
            else:
                actor.token += 1  # whatever start was under way is given up
                actor.pending = False

    def _stop_sidecars(self) -> None:
        """Stop the sidecars from the last to the first, each when the one after it has ended."""
        if any(a.running and a.role is not Role.SIDECAR for a in self.actors.values()):
            return
        for actor in reversed([a for a in self.actors.values() if a.role is Role.SIDECAR]):
            if actor.running:
                left = max(self._stop_by - self.now, _LEAST_GRACE) // _MS if self._stop_by > self.now else 0
                self._stop(actor, left, "podLifecycle.timelineKillingSidecar")
                return

    # -- probes ------------------------------------------------------------------------------------

    def _plan(self, actor: Actor) -> None:
        """Plan the next beat at which a probe of this container will change something."""
        for kind, worker in actor.workers.items():
            worker.plan += 1
            success = actor.succeeds(kind)
            due = (
                None if _is_in_effect(actor, kind, success=success) else worker.due(self.now, success=success)
            )
            if due is not None and actor.running:
                self._at(due, _PROBE[kind], self._probe(actor, worker, worker.plan))

    def _probe(self, actor: Actor, worker: Worker, plan: int) -> Callable[[], None]:
        def run() -> None:
            if worker.plan != plan or not actor.running:
                return
            actor.settle(self.now)
            success = actor.succeeds(worker.kind)
            worker.run(self.now, success=success)
            self._take_effect(actor, worker, success=success)
            self._plan(actor)

        return run

    def _take_effect(self, actor: Actor, worker: Worker, *, success: bool) -> None:
        if worker.kind is Kind.READINESS:
            actor.ready = success
            actor.changed()
            rule = "probes.ready" if success else "probes.notReady"
            self._result(actor, worker, "ready" if success else "not ready", rule)
            if not success:
                self._event(actor.name, "Unhealthy", "podLifecycle.timelineUnhealthy", worker.kind.value)
            return
        if success:
            actor.pass_startup(self.now)
            self._result(actor, worker, "started", "probes.started")
            return
        rule = "probes.startupKills" if worker.kind is Kind.STARTUP else "probes.livenessKills"
        self._event(actor.name, "Unhealthy", "podLifecycle.timelineUnhealthy", worker.kind.value)
        self._result(actor, worker, f"{worker.kind} failed", rule)
        worker.row = worker.row.rested()
        actor.restart_when_stopped = restart_policies.effective(actor.container, self.pod) != "Never"
        probe = thresholds.of(actor.container)[worker.kind]
        own = probe.termination_grace_period_seconds
        self._stop(actor, self._grace() if own is None else own, "podLifecycle.timelineKillingUnhealthy")

    def _result(self, actor: Actor, worker: Worker, after: str, rule: str) -> None:
        success = bool(worker.row.success)
        threshold = worker.timing.threshold(success=success)
        policy = restart_policies.effective(actor.container, self.pod)
        facts = {
            "container": actor.name,
            "at": seconds(self.now),
            "probe": worker.kind.value,
            "count": worker.row.length,
            "threshold": threshold,
            "policy": policy,
        }
        holds = success or (worker.kind is not Kind.READINESS and policy != "Never")
        self._tell(
            Change(
                at=self.now,
                kind="probe",
                subject=actor.name,
                after=after,
                reason=f"{worker.row.length} in a row, {threshold} needed",
                rule=rule,
                because=(Step(rule, holds=holds, facts=facts, concepts=(f"{worker.kind}Probe",)),),
            )
        )

    # -- the kubelet and the API -------------------------------------------------------------------

    def _react(self) -> None:
        """Let the kubelet do what one sync after the other says, and report what the pod has become."""
        if not self._accepted:
            return
        if self.scheduled and not self.removed:
            if self.stopping:
                self._stop_sidecars()
            else:
                while self._sync():
                    pass
        self._report()
        if self.deleted_at is not None and self.reporting and not self._any_running():
            self._remove()

    def _any_running(self) -> bool:
        return any(actor.running for actor in self.actors.values())

    def _remove(self) -> None:
        if not self.removed:
            self.removed = True
            self._tell(
                Change(
                    at=self.now,
                    kind="pod",
                    subject="pod",
                    after="removed",
                    rule="podLifecycle.timelineRemoved",
                )
            )

    def _sync(self) -> bool:
        """Do what one sync says, and tell whether it started something, so that another one is due."""
        again = False
        for decision in self.judgement.sync(*self._readings()):
            for act, name in decision.acts:
                actor = self.actors.get(name)
                if act is Act.KILL_POD:
                    self._stop_pod(self._grace())
                    self._stop_sidecars()
                    return False
                if act is Act.RESTART_ALL:
                    self._restart_all(decision.step)
                    return True
                if actor is not None and not (actor.pending or actor.running or actor.stopping):
                    self._start(actor, (decision.step,))
                    again = again or actor.running
        return again

    def _restart_all(self, step: Step) -> None:
        """Reset every container: what runs is ended, and all begin again with the init containers."""
        for actor in self.actors.values():
            if actor.running:
                self._ended(actor, _SIGKILLED, restart_policies.RESTARTING_ALL, (step,))
            self._wait(actor, "PodInitializing", f"{_OWN}Creating", because=(step,))
            actor.reset()

    def _readings(self) -> tuple[Key, phases.Readings]:
        """Return the readings of all containers, and the key that stands for them."""
        readings = tuple(actor.reading() for actor in self.actors.values())
        return tuple(actor.key for actor in self.actors.values()), readings

    def _report(self) -> None:
        if self.reporting or self.node_silent:
            key, readings = self._readings()
            self._report_phase(key, readings)
            self._report_conditions(key, readings)
            self._report_endpoint()

    def _report_phase(self, key: Key, readings: phases.Readings) -> None:
        if self.node_silent or self.phase in FINAL:
            return
        terminal = self.deleted_at is not None and not self._any_running()
        decided = self.judgement.phase(key, readings, terminal=terminal)
        phase, rule = decided.phase, decided.rule
        if self.failed_for:
            phase, rule = Phase.FAILED, f"{_OWN}Failed"
        elif not self.scheduled:
            phase, rule = Phase.PENDING, f"{_OWN}Unscheduled"
        if phase is not self.phase:
            because = (*restart_steps(self.pod, decided), phase_step(self.pod, decided))
            self._tell(
                Change(
                    at=self.now,
                    kind="phase",
                    subject="pod",
                    before=self.phase.value if self.phase else "",
                    after=phase.value,
                    reason=self.failed_for,
                    rule=rule,
                    because=() if rule.startswith(_OWN) else because,
                )
            )
            self.phase = phase

    def _report_conditions(self, key: Key, readings: phases.Readings) -> None:
        for decided in self._decide_conditions(key, readings):
            before = self.conditions.get(decided.type)
            if before is None or (before.status, before.reason) != (decided.status, decided.reason):
                own = decided.rule.startswith(_OWN)
                self._tell(
                    Change(
                        at=self.now,
                        kind="condition",
                        subject=decided.type,
                        before="" if before is None else str(before.status),
                        after=str(decided.status),
                        reason=decided.reason or "",
                        rule=decided.rule,
                        because=() if own else (condition_step(self.pod, decided),),
                    )
                )
                self.conditions[decided.type] = decided

    def _decide_conditions(self, key: Key, readings: phases.Readings) -> Iterable[ConditionDecision]:
        yield self._scheduled_condition()
        if not self.scheduled:
            return
        phase = self.phase or Phase.PENDING
        initialized, containers, ready = self.judgement.conditions(key, readings, phase)
        before = self.conditions.get("Initialized")
        # once initialized, a pod stays so
        yield before if before is not None and before.status and not initialized.status else initialized
        yield containers
        yield _NODE_SILENT if self.node_silent and ready.status else ready

    def _scheduled_condition(self) -> ConditionDecision:
        gated = bool(self.pod.spec.scheduling_gates) and not self.scheduled
        reason = "SchedulingGated" if gated else None
        return ConditionDecision(
            type="PodScheduled", status=self.scheduled, reason=reason, rule=f"{_OWN}Scheduled"
        )

    def _report_endpoint(self) -> None:
        ready = self.conditions.get("Ready")
        serves = ready is not None and ready.status and self.deleted_at is None
        if serves is not self.endpoint:
            self.endpoint = serves
            for service in self.services or ("any Service",):
                self._tell(
                    Change(
                        at=self.now,
                        kind="endpoint",
                        subject=service,
                        after="in" if serves else "out",
                        rule="podLifecycle.timelineEndpointIn"
                        if serves
                        else "podLifecycle.timelineEndpointOut",
                    )
                )


def _actors(pod: Pod, path: str) -> Iterable[Actor]:
    """Yield init containers and sidecars, then main containers, in the order of the spec."""
    for member, containers, init in (
        ("initContainers", pod.spec.init_containers, True),
        ("containers", pod.spec.containers, False),
    ):
        for index, container in enumerate(containers or ()):
            own = role(container, init=init)
            timings = thresholds.timings(container, path=f"{path}.spec.{member}[{index}]")
            ends = Habits(exit_code=0, exits_after=_INIT_RUN) if own is Role.INIT else Habits()
            workers = {k: Worker(kind=k, timing=t, origin=0, following=0) for k, t in timings.items()}
            yield Actor(
                container=container, role=own, habits=ends, workers={} if own is Role.INIT else workers
            )


def _kinds(happening: Happening) -> tuple[Kind, ...]:
    named = happening.event.probes
    return tuple(Kind) if named is None else tuple(Kind(each) for each in named)


def _is_in_effect(actor: Actor, kind: Kind, *, success: bool) -> bool:
    """Whether a result would change nothing, however often it came."""
    if kind is Kind.READINESS:
        return actor.ready is success
    return success if kind is Kind.LIVENESS else actor.started


def _pre_stop(actor: Actor) -> int:
    lifecycle = actor.container.lifecycle
    if lifecycle is None or lifecycle.pre_stop is None:
        return 0
    return lifecycle.pre_stop.sleep.seconds * _MS if lifecycle.pre_stop.sleep else actor.habits.pre_stop


def _always_pulls(actor: Actor) -> bool:
    policy, image = actor.container.image_pull_policy, actor.container.image
    if policy is not None:
        return policy == "Always"
    tag = image.rpartition("/")[2].partition("@")[0].partition(":")[2]
    return "@" not in image and tag in ("", "latest")


def _shown(actor: Actor) -> str:
    waiting = actor.state.waiting
    if waiting is not None:
        return f"Waiting: {waiting.reason}"
    return "Running" if actor.running else "Terminated" if actor.state.terminated else ""


def seconds(milliseconds: int) -> float:
    """Return a time in seconds, whole ones as integers."""
    return milliseconds // _MS if milliseconds % _MS == 0 else milliseconds / _MS


def _ms(seconds: float | None) -> int:
    return round((seconds or 0) * _MS)


def _bind(action: Callable[[Happening], None], happening: Happening) -> Callable[[], None]:
    return lambda: action(happening)
