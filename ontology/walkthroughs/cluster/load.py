"""Load: what the pods of a workload have to do together, shared by those that are ready."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ontology import quantities, readiness
from ontology.cluster.meta import LabelSelector
from ontology.cluster.pods import Pod
from ontology.walkthroughs.cluster import behaviours
from ontology.walkthroughs.cluster.behaviours import App
from ontology.walkthroughs.cluster.kinds import Ref
from ontology.walkthroughs.cluster.store import Store


@dataclass(slots=True)
class Loads:
    """CPU in millicores by workload; `measured` says whether metrics-server runs."""

    apps: list[App]
    cpu: dict[Ref, int] = field(default_factory=dict)
    measured: bool = True

    def usage(self, store: Store, pod: Pod) -> dict[str, dict[str, str | int | float]]:
        """Return what each container of a running pod uses; the first carries the load."""
        share = self._share(store, pod) if readiness.is_ready(pod) else 0
        found: dict[str, dict[str, str | int | float]] = {}
        for number, container in enumerate(pod.spec.containers or ()):
            own, memory = behaviours.consumption(self.apps, pod, container)
            used = own + (share if number == 0 else 0)
            limit = (container.resources.limits or {}).get("cpu")
            if limit is not None:
                used = min(used, quantities.millis(limit))
            found[container.name] = {"cpu": f"{used}m", "memory": memory}
        return found

    def _share(self, store: Store, pod: Pod) -> int:
        total = 0
        for ref, cpu in self.cpu.items():
            workload = store.get(ref)
            selector: LabelSelector | Mapping[str, str] | None = getattr(
                getattr(workload, "spec", None), "selector", None
            )
            labels = selector.match_labels if isinstance(selector, LabelSelector) else selector
            if not labels or ref[1] != pod.namespace:
                continue
            serving = [each for each in store.labelled(Pod, ref[1], labels) if readiness.is_ready(each)]
            if any(each is pod for each in serving):
                total += -(-cpu // len(serving))
        return total
