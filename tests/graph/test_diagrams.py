import msgspec

from graph import diagrams
from graph.snapshot import ConceptNode, Snapshot
from ontology.lang import Lang


def test_what_surrounds_a_concept_is_drawn_with_its_labels(snapshot: Snapshot) -> None:
    diagram = diagrams.around(snapshot, snapshot.concept_index["TaintEffect.NoSchedule"])
    text = diagrams.mermaid(diagram, Lang.KO)

    assert text.startswith("flowchart LR\n")
    assert '["테인트"]' in text
    assert "-->|hasEffect|" in text


def test_depth_reaches_further(snapshot: Snapshot) -> None:
    concept = snapshot.concept_index["TaintEffect.NoSchedule"]

    near, far = (diagrams.around(snapshot, concept, depth=depth) for depth in (1, 2))

    assert set(near.concepts) < set(far.concepts)


def test_a_denied_fact_is_drawn_as_denied(snapshot: Snapshot) -> None:
    whole = diagrams.whole(snapshot, layers=["notes"])

    assert "-. not selects .->" in diagrams.mermaid(whole, Lang.EN)
    assert 'label="not selects", style=dashed' in diagrams.dot(whole, Lang.EN)


def test_a_layer_is_drawn_alone(snapshot: Snapshot) -> None:
    whole = diagrams.whole(snapshot, layers=["notes"])

    assert {fact.layer for fact in whole.facts} == {"notes"}


def test_labels_cannot_break_out_of_the_drawing(snapshot: Snapshot) -> None:
    evil = ConceptNode('"];x', "x:evil", "phrase", {"en": ('"]; <b>\n`x`\\',)}, {}, (), "")
    concepts = (evil, *snapshot.concepts[1:])
    diagram = diagrams.Diagram(msgspec.structs.replace(snapshot, concepts=concepts), (0,), ())

    assert diagrams.mermaid(diagram, Lang.EN) == "flowchart LR\n  c0[\"#quot;]; #lt;b#gt; 'x'\\\"]\n"
    assert '[label="\\"]; <b>\\n`x`\\\\"];' in diagrams.dot(diagram, Lang.EN)
