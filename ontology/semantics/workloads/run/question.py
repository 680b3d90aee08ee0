"""The question, and its verdict."""

from typing import Annotated, Any

import msgspec

from ontology import instants
from ontology.cluster.nodes import Node
from ontology.cluster.pods import Pod
from ontology.cluster.workloads import (
    ControllerRevision,
    CronJob,
    DaemonSet,
    Deployment,
    Job,
    OwnedClaim,
    ReplicaSet,
    StatefulSet,
)
from ontology.scenario import Evaluator, Question, Scenario
from ontology.semantics.workloads.run import outcome
from ontology.semantics.workloads.run.events import Event, after, happening
from ontology.semantics.workloads.simulation import clock
from ontology.semantics.workloads.simulation.cluster import Cluster, Delays, Ending, Entry
from ontology.verdict import Outcome, Step, Verdict

_KINDS = (
    Deployment,
    ReplicaSet,
    StatefulSet,
    DaemonSet,
    CronJob,
    Job,
    ControllerRevision,
    OwnedClaim,
    Node,
    Pod,
)


class End(Question, frozen=True):
    """How pods of a Job with this image end: with `exitCode`, `after` so long (`runDelay` by default).

    Only the first `times` of them, for each index by itself; only pods of some `indexes`.
    """

    image: str
    exit_code: int = 1
    after: str | None = None
    times: Annotated[int, msgspec.Meta(ge=0)] | None = None
    indexes: list[int] | None = None


class Run(Question, frozen=True):
    """Durations as Go writes them (`1m30s`); `broken` lists images whose pods never become ready, or end."""

    until: str
    start: str = "2026-01-01T00:00:00Z"
    events: list[Event] | None = None
    start_delay: str = "10s"
    stop_delay: str = "5s"
    eviction_delay: str = "5m"
    run_delay: str = "30s"
    broken: list[str] | None = None
    ends: list[End] | None = None


def evaluate(scenario: Scenario, asked: Run) -> Verdict:
    """Return the timeline. Yes: in the end every set has all its pods available and every Job is done.

    Raises:
        InvalidObjectError: two objects of one kind and name.
        InvalidQuestionError: an event that says nothing, several things, or is about what is not there.
        TooCostlyError: the run is longer than a run may be.
    """
    start = instants.parse(asked.start, path="question.run.start")
    delays = _delays(asked)
    cluster = Cluster({kind: scenario.all(kind) for kind in _KINDS}, now=start, delays=delays)
    events = [
        happening(event, start, f"question.run.events[{place}]")
        for place, event in enumerate(asked.events or ())
    ]
    written = outcome.sets(cluster)
    clock.run(cluster, start + after(asked.until, "question.run.until", least=0), events)
    sets = {f"{each.KIND}/{outcome.named(each)}": outcome.summary(cluster, each) for each in written}
    answer = {
        "timeline": [_shown(entry, start) for entry in cluster.entries],
        "sets": sets,
        "final": outcome.final(cluster),
    }
    left = outcome.sets(cluster)
    complete = all(outcome.complete(cluster, each) for each in left) and not outcome.failed(cluster)
    return Verdict(
        answer=answer,
        outcome=Outcome.of(complete),
        explain=lambda: (
            *(_step(entry, start) for entry in cluster.entries),
            *outcome.compared(sets),
            *(() if cluster.entries else (_nothing(),)),
        ),
    )


def _delays(asked: Run) -> Delays:
    def duration(text: str, name: str) -> int:
        return after(text, f"question.run.{name}")

    work = duration(asked.run_delay, "runDelay")
    return Delays(
        start=duration(asked.start_delay, "startDelay"),
        stop=duration(asked.stop_delay, "stopDelay"),
        node_loss=duration(asked.eviction_delay, "evictionDelay"),
        work=work,
        broken=frozenset(asked.broken or ()),
        endings=tuple(
            Ending(
                image=each.image,
                exit_code=each.exit_code,
                after=work if each.after is None else duration(each.after, f"ends[{place}].after"),
                times=each.times,
                indexes=None if each.indexes is None else frozenset(each.indexes),
            )
            for place, each in enumerate(asked.ends or ())
        ),
    )


def _nothing() -> Step:
    return Step("workloads.run.nothing", True)


def _shown(entry: Entry, start: int) -> dict[str, Any]:
    seconds = (entry.time - start) / instants.SECOND
    return {
        "t": int(seconds) if seconds == int(seconds) else seconds,
        "what": entry.what,
        "kind": entry.kind,
        "name": outcome.named(entry),
        **entry.detail,
    }


# What some wording names, and not every entry says.
_FACTS = ("by", "to", "reason", "revision", "image", "exitCode", "restarts", "scheduled")


def _step(entry: Entry, start: int) -> Step:
    facts = dict.fromkeys(_FACTS) | _shown(entry, start)
    return Step(f"workloads.run.{entry.what}", True, facts)


RUN = Evaluator(question=Run, evaluate=evaluate)
