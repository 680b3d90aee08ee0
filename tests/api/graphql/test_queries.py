from collections.abc import Callable
from typing import Any

import pytest

Ask = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("Pod", id="canonical name"),
        pytest.param("k8s:Pod", id="CURIE"),
        pytest.param("https://kubelore.dev/id/Pod", id="IRI"),
        pytest.param("Q29uY2VwdDpQb2Q", id="Relay id"),
        pytest.param("파드", id="Korean label"),
        pytest.param("PO", id="other label, case aside"),
    ],
)
def test_a_concept_answers_to(ask: Ask, name: str) -> None:
    answer = ask("query($id: String!) { concept(id: $id) { name } }", id=name)

    assert answer == {"data": {"concept": {"name": "Pod"}}}


def test_an_unknown_concept_is_an_error_with_the_nearest_and_the_rest_is_kept(ask: Ask) -> None:
    answer = ask('{ concept(id: "Podd") { name } other: concept(id: "Node") { name } }')

    assert answer["data"] == {"concept": None, "other": {"name": "Node"}}
    (error,) = answer["errors"]
    assert error["message"] == "unknown concept `Podd` (did you mean `Pod`?)"
    assert error["extensions"] == {"code": "NOT_FOUND"}


@pytest.mark.parametrize(
    ("name", "langs", "label"),
    [
        pytest.param("Pod", "[KO]", "파드", id="the one asked for"),
        pytest.param("PodPhase.Pending", "[KO, EN]", "Pending", id="the next where there is none"),
        pytest.param("PodPhase.Pending", "[KO]", None, id="none"),
        pytest.param("Pod", None, "Pod", id="English if nothing is said"),
    ],
)
def test_a_label_falls_back(ask: Ask, name: str, langs: str | None, label: str | None) -> None:
    argument = f"(lang: {langs})" if langs else ""

    answer = ask(f'{{ concept(id: "{name}") {{ label{argument} }} }}')

    assert answer["data"]["concept"]["label"] == label


def test_all_labels_the_preferred_one_first(ask: Ask) -> None:
    answer = ask('{ concept(id: "Pod") { labels { lang text preferred } } }')

    assert answer["data"]["concept"]["labels"] == [
        {"lang": "KO", "text": "파드", "preferred": True},
        {"lang": "KO", "text": "포드", "preferred": False},
        {"lang": "EN", "text": "Pod", "preferred": True},
        {"lang": "EN", "text": "po", "preferred": False},
    ]


def test_a_fact_says_who_says_it_and_where(ask: Ask) -> None:
    answer = ask(
        """{ concept(id: "Taint") { facts { nodes {
          subject { name } predicate object { name } text lines document quote layer negated strength
        } } } }"""
    )

    assert answer["data"]["concept"]["facts"]["nodes"] == [
        {
            "subject": {"name": "Taint"}, "predicate": "definition", "object": None, "text": "keeps pods away",
            "lines": [7, 9], "document": "pods.md", "quote": "Phase", "layer": "NOTES", "negated": True,
            "strength": "MUST",
        },
        {
            "subject": {"name": "Taint"}, "predicate": "appliesTo", "object": {"name": "Node"}, "text": None,
            "lines": [], "document": None, "quote": None, "layer": "CURATED", "negated": False,
            "strength": "PLAIN",
        },
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        pytest.param('subject: "Pod"', ["f1", "f2"], id="by subject"),
        pytest.param('object: "PodPhase.Running"', ["f2"], id="by object"),
        pytest.param('predicate: "appliesTo"', ["f4"], id="by predicate"),
        pytest.param('subject: "Pod", object: "Node"', [], id="both ends"),
        pytest.param("where: {layer: [CURATED]}", ["f4"], id="by layer"),
        pytest.param("where: {negated: true}", ["f3"], id="by polarity"),
        pytest.param("where: {strength: [MUST]}", ["f3"], id="by strength"),
        pytest.param('where: {text: {contains: "PODS"}}', ["f3"], id="by text, case aside"),
        pytest.param("where: {document: {exists: false}}", ["f4"], id="by absence of a document"),
        pytest.param('where: {predicate: {in: ["hasPhase", "appliesTo"]}}', ["f1", "f2", "f4"], id="one of"),
        pytest.param("where: {object: {kind: [ENUM]}}", ["f1", "f2"], id="by the kind of the object"),
        pytest.param(
            'where: {subject: {label: {eq: "테인트"}}}', ["f3", "f4"], id="by a label of the subject"
        ),
        pytest.param("orderBy: {field: OBJECT, direction: DESC}", ["f3", "f2", "f1", "f4"], id="ordered"),
        pytest.param(
            "orderBy: [{field: PREDICATE}, {field: DOCUMENT}]", ["f4", "f3", "f1", "f2"], id="by two keys"
        ),
    ],
)
def test_facts_are_narrowed_and_ordered(ask: Ask, arguments: str, found: list[str]) -> None:
    from api.graphql.relay import transparent  # noqa: PLC0415

    answer = ask(f"{{ facts({arguments}) {{ nodes {{ id }} }} }}")

    ids = [transparent(each["id"]) for each in answer["data"]["facts"]["nodes"]]
    assert ids == [("Fact", each) for each in found]


