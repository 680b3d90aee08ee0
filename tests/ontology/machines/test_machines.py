"""The state machines: whole, worded, published as they are, and true to the evaluators."""

import pathlib
from xml.etree import ElementTree as ET

import pytest
from pyoxigraph import NamedNode, RdfFormat, parse

from ontology import iri, machine, vocabulary
from ontology.errors import UnknownConceptError
from ontology.lang import Lang
from ontology.machine import Machine, NoTransitionError, Transition
from ontology.machines import describe, machines, publication, state_text, title, words
from ontology.machines import machine as find

ROOT = pathlib.Path(__file__).parents[3]
EACH = pytest.mark.parametrize("table", machines().values(), ids=list(machines()))


def test_there_is_a_machine_for_each_thing_with_states() -> None:
    assert set(machines()) == {
        "podPhase",
        "podConditions",
        "containerState",
        "probe",
        "persistentVolume",
        "persistentVolumeClaim",
        "nodeReadiness",
    }


@EACH
def test_every_state_is_reachable(table: Machine) -> None:
    assert machine.reachable(table) == set(table.states)


@EACH
def test_every_event_has_one_answer(table: Machine) -> None:
    keys = [(each.state, each.event, each.guard) for each in table.transitions]

    assert len(keys) == len(set(keys))


@EACH
def test_an_unguarded_row_comes_last_so_that_no_row_is_dead(table: Machine) -> None:
    seen: set[tuple[str, str]] = set()
    for each in table.transitions:
        assert (each.state, each.event) not in seen
        if not each.guard:
            seen.add((each.state, each.event))


@EACH
@pytest.mark.parametrize("lang", list(Lang))
def test_states_and_transitions_are_worded(table: Machine, lang: Lang) -> None:
    assert title(table, lang)
    assert all(state_text(table, state, lang) for state in table.states)
    told = [describe(table, each, lang) for each in table.transitions]
    assert len(told) == len(set(told))


def test_no_word_is_left_over_and_both_languages_have_the_same() -> None:
    rows = [each for table in machines().values() for each in table.transitions]
    for lang in Lang:
        assert set(words(lang)["events"]) == {each.event for each in rows}
        assert set(words(lang)["guards"]) == {each.guard for each in rows} - {""}
        assert set(words(lang)["effects"]) == {each.effect for each in rows} - {""}
        assert set(words(lang)["states"]) == set(words(lang)["titles"]) == set(machines())
        assert {m: set(s) for m, s in words(lang)["states"].items()} == {
            table.name: set(table.states) for table in machines().values()
        }


@EACH
def test_concepts_are_those_of_the_vocabulary_and_sources_are_pages(table: Machine) -> None:
    registry = vocabulary.registry()

    assert table.concept in registry
    assert all(concept in registry and state in table.states for state, concept in table.concepts)
    assert all(each.source.startswith("https://kubernetes.io/docs/") for each in table.transitions)


def test_a_sentence_in_each_language() -> None:
    phase = find("podPhase")
    row = next(each for each in phase.transitions if each.guard == "allWithZero" and each.state == "Running")

    assert describe(phase, row, Lang.EN) == (
        "when the last running container ends, and all ended with exit code 0 and none will be restarted,"
        " the pod goes from Running to Succeeded"
    )
    assert describe(phase, row, Lang.KO) == (
        "모두 종료 코드 0으로 끝났고 다시 시작되지 않을 경우, 마지막으로 실행 중이던 컨테이너가 끝나면"
        " 파드는 Running에서 Succeeded로 바뀝니다"
    )


def states(name: str, *events: tuple[str, str]) -> list[str]:
    """Return the states that events, each with the guard that holds, lead through."""
    given = [(event, frozenset({guard})) for event, guard in events]
    return [row.next for row in machine.run(find(name), given)]


@pytest.mark.parametrize(
    ("name", "events", "expected"),
    [
        pytest.param(
            "podPhase",
            [
                ("containersStarted", ""),
                ("lastContainerEnded", "restarted"),
                ("lastContainerEnded", "allWithZero"),
            ],
            ["Running", "Running", "Succeeded"],
            id="a pod restarts once and succeeds",
        ),
        pytest.param(
            "podPhase",
            [("nodeSilent", ""), ("collected", "")],
            ["Unknown", "Failed"],
            id="its node is lost for good",
        ),
        pytest.param(
            "containerState",
            [
                ("imagePullFailed", ""),
                ("started", ""),
                ("ended", ""),
                ("restartDue", "inBackOff"),
                ("backOffOver", ""),
            ],
            ["Waiting", "Running", "Terminated", "Waiting", "Running"],
            id="a container crashes and waits",
        ),
        pytest.param(
            "persistentVolume",
            [("seen", ""), ("claimBinds", ""), ("claimDeleted", ""), ("reclaimed", "policyRetain")],
            ["Available", "Bound", "Released", "Released"],
            id="a retained volume stays released",
        ),
        pytest.param(
            "nodeReadiness",
            [("kubeletReady", ""), ("silent", "graceOver"), ("kubeletReady", "")],
            ["Ready", "Unknown", "Ready"],
            id="a node falls silent and comes back",
        ),
    ],
)
def test_a_machine_runs(name: str, events: list[tuple[str, str]], expected: list[str]) -> None:
    assert states(name, *events) == expected


