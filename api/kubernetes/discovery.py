"""Discovery: which groups, versions and resources the API has, so that clients find a resource by its name.

Of the API itself the stable versions are listed, as a cluster serves them when nothing else is switched on.

Source: kubernetes.io/docs/concepts/overview/kubernetes-api (discovery, v1.36).
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ontology.cluster import schema
from ontology.cluster.resources import Resource

_VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
# what is asked by creating it, and never kept
_CREATED_ONLY = re.compile(r"(reviews|bindings)$")
_STABLE = re.compile(r"v\d+")
_VERSION = re.compile(r"v(\d+)(?:(alpha|beta)(\d+))?")
_STAGES = {None: 3, "beta": 2, "alpha": 1}

Document = Mapping[str, Any]


class Discovery:
    """The documents of one set of resources: those of the API, and those that a cluster's definitions add."""

    def __init__(self, built_in: Iterable[Resource], custom: Iterable[Resource] = ()) -> None:
        self._resources: dict[str, dict[str, list[Resource]]] = {}
        for resource in built_in:
            for version in filter(_STABLE.fullmatch, resource.versions):
                self._add(resource, version)
        for resource in custom:
            for version in resource.versions:
                self._add(resource, version)

    def _add(self, resource: Resource, version: str) -> None:
        self._resources.setdefault(resource.group, {}).setdefault(version, []).append(resource)

    def core_versions(self) -> Document:
        """Return `/api`."""
        return {"kind": "APIVersions", "versions": [*self._resources.get("", ())]}

    def groups(self) -> Document:
        """Return `/apis`."""
        groups = [self._group(name) for name in sorted(self._resources) if name]
        return {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}

    def group(self, name: str) -> Document | None:
        """Return `/apis/{name}`; None for a group that the API does not have."""
        if not name or name not in self._resources:
            return None
        return {"kind": "APIGroup", "apiVersion": "v1", **self._group(name)}

    def resources(self, group: str, version: str) -> Document | None:
        """Return `/apis/{group}/{version}`, for the group `""` `/api/{version}`; None where nothing is."""
        found = self._resources.get(group, {}).get(version)
        if found is None:
            return None
        return {
            "kind": "APIResourceList",
            "apiVersion": "v1",
            "groupVersion": f"{group}/{version}" if group else version,
            "resources": [_described(each) for each in found],
        }

    def _group(self, name: str) -> dict[str, Any]:
        versions = [
            {"groupVersion": f"{name}/{each}", "version": each}
            for each in sorted(self._resources[name], key=_maturity, reverse=True)
        ]
        return {"name": name, "versions": versions, "preferredVersion": versions[0]}


def _maturity(version: str) -> tuple[int, int, int]:
    """Return what sorts stable versions above beta and alpha ones, and then the newer above the older."""
    found = _VERSION.fullmatch(version)
    if found is None:
        return (0, 0, 0)
    major, stage, minor = found.groups()
    return (_STAGES[stage], int(major), int(minor or 0))


def _described(resource: Resource) -> dict[str, Any]:
    singular, *short = resource.others or ("",)
    verbs = ("create",) if _CREATED_ONLY.search(resource.name) else _VERBS
    described = {
        "name": resource.name,
        "singularName": singular,
        "namespaced": resource.namespaced,
        "kind": resource.kind,
        "verbs": [*verbs],
    }
    return described | {"shortNames": short} if short else described


def version() -> Document:
    """Return `/version`: the Kubernetes version whose rules are followed."""
    major, _, minor = schema.load().version.partition(".")
    return {"major": major, "minor": minor, "gitVersion": f"v{major}.{minor}.0+kubelore", "platform": ""}
