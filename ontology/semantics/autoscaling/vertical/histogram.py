"""The decaying histogram of the VerticalPodAutoscaler's recommender.

Buckets grow by 5 %; a sample's weight halves every day, so that what was yesterday counts half of today.

Source: github.com/kubernetes/autoscaler, vertical-pod-autoscaler/docs/flags.md (v1.5) and
design-proposals/autoscaling/vertical-pod-autoscaler.md (Recommendation model).
"""

import math
from collections import defaultdict
from dataclasses import dataclass, field

DAY = 86400
_RATIO = 1.05
_EMPTY = 1e-3


@dataclass(slots=True)
class Histogram:
    """Weights by bucket; `first` is the size of the first bucket, `largest` the last value told apart."""

    first: float
    largest: float
    half_life: float = DAY
    weights: dict[int, float] = field(default_factory=lambda: defaultdict(float))

    @property
    def buckets(self) -> int:
        """How many buckets there are."""
        return math.ceil(math.log(self.largest * (_RATIO - 1) / self.first + 1, _RATIO)) + 1

    def add(self, value: float, *, weight: float, time: float) -> None:
        """Add a sample; `time` in seconds, as all samples count it."""
        self.weights[self.bucket(value)] += weight * 2 ** (time / self.half_life)

    def bucket(self, value: float) -> int:
        """Return the bucket of a value."""
        if value < self.first:
            return 0
        found = int(math.log(value * (_RATIO - 1) / self.first + 1, _RATIO))
        return min(found, self.buckets - 1)

    def start(self, bucket: int) -> float:
        """Return where a bucket begins."""
        return self.first * (_RATIO**bucket - 1) / (_RATIO - 1)

    def percentile(self, share: float) -> float:
        """Return the end of the bucket that the share of all weight falls into, 0 without samples."""
        total = sum(self.weights.values())
        if not total:
            return 0.0
        found, passed = 0, 0.0
        for found in sorted(each for each, weight in self.weights.items() if weight > _EMPTY * total / 1e6):
            passed += self.weights[found]
            if passed >= share * total:
                break
        return self.start(found + 1 if found < self.buckets - 1 else found)
