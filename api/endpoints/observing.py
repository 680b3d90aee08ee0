"""What the server says of itself: metrics for Prometheus, and a line of JSON for each request.

A request keeps the id that a proxy gave it, else it gets one; the answer and the log carry it. Neither
queries nor bodies nor headers are logged: they may hold what is nobody's business.

Source: prometheus.io/docs/practices/naming.
"""

import logging
import re
from collections.abc import Callable, Iterable
from time import perf_counter, time
from uuid import uuid4

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.endpoints.serving import Serving
from api.json import encode

ACCESS = logging.getLogger("kubelore.access")
MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_ID = re.compile(r"[\w.-]{1,64}", re.ASCII)
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_UNMATCHED = "none"
# whatever else a client sends as a method is counted as one
_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})


class Metrics:
    """The counters of one server."""

    def __init__(self, server: Serving) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "kubelore_http_requests",
            "Requests answered.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "kubelore_http_request_duration_seconds",
            "Time from a request to the end of its answer.",
            ["route"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.running = Gauge(
            "kubelore_http_requests_in_progress", "Requests being answered.", registry=self.registry
        )
        self.registry.register(_Graph(server))
        self._children: dict[tuple[str, str, int], Callable[[], None]] = {}
        self._timers: dict[str, Callable[[float], None]] = {}

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        # finding the children of labels costs more than counting: they are kept
        key = method, route, status
        counted = self._children.get(key)
        if counted is None:
            counted = self._children[key] = self.requests.labels(method, route, str(status)).inc
        counted()
        timed = self._timers.get(route)
        if timed is None:
            timed = self._timers[route] = self.seconds.labels(route).observe
        timed(seconds)


class _Graph(Collector):
    """The graph that is served, and how its queries were run, read off when asked."""

    def __init__(self, server: Serving) -> None:
        self._server = server

    def collect(self) -> Iterable[Metric]:
        """Yield the metrics of the moment."""
        graph = self._server.view.snapshot
        info = GaugeMetricFamily(
            "kubelore_graph_info", "The graph version that is served.", labels=["version"]
        )
        info.add_metric([graph.version], 1)
        yield info
        for name, number in (
            ("concepts", len(graph.concepts)),
            ("facts", len(graph.facts)),
            ("notes", len(graph.notes)),
            ("findings", len(graph.findings)),
        ):
            yield GaugeMetricFamily(
                f"kubelore_graph_{name}", f"{name.capitalize()} in the graph.", value=number
            )
        yield CounterMetricFamily(
            "kubelore_graphql_fallbacks",
            "GraphQL requests that the ordinary executor had to answer.",
            value=self._server.executor.fallbacks,
        )


async def metrics(request: Request) -> Response:
    """Return the metrics in the text format of Prometheus."""
    return Response(generate_latest(request.app.state.metrics.registry), media_type=MEDIA_TYPE)


class Observed:
    """Gives each request an id, counts it, and logs it."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        id_ = given if _ID.fullmatch(given) else uuid4().hex
        status, size = 500, 0

        async def observed(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", id_.encode())]
            else:
                size += len(message.get("body", b""))
            await send(message)

        began = perf_counter()
        self.metrics.running.inc()
        try:
            await self.app(scope, receive, observed)
        finally:
            seconds = perf_counter() - began
            self.metrics.running.dec()
            route = getattr(scope.get("route"), "path", _UNMATCHED)
            method = scope["method"] if scope["method"] in _METHODS else _UNMATCHED
            self.metrics.count(method, route, status, seconds)
            if ACCESS.isEnabledFor(logging.INFO):
                ACCESS.info(_line(scope, id_, status, size, seconds))


def _line(scope: Scope, id_: str, status: int, size: int, seconds: float) -> str:
    client = scope.get("client")
    members = {
        "time": round(time(), 3),
        "id": id_,
        "client": client[0] if client else "",
        "method": scope["method"],
        "path": scope["path"],
        "status": status,
        "bytes": size,
        "milliseconds": round(seconds * 1000, 2),
    }
    return encode(members).decode()
