"""Full-text search over the read model, in Korean and English at once."""

from graph.search.index import Index
from graph.search.ranking import Hit, search

__all__ = ["Hit", "Index", "search"]
