"""`probes.observe`: every execution of a container's probes, and what it changes.

Yes: at the end the container runs and is ready. No: it does not, or is not.

Source: kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle#container-probes (v1.36).
"""

from collections.abc import Mapping
from functools import partial
from typing import Any, Literal

import msgspec

from ontology import restart_policies
from ontology.cluster.pods import Container, Pod, Probe
from ontology.errors import InvalidObjectError, InvalidQuestionError, TooLargeError
from ontology.scenario import Evaluator, Question, Scenario
from ontology.semantics.probes import explanation, handlers, thresholds
from ontology.semantics.probes.case import Case
from ontology.semantics.probes.handlers import Seen
from ontology.semantics.probes.thresholds import Kind, Timing
from ontology.semantics.probes.workers import Execution
from ontology.verdict import Outcome, Verdict

MAX_EXECUTIONS = 500_000

Result = Literal["success", "failure", "warning", "unknown", "error"] | Seen


class Exit(Question, frozen=True):
    """The container ends by itself in second `at`, before the probes of that second."""

    at: int
    code: int


class Observe(Question, frozen=True):
    """Outcomes of each probe's successive executions; the last one repeats."""

    seconds: int
    results: dict[Literal["startup", "readiness", "liveness"], list[Result]] = msgspec.field(
        default_factory=dict
    )
    exits: list[Exit] = msgspec.field(default_factory=list)


def evaluate(scenario: Scenario, asked: Observe) -> Verdict:
    """Answer `{"initial", "timeline", "final"}`.

    Raises:
        InvalidObjectError: not exactly one pod with one container, or numbers that the API refuses.
        InvalidQuestionError: outcomes that do not fit the probes, or times before the start.
        TooLargeError: more executions than MAX_EXECUTIONS.
    """
    case = _case(scenario, asked)
    container, timeline = case.run()
    gated = Kind.STARTUP in case.timings
    answer = {
        "initial": {"started": not gated, "ready": not gated and Kind.READINESS not in case.timings},
        "timeline": [_entry(case, each) for each in timeline],
        "final": {
            "running": container.running,
            "started": container.started,
            "ready": container.ready,
            "restarts": container.restarts,
        },
    }
    return Verdict(
        answer=answer,
        outcome=Outcome.of(container.running and container.ready),
        explain=partial(explanation.explain, case, container, timeline),
    )


OBSERVE = Evaluator(question=Observe, evaluate=evaluate)


def _entry(case: Case, execution: Execution) -> dict[str, Any]:
    entry = {
        "at": execution.at,
        "probe": execution.probe.value if execution.probe else None,
        "result": execution.result,
        "effect": execution.effect,
    }
    if execution.probe is not None:
        seen = case.seen(execution.probe, execution.number)
        if not isinstance(seen, str):
            entry["saw"] = msgspec.to_builtins(seen)
    return entry


def _case(scenario: Scenario, asked: Observe) -> Case:
    path, pod = scenario.one(Pod)
    restart_policies.check(pod, path=path)
    containers = pod.spec.containers or []
    if len(containers) != 1:
        raise InvalidObjectError(
            f"expected exactly one container, got {len(containers)}", path=f"{path}.spec.containers"
        )
    (container,) = containers
    timings = thresholds.timings(container, path=f"{path}.spec.containers[0]")
    _check(asked, container, timings)
    return Case(
        pod=pod,
        container=container,
        timings=timings,
        results={kind: tuple(asked.results[kind.value]) for kind in timings},
        seconds=asked.seconds,
        exits=tuple(sorted((each.at, each.code) for each in asked.exits)),
    )


def _check(asked: Observe, container: Container, timings: Mapping[Kind, Timing]) -> None:
    path = "question.observe"
    if asked.seconds < 0:
        raise InvalidQuestionError("expected 0 or more", path=f"{path}.seconds")
    if sum(asked.seconds // each.period + 1 for each in timings.values()) > MAX_EXECUTIONS:
        raise TooLargeError(f"more than {MAX_EXECUTIONS} executions", path=f"{path}.seconds")
    for index, each in enumerate(asked.exits):
        if each.at < 0:
            raise InvalidQuestionError("an exit before the start", path=f"{path}.exits[{index}].at")
    for name in asked.results:
        if Kind(name) not in timings:
            raise InvalidQuestionError(f"the container has no {name} probe", path=f"{path}.results.{name}")
    for kind, probe in thresholds.of(container).items():
        _check_results(asked.results.get(kind.value), kind, probe, path=f"{path}.results.{kind}")


def _check_results(results: list[Result] | None, kind: Kind, probe: Probe, *, path: str) -> None:
    if not results:
        raise InvalidQuestionError(f"the container has a {kind} probe: its results are missing", path=path)
    for index, seen in enumerate(results):
        if not isinstance(seen, str):
            handlers.check(seen, probe, path=f"{path}[{index}]")
