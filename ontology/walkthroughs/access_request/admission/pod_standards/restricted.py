"""The restricted level: what hardened pods must say of themselves.

Source: kubernetes.io/docs/concepts/security/pod-security-standards/#restricted (v1.36).
"""

from ontology.walkthroughs.access_request.admission.pod_standards import baseline
from ontology.walkthroughs.access_request.admission.pod_standards.setters import (
    Found,
    all_of,
    context,
    named,
    offending,
    plural,
    quoted,
    spec_of,
    those,
    use,
)
from ontology.walkthroughs.access_request.admission.write import Plain

_VOLUMES = frozenset(
    {
        "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim",
        "projected", "secret",
    }
)  # fmt: skip
_CAPABILITY = "NET_BIND_SERVICE"  # the only one that may be added


def escalation(pod: Plain) -> Found:
    """Let no process gain more privileges than its parent."""
    bad = those(pod, lambda each: context(each, "allowPrivilegeEscalation") is not False)
    detail = f"{named('container', bad)} must set securityContext.allowPrivilegeEscalation=false"
    return ("allowPrivilegeEscalation != false", detail) if bad else None


def capabilities(pod: Plain) -> Found:
    """Drop every capability, and add back at most one."""

    def added(each: Plain) -> set[str]:
        return {*(context(each, "capabilities", "add") or ())} - {_CAPABILITY}

    keeping = those(pod, lambda each: "ALL" not in (context(each, "capabilities", "drop") or ()))
    adding = those(pod, lambda each: bool(added(each)))
    told = []
    if keeping:
        told.append(f'{named("container", keeping)} must set securityContext.capabilities.drop=["ALL"]')
    if adding:
        what = f"{quoted(all_of(pod, added))} in securityContext.capabilities.add"
        told.append(f"{named('container', adding)} must not include {what}")
    return ("unrestricted capabilities", "; ".join(told)) if told else None


def volumes(pod: Plain) -> Found:
    """Mount nothing but the volumes of the API and claims."""
    bad: list[str] = []
    kinds: set[str] = set()
    for each in spec_of(pod).get("volumes") or ():
        sources = [key for key, source in each.items() if key != "name" and source is not None]
        if sources and not _VOLUMES & {*sources}:
            bad.append(each.get("name", ""))
            kinds.add(sources[0])
    what = f"{plural('restricted volume type', len(kinds))} {quoted(sorted(kinds))}"
    return ("restricted volume types", f"{named('volume', bad)} {use(bad)} {what}") if bad else None


def run_as_non_root(pod: Plain) -> Found:
    """Say that nothing runs as root."""
    setters, _ = offending(pod, lambda said: said is False, "runAsNonRoot")
    if setters:
        return "runAsNonRoot != true", f"{setters} must not set securityContext.runAsNonRoot=false"
    of_pod = context(spec_of(pod), "runAsNonRoot")
    silent = those(pod, lambda each: context(each, "runAsNonRoot") is None and of_pod is not True)
    detail = f"pod or {named('container', silent)} must set securityContext.runAsNonRoot=true"
    return ("runAsNonRoot != true", detail) if silent else None


def run_as_user(pod: Plain) -> Found:
    """Name no root."""
    setters, _ = offending(pod, lambda uid: uid == 0, "runAsUser")
    return ("runAsUser=0", f"{setters} must not set runAsUser=0") if setters else None


def seccomp(pod: Plain) -> Found:
    """Name a seccomp filter."""
    found = baseline.seccomp(pod)
    if found is not None:
        return found
    of_pod = context(spec_of(pod), "seccompProfile", "type")
    silent = those(pod, lambda each: context(each, "seccompProfile", "type") is None and of_pod is None)
    allowed = 'to "RuntimeDefault" or "Localhost"'
    detail = f"pod or {named('container', silent)} must set securityContext.seccompProfile.type {allowed}"
    return ("seccompProfile", detail) if silent else None
