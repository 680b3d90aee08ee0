"""Requests that the API server refuses."""

from ontology.walkthroughs.cluster.kinds import Ref


class RefusedError(Exception):
    """A request that the API server refuses: HTTP status, reason, and the sentence that kubectl prints."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        self.status = status
        self.reason = reason
        self.message = message
        super().__init__(message)


def missing(ref: Ref) -> RefusedError:
    """Return the refusal for an object that is not there."""
    return RefusedError(404, "NotFound", f'{ref[0].lower()}s "{ref[2]}" not found')
