"""Image locality: nodes that have the pod's images already score higher, the larger the images the more.

Source: kubernetes.io/docs/reference/scheduling/config (ImageLocality), v1.36. An image that few nodes have
counts less, lest pods pile up there. Names match literally; no tag is `:latest`.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Self

import numpy as np

from ontology.cluster.nodes import ContainerImage
from ontology.semantics.scheduling.cluster import Cluster
from ontology.semantics.scheduling.columns import At, Column, Whole
from ontology.semantics.scheduling.pods import Demand
from ontology.semantics.scheduling.scores.score import HIGHEST, Score

_MIB = 2**20
_LEAST, _MOST = 23 * _MIB, 1000 * _MIB


class ImageLocality(Score):
    """Sums the sizes of the images at hand, each by the share of nodes that have it."""

    PLUGIN = "ImageLocality"
    RULE = "scheduling.imageLocality"
    WEIGHT = 1
    STATIC = True

    def __init__(self, points: Whole) -> None:
        self._points = points

    @classmethod
    def prepare(cls, cluster: Cluster, demand: Demand) -> Self:
        """Return the score; it is never left out."""
        spec = demand.pod.spec
        wanted = [normal(c.image) for c in (*(spec.init_containers or ()), *(spec.containers or ()))]
        sizes, spread = _known(cluster)
        if sizes.keys().isdisjoint(wanted):
            return cls(cluster.constant(0.0))
        worth = {
            name: int(float(sizes[name]) * (spread[name] / cluster.size))
            for name in set(wanted) & sizes.keys()
        }
        column = _column(cluster)
        sums = column.numbers(
            lambda images: sum(worth.get(name, 0) for name in wanted if name in _names(images))
        )
        most = _MOST * len(wanted)
        points = HIGHEST * (np.clip(sums, _LEAST, most) - _LEAST) // (most - _LEAST)
        return cls(points.astype(np.float64))

    def points(self, at: At) -> Whole:
        """From 0 for 23 MiB or less to 100 for 1000 MiB a container."""
        return self._points[at]


def normal(image: str) -> str:
    """Return an image's name with its tag: `:latest` unless another is given."""
    return image if image.rfind(":") > image.rfind("/") else f"{image}:latest"


def _column(cluster: Cluster) -> Column[tuple[ContainerImage, ...]]:
    found: Column[tuple[ContainerImage, ...]] | None = cluster.prepared.get("images")
    if found is None:
        found = cluster.prepared["images"] = Column.of(
            (tuple(node.status.images or ()) for node in cluster.nodes), _names
        )
    return found


def _known(cluster: Cluster) -> tuple[dict[str, int], Counter[str]]:
    # a name has one size in the scheduler's books: that of the node which reported it first
    found: tuple[dict[str, int], Counter[str]] | None = cluster.prepared.get("image sizes")
    if found is None:
        sizes: dict[str, int] = {}
        spread: Counter[str] = Counter()
        for node in cluster.nodes:
            images = node.status.images or ()
            for image in images:
                for name in image.names or ():
                    sizes.setdefault(name, image.size_bytes)
            spread.update(_names(images))
        found = cluster.prepared["image sizes"] = (sizes, spread)
    return found


def _names(images: Iterable[ContainerImage]) -> frozenset[str]:
    return frozenset(name for image in images for name in image.names or ())
