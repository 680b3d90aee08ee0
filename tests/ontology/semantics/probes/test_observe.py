"""Startup, readiness and liveness probes: when they run, what counts, what they change."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontology import evaluators
from ontology.errors import InvalidObjectError, InvalidQuestionError, OntologyError, TooLargeError
from ontology.verdict import Outcome, Role, Verdict

OK, BAD = "success", "failure"


def ask(
    seconds: int,
    probes: dict[str, dict[str, Any]],
    results: dict[str, list[Any]],
    *,
    exits: list[tuple[int, int]] | None = None,
    policy: str = "Always",
    own: str | None = None,
) -> Verdict:
    """Watch a container with these probes (by kind) for some seconds."""
    container: dict[str, Any] = {"name": "app", "image": "app:1"}
    if own:
        container["restartPolicy"] = own
    for kind, numbers in probes.items():
        container[f"{kind}Probe"] = {"tcpSocket": {"port": 80}, **numbers}
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web"},
        "spec": {"restartPolicy": policy, "containers": [container]},
    }
    observe: dict[str, Any] = {"seconds": seconds, "results": results}
    if exits:
        observe["exits"] = [{"at": at, "code": code} for at, code in exits]
    return evaluators.answer({"system": "probes", "objects": [pod], "question": {"observe": observe}})


def effects(verdict: Verdict) -> list[tuple[int, str | None, str]]:
    """Return what changed: second, probe, effect."""
    return [(e["at"], e["probe"], e["effect"]) for e in verdict.answer["timeline"] if e["effect"]]


def times(verdict: Verdict, probe: str) -> list[int]:
    return [each["at"] for each in verdict.answer["timeline"] if each["probe"] == probe]


FAST = {"periodSeconds": 1, "failureThreshold": 1}


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        pytest.param({}, [0, 10, 20], id="every 10 s by default"),
        pytest.param({"periodSeconds": 7}, [0, 7, 14, 21], id="every period"),
        pytest.param(
            {"periodSeconds": 7, "initialDelaySeconds": 8}, [14, 21], id="a delay does not shift the beat"
        ),
        pytest.param({"initialDelaySeconds": 10}, [10, 20], id="a delay that ends on the beat"),
    ],
)
def test_a_probe_runs(numbers: dict[str, Any], expected: list[int]) -> None:
    assert times(ask(25, {"readiness": numbers}, {"readiness": [OK]}), "readiness") == expected


@pytest.mark.parametrize(
    ("probes", "initial"),
    [
        pytest.param({}, (True, True), id="no probe: started and ready"),
        pytest.param({"liveness": {}}, (True, True), id="liveness holds up nothing"),
        pytest.param({"readiness": {}}, (True, False), id="readiness: started, not ready"),
        pytest.param({"startup": {}}, (False, False), id="startup: neither"),
    ],
)
def test_before_any_probe_a_container_is(probes: dict[str, Any], initial: tuple[bool, bool]) -> None:
    found = ask(0, probes, {kind: ["error"] for kind in probes}).answer["initial"]

    assert (found["started"], found["ready"]) == initial


def test_the_other_probes_wait_for_the_startup_probe() -> None:
    probes = {
        "startup": {"periodSeconds": 5},
        "readiness": {"periodSeconds": 1},
        "liveness": {"periodSeconds": 1},
    }

    verdict = ask(12, probes, {"startup": [BAD, BAD, OK], "readiness": [OK], "liveness": [OK]})

    assert effects(verdict) == [(10, "startup", "started"), (10, "readiness", "ready")]
    assert times(verdict, "liveness") == [10, 11, 12]
    assert times(verdict, "startup") == [0, 5, 10]


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        pytest.param([BAD, BAD, BAD], [(2, "liveness", "restart")], id="three in a row by default"),
        pytest.param([BAD, BAD, OK, BAD, BAD, OK], [], id="a success breaks the row"),
        pytest.param(
            [BAD, "error", BAD, "error", BAD, OK],
            [(4, "liveness", "restart")],
            id="an error does not break it",
        ),
        pytest.param([BAD, "unknown", BAD, OK], [(2, "liveness", "restart")], id="unknown is a failure"),
        pytest.param([BAD, BAD, "warning", BAD, OK], [], id="a warning is a success"),
    ],
)
def test_failures_count_in_a_row(results: list[str], expected: list[Any]) -> None:
    assert (
        effects(ask(len(results) - 1, {"liveness": {"periodSeconds": 1}}, {"liveness": results})) == expected
    )


def test_readiness_never_restarts() -> None:
    verdict = ask(6, {"readiness": {"periodSeconds": 1, "successThreshold": 2}}, {"readiness": [OK, OK, BAD]})

    assert effects(verdict) == [(1, "readiness", "ready"), (4, "readiness", "notReady")]
    assert verdict.answer["final"] == {"running": True, "started": True, "ready": False, "restarts": 0}
    assert verdict.outcome is Outcome.NO


@pytest.mark.parametrize(
    ("policy", "own", "effect"),
    [
        pytest.param("Always", None, "restart", id="Always"),
        pytest.param("OnFailure", None, "restart", id="OnFailure"),
        pytest.param("Never", None, "kill", id="Never"),
        pytest.param("Always", "Never", "kill", id="the container's own policy first"),
    ],
)
def test_a_failed_liveness_probe_ends_the_container(policy: str, own: str | None, effect: str) -> None:
    verdict = ask(
        3, {"liveness": FAST | {"initialDelaySeconds": 2}}, {"liveness": [BAD, OK]}, policy=policy, own=own
    )

    assert effects(verdict) == [(2, "liveness", effect)]
    assert verdict.answer["final"]["running"] is (effect == "restart")


@pytest.mark.parametrize(
    ("policy", "code", "effect"),
    [("Always", 0, "restart"), ("OnFailure", 0, "exit"), ("OnFailure", 1, "restart"), ("Never", 1, "exit")],
)
def test_an_exit_follows_the_restart_policy(policy: str, code: int, effect: str) -> None:
    verdict = ask(
        9, {"readiness": {"periodSeconds": 2}}, {"readiness": [OK]}, exits=[(3, code)], policy=policy
    )

    assert (3, None, effect) in effects(verdict)
    assert times(verdict, "readiness") == ([0, 2, 4, 6, 8] if effect == "restart" else [0, 2])


def test_the_delay_begins_anew_with_each_container() -> None:
    verdict = ask(
        16, {"readiness": {"periodSeconds": 2, "initialDelaySeconds": 5}}, {"readiness": [OK]}, exits=[(9, 1)]
    )

    assert times(verdict, "readiness") == [6, 8, 14, 16]


def test_readiness_counts_survive_a_restart() -> None:
    probes = {"readiness": {"periodSeconds": 2, "successThreshold": 3}}

    verdict = ask(8, probes, {"readiness": [OK]}, exits=[(5, 1)])

    assert effects(verdict) == [(4, "readiness", "ready"), (5, None, "restart"), (6, "readiness", "ready")]
    assert "probes.countSurvives" in [step.rule for step in verdict.steps]


def test_failures_before_an_exit_count_after_it() -> None:
    probes = {"liveness": {"periodSeconds": 2}}

    verdict = ask(8, probes, {"liveness": [BAD, BAD, BAD, OK]}, exits=[(3, 1)])

    assert effects(verdict) == [(3, None, "restart"), (4, "liveness", "restart")]


@pytest.mark.parametrize(
    ("handler", "saw", "result"),
    [
        pytest.param({"httpGet": {"port": 80}}, {"http": 200}, OK, id="HTTP 200"),
        pytest.param({"httpGet": {"port": 80}}, {"http": 302}, OK, id="HTTP 302"),
        pytest.param({"httpGet": {"port": 80}}, {"http": 404}, BAD, id="HTTP 404"),
        pytest.param({"httpGet": {"port": 80}}, {"http": 503}, BAD, id="HTTP 503"),
        pytest.param({"exec": {"command": ["x"]}}, {"exit": 0}, OK, id="exit 0"),
        pytest.param({"exec": {"command": ["x"]}}, {"exit": 1}, BAD, id="exit 1"),
        pytest.param({"tcpSocket": {"port": 80}}, {"tcp": "open"}, OK, id="an open port"),
        pytest.param({"tcpSocket": {"port": 80}}, {"tcp": "refused"}, BAD, id="a refused one"),
        pytest.param({"grpc": {"port": 80}}, {"grpc": "SERVING"}, OK, id="serving"),
        pytest.param({"grpc": {"port": 80}}, {"grpc": "NOT_SERVING"}, BAD, id="not serving"),
        pytest.param({"httpGet": {"port": 80}}, {"afterSeconds": 1}, OK, id="in time"),
        pytest.param({"httpGet": {"port": 80}}, {"afterSeconds": 3}, BAD, id="too late"),
        pytest.param(
            {"httpGet": {"port": 80}}, {"http": 200, "afterSeconds": 3}, BAD, id="well, but too late"
        ),
        pytest.param(
            {"httpGet": {"port": 80}, "timeoutSeconds": 5},
            {"http": 200, "afterSeconds": 3},
            OK,
            id="a longer timeout",
        ),
    ],
)
def test_a_handler_decides_what_it_saw(handler: dict[str, Any], saw: dict[str, Any], result: str) -> None:
    probe = {"tcpSocket": None, **handler}

    (entry,) = ask(0, {"readiness": probe}, {"readiness": [saw]}).answer["timeline"]

    assert (entry["result"], entry["saw"]) == (result, saw)


def test_near_misses_and_the_change_that_would_have_helped() -> None:
    verdict = ask(9, {"liveness": {"periodSeconds": 1}}, {"liveness": [BAD, BAD, OK, BAD, BAD, BAD, BAD, OK]})

    steps = {(s.rule, s.role): s for s in verdict.steps}

    assert steps["probes.threshold", Role.NEAR_MISS].facts["count"] == 2
    assert steps["probes.failureThreshold", Role.CHANGE].facts["threshold"] == 5


@pytest.mark.parametrize(
    ("seconds", "probes", "results", "exits", "error", "path"),
    [
        pytest.param(-1, {}, {}, [], InvalidQuestionError, "seconds", id="before the start"),
        pytest.param(
            1, {}, {}, [(-1, 0)], InvalidQuestionError, "exits[0].at", id="an exit before the start"
        ),
        pytest.param(
            1, {}, {"liveness": [OK]}, [], InvalidQuestionError, "results.liveness", id="no such probe"
        ),
        pytest.param(1, {"liveness": {}}, {}, [], InvalidQuestionError, "results.liveness", id="no results"),
        pytest.param(
            1,
            {"liveness": {}},
            {"liveness": [{"http": 200}]},
            [],
            InvalidQuestionError,
            "results.liveness[0]",
            id="not HTTP",
        ),
        pytest.param(
            1,
            {"liveness": {}},
            {"liveness": ["good"]},
            [],
            InvalidQuestionError,
            "results[...][0]",
            id="no such result",
        ),
        pytest.param(
            1,
            {"liveness": {"periodSeconds": -5}},
            {"liveness": [OK]},
            [],
            InvalidObjectError,
            "objects[0].spec.containers[0].livenessProbe.periodSeconds",
            id="a negative period",
        ),
        pytest.param(
            1,
            {"startup": {"successThreshold": 2}},
            {"startup": [OK]},
            [],
            InvalidObjectError,
            "objects[0].spec.containers[0].startupProbe.successThreshold",
            id="a startup probe that shall succeed twice",
        ),
        pytest.param(
            1,
            {"liveness": {"httpGet": {"port": 80}}},
            {"liveness": [{"http": 9999}]},
            [],
            InvalidQuestionError,
            "results.liveness[0].http",
            id="no status of HTTP",
        ),
        pytest.param(
            1,
            {"liveness": {"exec": {"command": ["x"]}}},
            {"liveness": [{"exit": 256}]},
            [],
            InvalidQuestionError,
            "results.liveness[0].exit",
            id="no exit code",
        ),
        pytest.param(
            10**9, {"liveness": FAST}, {"liveness": [OK]}, [], TooLargeError, "seconds", id="thirty years"
        ),
    ],
)
def test_bad_input_is_refused_with_its_path(
    seconds: int, probes: Any, results: Any, exits: Any, error: type[OntologyError], path: str
) -> None:
    with pytest.raises(error) as refused:
        ask(seconds, probes, results, exits=exits)

    assert refused.value.path in (path, f"question.observe.{path}")


RESULTS = st.lists(st.sampled_from([OK, BAD, "warning", "unknown", "error"]), min_size=1, max_size=12)
NUMBERS = st.fixed_dictionaries(
    {
        "periodSeconds": st.integers(1, 7),
        "initialDelaySeconds": st.integers(0, 9),
        "failureThreshold": st.integers(1, 3),
    }
)


@given(
    st.dictionaries(st.sampled_from(["startup", "readiness", "liveness"]), NUMBERS),
    st.fixed_dictionaries(dict.fromkeys(("startup", "readiness", "liveness"), RESULTS)),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 2)), max_size=3),
    st.sampled_from(["Always", "OnFailure", "Never"]),
)
def test_time_goes_on_restarts_are_counted_and_ready_means_started(
    probes: Any, results: Any, exits: Any, policy: str
) -> None:
    verdict = ask(60, probes, {kind: results[kind] for kind in probes}, exits=exits, policy=policy)
    timeline, final = verdict.answer["timeline"], verdict.answer["final"]

    assert [each["at"] for each in timeline] == sorted(each["at"] for each in timeline)
    assert final["restarts"] == sum(each["effect"] == "restart" for each in timeline)
    assert not final["ready"] or (final["started"] and final["running"])
    assert verdict.steps
