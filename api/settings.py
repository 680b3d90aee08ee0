"""What a user can set, read once from the environment. Every limit is on unless it is set otherwise."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from ontology.budget import Budget
from ontology.errors import BadInputError

MAX_SCENARIO_BYTES = 1024**3
_PREFIX = "KUBELORE_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings; each is read from `KUBELORE_` and its name in capitals (`KUBELORE_DATA`).

    `data` is the folder of the store and what is made from it. Sizes are bytes, times seconds. Scenarios
    have two sets of limits: those of the user's own files and pipes, and, as `max_served_...`, those of
    whoever can reach the server; what the limits count, `Budget` says.
    """

    data: Path = Path(".kubelore")
    max_note_bytes: int = 8 * 1024 * 1024
    max_body_bytes: int = 16 * 1024 * 1024
    max_line_bytes: int = 16 * 1024 * 1024
    max_scenario_bytes: int = MAX_SCENARIO_BYTES
    max_scenario_objects: int = 1_000_000
    max_scenario_pods: int = 20_000
    max_scenario_looks: int = 200_000_000
    max_served_objects: int = 100_000
    max_served_pods: int = 10_000
    max_served_looks: int = 50_000_000
    sparql_seconds: float = 10.0
    sparql_rows: int = 100_000

    @property
    def own_budget(self) -> Budget:
        """What a scenario of the command line may ask for."""
        return Budget(
            objects=self.max_scenario_objects, pods=self.max_scenario_pods, looks=self.max_scenario_looks
        )

    @property
    def served_budget(self) -> Budget:
        """What a scenario that comes over HTTP may ask for."""
        return Budget(objects=self.max_served_objects, pods=self.max_served_pods, looks=self.max_served_looks)

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
