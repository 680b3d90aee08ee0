"""What a running server holds, handed to every endpoint."""

from starlette.requests import Request

from api.context import Context, View
from api.endpoints.access import Access
from api.graphql import named
from api.graphql.execution import Executor
from api.graphql.limits import Limits
from api.graphql.persisted import PersistedQueries
from api.graphql.windows import Windows
from api.kubernetes.cluster import Cluster
from api.settings import Settings


class Serving:
    """The graph as served now, who may read and change it, who runs GraphQL; the cluster of reviews."""

    def __init__(self, context: Context, *, access: Access, cluster: Cluster) -> None:
        self.context = context
        self.access = access
        self.cluster = cluster
        self.executor = Executor(_limits(context.settings))
        self.persisted = PersistedQueries()
        self.named = named.load(context.settings.queries)
        self._windows = Windows(context.view, budget=context.settings.served_budget)

    @property
    def settings(self) -> Settings:
        """The settings of this process."""
        return self.context.settings

    @property
    def view(self) -> View:
        """The graph version that a request starting now reads."""
        return self.context.view

    @property
    def windows(self) -> Windows:
        """The GraphQL objects of that version."""
        current = self.context.view
        if self._windows.source is not current:
            self._windows = Windows(current, budget=self.settings.served_budget)
        return self._windows


def _limits(settings: Settings) -> Limits:
    return Limits(
        tokens=settings.max_query_tokens,
        depth=settings.max_query_depth,
        aliases=settings.max_query_aliases,
        directives=settings.max_query_directives,
        cost=settings.max_query_cost,
    )


def serving(request: Request) -> Serving:
    """Return what the server of a request holds."""
    held: Serving = request.app.state.serving
    return held
