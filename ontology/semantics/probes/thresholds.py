"""One counter machine for the three probes: results in a row, thresholds, and when a worker wakes.

Source: kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes and
kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes (v1.36).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from ontology.cluster.pods import Container, Probe
from ontology.errors import InvalidObjectError

_INT32 = 2**31 - 1


class Kind(StrEnum):
    """The three probes, in the order in which their workers run within one second."""

    STARTUP = "startup"
    READINESS = "readiness"
    LIVENESS = "liveness"


# A probe that only ever has to succeed once: the API refuses another successThreshold.
_SUCCEEDS_ONCE = frozenset({Kind.STARTUP, Kind.LIVENESS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """A probe's numbers with the API's defaults filled in; times in seconds."""

    period: int = 10
    timeout: int = 1
    initial_delay: int = 0
    success_threshold: int = 1
    failure_threshold: int = 3

    def threshold(self, *, success: bool) -> int:
        """Return how often in a row a result must come to take effect."""
        return self.success_threshold if success else self.failure_threshold


class Row(msgspec.Struct, frozen=True, gc=False):
    """A worker's memory: the last result that counted, and how often in a row it has come."""

    success: bool | None = None
    length: int = 0

    def then(self, *, success: bool, times: int = 1) -> "Row":
        """Return the row after `times` more results; a change of result starts the count at 1."""
        return Row(success, self.length + times if success is self.success else times)

    def reached(self, timing: Timing) -> bool:
        """Whether the last result has come often enough to take effect."""
        return self.success is not None and self.length >= timing.threshold(success=self.success)

    def rested(self) -> "Row":
        """Return the row of a worker that has just had its container killed: the count is 0."""
        return Row(self.success, 0)


EMPTY = Row()


def of(container: Container) -> dict[Kind, Probe]:
    """Return the probes that a container has, in the order in which they run."""
    found = {
        Kind.STARTUP: container.startup_probe,
        Kind.READINESS: container.readiness_probe,
        Kind.LIVENESS: container.liveness_probe,
    }
    return {kind: probe for kind, probe in found.items() if probe is not None}


def timing(probe: Probe, kind: Kind, *, path: str = "") -> Timing:
    """Return a probe's numbers; a 0 where 0 makes no sense is the default, as in the API.

    Raises:
        InvalidObjectError: a number below 0 or beyond 32 bits, or a liveness or startup probe that
            shall succeed more than once.
    """
    for field, value in _numbers(probe):
        if not 0 <= value <= _INT32:
            raise InvalidObjectError(
                f"expected 0 to {_INT32}, got `{value}`", path=f"{path}.{field}".lstrip(".")
            )
    if kind in _SUCCEEDS_ONCE and probe.success_threshold > 1:
        raise InvalidObjectError(
            f"a {kind} probe succeeds at once: expected 1, got `{probe.success_threshold}`",
            path=f"{path}.successThreshold".lstrip("."),
        )
    default = Timing()
    return Timing(
        period=probe.period_seconds or default.period,
        timeout=probe.timeout_seconds or default.timeout,
        initial_delay=probe.initial_delay_seconds,
        success_threshold=probe.success_threshold or default.success_threshold,
        failure_threshold=probe.failure_threshold or default.failure_threshold,
    )


def timings(container: Container, *, path: str = "") -> Mapping[Kind, Timing]:
    """Return the numbers of all probes of a container.

    Raises:
        InvalidObjectError: numbers that the API would refuse.
    """
    return {
        kind: timing(probe, kind, path=f"{path}.{kind}Probe".lstrip("."))
        for kind, probe in of(container).items()
    }


def _numbers(probe: Probe) -> Iterator[tuple[str, int]]:
    yield "initialDelaySeconds", probe.initial_delay_seconds
    yield "timeoutSeconds", probe.timeout_seconds
    yield "periodSeconds", probe.period_seconds
    yield "successThreshold", probe.success_threshold
    yield "failureThreshold", probe.failure_threshold
