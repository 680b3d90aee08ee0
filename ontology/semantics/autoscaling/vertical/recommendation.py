"""The recommender: percentiles of usage, a margin, and bounds that history narrows.

Source: github.com/kubernetes/autoscaler, vertical-pod-autoscaler/docs (v1.5), and
kubernetes.io/docs/concepts/workloads/autoscaling/vertical-pod-autoscale (v1.36).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ontology import instants, quantities
from ontology.cluster.meta import Quantity
from ontology.errors import InvalidQuestionError
from ontology.scenario import Question
from ontology.semantics.autoscaling.vertical.histogram import DAY, Histogram

RESOURCES = ("cpu", "memory")
MARGIN = 0.15
SAMPLES_A_DAY = 24 * 60
_TARGET, _LOWER, _UPPER = 0.9, 0.5, 0.95
_LEAST = {"cpu": 25, "memory": 250 * 1024 * 1024}
_LARGEST = 10**14
_LEAST_WEIGHT = 0.1
_OOM_GROWTH, _OOM_MINIMUM = 1.2, 100 * 1024 * 1024


class Usage(Question, frozen=True):
    """What a container used at a time; `oom` marks memory at which it was killed."""

    container: str
    time: str
    cpu: Quantity | None = None
    memory: Quantity | None = None
    oom: bool = False


class ContainerPolicy(Question, frozen=True):
    """What may be recommended for a container (`*`: for all that have no policy of their own)."""

    container_name: str = "*"
    mode: str = "Auto"
    min_allowed: dict[str, Quantity] | None = None
    max_allowed: dict[str, Quantity] | None = None
    controlled_resources: list[str] | None = None
    controlled_values: str = "RequestsAndLimits"


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """How much is known of a container: days from the first to the last sample of cpu, and their number."""

    days: float
    samples: int

    @property
    def confidence(self) -> float:
        """The fewer of both: days, and days that one sample a minute would make."""
        return min(self.days, self.samples / SAMPLES_A_DAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """A recommendation for one resource of one container: millicores or bytes.

    `usage` holds the percentiles that target, lower and upper come from; `least` is what a container gets
    in any case.
    """

    target: int
    lower: int
    upper: int
    uncapped: int
    usage: tuple[int, int, int]
    least: int
    history: History


def recommend(
    usage: Sequence[Usage],
    *,
    containers: int,
    requests: Mapping[str, float],
    policies: Mapping[str, ContainerPolicy],
) -> dict[str, dict[str, Bounds]]:
    """Return bounds by container and resource.

    `requests` are the cores that containers request: a cpu sample weighs as much as the request, so that
    the percentile is one of capacity, not of time.

    Raises:
        InvalidQuestionError: negative usage.
    """
    by_container: dict[str, list[Usage]] = defaultdict(list)
    for each in usage:
        by_container[each.container].append(each)
    return {
        name: _container(
            samples,
            share=max(containers, len(by_container)),
            weight=max(requests.get(name, 0.0), _LEAST_WEIGHT),
            policy=policies.get(name, policies.get("*", ContainerPolicy())),
        )
        for name, samples in sorted(by_container.items())
    }


def _container(
    samples: Sequence[Usage], *, share: int, weight: float, policy: ContainerPolicy
) -> dict[str, Bounds]:
    if policy.mode == "Off":
        return {}
    times = [instants.parse(each.time) / instants.SECOND for each in samples]
    last = max(times)
    cpu = Histogram(first=0.01, largest=1000.0)
    memory = Histogram(first=1e7, largest=1e12)
    measured: list[float] = []
    for each, time in zip(samples, times, strict=True):
        if each.cpu is not None:
            cpu.add(_used(quantities.millis(each.cpu)) / 1000, weight=weight, time=time - last)
            measured.append(time)
    for time, peak in _peaks(samples, times).items():
        memory.add(peak, weight=1.0, time=time - last)
    days = (max(measured) - min(measured)) / DAY if measured else 0.0
    history = History(days=days, samples=len(measured))
    found = {}
    for resource, histogram, unit in (("cpu", cpu, 1000), ("memory", memory, 1)):
        controlled = policy.controlled_resources is None or resource in policy.controlled_resources
        if controlled and histogram.weights:
            least = _LEAST[resource] // share
            found[resource] = _bounds(histogram, unit, history, least, _allowed(policy, resource))
    return found


def _used(amount: int) -> int:
    if amount < 0:
        raise InvalidQuestionError("nobody uses less than nothing", path="question.recommendVertical.usage")
    return amount


def _peaks(samples: Sequence[Usage], times: Sequence[float]) -> dict[float, float]:
    """Return the highest memory of each day from the first sample on, by the end of that day.

    After a kill it is a fifth more, or 100 MiB.
    """
    found = [(time, each) for time, each in zip(times, samples, strict=True) if each.memory is not None]
    first = min((time for time, _ in found), default=0.0)
    peaks: dict[float, float] = defaultdict(float)
    for time, each in found:
        used = float(_used(quantities.value(each.memory or 0)))
        if each.oom:
            used = max(used + _OOM_MINIMUM, used * _OOM_GROWTH)
        end = first + ((time - first) // DAY + 1) * DAY
        peaks[end] = max(peaks[end], used)
    return peaks


def _allowed(policy: ContainerPolicy, resource: str) -> tuple[int | None, int | None]:
    read = quantities.millis if resource == "cpu" else quantities.value

    def of(amounts: Mapping[str, Quantity] | None) -> int | None:
        amount = (amounts or {}).get(resource)
        return None if amount is None else read(amount)

    return of(policy.min_allowed), of(policy.max_allowed)


def _bounds(
    histogram: Histogram, unit: int, history: History, least: int, allowed: tuple[int | None, int | None]
) -> Bounds:
    usage = tuple(int(histogram.percentile(share) * unit) for share in (_TARGET, _LOWER, _UPPER))
    middle, low, high = (int(each * (1 + MARGIN)) for each in usage)
    confidence = history.confidence
    low = int(low * (1 + 0.001 / confidence) ** -2) if confidence else 0
    high = min(int(high * (1 + 1 / confidence)), _LARGEST) if confidence else _LARGEST
    target, lower, upper = (max(each, least) for each in (middle, low, high))
    smallest, largest = allowed

    def capped(amount: int) -> int:
        amount = amount if largest is None else min(amount, largest)
        return amount if smallest is None else max(amount, smallest)

    return Bounds(
        target=capped(target),
        lower=capped(lower),
        upper=capped(upper),
        uncapped=target,
        usage=(usage[0], usage[1], usage[2]),
        least=least,
        history=history,
    )
