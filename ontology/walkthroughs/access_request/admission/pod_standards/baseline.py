"""The baseline level: what no pod may do unless it is privileged.

Source: kubernetes.io/docs/concepts/security/pod-security-standards/#baseline (v1.36).
"""

from typing import Any

from ontology.semantics.rbac.quoting import quote
from ontology.walkthroughs.access_request.admission.pod_standards.setters import (
    Found,
    all_containers,
    all_of,
    context,
    named,
    offending,
    plural,
    quoted,
    spec_of,
    those,
    use,
    who,
)
from ontology.walkthroughs.access_request.admission.write import Plain

APPARMOR = "container.apparmor.security.beta.kubernetes.io/"
_DEFAULT_CAPABILITIES = frozenset(
    {
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE",
        "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    }
)  # fmt: skip
_PROFILES = frozenset({None, "RuntimeDefault", "Localhost"})
_HANDLERS = ("httpGet", "tcpSocket")


def app_armor(pod: Plain) -> Found:
    """Keep to the default AppArmor profile, or one that is loaded on the node; the old annotations too."""
    setters, kinds = offending(pod, lambda kind: kind not in _PROFILES, "appArmorProfile", "type")
    annotations = (pod.get("metadata") or {}).get("annotations") or {}
    told = [
        f"{key}={quote(value)}"
        for key, value in sorted(annotations.items())
        if key.startswith(APPARMOR)
        and value not in {"", "runtime/default"}
        and not value.startswith("localhost/")
    ]
    setters = " and ".join(
        [*([setters] if setters else []), *([plural("annotation", len(told))] if told else [])]
    )
    reason = plural("forbidden AppArmor profile", len(kinds) + len(told))
    detail = f"{setters} must not set AppArmor profile type to {quoted([*kinds, *told])}"
    return (reason, detail) if setters else None


def capabilities(pod: Plain) -> Found:
    """Add no capability beyond those that a container runtime gives."""

    def added(each: Plain) -> set[str]:
        return {*(context(each, "capabilities", "add") or ())} - _DEFAULT_CAPABILITIES

    bad = those(pod, lambda each: bool(added(each)))
    what = f"{quoted(all_of(pod, added))} in securityContext.capabilities.add"
    return ("non-default capabilities", f"{named('container', bad)} must not include {what}") if bad else None


def host_namespaces(pod: Plain) -> Found:
    """Share no namespace with the node."""
    spec = spec_of(pod)
    used = [f"{key}=true" for key in ("hostNetwork", "hostPID", "hostIPC") if spec.get(key)]
    return ("host namespaces", ", ".join(used)) if used else None


def host_paths(pod: Plain) -> Found:
    """Mount no directory of the node."""
    volumes = spec_of(pod).get("volumes") or ()
    bad = [each.get("name", "") for each in volumes if each.get("hostPath") is not None]
    return ("hostPath volumes", named("volume", bad)) if bad else None


def host_ports(pod: Plain) -> Found:
    """Take no port of the node."""

    def ports(each: Plain) -> set[str]:
        return {str(port["hostPort"]) for port in each.get("ports") or () if port.get("hostPort")}

    bad, used = those(pod, lambda each: bool(ports(each))), all_of(pod, ports)
    detail = f"{named('container', bad)} {use(bad)} {plural('hostPort', len(used))} {', '.join(used)}"
    return ("hostPort", detail) if bad else None


def handler_hosts(pod: Plain) -> Found:
    """Let no probe or lifecycle handler call another host than the pod."""

    def hosts(each: Plain) -> set[str]:
        lifecycle = each.get("lifecycle") or {}
        handlers = [each.get(f"{kind}Probe") or {} for kind in ("liveness", "readiness", "startup")]
        handlers += [lifecycle.get(kind) or {} for kind in ("postStart", "preStop")]
        called = {(handler.get(kind) or {}).get("host") for handler in handlers for kind in _HANDLERS}
        return {str(host) for host in called if host}

    bad, used = sorted(those(pod, lambda each: bool(hosts(each)))), all_of(pod, hosts)
    what = f"{plural('probe or lifecycle host', len(used))} {quoted(used)}"
    return ("probe or lifecycle host", f"{named('container', bad)} {use(bad)} {what}") if bad else None


def privileged(pod: Plain) -> Found:
    """Run no privileged container."""
    bad = those(pod, lambda each: bool(context(each, "privileged")))
    detail = f"{named('container', bad)} must not set securityContext.privileged=true"
    return ("privileged", detail) if bad else None


def proc_mount(pod: Plain) -> Found:
    """Leave `/proc` masked."""

    def is_bad(kind: Any) -> bool:
        return kind not in {None, "Default"}

    bad = those(pod, lambda each: is_bad(context(each, "procMount")))
    kinds = all_of(pod, lambda each: {kind for kind in [context(each, "procMount")] if is_bad(kind)})
    detail = f"{named('container', bad)} must not set securityContext.procMount to {quoted(kinds)}"
    return ("procMount", detail) if bad else None


def selinux(pod: Plain, *, types: frozenset[str]) -> Found:
    """Take none but these SELinux types, and no user or role of one's own."""

    def options(each: Plain) -> Plain:
        return context(each, "seLinuxOptions") or {}

    def is_bad(each: Plain) -> bool:
        own = options(each)
        return (own.get("type") or "") not in types or bool(own.get("user")) or bool(own.get("role"))

    places = [spec_of(pod), *all_containers(pod)]
    setters = who(of_pod=is_bad(places[0]), names=those(pod, is_bad))
    kinds = sorted({options(each).get("type") or "" for each in places} - types)
    told = [named("type", kinds)] if kinds else []
    told += [
        f"{key} may not be set" for key in ("user", "role") if any(options(each).get(key) for each in places)
    ]
    detail = f"{setters} set forbidden securityContext.seLinuxOptions: {'; '.join(told)}"
    return ("seLinuxOptions", detail) if setters else None


def seccomp(pod: Plain) -> Found:
    """Turn no seccomp filter off."""
    setters, kinds = offending(pod, lambda kind: kind not in _PROFILES, "seccompProfile", "type")
    detail = f"{setters} must not set securityContext.seccompProfile.type to {quoted(kinds)}"
    return ("seccompProfile", detail) if setters else None


def sysctls(pod: Plain, *, safe: frozenset[str]) -> Found:
    """Set only sysctls that concern the pod alone."""
    asked = context(spec_of(pod), "sysctls") or ()
    bad = [each.get("name", "") for each in asked if each.get("name") not in safe]
    return ("forbidden sysctls", ", ".join(bad)) if bad else None


def host_process(pod: Plain) -> Found:
    """Run no process of a Windows host."""
    setters, _ = offending(pod, bool, "windowsOptions", "hostProcess")
    detail = f"{setters} must not set securityContext.windowsOptions.hostProcess=true"
    return ("hostProcess", detail) if setters else None
