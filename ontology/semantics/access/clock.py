"""The time that a question names: credentials are judged at it, never at the time of the machine."""

from ontology import instants
from ontology.errors import InvalidObjectError, InvalidQuestionError


def instant(text: str, *, path: str) -> int:
    """Return an instant of a question in nanoseconds since 1970.

    Raises:
        InvalidQuestionError: not RFC 3339.
    """
    try:
        return instants.parse(text)
    except InvalidObjectError as error:
        raise InvalidQuestionError(str(error), path=path) from error
