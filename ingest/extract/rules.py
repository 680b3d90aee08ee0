"""The rules, in one visible tuple. Each reads one node and yields facts; none relies on another."""

from collections.abc import Callable, Iterator
from functools import lru_cache

from ingest.extract import commands, contrast, images, manifests, questions, status
from ingest.extract.aliases.brackets import brackets
from ingest.extract.aliases.labels import labels as second_names
from ingest.extract.aliases.roles import roles
from ingest.extract.definitions.definition_lists import definition_lists
from ingest.extract.definitions.first_bullets import first_bullets
from ingest.extract.definitions.glosses import glosses
from ingest.extract.definitions.labels import labels as explained_labels
from ingest.extract.examples.bracketed import bracketed
from ingest.extract.examples.et_cetera import et_cetera
from ingest.extract.examples.label_members import label_members
from ingest.extract.examples.labelled import labelled
from ingest.extract.examples.likened import likened
from ingest.extract.examples.marked import marked
from ingest.extract.examples.modified import modified
from ingest.extract.examples.of_class import of_class
from ingest.extract.examples.patterns import patterns
from ingest.extract.examples.typical import typical
from ingest.extract.facts import Fact
from ingest.extract.flows.arrows import arrows
from ingest.extract.flows.chains import chains
from ingest.extract.flows.containment import containment
from ingest.extract.flows.procedures import procedures
from ingest.extract.labels.definitions import definitions as labelled_definitions
from ingest.extract.labels.there_are import there_are
from ingest.extract.labels.values import values as labelled_values
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
from ingest.extract.structure.heading_brackets import heading_brackets
from ingest.extract.structure.headings import headings
from ingest.extract.structure.items import items
from ingest.extract.structure.paths import paths
from ingest.extract.tables.lines import lines
from ingest.extract.tables.rows import rows
from ingest.extract.values.coded import coded
from ingest.extract.values.defaults import defaults
from ingest.extract.values.enumerated import enumerated
from ingest.extract.values.fields import fields
from ingest.extract.values.listed import listed
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
    (HEADINGS, ANY, headings),
    (HEADINGS, ANY, heading_brackets),
    (TEXTS, NAMES, items),
    (TEXTS, CODE, paths),
    (LINES, VERSUS, contrast.versus),
    (LINES, VERSUS, contrast.compared),
    (LINES, BRACKET, brackets),
    (TEXTS, LABEL, second_names),
    (TEXTS, LABEL, roles),
    (TEXTS, NAMES | LABEL, enumerated),
    (TEXTS, LABEL, fields),
    (TEXTS, CODE, coded),
    (TEXTS, LABEL, listed),
    (TEXTS, DEFAULT, defaults),
    (TEXTS, LABEL, explained_labels),
    (ITEMS, FIRST, first_bullets),
    (LINES, BRACKET, glosses),
    (TERMS, ANY, definition_lists),
    (TEXTS, EXAMPLE, marked),
    (TEXTS, BRACKET, bracketed),
    (TEXTS, ROLE, labelled),
    (TEXTS, TYPICAL, typical),
    (ITEMS, COMMA, modified),
    (TEXTS, LABEL, label_members),
    (TEXTS, ET_CETERA, et_cetera),
    (TEXTS, LIKE, likened),
    (TEXTS, LIKE | ET_CETERA, of_class),
    (ITEMS, DOT, patterns),
    (TEXTS, ARROWS, arrows),
    (TEXTS, ARROWS, chains),
    (ITEMS, NUMBER, procedures),
    (TEXTS, CONTAINS, containment),
    (LINES, PICTURE, images.depicted),
    (TEXTS, STATUS, status.stated),
    (TEXTS, ROLE, labelled_values),
    (TEXTS, ROLE, labelled_definitions),
    (TEXTS, EXISTS, there_are),
    (TABLES, ANY, rows),
    (TEXTS, SLASH, lines),
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
    return f"{rule.__module__.split('.')[2]}.{rule.__name__}"
