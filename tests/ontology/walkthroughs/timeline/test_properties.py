"""What holds of every life."""

from itertools import accumulate, pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ontology import evaluators, vocabulary
from ontology.lang import Lang
from ontology.machines import machine
from ontology.messages import render
from ontology.semantics.lifecycle.backoff import delays
from ontology.verdict import Outcome, Verdict
from tests.ontology.walkthroughs.timeline.lives import PROBED, play

PROBES = st.fixed_dictionaries(
    {},
    optional={
        kind: st.fixed_dictionaries(
            {
                "httpGet": st.just({"port": 80}),
                "periodSeconds": st.integers(1, 7),
                "initialDelaySeconds": st.integers(0, 5),
                "failureThreshold": st.integers(1, 3),
            }
        )
        for kind in ("startupProbe", "readinessProbe", "livenessProbe")
    },
)
NAMES = st.sampled_from(["c0", "c1", "i0"])
EVENTS = st.lists(
    st.one_of(
        st.builds(lambda c, n: {"container": c, "imagePullFails": n}, NAMES, st.integers(0, 2)),
        st.builds(lambda c, s: {"container": c, "pullSeconds": s}, NAMES, st.integers(0, 9)),
        st.builds(lambda c, s: {"container": c, "stopsAfterSeconds": s}, NAMES, st.integers(0, 50)),
        st.builds(
            lambda t, c, a: {"at": t, "container": c, "answers": a}, st.integers(0, 200), NAMES, st.booleans()
        ),
        st.builds(
            lambda t, c, e: {"at": t, "container": c, "exit": e},
            st.integers(0, 200),
            NAMES,
            st.integers(0, 1),
        ),
        st.builds(lambda c, e: {"container": c, "exit": e, "afterSeconds": 9}, NAMES, st.integers(0, 1)),
        st.builds(lambda t, c: {"at": t, "container": c, "oom": True}, st.integers(0, 200), NAMES),
        st.builds(
            lambda t, n: {"at": t, "node": n},
            st.integers(0, 200),
            st.sampled_from(["lost", "notReady", "back"]),
        ),
        st.builds(lambda t: {"at": t, "delete": True}, st.integers(0, 300)),
        st.builds(lambda t: {"at": t, "evict": "memory"}, st.integers(0, 300)),
    ),
    max_size=6,
)
LIVES = st.tuples(
    st.lists(PROBES, min_size=1, max_size=2),
    st.sampled_from([None, {}, {"restartPolicy": "Always"}]),
    st.sampled_from(["Always", "OnFailure", "Never"]),
    EVENTS,
)


def played(life: Any, until: int = 400) -> tuple[Verdict, dict[str, Any]]:
    probes, init, policy, events = life
    known = {f"c{i}" for i in range(len(probes))} | ({"i0"} if init is not None else set())
    spec = {
        "containers": [{"name": f"c{i}", "image": "app:1", **each} for i, each in enumerate(probes)],
        "initContainers": [] if init is None else [{"name": "i0", "image": "i:1", **init}],
        "restartPolicy": policy,
    }
    kept = [event for event in events if event.get("container", "i0" if init is not None else "c0") in known]
    return play(kept, until, **spec), spec


@settings(deadline=None)
@given(LIVES)
def test_time_never_goes_back_and_a_finished_pod_stays_finished(life: Any) -> None:
    rows = played(life)[0].answer["rows"]

    assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)
    phases = [row["to"] for row in rows if row["kind"] == "phase"]
    assert all(phase not in ("Succeeded", "Failed") for phase in phases[:-1])
    assert all(before != after for before, after in pairwise(phases))


@settings(deadline=None)
@given(LIVES)
def test_ready_implies_containers_ready(life: Any) -> None:
    now: dict[str, str] = {}
    times: dict[str, dict[str, str]] = {}
    for row in played(life)[0].answer["rows"]:
        if row["kind"] == "condition":
            now = now | {row["subject"]: row["to"]}
            times[row["at"]] = now

    for told_ in times.values():
        assert told_.get("Ready") != "True" or told_.get("ContainersReady") == "True"


@settings(deadline=None)
@given(LIVES)
def test_a_pod_without_probes_and_gates_is_ready_exactly_when_all_its_containers_run(life: Any) -> None:
    probes, init, policy, events = life
    kept = [each for each in events if {"node", "delete", "evict"}.isdisjoint(each)]
    rows = played(([{} for _ in probes], init, policy, kept))[0].answer["rows"]

    needed = {f"c{i}" for i in range(len(probes))} | ({"i0"} if init else set())
    running: dict[str, bool] = {}
    ready: dict[float, tuple[bool, bool]] = {}
    told_ready = False
    for row in rows:
        if row["kind"] == "container":
            running[row["subject"]] = row["to"] == "Running"
        elif row["kind"] == "condition" and row["subject"] == "Ready":
            told_ready = row["to"] == "True"
        ready[row["at"]] = (told_ready, all(running.get(name, False) for name in needed))
    assert all(told_ == runs for told_, runs in ready.values())


