"""Who may read, and who may change: a bearer token, compared in constant time.

At a loopback address whoever uses the machine may do both. At any other address changing needs the token,
and without one nothing is changed; reading needs it where `token_reads` is set. Once there is a token,
changing needs it at a loopback address too.

Source: RFC 6750 (bearer tokens).
"""

import hmac
from dataclasses import dataclass, field
from http import HTTPStatus

from api.problems import RefusedError
from api.settings import Settings

_SHORTEST = 16  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What the holder of the token may do, and what everyone may."""

    token: str = field(default="", repr=False)
    reads_need_token: bool = False
    open_to_changes: bool = True

    def admit_reading(self, authorization: str | None) -> None:
        """Let a request read, by its `Authorization` header.

        Raises:
            RefusedError: 401, reading needs the token.
        """
        if self.reads_need_token and not self._proves(authorization):
            raise _unauthorized("reading needs the token of this server")

    def admit_change(self, authorization: str | None) -> None:
        """Let a request change the graph or the reviews.

        Raises:
            RefusedError: 401, changing needs the token; 403, this server has none, so nothing is changed.
        """
        if self._proves(authorization) or self.open_to_changes:
            return
        if self.token:
            raise _unauthorized("changing needs the token of this server")
        message = "nothing is changed over the network: start the server with a token"
        raise RefusedError("BAD_INPUT", message, status=HTTPStatus.FORBIDDEN)

    def _proves(self, authorization: str | None) -> bool:
        scheme, _, given = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not self.token:
            return False
        return hmac.compare_digest(given.strip().encode(), self.token.encode())


def access(settings: Settings, *, local: bool) -> Access:
    """Return who may do what at a server that is `local` to its machine, or not.

    Raises:
        RefusedError: two tokens, one that is too short, or reading bound to a token that is not there.
        OSError: the file of the token cannot be read.
    """
    if settings.token and settings.token_file:
        raise RefusedError("BAD_INPUT", "KUBELORE_TOKEN and KUBELORE_TOKEN_FILE are both set")
    token = settings.token_file.read_text(encoding="utf-8").strip() if settings.token_file else settings.token
    if (token or settings.token_file) and len(token) < _SHORTEST:
        raise RefusedError("BAD_INPUT", f"the token has fewer than {_SHORTEST} characters")
    if settings.token_reads and not token:
        raise RefusedError("BAD_INPUT", "KUBELORE_TOKEN_READS needs a token")
    return Access(token=token, reads_need_token=settings.token_reads, open_to_changes=local and not token)


def _unauthorized(message: str) -> RefusedError:
    return RefusedError("BAD_INPUT", message, status=HTTPStatus.UNAUTHORIZED)
