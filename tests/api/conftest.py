import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from starlette.testclient import TestClient

from api.app import create_app
from api.context import Context
from api.ingesting import ingest
from api.settings import Settings

NOTE = """# Pod 정리

## Phase

- Pod
  - phase : Pending, Running, Succeeded, Failed, Unknown

## Taint

- Taint : 노드가 파드를 밀어낸다 <script>alert("x")</script> [y](javascript:alert(1))
"""


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with one note ingested."""
    folder = tmp_path_factory.mktemp("collection")
    note = folder / "pods.md"
    note.write_text(NOTE, encoding="utf-8")
    ingest([note], Settings(data=folder / "data"))
    return folder / "data"


@pytest.fixture(scope="session")
def client(data: Path) -> Iterator[TestClient]:
    """A client of the whole application over that folder."""
    settings = Settings(
        data=data, max_body_bytes=100_000, max_line_bytes=10_000, max_served_objects=20, sparql_rows=50
    )
    with TestClient(create_app(Context(settings)), base_url="http://127.0.0.1:8000") as found:
        yield found


@pytest.fixture(scope="session")
def address(data: Path) -> Iterator[str]:
    """The address of a running server."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(
            uvicorn.Config(create_app(Context(Settings(data=data))), log_level="warning", ws="none")
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()
