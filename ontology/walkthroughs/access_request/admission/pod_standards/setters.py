"""Who in a pod sets what, as the API server's sentences put it.

Source: kubernetes.io/docs/concepts/security/pod-security-standards (v1.36).
"""

from collections.abc import Callable, Iterable
from typing import Any

from ontology.walkthroughs.access_request.admission import containers
from ontology.walkthroughs.access_request.admission.write import Plain

Found = tuple[str, str] | None
"""The reason and the detail of a violation; None where there is none."""

Find = Callable[[Plain], Found]


def spec_of(pod: Plain) -> Plain:
    """Return a pod's spec, empty where it has none."""
    found: Plain = pod.get("spec") or {}
    return found


def all_containers(pod: Plain) -> list[dict[str, Any]]:
    """Return init, main and ephemeral containers, in this order."""
    return list(containers.of(spec_of(pod), "initContainers", "containers", "ephemeralContainers"))


def context(each: Plain, *path: str) -> Any:
    """Return what stands at a path of the security context of a container or pod spec, None for nothing."""
    found: Any = each.get("securityContext")
    for key in path:
        found = (found or {}).get(key)
    return found


def those(pod: Plain, is_meant: Callable[[Plain], bool]) -> list[str]:
    """Return the names of the containers that are meant."""
    return [each.get("name", "") for each in all_containers(pod) if is_meant(each)]


def all_of(pod: Plain, found_in: Callable[[Plain], set[str]]) -> list[str]:
    """Return what is found in the containers together, sorted."""
    return sorted(set[str]().union(*map(found_in, all_containers(pod))))


def offending(pod: Plain, is_bad: Callable[[Any], bool], *path: str) -> tuple[str, list[str]]:
    """Return who sets something bad at a path of a security context, and what, sorted; `""` for nobody."""
    places = (spec_of(pod), *all_containers(pod))
    setters = who(
        of_pod=is_bad(context(places[0], *path)), names=those(pod, lambda each: is_bad(context(each, *path)))
    )
    return setters, sorted({str(value) for each in places if is_bad(value := context(each, *path))})


def quoted(texts: Iterable[str]) -> str:
    """Return texts in double quotes as these sentences have them: what is inside is not escaped."""
    return ", ".join(f'"{each}"' for each in texts)


def plural(noun: str, count: int) -> str:
    """Return `container` for one, `containers` for any other number."""
    return noun if count == 1 else f"{noun}s"


def named(noun: str, names: list[str]) -> str:
    """Return `container "a"` or `containers "a", "b"`."""
    return f"{plural(noun, len(names))} {quoted(names)}"


def use(names: list[str]) -> str:
    """Return the verb that goes with these names."""
    return "uses" if len(names) == 1 else "use"


def who(*, of_pod: bool, names: list[str]) -> str:
    """Return who sets something: `pod and containers "a", "b"`."""
    return " and ".join([*(["pod"] if of_pod else []), *([named("container", names)] if names else [])])
