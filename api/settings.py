"""What a user can set, read once from the environment. Every limit is on unless it is set otherwise."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from ontology.budget import Budget
from ontology.errors import BadInputError

MAX_SCENARIO_BYTES = 1024**3
_PREFIX = "KUBELORE_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings; each is read from `KUBELORE_` and its name in capitals (`KUBELORE_DATA`).

    `data` is the folder of the store and what is made from it. Sizes are bytes, times seconds. Scenarios
    have two sets of limits: those of the user's own files and pipes, and, as `max_served_...`, those of
    whoever can reach the server; what the limits count, `Budget` says. What `max_query_...` count,
    `api.graphql.limits` says. A token comes from `token_file` or from `token`, never from both.
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
    max_requests: int = 64
    request_seconds: float = 30.0
    max_sockets: int = 100
    max_query_tokens: int = 2_000
    max_query_depth: int = 16
    max_query_aliases: int = 100
    max_query_directives: int = 100
    max_query_cost: int = 250_000
    token: str = field(default="", repr=False)
    token_file: Path | None = None
    token_reads: bool = False
    allow_origins: str = ""
    access_log: bool = True
    queries: Path | None = None

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
    def origins(self) -> tuple[str, ...]:
        """The origins whose pages may read answers (`allow_origins`, separated by blanks or commas)."""
        return tuple(self.allow_origins.replace(",", " ").split())

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
        BadInputError: a number is none, or is not above zero, or a switch neither on nor off; says which.
    """
    given: dict[str, Any] = {}
    for each in fields(Settings):
        name = _PREFIX + each.name.upper()
        text = environment.get(name)
        if text:
            given[each.name] = _READERS[type(each.default)](name, text)
    if data is not None:
        given["data"] = data
    return Settings(**given)


def _number(name: str, text: str, type_: type[int] | type[float]) -> int | float:
    try:
        number: int | float = type_(text)
    except ValueError:
        number = 0
    if not number > 0:
        raise BadInputError(f"`{name}` is `{text}`, expected a number above zero")
    return number


def _switch(name: str, text: str) -> bool:
    if text.lower() not in _SWITCH:
        raise BadInputError(f"`{name}` is `{text}`, expected one of {', '.join(_SWITCH)}")
    return _SWITCH[text.lower()]


_SWITCH = {"1": True, "true": True, "on": True, "0": False, "false": False, "off": False}
# by the type of a setting's default; what has none is a path
_READERS: Mapping[type, Callable[[str, str], Any]] = {
    int: lambda name, text: _number(name, text, int),
    float: lambda name, text: _number(name, text, float),
    bool: _switch,
    str: lambda _, text: text,
    type(None): lambda _, text: Path(text),
    type(Path()): lambda _, text: Path(text),
}
