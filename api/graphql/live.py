"""The windows of a running server: those of one graph version, and the way to the next."""

from collections.abc import AsyncIterator, Callable

from api.context import View
from api.graphql.windows import Windows
from api.notebook import Notebook
from ontology.budget import Budget


class LiveWindows(Windows):
    """The windows of one graph version; `changes` yields those of each that follows, `latest` the newest."""

    def __init__(
        self,
        view: View,
        *,
        budget: Budget,
        changes: Callable[[], AsyncIterator[Windows]],
        notebook: Notebook,
        latest: Callable[[], Windows],
    ) -> None:
        super().__init__(view, budget=budget)
        self.changes = changes
        self.notebook = notebook
        self.latest = latest
