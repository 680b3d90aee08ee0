"""The filters in the scheduler's order: the first one that a node fails is the reason it reports."""

from ontology.semantics.scheduling.filters.filter import Filter
from ontology.semantics.scheduling.filters.node_affinity import NodeAffinity
from ontology.semantics.scheduling.filters.node_name import NodeName
from ontology.semantics.scheduling.filters.node_names import NodeNames
from ontology.semantics.scheduling.filters.pod_affinity import PodAffinity
from ontology.semantics.scheduling.filters.ports import Ports
from ontology.semantics.scheduling.filters.resources import Resources
from ontology.semantics.scheduling.filters.taints import Taints
from ontology.semantics.scheduling.filters.topology_spread import TopologySpread
from ontology.semantics.scheduling.filters.unschedulable import Unschedulable
from ontology.semantics.scheduling.filters.volume_binding import VolumeBinding
from ontology.semantics.scheduling.filters.volume_limits import VolumeLimits
from ontology.semantics.scheduling.filters.volume_restrictions import VolumeRestrictions
from ontology.semantics.scheduling.filters.volume_zone import VolumeZone

FILTERS: tuple[type[Filter], ...] = (
    NodeNames,
    Unschedulable,
    NodeName,
    Taints,
    NodeAffinity,
    Ports,
    Resources,
    VolumeRestrictions,
    VolumeLimits,
    VolumeBinding,
    VolumeZone,
    TopologySpread,
    PodAffinity,
)
