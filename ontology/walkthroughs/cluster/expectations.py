"""What a story expects: of objects at a time or all the time, of events, their order, and other systems."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ontology.errors import InvalidQuestionError
from ontology.walkthroughs.cluster import comparing, references, story
from ontology.walkthroughs.cluster.clock import seconds
from ontology.walkthroughs.cluster.judging import Seeing, described, judge, moment
from ontology.walkthroughs.cluster.references import Reference
from ontology.walkthroughs.cluster.story import Expect


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
    seen: tuple[int, int] = (-1, -1)

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

    def look(self, seeing: Seeing) -> None:
        """Decide what can be decided now, with everything of this instant done."""
        now = seeing.world.loop.clock.offset
        for each in self.watched:
            if each.result is not None or now < each.begin:
                continue
            if each.lasting:
                self._look_again(each, seeing, now)
            elif now == each.end:
                holds, why = judge(each.asked, each.reference, each.path, seeing)
                each.result = _result(each, holds, why, now)

    def _look_again(self, each: Watched, seeing: Seeing, now: int) -> None:
        loop = seeing.world.loop
        version = loop.store.version, loop.journal.version
        if now > each.end:
            each.result = _result(each, True, _throughout(each), each.end)
            return
        if version != each.seen:
            each.seen = version
            holds, why = judge(each.asked, each.reference, each.path, seeing)
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
    return f"{word} from {moment(each.begin)} to {moment(each.end)}"


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
            f"{moment(end)} is after the end of the story ({moment(until)})", path=f"{path}.at"
        )
    if begin > end:
        raise InvalidQuestionError(
            f"`from` ({moment(begin)}) is after the end of it ({moment(end)})", path=path
        )
    if asked.path:
        comparing.parse(asked.path, f"{path}.path")
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
