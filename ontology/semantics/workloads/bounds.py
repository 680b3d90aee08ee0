"""Bounds of a rollout: numbers or percentages, rounded as the controllers round them.

Source: kubernetes.io/docs/concepts/workloads/controllers/deployment (Rolling Update Deployment, v1.36).
"""

import math
import re
from dataclasses import dataclass
from fractions import Fraction

from ontology.cluster.meta import IntOrString
from ontology.cluster.workloads import UpdateStrategy
from ontology.errors import InvalidObjectError

_PERCENT = re.compile(r"(\d+)%")
_DEFAULT_BOUND = "25%"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The numbers that a rollout keeps: `replicas` wanted, pods above it, pods missing from it."""

    replicas: int
    surge: int
    unavailable: int

    @property
    def maximum(self) -> int:
        """Most pods at a time."""
        return self.replicas + self.surge

    @property
    def available(self) -> int:
        """Fewest pods available."""
        return self.replicas - self.unavailable


def of_rollout(strategy: UpdateStrategy, replicas: int) -> Bounds:
    """Return surge (rounded up) and unavailable (rounded down) of a Deployment; not both can be 0.

    Raises:
        InvalidObjectError: neither a number nor a percentage.
    """
    if strategy.type == "Recreate":
        return Bounds(replicas=replicas, surge=0, unavailable=0)
    rolling = strategy.rolling_update
    surge = scaled(rolling.max_surge if rolling else None, replicas, up=True, field="maxSurge")
    missing = scaled(rolling.max_unavailable if rolling else None, replicas, up=False, field="maxUnavailable")
    if surge == 0 == missing:
        missing = 1
    return Bounds(replicas=replicas, surge=surge, unavailable=min(missing, replicas))


def scaled(value: IntOrString | None, total: int, *, up: bool, field: str) -> int:
    """Return a number, or a percentage of `total`; 25% where it is absent.

    Raises:
        InvalidObjectError: neither a number nor a percentage.
    """
    if isinstance(value, int):
        return value
    match = _PERCENT.fullmatch(_DEFAULT_BOUND if value is None else value)
    if match is None:
        raise InvalidObjectError(
            f"`{value}` is neither a number nor a percentage", path=f"spec.strategy.rollingUpdate.{field}"
        )
    part = Fraction(int(match[1]) * total, 100)
    return math.ceil(part) if up else math.floor(part)
