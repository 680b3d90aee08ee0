"""From a proposed size to one that may be set: stabilization, rates and bounds.

Source: kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale
(Configurable scaling behavior, v1.36).
"""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import msgspec

from ontology import instants, quantities
from ontology.cluster.autoscaling import Behavior, ScalingPolicy, ScalingRules
from ontology.errors import InvalidObjectError
from ontology.semantics.autoscaling.proposals import Tolerance

DOWNSCALE_STABILIZATION = 300
_SCALE_UP_FACTOR, _SCALE_UP_MINIMUM = 2, 4
_LARGEST = 2**31 - 1
_LONGEST_WINDOW, _LONGEST_PERIOD = 3600, 1800
_DEFAULT_UP = (
    ScalingPolicy(type="Pods", value=4, period_seconds=15),
    ScalingPolicy(type="Percent", value=100, period_seconds=15),
)
_DEFAULT_DOWN = (ScalingPolicy(type="Percent", value=100, period_seconds=15),)


class Recommendation(NamedTuple):
    """A size that was recommended before stabilization, and when."""

    replicas: int
    time: int


class Change(NamedTuple):
    """By how much the size was changed, a positive number, and when."""

    change: int
    time: int


class Past(msgspec.Struct, frozen=True, kw_only=True):
    """What the controller remembers."""

    recommendations: tuple[Recommendation, ...] = ()
    ups: tuple[Change, ...] = ()
    downs: tuple[Change, ...] = ()


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """The span of sizes that the autoscaler may set."""

    minimum: int
    maximum: int


class Normalized(msgspec.Struct, frozen=True, kw_only=True):
    """The size to set, what stabilization made of the proposal, and why each differs, if it does.

    `stabilized_by` is a reason of AbleToScale, `limited_by` one of ScalingLimited; `limit` is the size
    that the rate allows.
    """

    replicas: int
    stabilized: int
    stabilized_by: str
    limited_by: str
    limit: int | None = None
    window: int = 0

    @property
    def limited(self) -> bool:
        """Whether a rate or a bound changed the size."""
        return self.replicas != self.stabilized


def tolerance(behavior: Behavior | None) -> Tolerance:
    """Return how far a ratio may be from 1, by direction."""

    def of(rules: ScalingRules | None) -> float:
        given = rules.tolerance if rules else None
        return 0.1 if given is None else float(quantities.parse(given))

    if behavior is None:
        return Tolerance()
    return Tolerance(down=of(behavior.scale_down), up=of(behavior.scale_up))


def normalize(  # noqa: PLR0913 - what a decision depends on, by name
    desired: int, *, size: int, bounds: Bounds, behavior: Behavior | None, past: Past, now: int
) -> Normalized:
    """Return the size that may be set now.

    Raises:
        InvalidObjectError: a policy or window that the API refuses.
    """
    if behavior is None:
        return _plain(desired, size, bounds, past, now)
    up, down = _rules(behavior.scale_up, "scaleUp"), _rules(behavior.scale_down, "scaleDown")
    stabilized, window = _within_windows(desired, size, past, now, up, down)
    reason = "ReadyForNewScale"
    if stabilized != desired:
        reason = "ScaleUpStabilized" if desired >= size else "ScaleDownStabilized"
    replicas, limited_by, limit = _at_the_rate(stabilized, size, bounds, past, now, up, down)
    return Normalized(
        replicas=replicas,
        stabilized=stabilized,
        stabilized_by=reason,
        limited_by=limited_by,
        limit=limit,
        window=window,
    )


def _rules(given: ScalingRules | None, side: str) -> ScalingRules:
    """Return the rules of one direction, checked as the API does."""
    if given is None:
        return ScalingRules()
    path, window = f"spec.behavior.{side}", given.stabilization_window_seconds
    if window is not None and not 0 <= window <= _LONGEST_WINDOW:
        raise InvalidObjectError(
            f"a window is 0 to {_LONGEST_WINDOW} s, not {window}", path=f"{path}.stabilizationWindowSeconds"
        )
    if given.policies is not None and not given.policies:
        raise InvalidObjectError("at least one policy is needed", path=f"{path}.policies")
    for place, policy in enumerate(given.policies or ()):
        if policy.value <= 0 or not 0 < policy.period_seconds <= _LONGEST_PERIOD:
            raise InvalidObjectError(
                f"a policy has a positive value and a period of 1 to {_LONGEST_PERIOD} s",
                path=f"{path}.policies[{place}]",
            )
    return given


