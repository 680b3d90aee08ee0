"""`podLifecycle.timeline`: every change of a pod at its virtual time, from what the world does.

Yes: at the end the pod is Ready or has succeeded. No: neither. Unknown: its node is silent.

Source: kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle (v1.36).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

from ontology import restart_policies, selectors
from ontology.cluster.pods import ContainerState, Pod
from ontology.cluster.services import Service
from ontology.errors import InvalidObjectError
from ontology.scenario import Evaluator, Scenario
from ontology.semantics.lifecycle.containers import Role
from ontology.semantics.lifecycle.phases import Phase
from ontology.semantics.probes import thresholds
from ontology.verdict import Outcome, Step, Verdict
from ontology.walkthroughs.timeline import alternatives, chart, drawing, explanation, world
from ontology.walkthroughs.timeline.actors import Actor
from ontology.walkthroughs.timeline.alternatives import Failures, Played
from ontology.walkthroughs.timeline.clock import Change, seconds
from ontology.walkthroughs.timeline.engine import Life
from ontology.walkthroughs.timeline.event_texts import EventTexts
from ontology.walkthroughs.timeline.world import Happening, Timeline

_INT32 = 2**31 - 1


def evaluate(scenario: Scenario, asked: Timeline) -> Verdict:
    """Answer `{"until", "rows", "probes", "final"}`, and `chart` and `svg` if asked.

    Raises:
        InvalidObjectError: not exactly one pod, or one that the API refuses.
        InvalidQuestionError: an event that says nothing, or of a container that there is not.
        TooLargeError, TooCostlyError: too many events, too long a time, too many changes.
    """
    path, pod = scenario.one(Pod)
    restart_policies.check(pod, path=path)
    _check(pod, path)
    names = [c.name for c in (*(pod.spec.init_containers or ()), *(pod.spec.containers or ()))]
    happenings = world.happenings(asked, names)
    end = world.until(asked)
    services = _services(scenario, pod)

    def again(changed: Pod) -> Life:
        return play(changed, happenings, services, end, path=path)

    life = again(pod)
    texts = EventTexts(pod, world.node(happenings))
    return Verdict(
        answer={
            "until": seconds(end),
            "rows": list(_rows(life.clock.changes, texts)),
            "probes": _probes(life),
            "final": _final(life),
            **({"chart": chart.mermaid(pod.name, life.clock.changes, end)} if asked.chart else {}),
            **({"svg": drawing.svg(pod.name, life.clock.changes, end, asked.svg)} if asked.svg else {}),
        },
        outcome=_outcome(life),
        explain=lambda: _explain(pod, life, again),
    )


TIMELINE = Evaluator(question=Timeline, evaluate=evaluate)


def _explain(pod: Pod, life: Life, again: Callable[[Pod], Life]) -> tuple[Step, ...]:
    return (
        *explanation.explain(pod, tuple(life.clock.changes)),
        *alternatives.near_misses(_played(life), _failures(life)),
        *alternatives.changes(pod, _played(life), lambda changed: _played(again(changed))),
    )


def _played(life: Life) -> Played:
    return Played(tuple(life.clock.changes), _outcome(life))


def _failures(life: Life) -> Iterator[Failures]:
    for actor in life.actors.values():
        for kind, worker in actor.workers.items():
            yield Failures(actor.name, kind, worker.failures, worker.timing.failure_threshold)


def play(
    pod: Pod, happenings: Sequence[Happening], services: Sequence[str], until: int, *, path: str = ""
) -> Life:
    """Return the pod's life up to `until` (milliseconds)."""
    life = Life(pod, happenings, services, path)
    life.run(until)
    return life


def _rows(changes: Iterable[Change], texts: EventTexts) -> Iterator[dict[str, Any]]:
    """Yield the changes as rows of the table."""
    for at, together in groupby(changes, key=attrgetter("at")):
        second = seconds(at)
        for change in together:
            yield {
                "at": second,
                "kind": change.kind,
                "subject": change.subject,
                "from": change.before or None,
                "to": change.after,
                "reason": change.reason or None,
                "message": texts.text(change) if change.kind == "event" else None,
                "rule": change.rule,
            }


