"""PodSecurity: the labels of a namespace, and which pods its levels refuse, warn of and record.

Source: kubernetes.io/docs/concepts/security/pod-security-admission (v1.36), with the plugin's own sentences.
"""

import re
from collections.abc import Iterator

from ontology.semantics.rbac.quoting import quote
from ontology.walkthroughs.access_request.admission.pod_standards import violations
from ontology.walkthroughs.access_request.admission.write import (
    Plain,
    Ruling,
    Write,
    metadata,
    refusal,
)

_LABEL = "pod-security.kubernetes.io/"
_LEVELS = ("privileged", "baseline", "restricted")
_VERSION = re.compile(r"v1\.(0|[1-9]\d*)")
_NEWEST = 36
# Where a pod's template stands, in what makes pods; these are warned of and recorded, never refused.
_TEMPLATES = {
    ("apps", "deployments"): ("template",),
    ("apps", "daemonsets"): ("template",),
    ("apps", "replicasets"): ("template",),
    ("apps", "statefulsets"): ("template",),
    ("batch", "jobs"): ("template",),
    ("batch", "cronjobs"): ("jobTemplate", "spec", "template"),
    ("", "replicationcontrollers"): ("template",),
    ("", "podtemplates"): (),
}


def pod_security(write: Write) -> Iterator[Ruling]:
    """Refuse a pod that its namespace's level forbids; warn and record where these levels say so."""
    pod = _pod(write)
    if pod is None:
        return
    labels = _labels(write)
    is_pod = write.request.resource == "pods"
    told = set[str]()
    for mode in ("enforce", "audit", "warn") if is_pod else ("audit", "warn"):
        level, version = labels.get(mode) or "privileged", labels.get(f"{mode}-version") or "latest"
        if level not in _LEVELS:
            level = "restricted"  # a level that is none is taken for the strictest
        if level == "privileged":
            continue
        policy = f"{level}:{version}"
        found = tuple(violations(pod, level=level, minor=_minor(version)))
        facts = {"level": policy, "mode": mode, "violations": found}
        why = f"violate{'s' if mode == 'enforce' else ''} PodSecurity {quote(policy)}: {', '.join(found)}"
        if not found:
            yield Ruling(rule="access.podSecurity", facts=facts)
        elif mode == "enforce":
            yield refusal(write, "access.podSecurity", why, **facts)
            return
        elif mode == "warn" and policy not in told:
            yield Ruling(rule="access.podSecurityWarning", facts=facts, warning=f"would {why}")
            told.add(policy)
        else:
            yield Ruling(rule="access.podSecurityAudit", facts=facts)


def _pod(write: Write) -> Plain | None:
    """Return the pod that is written, or the template of what makes pods."""
    request = write.request
    if request.verb not in {"create", "update", "patch"} or not write.object:
        return None
    if (request.api_group, request.combined_resource) in {("", "pods"), ("", "pods/ephemeralcontainers")}:
        return write.object
    path = _TEMPLATES.get((request.api_group, request.combined_resource))
    if path is None:
        return None
    found: Plain = write.object.get("spec" if path else "template") or {}
    for key in path:
        found = found.get(key) or {}
    return found


def _labels(write: Write) -> dict[str, str]:
    for each in write.scenario.raw("Namespace"):
        if metadata(each).get("name") == write.request.namespace:
            labels = metadata(each).get("labels") or {}
            return {
                key.removeprefix(_LABEL): value for key, value in labels.items() if key.startswith(_LABEL)
            }
    return {}


def _minor(version: str) -> int:
    """Return the minor version of a policy; what is no version is the latest."""
    match = _VERSION.fullmatch(version)
    return min(int(match[1]), _NEWEST) if match else _NEWEST
