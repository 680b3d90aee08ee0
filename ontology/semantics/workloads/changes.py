"""The smallest changes that would give another pass, each tried before it is offered."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from ontology import instants, tolerations
from ontology.cluster.meta import Condition
from ontology.cluster.nodes import Node
from ontology.cluster.pods import Pod, Toleration
from ontology.cluster.workloads import (
    DaemonSet,
    Deployment,
    Job,
    RollingUpdate,
    StatefulSet,
    UpdateStrategy,
)
from ontology.semantics.workloads import daemonsets, deployments, jobs, ranking, replicasets, statefulsets
from ontology.verdict import Role, Step

replace = msgspec.structs.replace


def _change(rule: str, fragment: dict[str, Any], **facts: Any) -> Step:
    return Step(f"workloads.change.{rule}", True, facts, role=Role.CHANGE, change=fragment)


def for_stateful_set(
    found: StatefulSet,
    done: statefulsets.Pass,
    pods: Sequence[Pod],
    again: Callable[[StatefulSet, Sequence[Pod]], statefulsets.Pass],
) -> Iterator[Step]:
    """Yield what the pass would do if a pod it waits for were available, or if it did not wait."""
    waited = [step.facts["pod"] for step in done.steps if step.rule.startswith("workloads.waits.")]
    for name in waited:
        ready = [_available(pod) if pod.name == name else pod for pod in pods]
        after = again(found, ready)
        if (after.create, after.delete) != (done.create, done.delete):
            yield _change(
                "podReady",
                {"kind": "Pod", "name": name, "status": {"phase": "Running", "conditions": ["Ready=True"]}},
                pod=name,
                create=tuple(after.create) or None,
                delete=after.delete or None,
            )
    if waited and found.spec.pod_management_policy != "Parallel":
        after = again(replace(found, spec=replace(found.spec, pod_management_policy="Parallel")), pods)
        if (after.create, after.delete) != (done.create, done.delete):
            yield _change(
                "parallel",
                {"spec.podManagementPolicy": "Parallel"},
                create=tuple(after.create) or None,
                delete=after.delete or None,
            )


def _available(pod: Pod) -> Pod:
    ready = Condition(type="Ready", status="True", last_transition_time="1970-01-01T00:00:00Z")
    metadata = replace(pod.metadata, deletion_timestamp=None)
    return replace(pod, metadata=metadata, status=replace(pod.status, phase="Running", conditions=[ready]))


def for_replica_set(
    done: replicasets.Pass, pods: Sequence[Pod], again: Callable[[Sequence[Pod]], replicasets.Pass]
) -> Iterator[Step]:
    """Yield which pod would go instead if the first to go were more costly to delete."""
    if not done.delete or len(done.delete) == len(done.pods.owned):
        return
    first = done.delete[0]
    cost = max(ranking.deletion_cost(pod) for pod in pods) + 1
    annotations = (first.metadata.annotations or {}) | {ranking.DELETION_COST: str(cost)}
    dear = replace(first, metadata=replace(first.metadata, annotations=annotations))
    after = again([dear if pod is first else pod for pod in pods])
    instead = [pod.name for pod in after.delete if pod.name not in {each.name for each in done.delete}]
    if instead:
        yield _change(
            "deletionCost",
            {"kind": "Pod", "name": first.name, f"metadata.annotations.{ranking.DELETION_COST}": str(cost)},
            pod=first.name,
            cost=cost,
            instead=instead[0],
        )


def for_deployment(
    found: Deployment, done: deployments.Pass, again: Callable[[Deployment], deployments.Pass]
) -> Iterator[Step]:
    """Yield the larger bounds that would let a rollout that stands still go on."""
    stuck = any(step.rule == "workloads.maxUnavailable" and not step.holds for step in done.steps)
    if not stuck or done.scale or done.created:
        return
    span = deployments.bounds(found)
    for name, surge, unavailable in (
        ("maxSurge", span.surge + 1, span.unavailable),
        ("maxUnavailable", span.surge, span.unavailable + 1),
    ):
        rolling = RollingUpdate(max_surge=surge, max_unavailable=unavailable)
        strategy = UpdateStrategy(type="RollingUpdate", rolling_update=rolling)
        after = again(replace(found, spec=replace(found.spec, strategy=strategy)))
        if after.scale:
            value = surge if name == "maxSurge" else unavailable
            yield _change(
                "bounds",
                {f"spec.strategy.rollingUpdate.{name}": value},
                field=name,
                value=value,
                scale=tuple(f"{each} → {size}" for each, size in sorted(after.scale.items())),
            )


def for_daemon_set(found: DaemonSet, nodes: Sequence[Node]) -> Iterator[Step]:
    """Yield the toleration that would bring a daemon to a node that has but one taint against it."""
    covered = daemonsets.tolerations_of(found)
    for node in nodes:
        against = tolerations.untolerated(node.spec.taints, covered, effects=("NoSchedule", "NoExecute"))
        if len(against) != 1:
            continue
        taint = against[0]
        added = Toleration(key=taint.key, operator="Exists", effect=taint.effect)
        spec = found.spec.template.spec
        template = replace(
            found.spec.template, spec=replace(spec, tolerations=[*(spec.tolerations or ()), added])
        )
        if daemonsets.place(replace(found, spec=replace(found.spec, template=template)), node)[0].should_run:
            yield _change(
                "toleration",
                {"spec.template.spec.tolerations": [msgspec.to_builtins(added)]},
                node=node.name,
                taint=tolerations.shown(taint),
            )


def for_job(found: Job, done: jobs.Pass, now: int, again: Callable[[Job, int], jobs.Pass]) -> Iterator[Step]:
    """Yield when a delayed pod will be created, and the limit that would let a failed Job go on."""
    for step in done.steps:
        if step.rule in {"workloads.jobBackoff", "workloads.indexBackoff"}:
            later = now + step.facts["left"] * instants.SECOND
            after = again(found, later)
            if after.create:
                yield _change(
                    "later", {"now": instants.render(later)}, left=step.facts["left"], create=after.create
                )
                return
    failed = done.status.failed
    ended = any(step.facts.get("reason") == "BackoffLimitExceeded" for step in done.steps)
    if ended and failed > jobs.backoff_limit(found):
        after = again(replace(found, spec=replace(found.spec, backoff_limit=failed)), now)
        if not any(step.rule == "workloads.jobEnd" for step in after.steps):
            yield _change("backoffLimit", {"spec.backoffLimit": failed}, failed=failed, create=after.create)
