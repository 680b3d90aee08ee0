"""The scores in the scheduler's order; each carries its weight of the default profile."""

from ontology.semantics.scheduling.scores.balance import Balance
from ontology.semantics.scheduling.scores.image_locality import ImageLocality
from ontology.semantics.scheduling.scores.node_affinity import PreferredNodes
from ontology.semantics.scheduling.scores.pod_affinity import PreferredPods
from ontology.semantics.scheduling.scores.resources import FreeResources
from ontology.semantics.scheduling.scores.score import Score
from ontology.semantics.scheduling.scores.taints import SoftTaints
from ontology.semantics.scheduling.scores.topology_spread import SoftSpread

SCORES: tuple[type[Score], ...] = (
    SoftTaints,
    PreferredNodes,
    SoftSpread,
    PreferredPods,
    FreeResources,
    Balance,
    ImageLocality,
)
