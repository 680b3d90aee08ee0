"""Topology mode `Auto`: endpoints shared out to zones by the cores there, as the slice controller hints them.

Each zone is to get endpoints in proportion to its cores. Where a zone lacks some, the controller lends it
others' in an order that is not fixed, so only two things can be told: that every zone keeps its own, or that
there are no hints at all.

Source: kubernetes.io/docs/concepts/services-networking/topology-aware-routing (v1.36), KEP-2433.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import ceil

from ontology import quantities
from ontology.cluster.nodes import Node
from ontology.cluster.services import Service
from ontology.semantics.services.endpoints import ZONE

_MODES = ("service.kubernetes.io/topology-mode", "service.kubernetes.io/topology-aware-hints")
_AUTO = ("Auto", "auto")
_CONTROL_PLANE = ("node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master")
_OVERLOAD = Fraction(12, 10)  # a zone may have to bear a fifth more than its share


def is_auto(service: Service) -> bool:
    """Whether a Service asks for topology mode `Auto`, which comes before its traffic distribution."""
    marks = service.metadata.annotations or {}
    return any(marks.get(mode) in _AUTO for mode in _MODES)


def keeps_to_zones(zones: Sequence[str | None], nodes: Iterable[Node]) -> bool | None:
    """Whether each endpoint is hinted to its own zone; `zones` are those of the ready endpoints.

    False where a safeguard leaves all without a hint, None where zones borrow from each other.
    """
    shares = _shares(nodes)
    count = len(zones)
    if not 1 < len(shares) <= count or None in zones:
        return False
    if sum(ceil(share * count / _OVERLOAD) for share in shares.values()) > count:
        return False
    own = Counter(zones)
    return True if own == {zone: share * count for zone, share in shares.items()} else None


def _shares(nodes: Iterable[Node]) -> Mapping[str, Fraction]:
    """Return each zone's share of the cores that may run pods; nothing where a node does not say."""
    cores: dict[str, Fraction] = defaultdict(Fraction)
    for node in nodes:
        if not _takes_part(node):
            continue
        zone = node.labels.get(ZONE, "")
        cpu = (node.status.allocatable or {}).get("cpu", 0)
        own = Fraction(quantities.parse(cpu, path=f"{node.name}: status.allocatable.cpu"))
        if not zone or not own:
            return {}
        cores[zone] += own
    total = sum(cores.values())
    return {zone: each / total for zone, each in cores.items()}


def _takes_part(node: Node) -> bool:
    ready = next((each.status for each in node.status.conditions or () if each.type == "Ready"), "True")
    return ready == "True" and not any(label in node.labels for label in _CONTROL_PLANE)
