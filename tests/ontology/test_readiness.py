"""What controllers mean by ready, available and active."""

import pytest

from ontology import instants, readiness
from ontology.cluster.meta import Condition, ObjectMeta
from ontology.cluster.pods import Pod, PodStatus

NOW = instants.parse("2026-03-01T12:00:00Z")


def pod(*, ready: str = "True", since: str | None = "2026-03-01T11:59:30Z", phase: str = "Running") -> Pod:
    condition = Condition(type="Ready", status=ready, last_transition_time=since)
    return Pod(status=PodStatus(phase=phase, conditions=[condition]))


@pytest.mark.parametrize(
    ("minimum", "available"),
    [
        pytest.param(0, True, id="at once"),
        pytest.param(30, True, id="exactly so long"),
        pytest.param(31, False, id="not yet"),
    ],
)
def test_a_pod_is_available_after_being_ready_for(minimum: int, available: bool) -> None:
    assert readiness.is_available(pod(), min_ready_seconds=minimum, now=NOW) is available


def test_a_pod_that_is_not_ready_or_does_not_say_since_when_is_not_available() -> None:
    assert not readiness.is_available(pod(ready="False"), min_ready_seconds=0, now=NOW)
    assert not readiness.is_available(pod(since=None), min_ready_seconds=1, now=NOW)


def test_a_finished_or_leaving_pod_is_not_active() -> None:
    leaving = Pod(metadata=ObjectMeta(deletion_timestamp="2026-03-01T12:00:00Z"))

    assert readiness.is_active(pod())
    assert not readiness.is_active(pod(phase="Succeeded"))
    assert not readiness.is_active(leaving)
