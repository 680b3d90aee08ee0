import msgspec

from graph.citations import Citations
from graph.snapshot import RuleNode, Snapshot


def lines(found: Snapshot, rule: str, *concepts: str) -> list[int]:
    return [citation.line for citation in Citations(found).of_step(rule, concepts)]


def with_rule(found: Snapshot, *decides: str) -> Snapshot:
    rule = RuleNode("test.rule", "x:rule", tuple(found.concept_index[name] for name in decides), "", "", "")
    return msgspec.structs.replace(found, rules=(rule,))


def test_a_rule_cites_the_lines_about_what_it_decides(snapshot: Snapshot) -> None:
    assert lines(with_rule(snapshot, "TaintEffect.NoSchedule"), "test.rule") == [6]


def test_what_a_step_is_about_goes_before_what_its_rule_always_decides(snapshot: Snapshot) -> None:
    found = with_rule(snapshot, "TaintEffect.NoSchedule")

    assert lines(found, "test.rule", "PodPhase.Pending")[0] == 3


def test_a_line_about_two_of_the_concepts_goes_first(snapshot: Snapshot) -> None:
    found = with_rule(snapshot, "Taint", "Pod")

    assert lines(found, "test.rule")[0] == 5


def test_a_definition_says_most_about_a_concept(snapshot: Snapshot) -> None:
    first = Citations(snapshot).of_concept("Pod")[0]

    assert first.quote == "Pod : 컨테이너를 담는 가장 작은 단위"
    assert snapshot.notes[first.note].text.encode()[first.start : first.end].decode() == first.quote
    assert first.document == "pods.md"


def test_a_passage_is_cited_once_with_all_its_facts(snapshot: Snapshot) -> None:
    found = [c for c in Citations(snapshot).of_concept("Pod", limit=50) if c.line == 3]

    assert [len(citation.facts) for citation in found] == [2]


def test_the_unknown_cites_nothing(snapshot: Snapshot) -> None:
    assert lines(snapshot, "no.rule", "NoConcept") == []
    assert Citations(snapshot).of_concept("NoConcept") == ()


def test_only_notes_are_cited(snapshot: Snapshot) -> None:
    everything = Citations(snapshot).of_concept("Pod", limit=1000)

    assert {citation.note for citation in everything} == {0}
