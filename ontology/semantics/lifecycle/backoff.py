"""`podLifecycle.backoff`: the waits between the restarts of a container that is always restarted.

The first restart is immediate, then the kubelet waits 10 s and doubles the wait each time, up to a
maximum. A run of more than 600 s starts the row over.

Yes: some wait is longer than 0, so CrashLoopBackOff shows. No: every restart is immediate.

Source: kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle#container-restarts (v1.36).
"""

from collections.abc import Iterable, Iterator
from functools import partial
from math import inf

from ontology.errors import InvalidQuestionError
from ontology.scenario import Evaluator, Question, Scenario
from ontology.verdict import Outcome, Role, Step, Verdict

INITIAL_SECONDS = 10
MAX_SECONDS = 300
# A run longer than this counts as a recovery. It is a constant, not twice the configured maximum.
RECOVERY_SECONDS = 600


class Backoff(Question, frozen=True):
    """`runSeconds`: how long each run lasts; the maximum is the kubelet's `crashLoopBackOff` setting."""

    run_seconds: list[float]
    max_container_restart_period_seconds: int = MAX_SECONDS


def delays(runs: Iterable[float], maximum: int = MAX_SECONDS) -> Iterator[int]:
    """Yield the wait in seconds after each run."""
    following = 0
    for run in runs:
        wait = 0 if run > RECOVERY_SECONDS else following
        yield wait
        following = after(wait, maximum)


def after(wait: int, maximum: int = MAX_SECONDS) -> int:
    """Return the wait that follows `wait`, should the next run be short."""
    return min(wait * 2 or INITIAL_SECONDS, maximum)


def evaluate(_scenario: Scenario, asked: Backoff) -> Verdict:
    """Answer `{"delaySeconds": [..]}`.

    Raises:
        InvalidQuestionError: a negative run, or a maximum that the kubelet would not start with.
    """
    _check(asked)
    found = tuple(delays(asked.run_seconds, asked.max_container_restart_period_seconds))
    return Verdict(
        answer={"delaySeconds": list(found)},
        outcome=Outcome.of(any(found)),
        explain=partial(_explain, asked, found),
    )


BACKOFF = Evaluator(question=Backoff, evaluate=evaluate)


def _check(asked: Backoff) -> None:
    path = "question.backoff"
    for index, run in enumerate(asked.run_seconds):
        if not 0 <= run < inf:
            raise InvalidQuestionError(
                f"a run lasts 0 s or more, not `{run}`", path=f"{path}.runSeconds[{index}]"
            )
    maximum = asked.max_container_restart_period_seconds
    if not 1 <= maximum <= MAX_SECONDS:
        raise InvalidQuestionError(
            f"the kubelet takes 1 to {MAX_SECONDS} s, not `{maximum}`",
            path=f"{path}.maxContainerRestartPeriodSeconds",
        )


def _explain(asked: Backoff, found: tuple[int, ...]) -> tuple[Step, ...]:
    maximum = asked.max_container_restart_period_seconds
    steps = [
        _step(n, run, wait, maximum)
        for n, (run, wait) in enumerate(zip(asked.run_seconds, found, strict=True), 1)
    ]
    return (*steps, *_near_misses(asked.run_seconds), *_changes(asked.run_seconds, found, maximum)) or (
        Step("podLifecycle.backoffFirst", holds=True, facts={"run": 0, "seconds": 0, "wait": 0}),
    )


def _step(number: int, run: float, wait: int, maximum: int) -> Step:
    facts = {"run": number, "seconds": _number(run), "wait": wait, "maximum": maximum}
    if wait == 0:
        recovered = number > 1 and run > RECOVERY_SECONDS
        rule = "podLifecycle.backoffReset" if recovered else "podLifecycle.backoffFirst"
        return Step(rule, holds=True, facts=facts)
    rule = "podLifecycle.backoffCapped" if wait == maximum else "podLifecycle.backoffDoubled"
    return Step(rule, holds=True, facts=facts, concepts=("ContainerReason.CrashLoopBackOff",))


def _near_misses(runs: list[float]) -> Iterator[Step]:
    """Yield the runs that lasted exactly as long as is not enough."""
    for number, run in enumerate(runs, 1):
        if run == RECOVERY_SECONDS:
            facts = {"run": number, "seconds": RECOVERY_SECONDS}
            yield Step("podLifecycle.backoffReset", holds=False, facts=facts, role=Role.NEAR_MISS)


def _changes(runs: list[float], found: tuple[int, ...], maximum: int) -> Iterator[Step]:
    """Yield how long the last run would have had to last for an immediate restart."""
    if found and found[-1] > 0:
        longer = [*runs[:-1], RECOVERY_SECONDS + 1]
        wait = tuple(delays(longer, maximum))[-1]
        if wait == 0:
            yield Step(
                "podLifecycle.backoffReset",
                holds=True,
                facts={"run": len(runs), "seconds": RECOVERY_SECONDS, "wait": found[-1]},
                role=Role.CHANGE,
                change={"runSeconds": longer},
            )


def _number(seconds: float) -> float:
    return int(seconds) if seconds == int(seconds) else seconds