def _check(pod: Pod, path: str) -> None:
    """Raise for a time of the spec that the API refuses."""
    if pod.spec.active_deadline_seconds is not None:
        _in_range(pod.spec.active_deadline_seconds, 1, f"{path}.spec.activeDeadlineSeconds")
    for member, containers in (
        ("initContainers", pod.spec.init_containers),
        ("containers", pod.spec.containers),
    ):
        for index, container in enumerate(containers or ()):
            where = f"{path}.spec.{member}[{index}]"
            for kind, probe in thresholds.of(container).items():
                own = probe.termination_grace_period_seconds
                if own is not None:
                    _in_range(own, 1, f"{where}.{kind}Probe.terminationGracePeriodSeconds")
            hooks = container.lifecycle
            for name, hook in (
                ("preStop", hooks and hooks.pre_stop),
                ("postStart", hooks and hooks.post_start),
            ):
                if hook and hook.sleep:
                    _in_range(hook.sleep.seconds, 0, f"{where}.lifecycle.{name}.sleep.seconds")


def _in_range(seconds: int, least: int, path: str) -> None:
    if not least <= seconds <= _INT32:
        raise InvalidObjectError(f"expected {least} to {_INT32}, got `{seconds}`", path=path)


def _services(scenario: Scenario, pod: Pod) -> list[str]:
    return [
        service.name
        for service in scenario.all(Service)
        if service.namespace == pod.namespace
        and service.spec.selector
        and selectors.matches_all(service.spec.selector, pod.labels)
    ]


def _probes(life: Life) -> dict[str, Any]:
    return {
        actor.name: {
            kind.value: {"runs": worker.runs, "failures": worker.failures}
            for kind, worker in actor.workers.items()
        }
        for actor in life.actors.values()
        if actor.workers
    }


def _final(life: Life) -> dict[str, Any]:
    """Return the end: the pod's status in the shape of the API, and what is not in it."""
    statuses = {
        member: [_status(actor) for actor in life.actors.values() if (actor.role is Role.MAIN) is main]
        for member, main in (("initContainerStatuses", False), ("containerStatuses", True))
    }
    told = [
        {"type": each.type, "status": str(each.status), "reason": each.reason}
        for each in life.reports.conditions.values()
    ]
    gates = [{"type": type_, "status": status} for type_, status in life.gates.items()]
    return {
        "status": {
            "phase": (life.reports.phase or Phase.PENDING).value,
            "reason": life.failed_for if life.failed_for and life.reports.phase is Phase.FAILED else None,
            "conditions": told + gates,
            **({member: found for member, found in statuses.items() if found and life.scheduled}),
        },
        "restarts": sum(actor.restarts for actor in life.actors.values()),
        "endpoint": life.reports.endpoint,
        "terminating": life.deletion_grace is not None and not life.removed,
        "removed": life.removed,
    }


def _status(actor: Actor) -> dict[str, Any]:
    return {
        "name": actor.name,
        "state": _state(actor.state),
        "lastState": _state(actor.last),
        "ready": actor.ready,
        "started": actor.started,
        "restartCount": actor.restarts,
    }


def _state(state: ContainerState) -> dict[str, Any]:
    if state.running is not None:
        return {"running": {}}
    if state.terminated is not None:
        return {"terminated": {"exitCode": state.terminated.exit_code, "reason": state.terminated.reason}}
    return {"waiting": {"reason": state.waiting.reason}} if state.waiting is not None else {}


def _outcome(life: Life) -> Outcome:
    if life.node_silent or not life.reporting:
        return Outcome.UNKNOWN
    ready = life.reports.conditions.get("Ready")
    return Outcome.of(
        life.reports.phase is Phase.SUCCEEDED or (ready is not None and ready.status and not life.removed)
    )
