"""CronJobs: when a Job is due, which runs were missed, and whether one is started now.

Source: kubernetes.io/docs/concepts/workloads/controllers/cron-jobs (v1.36).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from ontology import instants
from ontology.cluster.workloads import CronJob, Job
from ontology.errors import InvalidObjectError, InvalidQuestionError, TooCostlyError
from ontology.scenario import Evaluator, Question, Scenario
from ontology.verdict import Outcome, Role, Step, Verdict

_MACROS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_EVERY = "@every "
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
_FIELDS: tuple[tuple[str, int, int, dict[str, int]], ...] = (
    ("minute", 0, 59, {}),
    ("hour", 0, 23, {}),
    ("day of month", 1, 31, {}),
    ("month", 1, 12, {name: number for number, name in enumerate(_MONTHS, 1)}),
    ("day of week", 0, 6, {name: number for number, name in enumerate(_DAYS)}),
)
_PART = re.compile(r"(?P<first>\*|\?|\w+)(?:-(?P<last>\w+))?(?:/(?P<step>\d+))?")
_EVERYTHING = frozenset({"*", "?", "*/1", "?/1"})
_FARTHEST_DAYS = 5 * 366
_TOO_MANY_MISSED = 100
_MOST_MISSED = 20_000
_KEPT_SUCCESSFUL, _KEPT_FAILED = 3, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Minutes at which something is due, in a time zone.

    With both days of the month and of the week restricted, either will do.
    """

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either: bool
    zone: ZoneInfo

    def after(self, instant: int) -> Iterator[int]:
        """Yield the instants at which it is due, later than `instant`; none for more than five years.

        An hour that daylight saving skips has none; one that it repeats has them twice.
        """
        began = datetime.fromtimestamp(instant // instants.SECOND, tz=self.zone)
        for offset in range(_FARTHEST_DAYS):
            day = began.date() + timedelta(days=offset)
            if self._on(day):
                yield from (each for each in self._moments(day, instant) if each > instant)

    def _on(self, day: date) -> bool:
        if day.month not in self.months:
            return False
        in_month, in_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return in_month or in_week if self.either else in_month and in_week

    def _moments(self, day: date, instant: int) -> Iterator[int]:
        """Yield the instants of a day in order, those of hours that end before `instant` left out."""
        midnight = datetime(day.year, day.month, day.day, tzinfo=self.zone)
        if midnight.utcoffset() != (midnight + timedelta(days=1)).utcoffset():
            yield from self._moments_of_a_change(day)
            return
        start = int(midnight.timestamp())
        for hour in sorted(self.hours):
            if (start + (hour + 1) * 3600) * instants.SECOND > instant:
                for minute in sorted(self.minutes):
                    yield (start + hour * 3600 + minute * 60) * instants.SECOND

    def _moments_of_a_change(self, day: date) -> list[int]:
        """Return the instants of a day on which clocks are put forward or back."""
        found = set()
        for hour in self.hours:
            for minute in self.minutes:
                for fold in (0, 1):
                    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=self.zone, fold=fold)
                    universal = local.astimezone(UTC)
                    if universal.astimezone(self.zone).replace(fold=0) == local.replace(fold=0):
                        found.add(int(universal.timestamp()) * instants.SECOND)
        return sorted(found)


@dataclass(frozen=True, slots=True)
class Interval:
    """`@every 90m`: due again and again after a fixed time, counted from the last run or the creation."""

    seconds: int

    def after(self, instant: int) -> Iterator[int]:
        """Yield the instants at which it is due, later than `instant`, for as long as somebody asks."""
        second = instant // instants.SECOND
        while True:
            second += self.seconds
            yield second * instants.SECOND


