"""The containers of a plain pod spec, and what they ask for and may have.

Source: kubernetes.io/docs/concepts/workloads/pods/init-containers (v1.36).
"""

from collections.abc import Iterator
from typing import Any

from ontology.cluster.meta import Quantity
from ontology.walkthroughs.access_request.admission.amounts import added, amount
from ontology.walkthroughs.access_request.admission.write import Plain


def of(spec: Plain, *names: str) -> Iterator[dict[str, Any]]:
    """Yield the containers of these lists of the spec; main and init containers without any name."""
    for name in names or ("containers", "initContainers"):
        yield from spec.get(name) or ()


def asked(container: Plain, what: str) -> dict[str, Quantity]:
    """Return the `requests` or `limits` of a container."""
    found: dict[str, Quantity] = (container.get("resources") or {}).get(what) or {}
    return found


def requests(container: Plain) -> dict[str, Quantity]:
    """Return the requests of a container; a limit stands in for a request that is not given."""
    return {**asked(container, "limits"), **asked(container, "requests")}


def total(spec: Plain, what: str, *, overhead: bool = True) -> dict[str, Quantity]:
    """Return what the whole pod requests or is limited to.

    Main containers and sidecars together, or the init container that needs most beside the sidecars before
    it; amounts for the pod as a whole take precedence, `overhead` comes on top.
    """
    read = requests if what == "requests" else (lambda each: asked(each, "limits"))
    running: dict[str, list[Quantity]] = {}
    peaks: dict[str, list[str]] = {}
    for each in of(spec, "initContainers"):
        sidecar = each.get("restartPolicy") == "Always"
        for name, quantity in read(each).items():
            if sidecar:
                running.setdefault(name, []).append(quantity)
            else:
                peaks.setdefault(name, []).append(added((quantity, *running.get(name, ()))))
    for each in of(spec, "containers"):
        for name, quantity in read(each).items():
            running.setdefault(name, []).append(quantity)
    found: dict[str, Quantity] = {
        name: max((added(running.get(name, ())), *peaks.get(name, ())), key=amount)
        for name in (running | peaks)
    }
    found |= requests(spec) if what == "requests" else asked(spec, "limits")
    extra: dict[str, Quantity] = (spec.get("overhead") or {}) if overhead else {}
    for name, quantity in extra.items():
        if what == "requests" or name in found:
            found[name] = added((found.get(name, "0"), quantity))
    return found
