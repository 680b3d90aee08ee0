"""Build hook: what the browser gets is bundled by Vite into `api/web/static` before a wheel is made.

The output goes into the wheel, not into git. It is built again only when a source is newer, so that
`make setup`, which builds it first, does not build it twice.
"""

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FRONTEND = Path("api/web/frontend")
OUTPUT = Path("api/web/static/graphiql.html")


class FrontendHook(BuildHookInterface[Any]):
    """Run `npm ci` and `npm run build` when the bundle is missing or older than its sources."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Bundle the front end.

        Raises:
            RuntimeError: npm is not there.
        """
        root = Path(self.root)
        if _newest(root / FRONTEND) <= _written(root / OUTPUT):
            return
        npm = shutil.which("npm")
        if npm is None:
            raise RuntimeError("npm (Node 20 or newer) is needed to bundle the web front end")
        for command in (["ci"], ["run", "build"]):
            subprocess.run([npm, "--loglevel=error", *command], cwd=root / FRONTEND, check=True)  # noqa: S603


def _newest(folder: Path) -> float:
    """Return when the newest source was written; what npm installs is no source."""
    files = (p for p in folder.rglob("*") if "node_modules" not in p.parts and p.is_file())
    return max((_written(file) for file in files), default=0.0)


def _written(file: Path) -> float:
    return file.stat().st_mtime if file.is_file() else 0.0
