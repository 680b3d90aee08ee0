"""What a story expects: of objects at a time or all the time, of events, their order, and other systems."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from ontology.errors import InvalidQuestionError, OntologyError, did_you_mean
from ontology.scenario import Scenario, decode
from ontology.verdict import Verdict
from ontology.walkthroughs.cluster import references, story
from ontology.walkthroughs.cluster.clock import seconds
from ontology.walkthroughs.cluster.happening import Answer
from ontology.walkthroughs.cluster.kinds import ref_of, shown
from ontology.walkthroughs.cluster.objects import manifests
from ontology.walkthroughs.cluster.references import Reference
from ontology.walkthroughs.cluster.story import Asked, Expect, Seen
from ontology.walkthroughs.cluster.trace import Event, Hop, Journal
from ontology.walkthroughs.cluster.world import World

Ask = Callable[[Scenario], Verdict]
"""Answers a question of any system."""

ABSENT = object()
_PART = re.compile(r"(?P<name>[^.\[\]]+)|\[(?P<index>\d+)\]|\[(?P<key>[^=\]]+)=(?P<value>[^\]]*)\]")
_LISTED = 5


@dataclass(frozen=True, slots=True)
class Result:
    """Whether an expectation held, and why or why not; when it was decided, in seconds."""

    name: str
    path: str
    holds: bool
    why: str
    at: float


@dataclass(slots=True)
class Watched:
    """One expectation while the story runs; times in nanoseconds from the start."""

    asked: Expect
    path: str
    begin: int
    end: int
    reference: Reference | None
    result: Result | None = None
    seen: int = -1

    @property
    def lasting(self) -> bool:
        """Whether it is about a stretch of time."""
        return self.asked.always or self.asked.never

    @property
    def name(self) -> str:
        """Its name, or what it says."""
        return self.asked.name or described(self.asked)


class Expectations:
    """All expectations of a story."""

    def __init__(self, asked: Sequence[Expect], until: int, path: str) -> None:
        self.watched = [_watched(each, until, f"{path}then[{index}]") for index, each in enumerate(asked)]

    @property
    def moments(self) -> list[int]:
        """The times at which somebody looks, from the start of the story."""
        return sorted({time for each in self.watched for time in (each.begin, each.end)})

    def look(self, world: World, answers: Sequence[Answer], ask: Ask) -> None:
        """Decide what can be decided now, with everything of this instant done."""
        now = world.loop.clock.offset
        for each in self.watched:
            if each.result is not None or now < each.begin:
                continue
            if each.lasting:
                self._look_again(each, world, now, answers, ask)
            elif now == each.end:
                holds, why = _judge(each, world, answers, ask)
                each.result = _result(each, holds, why, now)

    def _look_again(self, each: Watched, world: World, now: int, answers: Sequence[Answer], ask: Ask) -> None:
        version = world.loop.store.version
        if now > each.end:
            each.result = _result(each, True, _throughout(each), each.end)
            return
        if version != each.seen:
            each.seen = version
            holds, why = _judge(each, world, answers, ask)
            if holds is each.asked.never:
                each.result = _result(each, False, why, now)
                return
        if now == each.end:
            each.result = _result(each, True, _throughout(each), now)

    def results(self) -> list[Result]:
        """Return all results in the order of the story; every expectation has been decided by its end."""
        return [each.result for each in self.watched if each.result is not None]


def _result(each: Watched, holds: bool, why: str, now: int) -> Result:
    return Result(each.name, each.path, holds, why, seconds(now))


def _throughout(each: Watched) -> str:
    word = "always" if each.asked.always else "never"
    return f"{word} from {_clock(each.begin)} to {_clock(each.end)}"


def _clock(time: int) -> str:
    return f"{seconds(time):g} s"


def _watched(asked: Expect, until: int, path: str) -> Watched:
    """Check an expectation.

    Raises:
        InvalidQuestionError: a time beyond the story, nothing or two things expected, an unreadable path.
    """
    lasting = asked.always or asked.never
    if asked.always and asked.never:
        raise InvalidQuestionError("an expectation is `always` or `never`, not both", path=path)
    subjects = [
        name
        for name, given in (
            ("object", asked.object),
            ("event", asked.event),
            ("order", asked.order),
            ("request", asked.request),
            ("verdict", asked.verdict),
        )
        if given
    ]
    if len(subjects) != 1:
        raise InvalidQuestionError(
            "an expectation is about exactly one of `object`, `event`, `order`, `request`, `verdict`; "
            f"this one about {len(subjects)}",
            path=path,
        )
    reference = references.parse(asked.object, path=f"{path}.object") if asked.object else None
    if lasting and (asked.order or asked.request):
        raise InvalidQuestionError("only objects, events and verdicts can be `always` or `never`", path=path)
    begin = story.when(asked.from_, path=f"{path}.from") if lasting or asked.event else 0
    last = asked.to if asked.to is not None else asked.at
    end = until if last is None else story.when(last, path=f"{path}.{'to' if asked.to is not None else 'at'}")
    if end > until:
        raise InvalidQuestionError(
            f"{_clock(end)} is after the end of the story ({_clock(until)})", path=f"{path}.at"
        )
    if begin > end:
        raise InvalidQuestionError(
            f"`from` ({_clock(begin)}) is after the end of it ({_clock(end)})", path=path
        )
    if asked.path:
        _parse(asked.path, f"{path}.path")
    if asked.matches is not None:
        _pattern(asked.matches, f"{path}.matches")
    for seen in (*((asked.event,) if asked.event else ()), *(asked.order or ())):
        if seen.object:
            references.parse(seen.object, path=f"{path}.{'event' if asked.event else 'order'}.object")
    look_from = begin if lasting else end
    return Watched(asked, path, look_from, end, reference)


def _pattern(text: str, path: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error as error:
        raise InvalidQuestionError(f"`{text}` is no regular expression: {error}", path=path) from error


def described(asked: Expect) -> str:
    """Return an expectation in words, for those without a name."""
    if asked.order:
        return "order: " + ", ".join(_seen(each) for each in asked.order)
    if asked.event:
        return f"event {_seen(asked.event)}"
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


def _seen(seen: Seen) -> str:
    return " ".join(each for each in (seen.reason, seen.object, seen.who, seen.did, seen.message) if each)


# -- judging -----------------------------------------------------------------------------------------


def _judge(each: Watched, world: World, answers: Sequence[Answer], ask: Ask) -> tuple[bool, str]:
    asked = each.asked
    if asked.order:
        return _ordered(asked.order, world.loop.journal)
    if asked.event:
        return _happened(asked, world)
    if asked.request:
        return _answered(asked, answers, each.path)
    if asked.verdict:
        return _verdict(asked.verdict, world, ask, each.path)
    return _objects(each, world)


def _objects(each: Watched, world: World) -> tuple[bool, str]:
    asked, reference = each.asked, each.reference
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


def _each(asked: Expect, found: Sequence[tuple[Any, Mapping[str, Any]]], counted: str) -> tuple[bool, str]:
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
            yield f"{asked.path} is {_text(value)}"
        return
    if asked.equals is not None and not _same(asked.equals, value):
        yield f"{asked.path}: expected {_text(asked.equals)}, got {_text(value)}"
    if asked.matches is not None and (
        value is ABSENT or not re.search(asked.matches, value if isinstance(value, str) else _text(value))
    ):
        yield f"{asked.path}: {_text(value)} does not match `{asked.matches}`"
    if asked.equals is None and asked.matches is None and value is ABSENT:
        yield f"{asked.path} is not there"


def _happened(asked: Expect, world: World) -> tuple[bool, str]:
    seen = asked.event
    if seen is None:
        return False, ""
    begin = story.when(asked.from_, path="from")
    found = [each for each in _moments(seen, world.loop.journal) if each[0] >= begin]
    if not found:
        return False, f"there was no {_seen(seen)}"
    at, text = found[0]
    return True, f"at {_clock(at)}: {text}"


def _ordered(wanted: Sequence[Seen], journal: Journal) -> tuple[bool, str]:
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
            return False, f"there was no {_seen(each)}{so_far}"
        last = found[:2]
        told.append(f"{_clock(found[0])} {found[2]}")
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


def _answered(asked: Expect, answers: Sequence[Answer], path: str) -> tuple[bool, str]:
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


def _verdict(asked: Asked, world: World, ask: Ask, path: str) -> tuple[bool, str]:
    """Ask another system about the objects as they are."""
    raw = {
        "system": asked.system,
        "objects": manifests(world.loop.store),
        "question": asked.question,
    }
    try:
        verdict = ask(decode(raw))
    except OntologyError as error:
        raise InvalidQuestionError(f"{asked.system}: {error}", path=f"{path}.verdict") from error
    if asked.outcome and asked.outcome != verdict.outcome.value:
        return False, f"{asked.system} says {verdict.outcome.value}: {_text(verdict.answer)}"
    if asked.is_ is not None:
        for difference in differences(asked.is_, verdict.answer):
            return False, f"{asked.system}: {difference}"
    return True, f"{asked.system} says {verdict.outcome.value}"


# -- comparing ---------------------------------------------------------------------------------------


def differences(expected: Any, got: Any, path: str = "") -> Iterator[str]:
    """Yield where `got` is not at least `expected`: mappings may have more members, lists may not."""
    if isinstance(expected, Mapping) and isinstance(got, Mapping):
        for name, each in expected.items():
            yield from differences(each, got.get(name, ABSENT), f"{path}.{name}".lstrip("."))
    elif isinstance(expected, list) and isinstance(got, list):
        if len(expected) != len(got):
            yield f"{path}: expected {len(expected)} items, got {len(got)}"
            return
        for index, (one, other) in enumerate(zip(expected, got, strict=True)):
            yield from differences(one, other, f"{path}[{index}]")
    elif not _same(expected, got):
        yield f"{path}: expected {_text(expected)}, got {_text(got)}"


def _same(expected: Any, got: Any) -> bool:
    # in Python `True == 1`; in a manifest they differ
    return bool(expected == got) and isinstance(expected, bool) is isinstance(got, bool)


def _parse(path: str, where: str) -> list[tuple[str, Any]]:
    """Return the parts of `spec.containers[0].image` or `status.conditions[type=Ready].status`."""
    parts: list[tuple[str, Any]] = []
    position = 0
    text = path.lstrip("$.")
    while position < len(text):
        match = _PART.match(text, position)
        if match is None:
            raise InvalidQuestionError(f"`{path}` is no path of a field", path=where)
        if match["name"]:
            parts.append(("name", match["name"]))
        elif match["index"]:
            parts.append(("index", int(match["index"])))
        else:
            parts.append(("item", (match["key"], match["value"])))
        position = match.end()
        if text[position : position + 1] == ".":
            position += 1
    return parts


def at_path(raw: Any, path: str) -> Any:
    """Return the value at a path, ABSENT where there is none."""
    for how, part in _parse(path, "path"):
        if (how == "name" and isinstance(raw, Mapping) and part in raw) or (
            how == "index" and isinstance(raw, list) and part < len(raw)
        ):
            raw = raw[part]
        elif how == "item" and isinstance(raw, list):
            key, value = part
            raw = next(
                (each for each in raw if isinstance(each, Mapping) and str(each.get(key)) == value), ABSENT
            )
        else:
            return ABSENT
    return raw


def _text(value: Any) -> str:
    if value is ABSENT:
        return "nothing"
    return f'"{value}"' if isinstance(value, str) else str(value)
