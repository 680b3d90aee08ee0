"""Headers of a request as ASGI has them, looked up without decoding those that nobody asks for."""

from starlette.types import Scope


def header(scope: Scope, name: bytes) -> str | None:
    """Return the first header of that name, in lower case as ASGI has it; None without one."""
    for each, value in scope["headers"]:
        if each == name:
            text: str = value.decode("latin-1")
            return text
    return None
