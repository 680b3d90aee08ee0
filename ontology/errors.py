"""What can be wrong with a scenario or a name, each with a code that every edge keeps.

OntologyError
├── BadInputError          BAD_INPUT         not JSON, not YAML, not a mapping
├── UnknownSystemError     UNKNOWN_SYSTEM
├── UnknownQuestionError   UNKNOWN_QUESTION
├── UnknownKindError       UNKNOWN_KIND
├── InvalidObjectError     INVALID_OBJECT    a manifest that the API would refuse
├── InvalidQuestionError   INVALID_QUESTION
├── UnknownConceptError    NOT_FOUND
├── TooLargeError          TOO_LARGE         more bytes, objects or events than a budget admits
└── TooCostlyError         TOO_COSTLY        more work than a budget admits
"""

from collections.abc import Iterable
from typing import ClassVar


class OntologyError(Exception):
    """Base: `code` is the same at every edge, `path` says where (`objects[0].spec.replicas`)."""

    code: ClassVar[str] = "INTERNAL"

    def __init__(self, message: str, *, path: str = "") -> None:
        self.path = path
        super().__init__(f"{message} at `{path}`" if path else message)


class BadInputError(OntologyError):
    """The input is not even a document: broken JSON or YAML, or not a mapping."""

    code = "BAD_INPUT"


class UnknownSystemError(OntologyError):
    """No system of that name."""

    code = "UNKNOWN_SYSTEM"

    def __init__(self, name: str, *, nearest: Iterable[str] = ()) -> None:
        self.name = name
        super().__init__(f"unknown system `{name}`{did_you_mean(nearest)}", path="system")


class UnknownQuestionError(OntologyError):
    """The system is known, the question is not one of its own."""

    code = "UNKNOWN_QUESTION"

    def __init__(self, system: str, name: str, *, known: Iterable[str]) -> None:
        self.system = system
        self.name = name
        asked = ", ".join(f"`{each}`" for each in known)
        super().__init__(f"system `{system}` has no question `{name}`; it has {asked}", path="question")


class UnknownKindError(OntologyError):
    """No kind of the Kubernetes API by that apiVersion and name."""

    code = "UNKNOWN_KIND"

    def __init__(self, api_version: str, kind: str, *, path: str, nearest: Iterable[str] = ()) -> None:
        self.api_version = api_version
        self.kind = kind
        hint = did_you_mean(nearest)
        super().__init__(f"unknown kind `{kind}` in apiVersion `{api_version}`{hint}", path=path)


class InvalidObjectError(OntologyError):
    """A manifest that the API server would refuse."""

    code = "INVALID_OBJECT"


class InvalidQuestionError(OntologyError):
    """A question whose shape or values the system's page does not allow."""

    code = "INVALID_QUESTION"


class UnknownConceptError(OntologyError):
    """A name that no concept answers to, neither as a label nor as an IRI."""

    code = "NOT_FOUND"

    def __init__(self, name: str, *, nearest: Iterable[str] = ()) -> None:
        self.name = name
        self.nearest = tuple(nearest)
        super().__init__(f"unknown concept `{name}`{did_you_mean(self.nearest)}")


class TooLargeError(OntologyError):
    """More bytes, objects or events than the budget admits; refused before work starts."""

    code = "TOO_LARGE"


class TooCostlyError(OntologyError):
    """More work than the budget admits."""

    code = "TOO_COSTLY"


def did_you_mean(nearest: Iterable[str]) -> str:
    """Return `` (did you mean `a` or `b`?)``, or nothing without candidates."""
    names = [f"`{name}`" for name in nearest]
    return f" (did you mean {' or '.join(names)}?)" if names else ""
