"""What a running server holds, handed to every endpoint."""

from starlette.requests import Request

from api.context import Context, View
from api.graphql.execution import Executor
from api.graphql.limits import Limits
from api.graphql.persisted import PersistedQueries
from api.graphql.windows import Windows
from api.kubernetes.cluster import Cluster
from api.settings import Settings


class Serving:
    """The graph as it is served now, who runs GraphQL over it, and the cluster of the access reviews."""

    def __init__(self, context: Context, cluster: Cluster) -> None:
        self.context = context
        self.cluster = cluster
        self.executor = Executor(Limits())
        self.persisted = PersistedQueries()
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


def serving(request: Request) -> Serving:
    """Return what the server of a request holds."""
    held: Serving = request.app.state.serving
    return held
