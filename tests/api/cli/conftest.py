import subprocess
import sys
from collections.abc import Callable

import pytest

Kubelore = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def kubelore(tmp_path_factory: pytest.TempPathFactory) -> Kubelore:
    """Run the command line in a process of its own, in an empty folder."""
    folder = tmp_path_factory.mktemp("cwd")

    def run(*arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "import sys; from api.cli import main; sys.exit(main())", *arguments]
        return subprocess.run(
            command,
            input=stdin,
            capture_output=True,
            text=True,
            cwd=folder,
            timeout=60,
            check=False,
            env={"PATH": "/usr/bin:/bin", "PYTHONWARNINGS": "error", **environment},
        )

    return run