@pytest.mark.parametrize(("name", "kind"), [("podPhase", "phase"), ("containerState", "container")])
def test_every_change_is_a_row_of_the_state_machine(name: str, kind: str) -> None:
    known = {(row.state, row.next) for row in machine(name).transitions}
    events = [
        {"container": "app", "imagePullFails": 1},
        {"at": 40, "container": "app", "exit": 1},
        {"at": 50, "container": "app", "oom": True},
        {"at": 60, "container": "app", "answers": False},
        {"at": 300, "container": "app", "answers": True},
        {"at": 400, "evict": "memory"},
    ]

    rows = [r for r in play(events, containers=[PROBED]).answer["rows"] if r["kind"] == kind and r["from"]]

    assert {(r["from"].partition(":")[0], r["to"].partition(":")[0]) for r in rows} <= known


@settings(deadline=None)
@given(LIVES)
def test_every_life_is_a_walk_through_the_state_machines(life: Any) -> None:
    known = {
        kind: {(row.state, row.next) for row in machine(name).transitions}
        for name, kind in (("podPhase", "phase"), ("containerState", "container"))
    }
    # a node that was not heard: what has happened in the meantime is told as one change
    rows = [r for r in played(life)[0].answer["rows"] if not r["rule"].endswith("HeardAgain")]

    for row in rows:
        if row["kind"] in known and row["from"]:
            states = tuple(row[end].partition(":")[0] for end in ("from", "to"))
            assert states in known[row["kind"]]


@settings(deadline=None)
@given(LIVES)
def test_restarts_never_exceed_what_back_off_allows(life: Any) -> None:
    verdict, _ = played(life)

    # 0, 10, 20, 40, 80 and 160 s between two ends, and one that a probe has caused before: no more in 400 s
    for status in verdict.answer["final"]["status"].get("containerStatuses", []):
        assert status["restartCount"] <= 7


@given(st.lists(st.integers(1, 700), min_size=1, max_size=8))
def test_a_container_that_crashes_waits_exactly_as_the_back_off_says(runs: list[int]) -> None:
    waits = list(delays(runs))
    begins = [0, *accumulate(run + wait for run, wait in zip(runs, waits, strict=True))]
    events = [
        {"at": begin + run, "container": "app", "exit": 1} for begin, run in zip(begins, runs, strict=False)
    ]

    rows = play(events, "3h").answer["rows"]

    assert [r["at"] for r in rows if (r["kind"], r["to"]) == ("container", "Running")] == begins


@settings(deadline=None)
@given(LIVES)
def test_the_end_is_what_status_makes_of_it(life: Any) -> None:
    verdict, spec = played(life)
    final = verdict.answer["final"]
    conditions = {c["type"]: (c["status"], c["reason"]) for c in final["status"]["conditions"]}
    if final["status"]["reason"] or verdict.outcome is Outcome.UNKNOWN or final["terminating"]:
        return  # the kubelet says Failed by itself, or nobody reports
    if conditions["PodScheduled"][0] == "False":
        return  # it was deleted before a kubelet had it

    known = [{"type": "Initialized", "status": conditions["Initialized"][0]}]
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web"},
        "spec": spec,
        "status": final["status"] | {"conditions": known},
    }
    question = {"status": {"podIsTerminal": True} if final["removed"] else {}}
    status = evaluators.answer({"system": "podLifecycle", "objects": [pod], "question": question}).answer

    assert status["phase"] == final["status"]["phase"]
    ready = [row["rule"] for row in verdict.answer["rows"] if row["subject"] == "Ready"][-1]
    if ready.endswith("NodeUnready"):
        del status["conditions"]["Ready"]  # the node controller has taken it away
    for type_, found in status["conditions"].items():
        assert (found["status"], found["reason"]) == conditions[type_]


@settings(deadline=None, max_examples=30)
@given(LIVES)
def test_every_step_reads_in_both_languages_and_the_same_input_gives_the_same_life(life: Any) -> None:
    verdict, _ = played(life)
    again, _ = played(life)

    assert verdict.answer == again.answer
    for step in verdict.steps:
        assert step.rule in vocabulary.rules()
        assert render(step, Lang.EN) != render(step, Lang.KO)
