"""What a user can set, read once from the environment. Every limit is on unless it is set otherwise."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from ontology.errors import BadInputError

_PREFIX = "KUBELORE_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings; each is read from `KUBELORE_` and its name in capitals (`KUBELORE_DATA`).

    `data` is the folder of the store and what is made from it. Sizes are bytes, times seconds.
    """

    data: Path = Path(".kubelore")
    max_note_bytes: int = 8 * 1024 * 1024
    max_body_bytes: int = 16 * 1024 * 1024
    max_line_bytes: int = 16 * 1024 * 1024
    sparql_seconds: float = 10.0
    sparql_rows: int = 100_000

    @property
    def store(self) -> Path:
        """The folder of the embedded store."""
        return self.data / "store"

    @property
    def snapshot(self) -> Path:
        """The file of the read model."""
        return self.data / "snapshot.msgpack"

    @property
    def stale(self) -> Path:
        """The file that stands while the store may be ahead of the read model."""
        return self.data / "stale"


def from_environment(data: Path | None = None, *, environment: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings of this process, with another data folder where one is given.

    Raises:
        BadInputError: a number is none, or is not above zero; says which.
    """
    given: dict[str, Path | int | float] = {}
    for field in fields(Settings):
        text = environment.get(_PREFIX + field.name.upper())
        if text:
            given[field.name] = _value(_PREFIX + field.name.upper(), text, type(field.default))
    if data is not None:
        given["data"] = data
    return Settings(**given)  # type: ignore[arg-type]  # each value was made of its field's own type


def _value(name: str, text: str, type_: type) -> Path | int | float:
    if type_ not in (int, float):
        return Path(text)
    try:
        number: int | float = type_(text)
    except ValueError:
        number = 0
    if not number > 0:
        raise BadInputError(f"`{name}` is `{text}`, expected a number above zero")
    return number
