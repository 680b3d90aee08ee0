"""Reduce the strict JSON schemas of Kubernetes to the compact form that `ontology.cluster.schema` reads.

Run as `make schema`. Names, types and required fields only: no descriptions are taken over.
Source of the facts: the package `kubernetes-validate`, which carries the API's published schemas.
"""

import json
import pathlib
from importlib.metadata import files
from typing import Any

VERSION = "v1.36.0-local-strict"
OUT = pathlib.Path(__file__).parents[2] / "ontology" / "cluster" / "schema.json"

_SCALARS = {"string": "s", "integer": "i", "boolean": "b", "number": "n"}
_SPECIAL = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": "q",
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "x",
}


def definitions() -> dict[str, Any]:
    """Return the definitions of the pinned Kubernetes version, by their full name."""
    found = next(f for f in files("kubernetes-validate") or () if f.match(f"**/{VERSION}/_definitions.json"))
    defs: dict[str, Any] = json.loads(found.locate().read_text())["$defs"]
    return defs


def _plain(kind: Any) -> str:
    return next(k for k in kind if k != "null") if isinstance(kind, list) else (kind or "")


def _type(schema: dict[str, Any], defs: dict[str, Any]) -> Any:
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/$defs/")
        target = defs[name]
        if name in _SPECIAL:
            return _SPECIAL[name]
        return ["t", name] if "properties" in target else _type(target, defs)
    kind = _plain(schema.get("type"))
    if kind == "array":
        return ["a", _type(schema.get("items", {}), defs)]
    if kind == "object":
        extra = schema.get("additionalProperties")
        return ["m", _type(extra, defs)] if isinstance(extra, dict) else "o"
    return _SCALARS.get(kind, "*")


def build() -> dict[str, Any]:
    """Return the compact form: type ids by kind, and fields and required names by type id."""
    defs = definitions()
    names = sorted(n for n, d in defs.items() if "properties" in d)
    short = {name: str(number) for number, name in enumerate(names)}

    def shorten(kind: Any) -> Any:
        if isinstance(kind, list):
            return [kind[0], short[kind[1]]] if kind[0] == "t" else [kind[0], shorten(kind[1])]
        return kind

    kinds, types = {}, {}
    for name in names:
        schema = defs[name]
        gvks = schema.get("x-kubernetes-group-version-kind", [])
        if len(gvks) == 1:  # DeleteOptions and the like belong to every group: no object of their own
            gvk = gvks[0]
            kinds["/".join(p for p in (gvk["group"], gvk["version"], gvk["kind"]) if p)] = short[name]
        fields = {f: shorten(_type(s, defs)) for f, s in sorted(schema["properties"].items())}
        types[short[name]] = {"n": name.rpartition(".")[2], "f": fields}
        if schema.get("required"):
            types[short[name]]["r"] = sorted(schema["required"])
    return {"version": "1.36", "kinds": dict(sorted(kinds.items())), "types": types}


def dumps(schema: dict[str, Any]) -> str:
    """Return the file's text: one type a line, so that a new version shows what changed."""
    types = ",\n".join(f'"{n}":{json.dumps(t, separators=(",", ":"))}' for n, t in schema["types"].items())
    kinds = json.dumps(schema["kinds"], indent=0, separators=(",", ":"))
    return f'{{"version":"{schema["version"]}",\n"kinds":{kinds},\n"types":{{\n{types}}}}}\n'


if __name__ == "__main__":
    OUT.write_text(dumps(build()))