def _plain(desired: int, size: int, bounds: Bounds, past: Past, now: int) -> Normalized:
    """Without `behavior`: the highest recommendation of five minutes, and at most the double."""
    cutoff = now - DOWNSCALE_STABILIZATION * instants.SECOND
    recent = (each.replicas for each in past.recommendations if each.time >= cutoff)
    stabilized = max(desired, *recent, 0)
    limit = max(_SCALE_UP_FACTOR * size, _SCALE_UP_MINIMUM)
    highest = min(bounds.maximum, limit)
    replicas, reason = stabilized, "DesiredWithinRange"
    if stabilized < bounds.minimum:
        replicas, reason = bounds.minimum, "TooFewReplicas"
    elif stabilized > highest:
        replicas, reason = highest, "ScaleUpLimit" if bounds.maximum > limit else "TooManyReplicas"
    return Normalized(
        replicas=replicas,
        stabilized=stabilized,
        stabilized_by="ReadyForNewScale" if stabilized == desired else "ScaleDownStabilized",
        limited_by=reason,
        limit=limit,
        window=DOWNSCALE_STABILIZATION,
    )


def _within_windows(  # noqa: PLR0913, PLR0917 - one caller
    desired: int, size: int, past: Past, now: int, up: ScalingRules, down: ScalingRules
) -> tuple[int, int]:
    """Return the size pulled into the span of recent recommendations, and the window that counted."""
    up_window = up.stabilization_window_seconds or 0
    down_window = down.stabilization_window_seconds
    down_window = DOWNSCALE_STABILIZATION if down_window is None else down_window

    def recent(window: int) -> Iterable[int]:
        cutoff = now - window * instants.SECOND
        return (each.replicas for each in past.recommendations if each.time > cutoff)

    lowest = min(desired, *recent(up_window), _LARGEST)
    highest = max(desired, *recent(down_window), 0)
    return min(max(size, lowest), highest), up_window if desired >= size else down_window


def _at_the_rate(  # noqa: PLR0913, PLR0917 - one caller
    desired: int, size: int, bounds: Bounds, past: Past, now: int, up: ScalingRules, down: ScalingRules
) -> tuple[int, str, int | None]:
    """Return the size as far as the policies allow, the reason, and the limit of the policies."""
    if desired > size:
        limit = max(size, up_limit(size, up, past, now))
        highest, reason = bounds.maximum, "TooManyReplicas"
        if highest > limit:
            highest, reason = limit, "ScaleUpLimit"
        return (highest, reason, limit) if desired > highest else (desired, "DesiredWithinRange", limit)
    if desired < size:
        limit = min(size, down_limit(size, down, past, now))
        lowest, reason = bounds.minimum, "TooFewReplicas"
        if lowest < limit:
            lowest, reason = limit, "ScaleDownLimit"
        return (lowest, reason, limit) if desired < lowest else (desired, "DesiredWithinRange", limit)
    return desired, "DesiredWithinRange", None


def up_limit(size: int, rules: ScalingRules, past: Past, now: int) -> int:
    """Return the largest size that the policies allow; percentages are rounded up."""

    def allowed(policy: ScalingPolicy) -> int:
        start = period_start(size, policy, past, now)
        if policy.type == "Pods":
            return start + policy.value
        return math.ceil(start * (1 + policy.value / 100))

    return _select(rules, _DEFAULT_UP, allowed, size, smallest=min, largest=max)


def down_limit(size: int, rules: ScalingRules, past: Past, now: int) -> int:
    """Return the smallest size that the policies allow; what a percentage leaves is cut."""

    def allowed(policy: ScalingPolicy) -> int:
        start = period_start(size, policy, past, now)
        if policy.type == "Pods":
            return start - policy.value
        return int(start * (1 - policy.value / 100))

    return _select(rules, _DEFAULT_DOWN, allowed, size, smallest=max, largest=min)


def period_start(size: int, policy: ScalingPolicy, past: Past, now: int) -> int:
    """Return the size at the beginning of the policy's period."""
    cutoff = now - policy.period_seconds * instants.SECOND

    def since(changes: Sequence[Change]) -> int:
        return sum(each.change for each in changes if each.time > cutoff)

    return size - since(past.ups) + since(past.downs)


def _select(  # noqa: PLR0913 - one shape for both directions
    rules: ScalingRules,
    default: Sequence[ScalingPolicy],
    allowed: Callable[[ScalingPolicy], int],
    size: int,
    *,
    smallest: Callable[[Iterable[int]], int],
    largest: Callable[[Iterable[int]], int],
) -> int:
    if rules.select_policy == "Disabled":
        return size
    choose = smallest if rules.select_policy == "Min" else largest
    return choose([allowed(policy) for policy in (rules.policies or default)])
