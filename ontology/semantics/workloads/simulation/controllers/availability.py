"""When to look again at pods that are ready, but not yet for long enough."""

from collections.abc import Sequence

from ontology import instants, readiness
from ontology.cluster.pods import Pod
from ontology.semantics.workloads.simulation.cluster import Cluster


def look_again(cluster: Cluster, pods: Sequence[Pod], min_ready_seconds: int) -> None:
    """Look again when each ready pod becomes available."""
    for pod in pods if min_ready_seconds else ():
        since = readiness.ready_since(pod)
        if since is not None:
            cluster.at(since + min_ready_seconds * instants.SECOND)
