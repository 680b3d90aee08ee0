"""`kubectl apply` and `kubectl patch`: merging what somebody writes into what is there.

Lists of parts with a name are merged by it, other lists are replaced; null takes a member away.

Source: kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch and
.../declarative-config/#merge-patch-calculation (v1.36).
"""

from collections.abc import Mapping, Sequence
from typing import Any

# The member by which the items of a list are told apart.
_KEYS: Mapping[str, str] = {
    "containers": "name",
    "env": "name",
    "imagePullSecrets": "name",
    "initContainers": "name",
    "ports": "containerPort",
    "taints": "key",
    "volumeMounts": "mountPath",
    "volumes": "name",
}
_SERVICE_PORTS = "port"


def merge(base: Any, patch: Any, *, member: str = "") -> Any:
    """Return `base` with `patch` merged in."""
    if isinstance(base, Mapping) and isinstance(patch, Mapping):
        merged = dict(base)
        for name, value in patch.items():
            if value is None:
                merged.pop(name, None)
            else:
                merged[name] = merge(merged.get(name), value, member=name)
        return merged
    if isinstance(patch, list) and isinstance(base, list):
        key = _key(member, [*base, *patch])
        return _merged_list(base, patch, key) if key else patch
    if isinstance(patch, Mapping):
        return merge({}, patch)
    return patch


def _key(member: str, items: Sequence[Any]) -> str:
    for key in (_KEYS.get(member, ""), _SERVICE_PORTS if member == "ports" else ""):
        if key and items and all(isinstance(each, Mapping) and key in each for each in items):
            return key
    return ""


def _merged_list(base: list[Any], patch: list[Any], key: str) -> list[Any]:
    merged = list(base)
    places = {each[key]: place for place, each in enumerate(base)}
    for each in patch:
        place = places.get(each[key])
        if each.get("$patch") == "delete":
            merged = [one for one in merged if one[key] != each[key]]
        elif place is None:
            merged.append(each)
        else:
            merged[place] = merge(base[place], each)
    return merged


def without_dropped(live: Any, last: Any, now: Any, *, member: str = "") -> Any:
    """Return `live` without what the `last` manifest said and the one of `now` says no more."""
    if isinstance(live, Mapping) and isinstance(last, Mapping):
        said = now if isinstance(now, Mapping) else {}
        return {
            name: without_dropped(value, last[name], said[name], member=name) if name in last else value
            for name, value in live.items()
            if name not in last or name in said
        }
    if isinstance(live, list) and isinstance(last, list) and isinstance(now, list):
        key = _key(member, [*live, *last, *now])
        if key:
            before, after = ({each[key]: each for each in items} for items in (last, now))
            return [
                without_dropped(each, before[each[key]], after[each[key]]) if each[key] in before else each
                for each in live
                if each[key] not in before or each[key] in after
            ]
    return live
