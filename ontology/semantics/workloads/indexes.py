"""Completion indexes as the API writes them ("0-2,4,5,7"), and the annotations that carry them.

Source: kubernetes.io/docs/concepts/workloads/controllers/job (Completion mode, v1.36).
"""

import re
from collections.abc import Iterable

from ontology.cluster.pods import Pod

INDEX = "batch.kubernetes.io/job-completion-index"
FAILURES = "batch.kubernetes.io/job-index-failure-count"
IGNORED_FAILURES = "batch.kubernetes.io/job-index-ignored-failure-count"
_NUMBER = re.compile(r"[+-]?\d+")
_INT32 = range(2**31)


def read(text: str | None, completions: int) -> frozenset[int]:
    """Return the indexes below `completions`; an interval that cannot be read is skipped."""
    found: set[int] = set()
    for interval in (text or "").split(","):
        limits = interval.split("-")
        if not all(_NUMBER.fullmatch(each) for each in limits[:2]):
            continue
        first, last = int(limits[0]), int(limits[min(1, len(limits) - 1)])
        if first >= completions:
            break
        found.update(range(first, min(last, completions - 1) + 1))
    return frozenset(found)


def write(indexes: Iterable[int]) -> str:
    """Return indexes in ascending order, three or more in a row as a range."""
    runs: list[list[int]] = []
    for index in sorted(indexes):
        if runs and index == runs[-1][-1] + 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    return ",".join(_shown(run) for run in runs)


def _shown(run: list[int]) -> str:
    if len(run) > 2:  # noqa: PLR2004 - two in a row are written one by one
        return f"{run[0]}-{run[-1]}"
    return ",".join(str(index) for index in run)


def of(pod: Pod) -> int | None:
    """Return the pod's completion index, None without a readable one."""
    text = (pod.metadata.annotations or {}).get(INDEX, "")
    return int(text) if _NUMBER.fullmatch(text) and int(text) >= 0 else None


def failures(pod: Pod) -> int:
    """Return how often the pod's index has failed before it."""
    return _count(pod, FAILURES)


def all_failures(pod: Pod) -> int:
    """Return how often the pod's index has failed before it, ignored failures included."""
    return _count(pod, FAILURES) + _count(pod, IGNORED_FAILURES)


def _count(pod: Pod, annotation: str) -> int:
    text = (pod.metadata.annotations or {}).get(annotation, "")
    number = int(text) if _NUMBER.fullmatch(text) else 0
    return number if number in _INT32 else 0
