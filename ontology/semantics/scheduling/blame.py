"""Where a value stands that no rule can read: errors found deep in the columns get the path of the field."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ontology.errors import InvalidObjectError
from ontology.quantities import QuantityError
from ontology.scenario import Scenario

_QUANTITIES = frozenset({"allocatable", "capacity", "requests", "limits", "overhead", "allocatedResources"})


@contextmanager
def located(scenario: Scenario) -> Iterator[None]:
    """Give an error without a path the path of the first value in `scenario` that it is about."""
    try:
        yield
    except InvalidObjectError as error:
        if error.path:
            raise
        raise InvalidObjectError(str(error), path=_path(scenario, error)) from error


def _path(scenario: Scenario, error: InvalidObjectError) -> str:
    given = [*scenario.manifests, (f"question.{scenario.question}", scenario.asked)]
    found = (at for path, raw in given for at in _walk(raw, path, _is_about(error)))
    return next(found, "objects")


def _is_about(error: InvalidObjectError) -> Callable[[str, Mapping[str, Any]], str | None]:
    """Return who names the member of a mapping that an error is about; the mapping's own key comes first."""
    if isinstance(error, QuantityError):
        text = error.text
        return lambda key, found: next(
            (
                name
                for name, value in found.items()
                if value == text and (key in _QUANTITIES or name in _QUANTITIES)
            ),
            None,
        )
    words = str(error)

    def operator(_: str, found: Mapping[str, Any]) -> str | None:
        return "operator" if f"`{found.get('operator')}`" in words and "key" in found else None

    return operator


def _walk(value: Any, path: str, about: Callable[[str, Mapping[str, Any]], str | None]) -> Iterator[str]:
    if isinstance(value, Mapping):
        name = about(path.rpartition(".")[2], value)
        if name is not None:
            yield f"{path}.{name}"
        for key, each in value.items():
            yield from _walk(each, f"{path}.{key}", about)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _walk(each, f"{path}[{index}]", about)
