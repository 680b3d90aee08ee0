"""Edits of manifests: what a change would set, as data that can be tried before it is offered."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """One member of one manifest to set, append to a list, or remove.

    `path` ends in the member; "-" appends, as in JSON Patch. `shown` is the edit in a few symbols.
    """

    kind: str
    name: str
    path: Path
    value: Any
    shown: str
    removes: bool = False

    def patch(self) -> dict[str, Any]:
        """Return the edit as an operation of JSON Patch with the object it is for.

        Parents that are missing are created.
        """
        pointer = "".join(f"/{str(each).replace('~', '~0').replace('/', '~1')}" for each in self.path)
        operation = {"op": "remove", "path": pointer} if self.removes else {"op": "add", "path": pointer}
        value = {} if self.removes else {"value": self.value}
        return {"kind": self.kind, "name": self.name, **operation, **value}

    def applied(self, manifest: Mapping[str, Any]) -> dict[str, Any]:
        """Return a copy of `manifest` with the edit made."""
        edited: Any = copy.deepcopy(dict(manifest))
        at = edited
        for each, following in zip(self.path, self.path[1:], strict=False):
            if isinstance(at, dict) and at.get(each) is None:
                at[each] = [] if following == "-" else {}
            at = at[each]
        last = self.path[-1]
        if self.removes:
            del at[last]
        elif last == "-":
            at.append(self.value)
        else:
            at[last] = self.value
        return edited  # type: ignore[no-any-return]


def toleration(taint: Any) -> dict[str, str]:
    """Return the narrowest toleration of a taint."""
    if taint.value:
        return {"key": taint.key, "operator": "Equal", "value": taint.value, "effect": taint.effect}
    return {"key": taint.key, "operator": "Exists", "effect": taint.effect}


def amount(resource: str, units: int) -> str:
    """Return an amount in the scheduler's unit as one writes it in a manifest."""
    if resource == "cpu":
        return f"{units}m" if units % 1000 else str(units // 1000)
    if resource in ("memory", "ephemeral-storage") or resource.startswith("hugepages-"):
        for shift, suffix in ((30, "Gi"), (20, "Mi"), (10, "Ki")):
            if units and units % (1 << shift) == 0:
                return f"{units >> shift}{suffix}"
    return str(units)
