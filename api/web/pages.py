"""Pages: what the graph holds, rendered from templates. Text of notes is always escaped."""

from collections.abc import Mapping
from functools import cache, partial
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from graph.citations import Citations
from graph.snapshot import FactNode, NoteNode, Snapshot
from ontology import evaluators

# Too many, and too little said of each, for a first page.
_OF_NOTES_ALONE = frozenset({"phrase", "image", "object"})


@cache
def _templates() -> Environment:
    found = Environment(
        loader=PackageLoader("api.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # one segment of an address: a path in it would be resolved by the browser
    found.filters["path"] = partial(quote, safe="")
    found.filters["file"] = lambda path: path.rpartition("/")[2]
    return found


def render(template: str, **members: Any) -> Response:
    """Return the page of one template."""
    return HTMLResponse(_templates().get_template(template).render(**members))


def front(graph: Snapshot) -> Response:
    """Return the first page: notes, concepts, systems."""
    spoken_of = {end for fact in graph.facts if fact.note >= 0 for end in (fact.subject, fact.object)}
    concepts = [(i, each) for i, each in enumerate(graph.concepts) if each.kind not in _OF_NOTES_ALONE]
    facts = [len(each) for each in graph.facts_of_note]
    return render(
        "front.html",
        graph=graph,
        notes=list(zip(graph.notes, facts, strict=True)),
        known=[each for index, each in concepts if index in spoken_of],
        others=[each for index, each in concepts if index not in spoken_of],
        systems=[(name, name in evaluators.COMPLETE) for name in evaluators.systems()],
    )


def note(graph: Snapshot, index: int) -> Response:
    """Return the page of a note: its sections, and its lines with the concepts that they speak of."""
    found = graph.notes[index]
    return render(
        "note.html",
        note=found,
        lines=list(enumerate(found.text.splitlines(), start=1)),
        concepts=_concepts_by_line(graph, index),
        findings=_findings_by_line(graph, index),
        anchors=_anchors(found),
    )


def _concepts_by_line(graph: Snapshot, note: int) -> Mapping[int, dict[str, None]]:
    found: dict[int, dict[str, None]] = {}
    for index in graph.facts_of_note[note]:
        fact = graph.facts[index]
        # the last of a fact's lines is the one that says it; the others give its context
        if fact.lines:
            names = found.setdefault(fact.lines[-1], {})
            names.update({graph.concepts[end].name: None for end in (fact.subject, fact.object) if end >= 0})
    return found


def _findings_by_line(graph: Snapshot, note: int) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = {}
    for finding in graph.findings:
        if finding.note == note:
            words = finding.message.get("en") or finding.kind
            found.setdefault(finding.line, []).append(words)
    return found


def _anchors(found: NoteNode) -> Mapping[int, str]:
    return {section.line: section.anchor for section in found.sections}


def concept(graph: Snapshot, index: int, citations: Citations) -> Response:
    """Return the page of a concept: names, definition, facts on both sides, rules, note lines."""
    node = graph.concepts[index]
    return render(
        "concept.html",
        concept=node,
        about=[_row(graph, graph.facts[each]) for each in graph.outgoing[index]],
        naming=[_row(graph, graph.facts[each]) for each in graph.incoming[index]],
        rules=[rule for rule in graph.rules if index in rule.decides],
        citations=citations.of_concept(node.name),
    )


def _row(graph: Snapshot, fact: FactNode) -> dict[str, Any]:
    return {
        "fact": fact,
        "subject": graph.concepts[fact.subject].name,
        "object": graph.concepts[fact.object].name if fact.object >= 0 else "",
        "document": graph.notes[fact.note].path if fact.note >= 0 else "",
        "line": fact.lines[-1] if fact.lines else 0,
    }


def system(graph: Snapshot, name: str) -> Response:
    """Return the page of a system: its questions and its rules.

    Raises:
        UnknownSystemError: no such system.
    """
    questions = [(each, evaluators.evaluator(name, each).question) for each in evaluators.questions(name)]
    return render(
        "system.html",
        system=name,
        complete=name in evaluators.COMPLETE,
        questions=[(each, asked.__doc__ or "", asked) for each, asked in questions],
        rules=[rule for rule in graph.rules if rule.name.partition(".")[0] == name],
        concepts=graph.concepts,
    )
