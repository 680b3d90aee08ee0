"""The cluster autoscaler: which node group would help pods that fit nowhere, and which nodes may go.

It watches for pods that the scheduler could not place and tries them, by the scheduler's own filters, on a
node that a group would add. The scheduler asks nobody.
"""

from ontology.walkthroughs.cluster_autoscaler.scale_down import SCALE_DOWN
from ontology.walkthroughs.cluster_autoscaler.scale_up import SCALE_UP

__all__ = ["SCALE_DOWN", "SCALE_UP"]