@pytest.mark.parametrize("phase", ["Succeeded", "Failed"])
def test_a_finished_pod_answers_to_nothing(phase: str) -> None:
    table = find("podPhase")

    assert phase in table.final
    with pytest.raises(
        NoTransitionError, match=f"`podPhase` has no transition for `containersStarted` in state `{phase}`"
    ):
        machine.step(table, phase, "containersStarted")


@pytest.mark.parametrize("state", ["Waiting", "Passing", "Failing"])
def test_a_probe_that_cannot_be_carried_out_changes_nothing(state: str) -> None:
    row = machine.step(find("probe"), state, "cannotRun")

    assert (row.next, row.effect) == (state, "notCounted")


@pytest.mark.parametrize("state", find("probe").states)
def test_a_new_container_has_every_probe_wait_again(state: str) -> None:
    assert machine.step(find("probe"), state, "newContainer").next == "Waiting"


def test_an_unknown_machine_names_the_nearest() -> None:
    with pytest.raises(UnknownConceptError, match="podPhase"):
        find("podPhases")


LAMP = Machine(
    name="lamp",
    concept="Node",
    initial="Off",
    transitions=(
        Transition(state="Off", event="press", guard="power", next="On", effect="light", source="https://x"),
        Transition(state="On", event="break", next="Broken", source="https://x"),
    ),
)


def test_drawings_show_guard_effect_start_and_end() -> None:
    assert machine.mermaid(LAMP) == (
        "stateDiagram-v2\n  [*] --> Off\n  Off --> On: press [power] / light\n  On --> Broken: break\n  Broken --> [*]\n"
    )
    assert '"Off" -> "On" [label="press [power] / light"];' in machine.dot(LAMP)
    assert '"Broken" [shape=doublecircle];' in machine.dot(LAMP)


@EACH
def test_scxml_is_well_formed_and_holds_the_table(table: Machine) -> None:
    name = "{http://www.w3.org/2005/07/scxml}"

    root = ET.fromstring(machine.scxml(table))

    found = [
        (state.get("id"), row.get("event"), row.get("cond", ""), row.get("target"))
        for state in root
        for row in state.findall(f"{name}transition")
    ]
    assert sorted(found) == sorted((t.state, t.event, t.guard, t.next) for t in table.transitions)
    assert {state.get("id") for state in root.findall(f"{name}final")} <= set(table.final)


# what W3C's schema lets stand where, as far as we write it: children, and attributes that must be there
_SCXML = {
    "scxml": ({"datamodel", "state", "final"}, {"version", "datamodel", "name", "initial"}),
    "datamodel": ({"data"}, set[str]()),
    "data": (set[str](), {"id", "expr"}),
    "state": ({"transition"}, {"id"}),
    "final": (set[str](), {"id"}),
    "transition": ({"log"}, {"event", "target"}),
    "log": (set[str](), {"label", "expr"}),
}


@EACH
def test_scxml_is_what_its_schema_allows_and_declares_what_it_uses(table: Machine) -> None:
    root = ET.fromstring(machine.scxml(table))

    for each in root.iter():
        children, attributes = _SCXML[each.tag.partition("}")[2]]
        assert {child.tag.partition("}")[2] for child in each} <= children
        assert attributes <= set(each.keys())
    ids = [each.get("id") for each in root.iter() if each.get("id")]
    assert len(ids) == len(set(ids))
    used = {each.get(name) for each in root.iter() for name in ("initial", "target", "cond")} - {None}
    assert used <= set(ids)


def test_the_published_turtle_is_the_tables() -> None:
    text = (ROOT / "ontology/vocabulary/machines.ttl").read_text(encoding="utf-8")

    assert text == publication.turtle()
    quads = list(parse(input=text.encode(), format=RdfFormat.TURTLE))
    to = [quad for quad in quads if quad.predicate == NamedNode(iri.predicate("to"))]
    assert len(to) == sum(len(table.transitions) for table in machines().values())


def test_the_pictures_of_the_documentation_are_the_tables() -> None:
    text = (ROOT / "docs/machines.md").read_text(encoding="utf-8")

    assert text == publication.page()
    assert all(machine.mermaid(table) in text for table in machines().values())
