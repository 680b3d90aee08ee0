"""Whether an expectation holds at a moment: of objects, events, acts, answers, verdicts of other systems."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from ontology.errors import InvalidQuestionError, OntologyError, did_you_mean
from ontology.scenario import Ask, decode
from ontology.walkthroughs.cluster import references, story
from ontology.walkthroughs.cluster.clock import seconds
from ontology.walkthroughs.cluster.comparing import ABSENT, at_path, differences, same, text
from ontology.walkthroughs.cluster.kinds import ref_of, shown
from ontology.walkthroughs.cluster.objects import manifests, plain
from ontology.walkthroughs.cluster.references import Reference
from ontology.walkthroughs.cluster.requests import Answer
from ontology.walkthroughs.cluster.store import Store
from ontology.walkthroughs.cluster.story import Asked, Expect, Seen
from ontology.walkthroughs.cluster.trace import Event, Hop, Journal
from ontology.walkthroughs.cluster.world import World

Judgement = tuple[bool, str]
_LISTED = 5


@dataclass(frozen=True, slots=True)
class Seeing:
    """What there is to look at: the world, the answers of the API server so far, and whom to ask."""

    world: World
    answers: Sequence[Answer]
    ask: Ask


def judge(asked: Expect, reference: Reference | None, path: str, seeing: Seeing) -> Judgement:
    """Return whether an expectation holds now, and why or why not.

    Raises:
        InvalidQuestionError: it is about a request that nobody made, or a question that nobody answers.
    """
    world = seeing.world
    if asked.order:
        return _ordered(asked.order, world.loop.journal)
    if asked.event:
        return _happened(asked, world)
    if asked.request:
        return _answered(asked, seeing.answers, path)
    if asked.verdict:
        return _verdict(asked.verdict, world, seeing.ask, path)
    return _objects(asked, reference, world)


def _objects(asked: Expect, reference: Reference | None, world: World) -> Judgement:
    if reference is None:
        return False, "nothing"
    found = [(ref_of(one), world.manifest(one)) for one in reference.find(world.loop.store)]
    if asked.where is not None:
        found = [(ref, raw) for ref, raw in found if not any(differences(asked.where, raw))]
    names = ", ".join(shown(ref) for ref, _ in found[:_LISTED]) or "none"
    counted = f"{len(found)} ({names}{', ...' if len(found) > _LISTED else ''})"
    for wanted, holds, word in (
        (asked.count, len(found) == asked.count, "expected"),
        (asked.at_least, asked.at_least is not None and len(found) >= asked.at_least, "expected at least"),
        (asked.at_most, asked.at_most is not None and len(found) <= asked.at_most, "expected at most"),
    ):
        if wanted is not None and not holds:
            return False, f"{word} {wanted} of {reference}, found {counted}"
    if any(one is not None for one in (asked.count, asked.at_least, asked.at_most)):
        return (True, f"found {counted}") if not _says_more(asked) else _each(asked, found, counted)
    if asked.absent is not None and not asked.path:
        holds = bool(found) is not asked.absent
        return holds, f"found {counted}"
    if not found:
        return False, f"there is no {reference}{_near(world, reference)}"
    return _each(asked, found, counted)


def _near(world: World, reference: Reference) -> str:
    error = str(references.missing(world.loop.store, reference, path=""))
    return error.partition("that time")[2]


def _says_more(asked: Expect) -> bool:
    return bool(asked.is_ or asked.path or asked.equals is not None or asked.matches)


def _each(asked: Expect, found: Sequence[tuple[Any, Mapping[str, Any]]], counted: str) -> Judgement:
    """Judge what is expected of every object that was found."""
    for ref, raw in found:
        for difference in _differences(asked, raw):
            return False, f"{shown(ref)}: {difference}"
    return True, f"holds for {counted}"


def _differences(asked: Expect, raw: Mapping[str, Any]) -> Iterator[str]:
    if asked.is_ is not None:
        yield from differences(asked.is_, raw)
    if not asked.path:
        return
    value = at_path(raw, asked.path)
    if asked.absent is not None:
        if (value is ABSENT) is not asked.absent:
            yield f"{asked.path} is {text(value)}"
        return
    if asked.equals is not None and not same(asked.equals, value):
        yield f"{asked.path}: expected {text(asked.equals)}, got {text(value)}"
    if asked.matches is not None and (
        value is ABSENT or not re.search(asked.matches, value if isinstance(value, str) else text(value))
    ):
        yield f"{asked.path}: {text(value)} does not match `{asked.matches}`"
    if asked.equals is None and asked.matches is None and value is ABSENT:
        yield f"{asked.path} is not there"


def _happened(asked: Expect, world: World) -> Judgement:
    seen = asked.event
    if seen is None:
        return False, ""
    begin = story.when(asked.from_, path="from")
    found = [each for each in _moments(seen, world.loop.journal) if each[0] >= begin]
    if not found:
        return False, f"there was no {sought(seen)}"
    at, text = found[0]
    return True, f"at {moment(at)}: {text}"


def _ordered(wanted: Sequence[Seen], journal: Journal) -> Judgement:
    """Whether one after the other happened, each at or after the one before, later in the record."""
    told: list[str] = []
    last = (-1, -1)
    records = _records(journal)
    for each in wanted:
        found = next(
            ((at, place, text) for at, place, fits, text in records(each) if fits and (at, place) > last),
            None,
        )
        if found is None:
            so_far = f" after {told[-1]}" if told else ""
            return False, f"there was no {sought(each)}{so_far}"
        last = found[:2]
        told.append(f"{moment(found[0])} {found[2]}")
    return True, "; ".join(told)


def _records(journal: Journal) -> Callable[[Seen], Iterator[tuple[int, int, bool, str]]]:
    def records(seen: Seen) -> Iterator[tuple[int, int, bool, str]]:
        if seen.reason or seen.message:
            for place, event in enumerate(journal.events):
                yield event.first, place, _is_event(seen, event), _event(event)
        else:
            for place, hop in enumerate(journal.hops):
                yield hop.at, place, _is_hop(seen, hop), f"{hop.who}: {hop.did}"

    return records


def _moments(seen: Seen, journal: Journal) -> Iterator[tuple[int, str]]:
    if seen.reason or seen.message:
        for event in journal.events:
            if _is_event(seen, event):
                yield event.last, _event(event)
    else:
        for hop in journal.hops:
            if _is_hop(seen, hop):
                yield hop.at, f"{hop.who}: {hop.did}"


def _event(event: Event) -> str:
    return f"{event.reason} {shown(event.ref)}: {event.message}"


def _is_event(seen: Seen, event: Event) -> bool:
    return (
        fnmatchcase(event.reason, seen.reason or "*")
        and (not seen.object or references.parse(seen.object, path="object").means(event.ref))
        and (not seen.message or re.search(seen.message, event.message) is not None)
        and fnmatchcase(event.source, seen.who or "*")
    )


def _is_hop(seen: Seen, hop: Hop) -> bool:
    return (
        fnmatchcase(hop.who, seen.who or "*")
        and (not seen.object or references.parse(seen.object, path="object").means(hop.ref))
        and (not seen.did or re.search(seen.did, hop.did) is not None)
    )


def _answered(asked: Expect, answers: Sequence[Answer], path: str) -> Judgement:
    found = next((each for each in answers if each.name == asked.request), None)
    if found is None:
        near = did_you_mean([each.name for each in answers if each.name][:2])
        raise InvalidQuestionError(
            f"no event before this is called `{asked.request}`{near}", path=f"{path}.request"
        )
    said = f"{found.what} by {found.user}: {found.status} {found.message}".rstrip()
    if isinstance(asked.refused, str):
        return found.refused and re.search(asked.refused, found.message) is not None, said
    return found.refused is bool(asked.refused), said


def _verdict(asked: Asked, world: World, ask: Ask, path: str) -> Judgement:
    """Ask another system about the objects as they are."""
    raw = {
        "system": asked.system,
        "objects": _chosen(asked, world.loop.store, path),
        "question": asked.question,
    }
    try:
        verdict = ask(decode(raw))
    except OntologyError as error:
        raise InvalidQuestionError(f"{asked.system}: {error}", path=f"{path}.verdict") from error
    if asked.outcome and asked.outcome != verdict.outcome.value:
        return False, f"{asked.system} says {verdict.outcome.value}: {text(verdict.answer)}"
    if asked.is_ is not None:
        for difference in differences(asked.is_, verdict.answer):
            return False, f"{asked.system}: {difference}"
    return True, f"{asked.system} says {verdict.outcome.value}"


def _chosen(asked: Asked, store: Store, path: str) -> list[dict[str, Any]]:
    if asked.objects is None:
        return manifests(store)
    found = [
        each
        for index, name in enumerate(asked.objects)
        for each in references.parse(name, path=f"{path}.verdict.objects[{index}]").find(store)
    ]
    return [plain(store, each) for each in found]


def moment(time: int) -> str:
    """Return a time of the story (nanoseconds) in words."""
    return f"{seconds(time):g} s"


def described(asked: Expect) -> str:
    """Return an expectation in words, for those without a name."""
    if asked.order:
        return "order: " + ", ".join(sought(each) for each in asked.order)
    if asked.event:
        return f"event {sought(asked.event)}"
    if asked.request:
        return f"request {asked.request} refused: {asked.refused}"
    if asked.verdict:
        return f"verdict of {asked.verdict.system}"
    said = [asked.object, asked.path]
    for member in ("equals", "matches", "count", "at_least", "at_most", "is_", "absent", "where"):
        value = getattr(asked, member)
        if value is not None:
            said.append(f"{member.rstrip('_').replace('_l', 'L').replace('_m', 'M')}={value}")
    return " ".join(each for each in said if each)


def sought(seen: Seen) -> str:
    """Return what is looked for, in words."""
    return " ".join(each for each in (seen.reason, seen.object, seen.who, seen.did, seen.message) if each)
