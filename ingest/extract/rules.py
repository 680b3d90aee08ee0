"""The rules, in one visible tuple. Each reads one node and yields facts; none relies on another."""

from collections.abc import Callable, Iterator

from ingest.extract import (
    aliases,
    commands,
    contrast,
    definitions,
    examples,
    flows,
    images,
    labels,
    manifests,
    questions,
    status,
    structure,
    tables,
    values,
)
from ingest.extract.facts import Fact
from ingest.extract.reading import Reading
from ingest.extract.sentences.rules import sentences
from ingest.link.outline import Node

Rule = Callable[[Reading, Node], Iterator[Fact]]

# Order is the order of the output, and nothing else.
RULES: tuple[Rule, ...] = (
    structure.headings,
    structure.heading_brackets,
    structure.items,
    structure.paths,
    contrast.versus,
    contrast.compared,
    aliases.brackets,
    aliases.labels,
    aliases.roles,
    values.enumerated,
    values.fields,
    values.defaults,
    definitions.labels,
    definitions.first_bullets,
    definitions.glosses,
    definitions.definition_lists,
    examples.marked,
    examples.bracketed,
    examples.labelled,
    examples.typical,
    examples.modified,
    examples.label_members,
    examples.et_cetera,
    examples.likened,
    examples.patterns,
    flows.arrows,
    flows.chains,
    flows.procedures,
    flows.containment,
    images.depicted,
    status.stated,
    labels.values,
    labels.definitions,
    labels.there_are,
    tables.rows,
    tables.lines,
    questions.answers,
    manifests.fences,
    commands.fences,
    commands.spans,
    sentences,
)


def name_of(rule: Rule) -> str:
    """Return the name under which a statement keeps the rule that found it (`values.defaults`)."""
    return f"{rule.__module__.rpartition('.')[2]}.{rule.__name__}"
