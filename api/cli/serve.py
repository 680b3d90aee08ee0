"""`kubelore serve`: notes into the graph, then the server."""

import argparse
import logging
import socket
import sys
from contextlib import suppress
from dataclasses import replace
from importlib.resources import files
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp

from api import ingesting, scenarios
from api.cli.ingest import progress_bar
from api.context import Context
from api.printing import counted
from api.problems import RefusedError, problem
from api.settings import Settings, from_environment

_WRONG = 2
_LONGEST_MESSAGE = 1024 * 1024  # bytes of one message over a WebSocket
# How long a server that is told to stop waits for what it is answering, in seconds.
_LAST_ANSWERS = 10
_M_ARENA_MAX, _ARENAS = -8, 2  # the first is the number by which glibc knows it
# The bundled examples have a graph of their own: the user's is not mixed with them.
_EXAMPLES = "examples"
# The names that a browser on this machine has for a loopback address.
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument(
        "places",
        metavar="NOTE-OR-FOLDER",
        nargs="*",
        type=Path,
        help="notes to read first (the bundled examples, unless --data names a graph)",
    )
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen at (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="the port (8000); 0 takes a free one")
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="with a loopback address: another name to answer to, of a proxy for example",
    )
    parser.add_argument(
        "-f",
        "--filename",
        action="append",
        default=[],
        metavar="FILE|DIR|-",
        help="manifests of the cluster about which `kubectl auth can-i` may ask this server",
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="where the graph is kept (.kubelore)")


def run(arguments: argparse.Namespace) -> int:
    """Serve until interrupted."""
    # before the notes are read: nobody waits for an ingest to learn that the port is taken
    manifests = [each for place in arguments.filename for each in scenarios.load_manifests(place)]
    with _listen(arguments.host, arguments.port) as listener:
        settings = _prepare(arguments)
        if settings is None:
            return _WRONG
        context = Context(settings)
        loopback = ip_address(listener.getsockname()[0]).is_loopback
        hosts = [*_LOOPBACK, *arguments.allow_host] if loopback else []
        app = _application(context, hosts=hosts, local=loopback, manifests=manifests)
        host, port = listener.getsockname()[:2]
        address = f"[{host}]" if ":" in host else host
        sys.stderr.write(
            f"kubelore serves {counted(len(context.view.snapshot.notes), 'note')} at http://{address}:{port}/\n"
        )
        sys.stderr.flush()
        if settings.access_log:
            _log_requests()
        _serve(app, listener)
    return 0


def _listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Raises:
        RefusedError: the address is taken, or none of this machine.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, port))
            listener.listen()
        except BaseException:
            listener.close()
            raise
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        message = f"cannot listen at {host}:{port}: {reason.lower()}"
        raise RefusedError("UNAVAILABLE", message) from error
    return listener


def _prepare(arguments: argparse.Namespace) -> Settings | None:
    """Read the notes and return the settings of the graph to serve, None if not one note could be read."""
    settings = from_environment()
    if arguments.data:
        settings = replace(settings, data=arguments.data)
    places = arguments.places
    if not places:
        if arguments.data:
            return settings
        settings = replace(settings, data=settings.data / _EXAMPLES)
        places = [_examples()]
    with progress_bar() as progress:
        report = ingesting.ingest(places, settings, progress)
    for note in report.refused:
        sys.stderr.write(f"{problem(note.error).as_text() if note.error else note.document}\n")
    return settings if report.snapshot.notes else None


def _examples() -> Path:
    """Return the folder of the bundled notes, from here where it is below: notes are named by their path."""
    folder, here = Path(str(files("api.examples").joinpath("notes"))), Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder


def _application(context: Context, **given: Any) -> ASGIApp:
    from api.app import create_app  # noqa: PLC0415 - what is wrong with the notes or the port is said first

    return create_app(context, **given)


def _log_requests() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    log = logging.getLogger("kubelore.access")
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False


def _serve(app: ASGIApp, listener: socket.socket) -> None:
    import uvicorn  # noqa: PLC0415 - as above

    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="websockets-sansio",
        ws_max_size=_LONGEST_MESSAGE,
        timeout_graceful_shutdown=_LAST_ANSWERS,
    )
    _share_arenas()
    uvicorn.Server(config).run(sockets=[listener])


def _share_arenas() -> None:
    """Let all threads take memory from two arenas.

    By itself glibc gives each thread one of its own (mallopt(3), M_ARENA_MAX), and what a thread of the pool
    frees after a note was read is kept for that thread: after a hundred notes
    a half more than was ever in use.
    """
    import ctypes  # noqa: PLC0415 - as above

    with suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL("libc.so.6").mallopt(_M_ARENA_MAX, _ARENAS)
