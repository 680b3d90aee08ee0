"""What a running server holds, handed to every endpoint."""

import asyncio
from collections.abc import AsyncIterator

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection

from api.context import Context, View
from api.endpoints.access import Access
from api.graphql import named
from api.graphql.execution import Executor
from api.graphql.limits import Limits
from api.graphql.live import LiveWindows
from api.graphql.persisted import PersistedQueries
from api.graphql.windows import Windows
from api.kubernetes.cluster import Cluster
from api.notebook import Notebook
from api.settings import Settings

# How often the server looks whether another process has saved a newer graph.
REFRESH_SECONDS = 1.0


class Serving:
    """The graph as served now, who may read and change it, who runs GraphQL; the cluster of reviews."""

    def __init__(self, context: Context, *, access: Access, cluster: Cluster) -> None:
        self.context = context
        self.access = access
        self.cluster = cluster
        self.executor = Executor(_limits(context.settings))
        self.persisted = PersistedQueries()
        self.sockets = 0  # open ones
        self.named = named.load(context.settings.queries)
        self.notebook = Notebook(context.settings, context.refresh)
        self._windows = self._live()
        self._changed = asyncio.Event()

    @property
    def settings(self) -> Settings:
        """The settings of this process."""
        return self.context.settings

    @property
    def view(self) -> View:
        """The graph version that a request starting now reads."""
        return self.context.view

    @property
    def windows(self) -> LiveWindows:
        """The GraphQL objects of that version."""
        current = self.context.view
        if self._windows.source is not current:
            self._windows = self._live()
        return self._windows

    def _live(self) -> LiveWindows:
        return LiveWindows(
            self.view,
            budget=self.settings.served_budget,
            changes=self.changes,
            notebook=self.notebook,
            latest=lambda: self.windows,
        )

    async def changes(self) -> AsyncIterator[Windows]:
        """Yield the windows of this version, and of each that follows it."""
        while True:
            changed = self._changed
            yield self.windows
            await changed.wait()

    async def follow(self) -> None:
        """Read the graph again each time a newer one has been saved, and tell who waits for it."""
        told = self.view
        while True:
            await asyncio.sleep(REFRESH_SECONDS)
            await run_in_threadpool(self.context.refresh)
            if self.view is not told:
                told = self.view
                changed, self._changed = self._changed, asyncio.Event()
                changed.set()


def _limits(settings: Settings) -> Limits:
    return Limits(
        tokens=settings.max_query_tokens,
        depth=settings.max_query_depth,
        aliases=settings.max_query_aliases,
        directives=settings.max_query_directives,
        cost=settings.max_query_cost,
    )


def serving(request: HTTPConnection) -> Serving:
    """Return what the server of a request holds."""
    held: Serving = request.app.state.serving
    return held
