"""Concepts and the facts between them as a drawing: Mermaid and DOT, the whole or what surrounds a concept.

Source: mermaid.js.org (flowchart); graphviz.org/doc/info/lang.html.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from graph.snapshot import FactNode, Snapshot
from ontology.lang import Lang

_MERMAID = str.maketrans({'"': "#quot;", "<": "#lt;", ">": "#gt;", "\n": " ", "`": "'"})
_DOT = str.maketrans({'"': '\\"', "\\": "\\\\", "\n": "\\n"})


@dataclass(frozen=True, slots=True)
class Diagram:
    """What is drawn: indices of concepts, and the facts between them, each relation once."""

    snapshot: Snapshot
    concepts: tuple[int, ...]
    facts: tuple[FactNode, ...]


def around(snapshot: Snapshot, concept: int, *, depth: int = 1) -> Diagram:
    """Return a concept with everything within `depth` facts of it, in either direction."""
    reached = frontier = {concept}
    for _ in range(depth):
        frontier = {each for one in frontier for each in _neighbours(snapshot, one)} - reached
        reached = reached | frontier
    return _diagram(snapshot, reached)


def whole(snapshot: Snapshot, *, layers: Iterable[str]) -> Diagram:
    """Return every concept that a fact of the layers connects to another."""
    wanted = frozenset(layers)
    facts = (fact for fact in snapshot.facts if fact.layer in wanted and fact.object >= 0)
    return _diagram(snapshot, {each for fact in facts for each in (fact.subject, fact.object)}, wanted)


def mermaid(diagram: Diagram, lang: Lang) -> str:
    """Return the diagram as a Mermaid flowchart; a denied fact is drawn dotted."""
    lines = ["flowchart LR"]
    lines += (f'  c{c}["{_label(diagram, c, lang).translate(_MERMAID)}"]' for c in diagram.concepts)
    for fact in diagram.facts:
        arrow = f"-. not {fact.predicate} .->" if fact.negated else f"-->|{fact.predicate}|"
        lines.append(f"  c{fact.subject} {arrow} c{fact.object}")
    return "\n".join((*lines, ""))


def dot(diagram: Diagram, lang: Lang) -> str:
    """Return the diagram in the DOT language; a denied fact is drawn dashed."""
    lines = ["digraph kubelore {", "  rankdir=LR;", "  node [shape=box];"]
    lines += (f'  c{c} [label="{_label(diagram, c, lang).translate(_DOT)}"];' for c in diagram.concepts)
    for fact in diagram.facts:
        style = f'label="not {fact.predicate}", style=dashed' if fact.negated else f'label="{fact.predicate}"'
        lines.append(f"  c{fact.subject} -> c{fact.object} [{style}];")
    return "\n".join((*lines, "}", ""))


FORMATS: Mapping[str, Callable[[Diagram, Lang], str]] = {"mermaid": mermaid, "dot": dot}


def _diagram(snapshot: Snapshot, concepts: set[int], layers: frozenset[str] | None = None) -> Diagram:
    found: dict[tuple[int, str, int, bool], FactNode] = {}
    for concept in sorted(concepts):
        for fact in (snapshot.facts[index] for index in snapshot.outgoing[concept]):
            if fact.object in concepts and (layers is None or fact.layer in layers):
                found.setdefault((fact.subject, fact.predicate, fact.object, fact.negated), fact)
    return Diagram(snapshot, tuple(sorted(concepts)), tuple(found.values()))


def _neighbours(snapshot: Snapshot, concept: int) -> Iterator[int]:
    yield from (t for i in snapshot.outgoing[concept] if (t := snapshot.facts[i].object) >= 0)
    yield from (snapshot.facts[i].subject for i in snapshot.incoming[concept])


def _label(diagram: Diagram, concept: int, lang: Lang) -> str:
    node = diagram.snapshot.concepts[concept]
    return next(iter(node.labels.get(lang.value, ())), node.name)