def test_neighbours_on_both_sides(ask: Ask) -> None:
    query = "{ nodes { side concept { name } fact { predicate } } }"
    answer = ask(
        f'{{ pod: concept(id: "Pod") {{ neighbours(first: 1) {query} }} '
        f'node: concept(id: "Node") {{ neighbours {query} }} }}'
    )

    assert answer["data"]["pod"]["neighbours"]["nodes"] == [
        {"side": "SUBJECT", "concept": {"name": "PodPhase.Pending"}, "fact": {"predicate": "hasPhase"}}
    ]
    assert answer["data"]["node"]["neighbours"]["nodes"] == [
        {"side": "OBJECT", "concept": {"name": "Taint"}, "fact": {"predicate": "appliesTo"}}
    ]


def test_the_sections_of_a_note_are_a_tree(ask: Ask) -> None:
    answer = ask(
        """{ note(path: "pods.md") { title unread images { alt line } sections {
          title line endLine anchor concepts { name }
          sections { title text facts { nodes { predicate } } sections { title } }
        } } }"""
    )

    note = answer["data"]["note"]
    (top,) = note["sections"]
    assert (note["title"], note["unread"], note["images"]) == ("Pods", [9], [{"alt": "a pod", "line": 9}])
    assert (top["title"], top["line"], top["endLine"], top["concepts"]) == ("Pods", 1, 9, [{"name": "Pod"}])
    assert [each["title"] for each in top["sections"]] == ["Phase", "Taint"]
    assert top["sections"][0]["text"] == "## Phase\n\n- Phase : Pending, Running\n"
    assert top["sections"][1]["facts"]["nodes"] == [{"predicate": "definition"}]


@pytest.mark.parametrize("text", ["파드", "Pod", "pod"])
def test_search_finds_in_either_language(ask: Ask, text: str) -> None:
    answer = ask(
        "query($text: String!) { search(text: $text) { nodes { kind concept { name } snippet } } }", text=text
    )

    first = answer["data"]["search"]["nodes"][0]
    assert (first["kind"], first["concept"]) == ("CONCEPT", {"name": "Pod"})


def test_search_shows_where(ask: Ask) -> None:
    answer = ask(
        '{ search(text: "스케줄", kind: [SECTION], lang: [KO]) '
        "{ nodes { note { path } line section { title } snippet highlights { start end } } } }"
    )

    (hit,) = answer["data"]["search"]["nodes"]
    (highlight,) = hit["highlights"]
    assert hit["snippet"][highlight["start"] : highlight["end"]] == "스케줄"
    assert (hit["note"], hit["line"], hit["section"]) == ({"path": "pods.md"}, 9, {"title": "Taint"})


def test_findings_with_their_words(ask: Ask) -> None:
    answer = ask(
        '{ findings(kind: "misspelling") { nodes { document line found canonical message(lang: [KO]) } } '
        'none: findings(document: "gone.md") { totalCount } }'
    )

    assert answer["data"] == {
        "findings": {
            "nodes": [
                {
                    "document": "pods.md",
                    "line": 5,
                    "found": "Wating",
                    "canonical": "Waiting",
                    "message": "철자",
                }
            ]
        },
        "none": {"totalCount": 0},
    }


def test_a_rule_and_what_it_decides(ask: Ask) -> None:
    answer = ask(
        """{ rule(id: "scheduling.taints") { system since decides { name rules { nodes { name } } }
             citations { document lines } } }"""
    )

    rule = answer["data"]["rule"]
    assert (rule["system"], rule["since"]) == ("scheduling", "1.6")
    assert rule["decides"] == [{"name": "Taint", "rules": {"nodes": [{"name": "scheduling.taints"}]}}]
    assert rule["citations"] == [{"document": "pods.md", "lines": [9]}]


