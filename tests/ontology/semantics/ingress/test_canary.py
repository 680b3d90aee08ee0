"""Canaries, as the annotations page of kubernetes.github.io/ingress-nginx has them (#canary)."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontology.errors import InvalidObjectError
from ontology.lang import Lang
from ontology.messages import render
from tests.ontology.semantics.ingress.requests import (
    CANARY,
    ingress,
    path,
    send,
    service_of,
)


def canaried(**marks: str) -> list[dict[str, Any]]:
    annotations = {CANARY: "true"} | {f"{CANARY}-{k.replace('_', '-')}": v for k, v in marks.items()}
    return [ingress("main", path("/")), ingress("new", path("/", "api"), marks=annotations)]


@pytest.mark.parametrize(
    ("marks", "request_", "service"),
    [
        pytest.param({"by_header": "X-New"}, {"headers": {"x-new": "always"}}, "api", id="header always"),
        pytest.param({"by_header": "X-New"}, {"headers": {"x-new": "never"}}, "web", id="header never"),
        pytest.param(
            {"by_header": "X-New", "weight": "100"},
            {"headers": {"x-new": "never"}},
            "web",
            id="never beats weight",
        ),
        pytest.param(
            {"by_header": "X-New", "weight": "100"},
            {"headers": {"x-new": "maybe"}},
            "api",
            id="another value: weight",
        ),
        pytest.param({"by_header": "X-New"}, {}, "web", id="no header"),
        pytest.param(
            {"by_header": "X", "by_header_value": "kr"},
            {"headers": {"X": "kr"}},
            "api",
            id="the header's value",
        ),
        pytest.param(
            {"by_header": "X", "by_header_value": "kr"},
            {"headers": {"X": "always"}},
            "web",
            id="a value replaces always",
        ),
        pytest.param(
            {"by_header": "X", "by_header_pattern": "^k.$"}, {"headers": {"X": "kr"}}, "api", id="a pattern"
        ),
        pytest.param(
            {"by_header": "X", "by_header_pattern": "("},
            {"headers": {"X": "("}},
            "web",
            id="a pattern that is none matches nothing",
        ),
        pytest.param(
            {"by_header": "X", "by_header_pattern": "^k.$"},
            {"headers": {"X": "us"}},
            "web",
            id="a pattern misses",
        ),
        pytest.param(
            {"by_header": "X", "by_header_value": "a", "by_header_pattern": "b"},
            {"headers": {"X": "b"}},
            "web",
            id="a value before a pattern",
        ),
        pytest.param({"by_cookie": "new"}, {"cookies": {"new": "always"}}, "api", id="cookie always"),
        pytest.param(
            {"by_cookie": "new", "weight": "100"}, {"cookies": {"new": "never"}}, "web", id="cookie never"
        ),
        pytest.param(
            {"by_header": "X", "by_cookie": "c"},
            {"headers": {"X": "never"}, "cookies": {"c": "always"}},
            "web",
            id="header before cookie",
        ),
        pytest.param({"weight": "0"}, {}, "web", id="weight 0"),
        pytest.param({"weight": "100"}, {}, "api", id="weight 100"),
        pytest.param({"weight": "1000", "weight_total": "1000"}, {}, "api", id="all of another total"),
    ],
)
def test_a_canary(marks: dict[str, str], request_: dict[str, Any], service: str) -> None:
    verdict = send(*canaried(**marks), **request_)

    assert service_of(verdict) == service
    assert all(render(step, lang) for step in verdict.steps for lang in Lang)


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        pytest.param({"headers": {"X": "always"}}, [("Header", True)], id="the header decides"),
        pytest.param({"headers": {"X": "never"}}, [("Header", False)], id="the header decides against"),
        pytest.param(
            {"cookies": {"c": "always"}}, [("Header", None), ("Cookie", True)], id="then the cookie"
        ),
        pytest.param(
            {"headers": {"X": "maybe"}, "cookies": {"c": "no"}},
            [("Header", None), ("Cookie", None), ("Weight", None)],
            id="then the weight",
        ),
    ],
)
def test_each_rule_of_a_canary_is_told_in_its_order(request_: dict[str, Any], said: list[Any]) -> None:
    steps = send(*canaried(by_header="X", by_cookie="c", weight="20"), **request_).steps

    told = [(s.rule.removeprefix("ingress.canary"), s.holds) for s in steps if ".canary" in s.rule]
    assert told == said


@pytest.mark.parametrize("marks", [{"weight": "ten"}, {"weight": "-1"}])
def test_canary_annotations_that_mean_nothing_are_refused(marks: dict[str, str]) -> None:
    with pytest.raises(InvalidObjectError):
        send(*canaried(**marks))


def test_a_canary_without_a_main_ingress_gets_nothing() -> None:
    assert send(canaried(weight="100")[1]).answer["status"] == 404


@given(st.integers(0, 2000), st.none() | st.integers(0, 1500), st.integers(0, 10**6))
def test_the_shares_of_a_canary_add_up_to_100_percent(weight: int, total: int | None, seed: int) -> None:
    marks = {"weight": str(weight)} | ({} if total is None else {"weight_total": str(total)})
    shares = send(*canaried(**marks), seed=seed).answer["shares"]

    # a total below 100 is not taken over, and more than everything cannot go to the canary
    every = max(total or 0, 100)
    assert sum(Fraction(part) for part in shares.values()) == 1
    assert Fraction(shares["default/api:80"]) == min(Fraction(weight, every), 1)


def test_a_seed_repeats_its_draw_and_the_weight_is_kept_over_many() -> None:
    drawn = [service_of(send(*canaried(weight="30"), seed=seed)) for seed in range(300)]

    assert drawn == [service_of(send(*canaried(weight="30"), seed=seed)) for seed in range(300)]
    assert 60 <= drawn.count("api") <= 120
