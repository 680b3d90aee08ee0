"""The application: what is served at which address. The composition root of the HTTP edge."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from api.context import Context
from api.endpoints import cards, health, kubernetes, notes, pages, scenarios
from api.endpoints.access import access
from api.endpoints.bounds import Bounds
from api.endpoints.caching import by_version
from api.endpoints.graphql import graphql, named, names
from api.endpoints.known import KnownDocuments
from api.endpoints.observing import Metrics, Observed, metrics
from api.endpoints.openapi import openapi
from api.endpoints.security import Guard, http_error
from api.endpoints.serving import Serving
from api.endpoints.sockets import graphql_socket
from api.endpoints.sparql import sparql
from api.kubernetes.cluster import Cluster
from api.settings import Settings

_WEB = Path(str(files("api.web")))


def create_app(
    context: Context,
    *,
    hosts: Collection[str] = (),
    local: bool = True,
    manifests: Sequence[Any] = (),
) -> Starlette:
    """Return the application that serves the graph of `context`, and follows it as it changes.

    With `hosts` it answers to these names only. `local` says that only this machine reaches it.
    `manifests` are the cluster that access reviews are about.

    Raises:
        OntologyError: a role or binding among the manifests that an API server would refuse.
        RefusedError, OSError: the settings of the token contradict each other, or its file cannot be read.
    """
    settings = context.settings
    server = Serving(context, access=access(settings, local=local), cluster=Cluster(manifests))
    counters = Metrics(server)
    asked = Route("/graphql", graphql, methods=["GET", "POST"])

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        follower = asyncio.create_task(server.follow())
        yield
        follower.cancel()
        context.sparql.close()

    app = Starlette(
        routes=[
            Route("/", pages.front),
            asked,
            WebSocketRoute("/graphql", graphql_socket),
            Route("/q", names),
            Route("/q/{name}", by_version(named)),
            Route("/evaluate", scenarios.evaluate, methods=["POST"]),
            Route("/evaluate/batch", scenarios.Batch(), methods=["POST"]),
            Route("/sparql", sparql, methods=["GET", "POST"]),
            Route("/id/{name:path}", pages.concept),
            Route("/notes", notes.listing),
            Route("/notes/{path:path}", pages.note),
            Route("/cards.apkg", cards.deck),
            Route("/openapi.json", openapi),
            Route("/systems/{name}", pages.system),
            *kubernetes.ROUTES,
            Route("/metrics", metrics),
            Route("/healthz", health.healthz),
            Route("/livez", health.healthz),
            Route("/readyz", health.readyz),
            Mount("/assets", StaticFiles(directory=_WEB / "assets")),
            # made by Vite: without it the rest of the server still runs
            Mount("/static", StaticFiles(directory=_WEB / "static", check_dir=False)),
        ],
        middleware=[
            Middleware(Observed, metrics=counters),
            Middleware(Guard, access=server.access, hosts=hosts),
            *_cors(settings),
            Middleware(Bounds, most=settings.max_requests, seconds=settings.request_seconds),
            Middleware(KnownDocuments, server=server, route=asked),
            Middleware(GZipMiddleware, minimum_size=1024, compresslevel=5),
        ],
        exception_handlers={HTTPException: http_error},
        lifespan=lifespan,
    )
    app.state.serving = server
    app.state.metrics = counters
    return app


def _cors(settings: Settings) -> Iterator[Middleware]:
    """Yield what lets pages of other origins read answers, where the settings name any."""
    if settings.origins:
        yield Middleware(
            CORSMiddleware,
            allow_origins=settings.origins,
            allow_methods=["GET", "POST"],
            allow_headers=["authorization", "content-type"],
            expose_headers=["etag", "x-request-id"],
        )
