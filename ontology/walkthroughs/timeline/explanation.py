"""The time line in words: one step for each change, followed by the rules that decided it."""

from collections.abc import Iterator

from ontology.cluster.pods import Pod
from ontology.semantics.lifecycle.citations import reasons
from ontology.verdict import Step
from ontology.walkthroughs.timeline.clock import OWN, Change, seconds

_BY_KIND = {"phase": "podLifecycle.timelinePhase", "condition": "podLifecycle.timelineCondition"}
# rules of the time line's own that word the change of a phase or condition better than that it changed
_SAYS_IT_ALL = frozenset(OWN + name for name in ("Unscheduled", "Failed", "Sandbox", "Disrupted"))
_NAMED_REASONS = frozenset({"ContainersNotReady", "PodCompleted"})
_STATES = ("Waiting", "Running", "Terminated")


def explain(pod: Pod, changes: tuple[Change, ...]) -> tuple[Step, ...]:
    """Return the steps in the order of time."""
    return tuple(step for change in changes for step in _steps(pod, change))


def _steps(pod: Pod, change: Change) -> Iterator[Step]:
    rule = change.rule if change.rule.startswith(OWN) else _BY_KIND.get(change.kind)
    if change.kind in _BY_KIND and change.rule not in _SAYS_IT_ALL:
        rule = _BY_KIND[change.kind]
    if rule is not None:
        yield Step(
            rule,
            holds=True,
            facts={
                "pod": pod.name,
                "at": seconds(change.at),
                "subject": change.subject,
                "before": change.before,
                "after": change.after,
                "reason": change.reason,
            },
            concepts=_concepts(change),
        )
    yield from change.because


def _concepts(change: Change) -> tuple[str, ...]:
    match change.kind:
        case "phase":
            return (f"PodPhase.{change.after}",)
        case "condition":
            named = (f"PodConditionReason.{change.reason}",) if change.reason in _NAMED_REASONS else ()
            return (f"PodCondition.{change.subject}", *named)
        case "container":
            state, _, reason = change.after.partition(": ")
            said = (reason, change.reason.partition(",")[0])
            return (*((f"ContainerState.{state}",) if state in _STATES else ()), *reasons(*said))
        case _:
            return ()
