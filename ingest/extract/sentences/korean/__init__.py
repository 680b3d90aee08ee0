"""Korean sentences: who does what to whom, read off particles, verb stems and endings.

A verb takes the names that stand between the verb before it and itself. The particle says which part a
name plays; a clause in a condition (`-면`, `-때`) says what must be the case, not what the subject does.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache

from ingest.extract.facts import Fact
from ingest.extract.reading import Reading
from ingest.extract.sentences.korean import (
    acts,
    belonging,
    classes,
    connects,
    contrasts,
    fields,
    grants,
    matches,
    needs,
    orders,
    purposes,
    runs,
    scopes,
    selects,
    stores,
    successions,
    traits,
    transitions,
    uses,
    wholes,
)
from ingest.extract.sentences.korean.endings import ADNOMINAL_PASSIVE
from ingest.extract.sentences.korean.parts import Sentence, carried, parsed
from ingest.extract.sentences.korean.verbs import Verb
from ingest.extract.sentences.scene import Scene
from ingest.lexicon.cues import Cues

VerbRule = Callable[[Sentence, Verb, tuple[str, ...]], Iterator[Fact]]
Rule = Callable[[Sentence], Iterator[Fact]]

# What a verb of a predicate (see verbs.toml) says.
VERBS: dict[str, VerbRule] = {
    **dict.fromkeys(acts.PREDICATES, acts.acts),
    "uses": uses.uses,
    "stores": stores.stores,
    "connectsTo": connects.connects,
    "selects": selects.selects,
    "runsOn": runs.runs,
    "grants": grants.grants,
}

# What the rest of a sentence says: the words of which a rule needs one, and the rule. Without words it is
# always asked. Order is the order of the output, and nothing else.
RULES: tuple[tuple[tuple[str, ...], Rule], ...] = (
    (needs.CUES, needs.needs),
    (purposes.CUES, purposes.purposes),
    (wholes.CUES, wholes.wholes),
    ((), classes.classes),
    (scopes.CUES, scopes.scopes),
    (contrasts.CUES, contrasts.contrasts),
    (belonging.CUES, belonging.belonging),
    (orders.CUES, orders.orders),
    ((), connects.connected_after),
    (transitions.CUES, transitions.transitions),
    (successions.CUES, successions.successions),
    ((), traits.traits),
    (matches.CUES, matches.matches),
    ((), fields.fields),
)


def read(reading: Reading, scene: Scene) -> Iterator[Fact]:
    """Yield the facts of one Korean sentence."""
    sentence = parsed(reading, scene)
    for verb, agents in carried(sentence):
        rule = VERBS.get(verb.predicate)
        if rule is not None and not verb.follows(ADNOMINAL_PASSIVE):
            yield from rule(sentence, verb, agents)
    for rule_ in _asked(_CUES.found(scene.text)):
        yield from rule_(sentence)


_CUES = Cues(cues for cues, _ in RULES)


@lru_cache(maxsize=4096)
def _asked(cues: int) -> tuple[Rule, ...]:
    """Return the rules that a sentence with these cues may have something for."""
    return tuple(rule for number, (needed, rule) in enumerate(RULES) if not needed or cues >> number & 1)
