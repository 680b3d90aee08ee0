"""Pod failure policy and success policy of a Job: what a failed pod means, and when enough has succeeded.

Source: kubernetes.io/docs/concepts/workloads/controllers/job (Pod failure policy, Success policy, v1.36).
"""

from collections.abc import Sequence
from enum import StrEnum

from ontology.cluster.pods import ContainerStatus, Pod
from ontology.cluster.workloads import ExitCodes, Job, PodConditionPattern, SuccessPolicy
from ontology.semantics.workloads import indexes


class Action(StrEnum):
    """What a rule of the policy does with a failed pod."""

    IGNORE = "Ignore"
    COUNT = "Count"
    FAIL_INDEX = "FailIndex"
    FAIL_JOB = "FailJob"


_ACTIONS = frozenset(Action)


def action(job: Job, pod: Pod) -> Action:
    """Return what the first rule that matches a failed pod does; without one it counts."""
    policy = job.spec.pod_failure_policy
    for rule in (policy.rules if policy else None) or ():
        if rule.on_exit_codes is not None:
            matched = _exit_code_matches(pod, rule.on_exit_codes)
        else:
            matched = _condition_matches(pod, rule.on_pod_conditions or ())
        if matched and rule.action in _ACTIONS:
            return Action(rule.action)
    return Action.COUNT


def counts(job: Job, pod: Pod) -> bool:
    """Whether a failed pod counts towards the limits."""
    return action(job, pod) is not Action.IGNORE


def succeeded(policy: SuccessPolicy | None, done: frozenset[int], completions: int) -> int | None:
    """Return the place of the first rule that the completed indexes meet, None if none is."""
    for place, rule in enumerate((policy.rules if policy else None) or ()):
        if not done:
            return None
        if rule.succeeded_indexes is not None:
            wanted = indexes.read(rule.succeeded_indexes, completions)
            met = len(wanted & done)
            enough = rule.succeeded_count is not None and met >= rule.succeeded_count
            if wanted and (met == len(wanted) or enough):
                return place
        elif rule.succeeded_count is not None and len(done) >= rule.succeeded_count:
            return place
    return None


def _exit_code_matches(pod: Pod, wanted: ExitCodes) -> bool:
    statuses = (*(pod.status.container_statuses or ()), *(pod.status.init_container_statuses or ()))
    return any(_matches(each, wanted) for each in statuses)


def _matches(status: ContainerStatus, wanted: ExitCodes) -> bool:
    """Whether a terminated container of the right name ended with a wanted code; 0 never matches."""
    ended = status.state.terminated
    if ended is None or ended.exit_code == 0 or wanted.container_name not in (None, status.name):
        return False
    listed = ended.exit_code in (wanted.values or ())
    return {"In": listed, "NotIn": not listed}.get(wanted.operator, False)


def _condition_matches(pod: Pod, patterns: Sequence[PodConditionPattern]) -> bool:
    found = {(each.type, each.status) for each in pod.status.conditions or ()}
    return any((each.type, each.status) in found for each in patterns)
