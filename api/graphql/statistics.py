"""How much is in the graph."""

from collections import Counter

import strawberry

from graph.snapshot import Snapshot


@strawberry.type(description="How many facts one layer has.")
class LayerCount:
    """One row of the statistics."""

    layer: str = strawberry.field(description="The layer.")
    facts: int = strawberry.field(description="Its facts.")


@strawberry.type(description="What is in the graph.")
class Statistics:
    """Counts of one graph version."""

    version: str = strawberry.field(
        description="A digest of all that is in the graph: equal graphs, equal version."
    )
    concepts: int = strawberry.field(description="Concepts.")
    facts: int = strawberry.field(description="Facts of all layers.")
    notes: int = strawberry.field(description="Notes.")
    findings: int = strawberry.field(description="Findings in the notes.")
    layers: list[LayerCount] = strawberry.field(description="Facts by layer.")


def statistics(graph: Snapshot) -> Statistics:
    """Count what is in a graph."""
    layers = Counter(fact.layer for fact in graph.facts)
    return Statistics(
        version=graph.version,
        concepts=len(graph.concepts),
        facts=len(graph.facts),
        notes=len(graph.notes),
        findings=len(graph.findings),
        layers=[LayerCount(layer=layer, facts=count) for layer, count in sorted(layers.items())],
    )
