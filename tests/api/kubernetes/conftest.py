import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.testclient import TestClient

from api.app import create_app
from api.context import Context
from api.settings import Settings

RBAC = "rbac.authorization.k8s.io"
# of Debian, unpacked by `make tools`
DEBIAN = Path(__file__).parents[3] / ".tools/usr/bin/kubectl"

MANIFESTS: list[dict[str, Any]] = [
    {
        "apiVersion": f"{RBAC}/v1",
        "kind": "Role",
        "metadata": {"name": "reader", "namespace": "dev"},
        "rules": [
            {"apiGroups": [""], "resources": ["pods", "pods/log"], "verbs": ["get", "list"]},
            {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["*"]},
            {"apiGroups": ["shop.example.com"], "resources": ["orders"], "verbs": ["get"]},
        ],
    },
    {
        "apiVersion": f"{RBAC}/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "read", "namespace": "dev"},
        "roleRef": {"apiGroup": RBAC, "kind": "Role", "name": "reader"},
        "subjects": [
            {"apiGroup": RBAC, "kind": "User", "name": "jane"},
            {"apiGroup": RBAC, "kind": "Group", "name": "devs"},
        ],
    },
    {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "orders.shop.example.com"},
        "spec": {
            "group": "shop.example.com",
            "scope": "Namespaced",
            "names": {"plural": "orders", "singular": "order", "shortNames": ["od"], "kind": "Order"},
            "versions": [
                {"name": "v1beta1", "served": True, "storage": False},
                {"name": "v1", "served": True, "storage": True},
                {"name": "v1alpha1", "served": False, "storage": False},
            ],
        },
    },
]


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The server of a cluster with one role in it."""
    return create_app(Context(Settings(data=tmp_path_factory.mktemp("none"))), manifests=MANIFESTS)


@pytest.fixture(scope="module")
def client(application: Any) -> Iterator[TestClient]:
    """A client of that server."""
    with TestClient(application) as found:
        yield found


Kubectl = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module", params=["debian", "path"])
def kubectl(
    request: pytest.FixtureRequest, application: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Kubectl]:
    """Runs a real kubectl against that server: Debian's, and the machine's own where it has another."""
    program = DEBIAN if request.param == "debian" else Path(shutil.which("kubectl") or "")
    if not program.is_file():
        reason = "no kubectl here: `make tools` fetches Debian's kubernetes-client as root"
        if request.param == "debian" and os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason if request.param == "debian" else "no other kubectl on PATH")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(application, log_level="warning", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        home = tmp_path_factory.mktemp("home")
        base = [str(program), "--server", f"http://127.0.0.1:{listener.getsockname()[1]}"]

        def run(*arguments: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                [*base, *arguments],
                env={"HOME": str(home)},
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )

        yield run
        server.should_exit = True
        thread.join()
