"""The rules, in one visible tuple. Each reads one node and yields facts; none relies on another."""

from collections.abc import Callable, Iterator
from functools import lru_cache

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
from ingest.extract.signs import (
    ANY,
    ARROWS,
    BRACKET,
    CODE,
    COMMA,
    COMMAND,
    CONTAINS,
    DEFAULT,
    DOT,
    ET_CETERA,
    EXAMPLE,
    EXISTS,
    FIRST,
    LABEL,
    LIKE,
    NAMED,
    NAMES,
    NUMBER,
    PICTURE,
    QUESTION,
    ROLE,
    SLASH,
    STATUS,
    TYPICAL,
    VERSUS,
)
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

# Which blocks a rule reads, what of their text it needs (any of it), and the rule. Order is the order of
# the output, and nothing else.
RULES: tuple[tuple[frozenset[BlockKind], int, Rule], ...] = (
    (HEADINGS, ANY, structure.headings),
    (HEADINGS, ANY, structure.heading_brackets),
    (TEXTS, NAMES, structure.items),
    (TEXTS, CODE, structure.paths),
    (LINES, VERSUS, contrast.versus),
    (LINES, VERSUS, contrast.compared),
    (LINES, BRACKET, aliases.brackets),
    (TEXTS, LABEL, aliases.labels),
    (TEXTS, LABEL, aliases.roles),
    (TEXTS, NAMES | LABEL, values.enumerated),
    (TEXTS, LABEL, values.fields),
    (TEXTS, CODE, values.coded),
    (TEXTS, LABEL, values.listed),
    (TEXTS, DEFAULT, values.defaults),
    (TEXTS, LABEL, definitions.labels),
    (ITEMS, FIRST, definitions.first_bullets),
    (LINES, BRACKET, definitions.glosses),
    (TERMS, ANY, definitions.definition_lists),
    (TEXTS, EXAMPLE, examples.marked),
    (TEXTS, BRACKET, examples.bracketed),
    (TEXTS, ROLE, examples.labelled),
    (TEXTS, TYPICAL, examples.typical),
    (ITEMS, COMMA, examples.modified),
    (TEXTS, LABEL, examples.label_members),
    (TEXTS, ET_CETERA, examples.et_cetera),
    (TEXTS, LIKE, examples.likened),
    (TEXTS, LIKE | ET_CETERA, examples.of_class),
    (ITEMS, DOT, examples.patterns),
    (TEXTS, ARROWS, flows.arrows),
    (TEXTS, ARROWS, flows.chains),
    (ITEMS, NUMBER, flows.procedures),
    (TEXTS, CONTAINS, flows.containment),
    (LINES, PICTURE, images.depicted),
    (TEXTS, STATUS, status.stated),
    (TEXTS, ROLE, labels.values),
    (TEXTS, ROLE, labels.definitions),
    (TEXTS, EXISTS, labels.there_are),
    (TABLES, ANY, tables.rows),
    (TEXTS, SLASH, tables.lines),
    (LINES, QUESTION, questions.answers),
    (FENCES, ANY, manifests.fences),
    (FENCES, ANY, commands.fences),
    (TEXTS, COMMAND, commands.spans),
    (TEXTS, NAMED, sentences),
)


@lru_cache(maxsize=4096)
def rules_of(kind: BlockKind, signs: int) -> tuple[tuple[str, Rule], ...]:
    """Return the rules that read a block of a kind with these signs, with their names."""
    return tuple(
        (name_of(rule), rule)
        for kinds, needed, rule in RULES
        if kind in kinds and (needed == ANY or signs & needed)
    )


def name_of(rule: Rule) -> str:
    """Return the name under which a statement keeps the rule that found it (`values.defaults`)."""
    return f"{rule.__module__.rpartition('.')[2]}.{rule.__name__}"
