"""Counting over many beats at once is the same as running them one by one."""

from hypothesis import given
from hypothesis import strategies as st

from ontology.semantics.probes.thresholds import Kind, Timing
from ontology.walkthroughs.timeline.probing import Worker


def worker(period: int, delay: int, origin: int) -> Worker:
    timing = Timing(period=period, initial_delay=delay, success_threshold=2, failure_threshold=3)
    return Worker(kind=Kind.READINESS, timing=timing, origin=origin, following=origin)


STRETCHES = st.lists(st.tuples(st.integers(0, 40_000), st.booleans()), max_size=6)


@given(st.integers(1, 7), st.integers(0, 9), st.integers(0, 5_000), st.integers(0, 5_000), STRETCHES)
def test_settling_a_stretch_counts_every_beat_of_it(
    period: int, delay: int, origin: int, started: int, stretches: list[tuple[int, bool]]
) -> None:
    jumping, walking = worker(period, delay, origin), worker(period, delay, origin)
    start = origin + started
    jumping.activate(start, start)

    now = start
    for length, success in stretches:
        end = now + length
        jumping.settle(end, success=success)
        for beat in range(origin, end, period * 1000):
            if now <= beat and beat >= start + delay * 1000:
                walking.run(beat, success=success)
        now = end

    assert (jumping.row, jumping.runs, jumping.failures) == (walking.row, walking.runs, walking.failures)


@given(st.integers(1, 7), st.integers(0, 9), st.booleans(), st.integers(0, 20_000))
def test_a_row_is_long_enough_exactly_when_it_is_due(
    period: int, delay: int, success: bool, now: int
) -> None:
    probed = worker(period, delay, 0)
    probed.activate(0, 0)
    probed.settle(now, success=not success)

    due = probed.due(success=success)

    assert due % (period * 1000) == 0
    probed.settle(due, success=success)
    assert not (probed.row.success is success and probed.row.reached(probed.timing))
    probed.run(due, success=success)
    assert probed.row.reached(probed.timing)


def test_a_worker_at_rest_counts_nothing_but_keeps_its_beat() -> None:
    probed = worker(5, 0, 0)

    probed.settle(12_000, success=True)
    assert probed.runs == 0

    probed.activate(12_000, 12_000)
    assert probed.due(success=True) == 20_000
