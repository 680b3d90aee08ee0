"""One module a controller: it reconciles an object and writes down what the pass decides.

Each returns whether anything was written, so that the others look again.
"""

from collections.abc import Callable
from typing import Any

from ontology.cluster.workloads import CronJob, DaemonSet, Deployment, Job, ReplicaSet, StatefulSet
from ontology.semantics.workloads.simulation.cluster import Cluster
from ontology.semantics.workloads.simulation.controllers import (
    cron_jobs,
    daemon_sets,
    deployments,
    jobs,
    replica_sets,
    stateful_sets,
)

# Owners before what they own, so that most of a change is done in one round.
CONTROLLERS: tuple[tuple[type[Any], Callable[[Cluster, Any], bool]], ...] = (
    (CronJob, cron_jobs.reconcile),
    (Deployment, deployments.reconcile),
    (ReplicaSet, replica_sets.reconcile),
    (StatefulSet, stateful_sets.reconcile),
    (DaemonSet, daemon_sets.reconcile),
    (Job, jobs.reconcile),
)
