"""The VerticalPodAutoscaler: what one pod should request, and which pods are changed for it.

The recommender takes percentiles of a decaying histogram and a safety margin; little history widens the
bounds. The updater acts on pods whose requests are outside the bounds. An HPA that measures utilization of
a resource that the VPA sets works against it: the question finds that.

Source: github.com/kubernetes/autoscaler, vertical-pod-autoscaler/docs (v1.5), and
kubernetes.io/docs/concepts/workloads/autoscaling/vertical-pod-autoscale (v1.36).
"""

from ontology.semantics.autoscaling.vertical.question import RECOMMEND_VERTICAL

__all__ = ["RECOMMEND_VERTICAL"]