@lru_cache(maxsize=1024)
def parse(text: str, zone: str | None = None) -> Schedule | Interval:
    """Return the schedule in five fields (or `@hourly` and the like, or `@every 90m`).

    Raises:
        InvalidObjectError: not a schedule, or no such time zone.
    """
    if text.startswith(_EVERY):
        given = instants.duration(text.removeprefix(_EVERY), path="spec.schedule")
        return Interval(max(1, given // instants.SECOND))
    if "TZ=" in text:
        raise InvalidObjectError(
            f"`{text}` holds a time zone, which belongs into `spec.timeZone`", path="spec.schedule"
        )
    fields = _MACROS.get(text, text).split()
    if len(fields) != len(_FIELDS):
        raise InvalidObjectError(
            f"`{text}` is not a schedule: five fields (minute hour day month weekday) or a macro",
            path="spec.schedule",
        )
    sets = [_field(given, *field) for given, field in zip(fields, _FIELDS, strict=True)]
    try:
        found = ZoneInfo(zone or "UTC")
    except (KeyError, ValueError, OSError) as error:
        raise InvalidObjectError(f"`{zone}` is no time zone", path="spec.timeZone") from error
    unrestricted = [not _EVERYTHING.isdisjoint(fields[place].split(",")) for place in (2, 4)]
    return Schedule(
        minutes=sets[0],
        hours=sets[1],
        days=sets[2],
        months=sets[3],
        weekdays=sets[4],
        either=not any(unrestricted),
        zone=found,
    )


def _field(given: str, name: str, lowest: int, highest: int, names: dict[str, int]) -> frozenset[int]:
    found: set[int] = set()
    for part in given.split(","):
        numbers = _range(part, lowest, highest, names)
        if numbers is None:
            raise InvalidObjectError(f"`{part}` is not a {name} ({lowest}-{highest})", path="spec.schedule")
        found.update(numbers)
    return frozenset(found)


def _range(part: str, lowest: int, highest: int, names: dict[str, int]) -> range | None:
    """Return the numbers of one part (`*/15`, `mon-fri`, `7`), None if it cannot be read."""
    match = _PART.fullmatch(part)
    if match is None:
        return None
    if match["first"] in {"*", "?"}:
        first, last = lowest, highest
    else:
        first = _number(match["first"], names)
        last = _number(match["last"], names) if match["last"] else first
        if match["step"] and not match["last"]:
            last = highest
    step = int(match["step"] or 1)
    return range(first, last + 1, step) if lowest <= first <= last <= highest and step else None


def _number(text: str, names: dict[str, int]) -> int:
    """Return a number or the number of a name, -1 for neither."""
    return names.get(text.lower(), int(text) if text.isdecimal() else -1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """What one pass does: `action` is `start`, `replace`, `wait`, `skip`, `suspended`, `late` or `deleted`.

    `missed` counts the runs before `scheduled` that are not made up for. `active` are the Jobs that the
    controller knows to run, `unexpected` its own that run though `status.active` does not name them.
    """

    action: str
    scheduled: int | None
    missed: int
    job: str | None
    delete: tuple[str, ...]
    upcoming: tuple[int, ...]
    active: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()


def reconcile(cron_job: CronJob, *, jobs: Sequence[Job], now: int) -> Pass:
    """Return what one pass at `now` does.

    Raises:
        InvalidObjectError: not a schedule, or no such time zone.
    """
    mine = [job for job in jobs if _owned(cron_job, job)]
    history = _beyond_history(cron_job, mine)
    if cron_job.metadata.deletion_timestamp is not None:
        return Pass(action="deleted", scheduled=None, missed=0, job=None, delete=tuple(history), upcoming=())
    spec = cron_job.spec
    schedule = parse(spec.schedule, spec.time_zone)
    upcoming = tuple(each for each, _ in zip(schedule.after(now), range(3), strict=False))
    active = _active(cron_job, jobs)
    due, missed = _due(cron_job, schedule, now)
    name = f"{cron_job.name}-{due // (60 * instants.SECOND)}" if due is not None else None
    action, delete = _action(cron_job, due, active, now)
    if name in {job.name for job in mine}:
        action, delete = "wait", ()
    return Pass(
        action=action,
        scheduled=due,
        missed=missed,
        job=name if action in {"start", "replace"} else None,
        delete=(*delete, *history),
        upcoming=upcoming,
        active=active,
        unexpected=tuple(job.name for job in mine if not _ended(job) and job.name not in active),
    )


def _action(
    cron_job: CronJob, due: int | None, active: Sequence[str], now: int
) -> tuple[str, tuple[str, ...]]:
    spec = cron_job.spec
    if spec.suspend:
        return "suspended", ()
    if due is None:
        return "wait", ()
    deadline = spec.starting_deadline_seconds
    if deadline is not None and due + deadline * instants.SECOND < now:
        return "late", ()
    if active and spec.concurrency_policy == "Forbid":
        return "skip", ()
    if active and spec.concurrency_policy == "Replace":
        return "replace", tuple(active)
    return "start", ()


def _due(cron_job: CronJob, schedule: Schedule | Interval, now: int) -> tuple[int | None, int]:
    """Return the last time that has passed since the last run, and how many before it were missed.

    Raises:
        TooCostlyError: more than are counted.
    """
    since = cron_job.status.last_schedule_time or cron_job.metadata.creation_timestamp
    earliest = instants.parse(since) if since else now
    deadline = cron_job.spec.starting_deadline_seconds
    if deadline is not None:
        earliest = max(earliest, now - deadline * instants.SECOND)
    last, missed = None, -1
    for each in schedule.after(earliest):
        if each > now:
            break
        last, missed = each, missed + 1
        if missed > _MOST_MISSED:
            raise TooCostlyError(
                f"more than {_MOST_MISSED:,} runs were missed: give `lastScheduleTime` or a deadline",
                path="status.lastScheduleTime",
            )
    return last, max(missed, 0)


def _owned(cron_job: CronJob, job: Job) -> bool:
    controller = job.metadata.controller
    same = job.namespace == cron_job.namespace
    return same and controller is not None and controller.uid == cron_job.metadata.uid


def _active(cron_job: CronJob, jobs: Sequence[Job]) -> tuple[str, ...]:
    """Return the Jobs of `status.active` that are still there and, if its own, not finished.

    The controller goes by its list: a running Job that the list does not name does not hold back the next.
    """
    named = [each.get("name") for each in cron_job.status.active or ()]
    running = {
        job.name
        for job in jobs
        if job.namespace == cron_job.namespace and not (_owned(cron_job, job) and _ended(job))
    }
    return tuple(name for name in named if name in running)


def _ended(job: Job) -> str:
    """Return `Complete` or `Failed`, empty while the Job runs."""
    ended = (each.type for each in job.status.conditions or () if each.status == "True")
    return next((each for each in ended if each in {"Complete", "Failed"}), "")


def _beyond_history(cron_job: CronJob, jobs: Sequence[Job]) -> list[str]:
    """Return finished Jobs beyond the history limits, the oldest first; without a start they are the last."""
    spec = cron_job.spec
    limits = {
        "Complete": _KEPT_SUCCESSFUL
        if spec.successful_jobs_history_limit is None
        else spec.successful_jobs_history_limit,
        "Failed": _KEPT_FAILED if spec.failed_jobs_history_limit is None else spec.failed_jobs_history_limit,
    }
    found: list[str] = []
    for end, limit in limits.items():
        ended = sorted(
            (job for job in jobs if _ended(job) == end),
            key=lambda job: (job.status.start_time is None, job.status.start_time or "", job.name),
        )
        found.extend(job.name for job in ended[: max(0, len(ended) - limit)])
    return found


class ReconcileCronJob(Question, frozen=True):
    """`now` is RFC 3339."""

    now: str


def evaluate(scenario: Scenario, asked: ReconcileCronJob) -> Verdict:
    """Return what one pass does. Yes: a Job is started; no: none is."""
    found = scenario.all(CronJob)
    if not found:
        raise InvalidQuestionError("there is no CronJob", path="objects")
    now = instants.parse(asked.now, path="question.reconcileCronJob.now")
    cron_job = found[0]
    done = reconcile(cron_job, jobs=scenario.all(Job), now=now)
    answer = {
        "action": done.action,
        "scheduledTime": None if done.scheduled is None else instants.render(done.scheduled),
        "missed": done.missed,
        "create": done.job,
        "delete": list(done.delete),
        "next": [instants.render(each) for each in done.upcoming],
    }
    started = done.job is not None
    return Verdict(answer=answer, outcome=Outcome.of(started), explain=lambda: _steps(cron_job, done))


def _steps(cron_job: CronJob, done: Pass) -> tuple[Step, ...]:
    spec = cron_job.spec
    following = instants.render(done.upcoming[0]) if done.upcoming else None
    facts: dict[str, Any] = {
        "name": cron_job.name,
        "schedule": spec.schedule,
        "zone": spec.time_zone or "UTC",
        "scheduled": None if done.scheduled is None else instants.render(done.scheduled),
        "following": following,
        "missed": done.missed,
        "job": done.job,
        "policy": spec.concurrency_policy or "Allow",
        "deadline": spec.starting_deadline_seconds,
        "deleted": done.delete or None,
        "unexpected": done.unexpected,
    }
    steps = [Step(f"workloads.cron.{done.action}", done.job is not None, facts)]
    if done.missed:
        overdue = done.missed + 1  # the controller also counts the run that is now due
        rule = "tooManyMissed" if overdue > _TOO_MANY_MISSED else "missed"
        steps.append(Step(f"workloads.cron.{rule}", True, facts | {"overdue": overdue}))
    if done.unexpected:
        steps.append(Step("workloads.cron.unexpected", False, facts, role=Role.NEAR_MISS))
    return tuple(steps)


RECONCILE_CRON_JOB = Evaluator(question=ReconcileCronJob, evaluate=evaluate)
