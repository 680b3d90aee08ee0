"""PodSecurity: the labels of a namespace, and which pods its levels refuse, warn of and record.

Source: kubernetes.io/docs/concepts/security/pod-security-admission (v1.36), with the plugin's own sentences.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ontology.semantics.rbac.quoting import quote
from ontology.walkthroughs.access_request.admission import containers
from ontology.walkthroughs.access_request.admission.pod_standards.levels import NEWEST, violations
from ontology.walkthroughs.access_request.admission.write import (
    Plain,
    Ruling,
    Write,
    metadata,
    refusal,
)

_LABEL = "pod-security.kubernetes.io/"
ENFORCE = f"{_LABEL}enforce"
_LEVELS = ("privileged", "baseline", "restricted")  # ever stricter
_VERSION = re.compile(r"v1\.(0|[1-9]\d*)")
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
    told = set[str]()
    for mode, policy in policies(_labels(write)).items():
        if policy.level == "privileged" or (mode == "enforce" and write.request.resource != "pods"):
            continue
        found = tuple(violations(pod, level=policy.level, minor=policy.minor))
        facts = {"level": str(policy), "mode": mode, "violations": found}
        why = (
            f"violate{'s' if mode == 'enforce' else ''} PodSecurity {quote(str(policy))}: {', '.join(found)}"
        )
        if not found:
            yield Ruling(rule="access.podSecurity", facts=facts)
        elif mode == "enforce":
            yield refusal(write, "access.podSecurity", why, **facts)
            return
        elif mode == "warn" and str(policy) not in told:
            yield Ruling(rule="access.podSecurityWarning", facts=facts, warning=f"would {why}")
            told.add(str(policy))
        else:
            yield Ruling(rule="access.podSecurityAudit", facts=facts)


@dataclass(frozen=True, slots=True)
class Policy:
    """A level, and the version of the policy by which it is judged."""

    level: str = "privileged"
    version: str = "latest"

    def __str__(self) -> str:
        return f"{self.level}:{self.version}"

    @property
    def minor(self) -> int:
        """The minor version; one that is yet to come is the newest there is."""
        match = _VERSION.fullmatch(self.version)
        return min(int(match[1]), NEWEST) if match else NEWEST


def policies(labels: Mapping[str, str]) -> dict[str, Policy]:
    """Return the policy of each mode by a namespace's labels, in the order in which they are applied.

    A level that is none is the strictest for `enforce`, and none at all for the others; a version that is
    none is the latest. Who says what to enforce and not what to warn of is warned of the same.
    """
    found = {mode: _policy(labels, mode) for mode in ("enforce", "audit", "warn")}
    enforced, warned = found["enforce"], found["warn"]
    stricter = _LEVELS.index(enforced.level) > _LEVELS.index(warned.level)
    if labels.get("enforce") in _LEVELS and "warn" not in labels and stricter:
        version = warned.version if "warn-version" in labels else enforced.version
        found["warn"] = Policy(enforced.level, version)
    return found


def below(level: str) -> tuple[str, ...]:
    """Return the levels that forbid less, the strictest first."""
    return _LEVELS[: _LEVELS.index(level)][::-1]


def _policy(labels: Mapping[str, str], mode: str) -> Policy:
    level, version = labels.get(mode, "privileged"), labels.get(f"{mode}-version", "latest")
    if level not in _LEVELS:
        level = "restricted" if mode == "enforce" else "privileged"
    return Policy(level, version if _VERSION.fullmatch(version) else "latest")


def _pod(write: Write) -> Plain | None:
    """Return the pod that is written, or the template of what makes pods."""
    request = write.request
    if request.verb not in {"create", "update", "patch"} or not write.object:
        return None
    if (request.api_group, request.combined_resource) in {("", "pods"), ("", "pods/ephemeralcontainers")}:
        return write.object if _matters(write) else None
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


def _matters(write: Write) -> bool:
    """Whether an update changes what the standards look at: which containers there are, and their images."""
    if write.request.verb == "create" or write.old is None:
        return True
    return _images(write.old) != _images(write.object)


def _images(pod: Plain) -> list[list[tuple[str, str]]]:
    spec = pod.get("spec") or {}
    return [
        [(each.get("name", ""), each.get("image", "")) for each in containers.of(spec, kind)]
        for kind in ("initContainers", "containers", "ephemeralContainers")
    ]
