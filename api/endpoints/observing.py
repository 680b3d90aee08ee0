"""What the server says of itself: metrics for Prometheus, and a line of JSON for each request.

A request keeps the id that a proxy gave it, else it gets one; the answer and the log carry it. Neither
queries nor bodies nor headers are logged: they may hold what is nobody's business.

Source: prometheus.io/docs/practices/naming.
"""

import logging
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate
from secrets import token_hex
from time import perf_counter, time

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.endpoints.headers import header
from api.endpoints.serving import Serving
from api.json import encode

ACCESS = logging.getLogger("kubelore.access")
MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_ID = re.compile(r"[\w.-]{1,64}", re.ASCII)
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_UNMATCHED = "none"
# whatever else a client sends as a method is counted as one
_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})


class Metrics(Collector):
    """The counters of one server, plain numbers of one event loop until they are asked for."""

    def __init__(self, server: Serving) -> None:
        self._server = server
        self.running = 0
        self._answered: Counter[tuple[str, str, int]] = Counter()
        self._times: dict[str, _Times] = {}
        self.registry = CollectorRegistry()
        self.registry.register(self)

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        self._answered[method, route, status] += 1
        times = self._times.get(route)
        if times is None:
            times = self._times[route] = _Times()
        times.buckets[bisect_left(_SECONDS, seconds)] += 1
        times.total += seconds

    def collect(self) -> Iterable[Metric]:
        """Yield the metrics of the moment."""
        answered = CounterMetricFamily(
            "kubelore_http_requests", "Requests answered.", labels=["method", "route", "status"]
        )
        for (method, route, status), number in sorted(self._answered.items()):
            answered.add_metric([method, route, str(status)], number)
        yield answered
        seconds = HistogramMetricFamily(
            "kubelore_http_request_duration_seconds",
            "Time from a request to the end of its answer.",
            labels=["route"],
        )
        for route, times in sorted(self._times.items()):
            bounds = [*(f"{each:g}" for each in _SECONDS), "+Inf"]
            seconds.add_metric([route], [*zip(bounds, accumulate(times.buckets), strict=True)], times.total)
        yield seconds
        yield GaugeMetricFamily(
            "kubelore_http_requests_in_progress", "Requests being answered.", value=self.running
        )
        yield from self._of_graph()

    def _of_graph(self) -> Iterable[Metric]:
        """Yield what is told of the graph that is served, and of how its queries were run."""
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


@dataclass(slots=True)
class _Times:
    """How many requests took how long: each bucket alone, and all seconds together."""

    buckets: list[int] = field(default_factory=lambda: [0] * (len(_SECONDS) + 1))
    total: float = 0.0


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
        given = header(scope, b"x-request-id")
        id_ = given if given and _ID.fullmatch(given) else token_hex(16)
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
        self.metrics.running += 1
        try:
            await self.app(scope, receive, observed)
        finally:
            seconds = perf_counter() - began
            self.metrics.running -= 1
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
