"""CrashLoopBackOff: how long the kubelet waits before each restart."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontology import evaluators
from ontology.errors import InvalidQuestionError
from ontology.semantics.lifecycle.backoff import delays
from ontology.verdict import Outcome, Role, Verdict


def ask(**question: Any) -> Verdict:
    return evaluators.answer({"system": "podLifecycle", "objects": [], "question": {"backoff": question}})


@pytest.mark.parametrize(
    ("runs", "maximum", "waits"),
    [
        pytest.param([1] * 8, 300, [0, 10, 20, 40, 80, 160, 300, 300], id="doubles up to 300 s"),
        pytest.param([1, 1, 1, 601, 1, 1], 300, [0, 10, 20, 0, 10, 20], id="a long run starts over"),
        pytest.param([1, 1, 600], 300, [0, 10, 20], id="600 s exactly are not long enough"),
        pytest.param([601, 601, 1], 300, [0, 0, 10], id="always long: always immediate"),
        pytest.param([1, 1, 1], 5, [0, 5, 5], id="a small maximum caps the first wait"),
        pytest.param([1, 1, 1, 1], 15, [0, 10, 15, 15], id="a maximum between two waits"),
        pytest.param([], 300, [], id="no run"),
    ],
)
def test_the_waits_after_runs(runs: list[int], maximum: int, waits: list[int]) -> None:
    verdict = ask(runSeconds=runs, maxContainerRestartPeriodSeconds=maximum)

    assert verdict.answer == {"delaySeconds": waits}


def test_yes_means_that_the_container_has_to_wait() -> None:
    assert ask(runSeconds=[1, 1]).outcome is Outcome.YES
    assert ask(runSeconds=[1]).outcome is Outcome.NO


def test_a_run_of_exactly_ten_minutes_is_a_near_miss() -> None:
    rules = [(s.rule, s.role) for s in ask(runSeconds=[1, 600]).steps]

    assert rules == [
        ("podLifecycle.backoffFirst", Role.APPLIED),
        ("podLifecycle.backoffDoubled", Role.APPLIED),
        ("podLifecycle.backoffReset", Role.NEAR_MISS),
        ("podLifecycle.backoffReset", Role.CHANGE),
    ]


@pytest.mark.parametrize(
    ("question", "path"),
    [
        pytest.param({"runSeconds": [1, -2]}, "runSeconds[1]", id="a negative run"),
        pytest.param({"runSeconds": ["1"]}, "runSeconds[0]", id="a text"),
        pytest.param({}, "", id="no runs"),
        pytest.param(
            {"runSeconds": [], "maxContainerRestartPeriodSeconds": 301},
            "maxContainerRestartPeriodSeconds",
            id="more than the kubelet takes",
        ),
        pytest.param(
            {"runSeconds": [], "maxContainerRestartPeriodSeconds": 0},
            "maxContainerRestartPeriodSeconds",
            id="none",
        ),
    ],
)
def test_bad_input_is_refused_with_its_path(question: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidQuestionError) as refused:
        ask(**question)

    assert refused.value.path == f"question.backoff.{path}".rstrip(".")


@given(st.lists(st.integers(0, 2000), max_size=30), st.integers(1, 300))
def test_waits_stay_within_bounds_and_grow_until_a_long_run(runs: list[int], maximum: int) -> None:
    found = list(delays(runs, maximum))

    assert len(found) == len(runs)
    assert all(0 <= wait <= maximum for wait in found)
    for before, (run, wait) in zip(found, list(zip(runs, found, strict=True))[1:], strict=False):
        assert wait == 0 if run > 600 else wait >= before
