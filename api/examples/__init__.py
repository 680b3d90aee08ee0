"""Notes and scenarios of our own, shipped: what `make serve` shows when it is given nothing.

The notes are written in several styles on purpose (nested bullets, tables, questions and answers, YAML with
prose, a vault with front matter and callouts, English only), as people write them.
"""

from importlib.resources import files
from pathlib import Path


def notes() -> Path:
    """Return the folder of the bundled notes."""
    return _folder("notes")


def scenarios() -> Path:
    """Return the folder of the bundled scenarios."""
    return _folder("scenarios")


def _folder(name: str) -> Path:
    # The wheel is always unpacked (it carries static files for the server), so resources are real files.
    return Path(str(files(__name__).joinpath(name)))