def test_the_shortest_path_with_its_facts(ask: Ask) -> None:
    query = "{ length concepts { name } facts { predicate } }"
    answer = ask(
        f'{{ path(from: "PodPhase.Pending", to: "PodPhase.Running") {query} '
        f'none: path(from: "Pod", to: "Node") {query} short: path(from: "Pod", to: "Pod") {query} }}'
    )

    assert answer["data"] == {
        "path": {
            "length": 2,
            "concepts": [{"name": "PodPhase.Pending"}, {"name": "Pod"}, {"name": "PodPhase.Running"}],
            "facts": [{"predicate": "hasPhase"}, {"predicate": "hasPhase"}],
        },
        "none": None,
        "short": {"length": 0, "concepts": [{"name": "Pod"}], "facts": []},
    }


def test_systems_tell_how_they_are_asked(ask: Ask) -> None:
    answer = ask("{ systems { nodes { name questions { name schema } } } }")

    systems = {each["name"]: each["questions"] for each in answer["data"]["systems"]["nodes"]}
    (endpoints,) = [each for each in systems["services"] if each["name"] == "endpoints"]
    assert "service" in str(endpoints["schema"])


SCENARIO = {
    "system": "services",
    "objects": [
        {
            "apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "default"},
            "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]},
        }
    ],
    "question": {"endpoints": {"service": "default/web"}},
}  # fmt: skip


def test_a_scenario_has_a_verdict_with_steps(ask: Ask) -> None:
    answer = ask(
        """query($scenario: JSON!) { evaluate(scenario: $scenario) {
          answer outcome steps { ruleName holds role text(lang: [KO]) facts } citations { quote }
        } }""",
        scenario=SCENARIO,
    )

    verdict = answer["data"]["evaluate"]
    assert (verdict["outcome"], verdict["answer"]) == ("NO", {"slices": []})
    assert verdict["steps"][0]["role"] == "APPLIED"
    assert verdict["steps"][0]["text"]


def test_a_wrong_scenario_is_an_error_at_its_path(ask: Ask) -> None:
    answer = ask('{ evaluate(scenario: {system: "servces", question: {x: {}}}) { outcome } }')

    assert answer["data"] == {"evaluate": None}
    assert answer["errors"][0]["extensions"] == {"code": "UNKNOWN_SYSTEM", "path": "system"}


def test_one_wrong_scenario_of_many_does_not_hide_the_others(ask: Ask) -> None:
    answer = ask(
        "query($all: [JSON!]!) { evaluateAll(scenarios: $all) { verdict { outcome } error { code } } }",
        all=[1, SCENARIO],
    )

    assert answer["data"]["evaluateAll"] == [
        {"verdict": None, "error": {"code": "BAD_INPUT"}},
        {"verdict": {"outcome": "NO"}, "error": None},
    ]


def test_statistics(ask: Ask) -> None:
    answer = ask("{ statistics { version concepts facts notes findings layers { layer facts } } }")

    assert answer["data"]["statistics"] == {
        "version": "v1", "concepts": 6, "facts": 4, "notes": 1, "findings": 1,
        "layers": [{"layer": "curated", "facts": 1}, {"layer": "notes", "facts": 3}],
    }  # fmt: skip


def test_flashcards_of_a_concept(ask: Ask) -> None:
    answer = ask(
        """{ flashcards(concept: "Taint", kind: [TERM]) { nodes {
          front(lang: [EN]) back(lang: [EN]) concepts { name } sources { document line }
        } } }"""
    )

    for card in answer["data"]["flashcards"]["nodes"]:
        assert {"name": "Taint"} in card["concepts"]
        assert card["front"]
    assert answer["data"]["flashcards"]["nodes"]


def test_a_machine_with_its_states_and_rows(ask: Ask) -> None:
    answer = ask(
        """{ machine(id: "podPhase") { name title(lang: [KO]) mermaid
             states { name initial final concept { name } } transitions { state event next text(lang: [EN]) } } }"""
    )

    machine = answer["data"]["machine"]
    assert machine["mermaid"].startswith("stateDiagram-v2")
    assert [each["name"] for each in machine["states"] if each["initial"]] == ["Pending"]
    assert {"Succeeded", "Failed"} <= {each["name"] for each in machine["states"] if each["final"]}
    assert all(each["text"] for each in machine["transitions"])


def test_a_note_by_the_end_of_its_path(ask: Ask) -> None:
    assert ask('{ note(path: "pods.md") { path } }')["data"]["note"] == {"path": "pods.md"}
    assert ask('{ note(path: "pod.md") { path } }')["errors"][0]["message"] == (
        "no note `pod.md` (did you mean `pods.md`?)"
    )
