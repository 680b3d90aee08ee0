"""What a pod must say otherwise to keep to a level of the Pod Security Standards.

Only what a pod can say of itself is mended; volumes and hosts that it needs are its author's to replace.

Source: kubernetes.io/docs/concepts/security/pod-security-standards (v1.36).
"""

from collections.abc import Callable, Iterator
from typing import Any

from ontology.walkthroughs.access_request.admission.pod_standards.baseline import APPARMOR
from ontology.walkthroughs.access_request.admission.pod_standards.setters import all_containers
from ontology.walkthroughs.access_request.admission.write import Plain

_PROFILES = frozenset({"RuntimeDefault", "Localhost"})

Pod = dict[str, Any]
Mend = Callable[[Pod], Iterator[str]]


def mend(pod: Pod, violations: tuple[str, ...]) -> Iterator[str]:
    """Change a pod in place so that it no longer violates these, and yield what was changed.

    A violation that no mend is known for stays.
    """
    for violation in violations:
        reason = violation.partition(" (")[0]
        yield from _MENDS.get(reason, _nothing)(pod)


def _nothing(_: Pod) -> Iterator[str]:
    return iter(())


def _spec(pod: Pod) -> Pod:
    found: Pod = pod.setdefault("spec", {})
    return found


def _contexts(pod: Pod) -> Iterator[tuple[str, Pod]]:
    """Yield the security contexts of the pod and of its containers, with a prefix for their fields."""
    for prefix, each in (("", _spec(pod)), *((f"{each.get('name')}.", each) for each in all_containers(pod))):
        yield prefix, each.get("securityContext") or {}


def _dropped(key: str, is_bad: Callable[[Any], bool]) -> Mend:
    """Return the mend that leaves a setting out wherever it is bad."""

    def drop(pod: Pod) -> Iterator[str]:
        for prefix, found in _contexts(pod):
            if key in found and is_bad(found[key]):
                del found[key]
                yield f"{prefix}{key}: null"

    return drop


def _keeps_to(profiles: Any) -> bool:
    return profiles is None or profiles.get("type") in _PROFILES


def _host_namespaces(pod: Pod) -> Iterator[str]:
    for key in ("hostNetwork", "hostPID", "hostIPC"):
        if _spec(pod).pop(key, None):
            yield f"{key}: null"


def _host_ports(pod: Pod) -> Iterator[str]:
    for each in all_containers(pod):
        for port in each.get("ports") or ():
            if port.pop("hostPort", None):
                yield f"{each.get('name')}.hostPort: null"


def _sysctls(pod: Pod) -> Iterator[str]:
    if _spec(pod).setdefault("securityContext", {}).pop("sysctls", None):
        yield "sysctls: null"


def _app_armor(pod: Pod) -> Iterator[str]:
    yield from _dropped("appArmorProfile", lambda found: not _keeps_to(found))(pod)
    annotations: Plain = (pod.get("metadata") or {}).get("annotations") or {}
    for key in [each for each in annotations if each.startswith(APPARMOR)]:
        del pod["metadata"]["annotations"][key]
        yield f"{key}: null"


def _escalation(pod: Pod) -> Iterator[str]:
    for each in all_containers(pod):
        each.setdefault("securityContext", {})["allowPrivilegeEscalation"] = False
    yield "allowPrivilegeEscalation: false"


def _no_added_capabilities(pod: Pod) -> Iterator[str]:
    for prefix, found in _contexts(pod):
        if (found.get("capabilities") or {}).pop("add", None):
            yield f"{prefix}capabilities.add: null"


def _no_capabilities(pod: Pod) -> Iterator[str]:
    for each in all_containers(pod):
        capabilities = each.setdefault("securityContext", {}).setdefault("capabilities", {})
        capabilities["drop"] = ["ALL"]
        kept = [name for name in capabilities.pop("add", None) or () if name == "NET_BIND_SERVICE"]
        if kept:
            capabilities["add"] = kept
    yield "capabilities.drop: [ALL]"


def _non_root(pod: Pod) -> Iterator[str]:
    yield from _dropped("runAsNonRoot", lambda said: said is False)(pod)
    _spec(pod).setdefault("securityContext", {})["runAsNonRoot"] = True
    yield "runAsNonRoot: true"


def _seccomp(pod: Pod) -> Iterator[str]:
    yield from _dropped("seccompProfile", lambda found: not _keeps_to(found))(pod)
    own = _spec(pod).setdefault("securityContext", {})
    if "seccompProfile" not in own:
        own["seccompProfile"] = {"type": "RuntimeDefault"}
        yield "seccompProfile.type: RuntimeDefault"


_MENDS: dict[str, Mend] = {
    "allowPrivilegeEscalation != false": _escalation,
    "forbidden AppArmor profile": _app_armor,
    "forbidden AppArmor profiles": _app_armor,
    "forbidden sysctls": _sysctls,
    "host namespaces": _host_namespaces,
    "hostPort": _host_ports,
    "non-default capabilities": _no_added_capabilities,
    "privileged": _dropped("privileged", bool),
    "procMount": _dropped("procMount", lambda kind: kind not in {None, "Default"}),
    "runAsNonRoot != true": _non_root,
    "runAsUser=0": _dropped("runAsUser", lambda uid: uid == 0),
    "seLinuxOptions": _dropped("seLinuxOptions", bool),
    "seccompProfile": _seccomp,
    "unrestricted capabilities": _no_capabilities,
}
