"""The rules, in one visible tuple. Each reads one node and yields facts; none relies on another."""

from collections.abc import Callable, Iterator
from functools import cache

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
from ingest.parse.blocks import BlockKind

Rule = Callable[[Reading, Node], Iterator[Fact]]

HEADINGS = frozenset({BlockKind.HEADING})
ITEMS = frozenset({BlockKind.ITEM})
TERMS = frozenset({BlockKind.TERM})
TEXTS = frozenset({BlockKind.ITEM, BlockKind.PARAGRAPH, BlockKind.TERM, BlockKind.QUOTE})
LINES = HEADINGS | TEXTS
TABLES = frozenset({BlockKind.TABLE})
FENCES = frozenset({BlockKind.FENCE})

# Which blocks a rule reads, and the rule. Order is the order of the output, and nothing else.
RULES: tuple[tuple[frozenset[BlockKind], Rule], ...] = (
    (HEADINGS, structure.headings),
    (HEADINGS, structure.heading_brackets),
    (TEXTS, structure.items),
    (TEXTS, structure.paths),
    (LINES, contrast.versus),
    (LINES, contrast.compared),
    (LINES, aliases.brackets),
    (TEXTS, aliases.labels),
    (TEXTS, aliases.roles),
    (TEXTS, values.enumerated),
    (TEXTS, values.fields),
    (TEXTS, values.defaults),
    (TEXTS, definitions.labels),
    (ITEMS, definitions.first_bullets),
    (LINES, definitions.glosses),
    (TERMS, definitions.definition_lists),
    (TEXTS, examples.marked),
    (TEXTS, examples.bracketed),
    (TEXTS, examples.labelled),
    (TEXTS, examples.typical),
    (ITEMS, examples.modified),
    (TEXTS, examples.label_members),
    (TEXTS, examples.et_cetera),
    (TEXTS, examples.likened),
    (ITEMS, examples.patterns),
    (TEXTS, flows.arrows),
    (TEXTS, flows.chains),
    (ITEMS, flows.procedures),
    (TEXTS, flows.containment),
    (LINES, images.depicted),
    (TEXTS, status.stated),
    (TEXTS, labels.values),
    (TEXTS, labels.definitions),
    (TEXTS, labels.there_are),
    (TABLES, tables.rows),
    (TEXTS, tables.lines),
    (LINES, questions.answers),
    (FENCES, manifests.fences),
    (FENCES, commands.fences),
    (TEXTS, commands.spans),
    (TEXTS, sentences),
)


@cache
def rules_of(kind: BlockKind) -> tuple[tuple[str, Rule], ...]:
    """Return the rules that read a kind of block, with their names."""
    return tuple((name_of(rule), rule) for kinds, rule in RULES if kind in kinds)


def name_of(rule: Rule) -> str:
    """Return the name under which a statement keeps the rule that found it (`values.defaults`)."""
    return f"{rule.__module__.rpartition('.')[2]}.{rule.__name__}"
