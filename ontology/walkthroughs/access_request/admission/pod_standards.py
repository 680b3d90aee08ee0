"""The Pod Security Standards: what a pod may not do at a level, in the words of the API server.

Each check returns the reason and the detail of a violation, nothing where there is none. They stand in the
order in which the API server lists them.

Source: kubernetes.io/docs/concepts/security/pod-security-standards (v1.36).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ontology.semantics.rbac.quoting import quote
from ontology.walkthroughs.access_request.admission import containers
from ontology.walkthroughs.access_request.admission.write import Plain

_APPARMOR = "container.apparmor.security.beta.kubernetes.io/"
_DEFAULT_CAPABILITIES = frozenset(
    {
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE",
        "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    }
)  # fmt: skip
_SELINUX_TYPES = frozenset({"", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"})
_PROFILES = frozenset({"RuntimeDefault", "Localhost"})
_SYSCTLS = frozenset(
    {
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ping_group_range",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_rmem",
        "net.ipv4.tcp_syncookies",
        "net.ipv4.tcp_wmem",
    }
)
_VOLUMES = frozenset(
    {
        "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected",
        "secret",
    }
)  # fmt: skip

Found = tuple[str, str] | None


def violations(pod: Plain, *, level: str, minor: int) -> Iterator[str]:
    """Yield what a pod does against a level of that version of the policy: `reason (detail)`."""
    for check in _BASELINE + _RESTRICTED if level == "restricted" else _BASELINE:
        overlapped = check.overlaps and level == "restricted"
        exempt = check.linux and ((pod.get("spec") or {}).get("os") or {}).get("name") == "windows"
        found = None if overlapped or exempt or minor < check.since else check.find(pod)
        if found is not None:
            reason, detail = found
            yield f"{reason} ({detail})"


def _all(pod: Plain) -> list[dict[str, Any]]:
    spec = pod.get("spec") or {}
    return list(containers.of(spec, "initContainers", "containers", "ephemeralContainers"))


def _context(each: Plain, *path: str) -> Any:
    """Return what stands at a path of the security context of a container or pod spec, None for nothing."""
    found: Any = each.get("securityContext")
    for key in path:
        found = (found or {}).get(key)
    return found


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(map(quote, names))


def _named(noun: str, names: list[str]) -> str:
    return f"{noun}{'' if len(names) == 1 else 's'} {_quoted(names)}"


def _who(pod: bool, names: list[str]) -> str:
    """Return who sets something: `pod and containers "a", "b"`."""
    return " and ".join([*(["pod"] if pod else []), *([_named("container", names)] if names else [])])


def _bad(pod: Plain, is_bad: Callable[[Plain], bool]) -> list[str]:
    return [each.get("name", "") for each in _all(pod) if is_bad(each)]


def _app_armor(pod: Plain) -> Found:
    spec, allowed = pod.get("spec") or {}, (None, *_PROFILES)
    of_pod = _context(spec, "appArmorProfile", "type")
    bad = _bad(pod, lambda each: _context(each, "appArmorProfile", "type") not in allowed)
    kinds = {_context(each, "appArmorProfile", "type") for each in (spec, *_all(pod))} - {*allowed}
    annotations = (pod.get("metadata") or {}).get("annotations") or {}
    told = [
        f"{key}={quote(value)}"
        for key, value in sorted(annotations.items())
        if key.startswith(_APPARMOR)
        and value not in {"", "runtime/default"}
        and not value.startswith("localhost/")
    ]
    details = []
    if of_pod not in allowed or bad:
        who = _who(of_pod not in allowed, bad)
        details.append(f"{who} must not set AppArmor profile type to {_quoted(sorted(kinds))}")
    if told:
        details.append(f"annotation{'' if len(told) == 1 else 's'} {', '.join(told)}")
    plural = "" if len(kinds) + len(told) == 1 else "s"
    return (f"forbidden AppArmor profile{plural}", " and ".join(details)) if details else None


def _capabilities(pod: Plain) -> Found:
    def added(each: Plain) -> set[str]:
        return {*(_context(each, "capabilities", "add") or ())} - _DEFAULT_CAPABILITIES

    bad = _bad(pod, lambda each: bool(added(each)))
    names = sorted(set[str]().union(*map(added, _all(pod)))) if bad else []
    detail = (
        f"{_named('container', bad)} must not include {_quoted(names)} in securityContext.capabilities.add"
    )
    return ("non-default capabilities", detail) if bad else None


def _host_namespaces(pod: Plain) -> Found:
    spec = pod.get("spec") or {}
    used = [f"{key}=true" for key in ("hostNetwork", "hostPID", "hostIPC") if spec.get(key)]
    return ("host namespaces", ", ".join(used)) if used else None


def _host_paths(pod: Plain) -> Found:
    bad = [
        each.get("name", "")
        for each in (pod.get("spec") or {}).get("volumes") or ()
        if each.get("hostPath") is not None
    ]
    return ("hostPath volumes", _named("volume", bad)) if bad else None


def _host_ports(pod: Plain) -> Found:
    def ports(each: Plain) -> set[str]:
        return {str(port["hostPort"]) for port in each.get("ports") or () if port.get("hostPort")}

    bad = _bad(pod, lambda each: bool(ports(each)))
    used = sorted(set[str]().union(*map(ports, _all(pod)))) if bad else []
    verb, noun = "uses" if len(bad) == 1 else "use", "hostPort" if len(used) == 1 else "hostPorts"
    return ("hostPort", f"{_named('container', bad)} {verb} {noun} {', '.join(used)}") if bad else None


def _handler_hosts(pod: Plain) -> Found:
    def hosts(each: Plain) -> set[str]:
        probes = [each.get(f"{kind}Probe") or {} for kind in ("liveness", "readiness", "startup")]
        lifecycle = each.get("lifecycle") or {}
        handlers = [*probes, lifecycle.get("postStart") or {}, lifecycle.get("preStop") or {}]
        found = {
            (handler.get(kind) or {}).get("host") for handler in handlers for kind in ("httpGet", "tcpSocket")
        }
        return {str(host) for host in found if host}

    bad = sorted(_bad(pod, lambda each: bool(hosts(each))))
    used = sorted(set[str]().union(*map(hosts, _all(pod)))) if bad else []
    verb, noun = "uses" if len(bad) == 1 else "use", f"probe or lifecycle host{'' if len(used) == 1 else 's'}"
    return (
        ("probe or lifecycle host", f"{_named('container', bad)} {verb} {noun} {_quoted(used)}")
        if bad
        else None
    )


def _privileged(pod: Plain) -> Found:
    bad = _bad(pod, lambda each: bool(_context(each, "privileged")))
    return (
        ("privileged", f"{_named('container', bad)} must not set securityContext.privileged=true")
        if bad
        else None
    )


def _proc_mount(pod: Plain) -> Found:
    if (pod.get("spec") or {}).get("hostUsers") is False:
        return None  # a pod with a user namespace of its own may
    bad = _bad(pod, lambda each: _context(each, "procMount") not in {None, "Default"})
    kinds = sorted({_context(each, "procMount") for each in _all(pod)} - {None, "Default"})
    detail = f"{_named('container', bad)} must not set securityContext.procMount to {_quoted(kinds)}"
    return ("procMount", detail) if bad else None


def _selinux(pod: Plain) -> Found:
    spec = pod.get("spec") or {}
    options = {id(each): _context(each, "seLinuxOptions") or {} for each in (spec, *_all(pod))}

    def is_bad(each: Plain) -> bool:
        own = options[id(each)]
        return (own.get("type") or "") not in _SELINUX_TYPES or bool(own.get("user")) or bool(own.get("role"))

    all_of = [spec, *_all(pod)]
    if not any(map(is_bad, all_of)):
        return None
    kinds = sorted({options[id(each)].get("type") or "" for each in all_of} - _SELINUX_TYPES)
    told = [_named("type", kinds)] if kinds else []
    told += [
        f"{key} may not be set" for key in ("user", "role") if any(own.get(key) for own in options.values())
    ]
    who = _who(is_bad(spec), [each.get("name", "") for each in _all(pod) if is_bad(each)])
    return "seLinuxOptions", f"{who} set forbidden securityContext.seLinuxOptions: {'; '.join(told)}"


def _seccomp_baseline(pod: Plain) -> Found:
    spec, allowed = pod.get("spec") or {}, {None, *_PROFILES}
    of_pod = _context(spec, "seccompProfile", "type")
    bad = _bad(pod, lambda each: _context(each, "seccompProfile", "type") not in allowed)
    kinds = sorted({_context(each, "seccompProfile", "type") for each in (spec, *_all(pod))} - allowed)
    who = _who(of_pod not in allowed, bad)
    return (
        ("seccompProfile", f"{who} must not set securityContext.seccompProfile.type to {_quoted(kinds)}")
        if who
        else None
    )


def _sysctls(pod: Plain) -> Found:
    asked = _context(pod.get("spec") or {}, "sysctls") or ()
    bad = [each.get("name", "") for each in asked if each.get("name") not in _SYSCTLS]
    return ("forbidden sysctls", ", ".join(bad)) if bad else None


def _host_process(pod: Plain) -> Found:
    path = ("windowsOptions", "hostProcess")
    who = _who(
        bool(_context(pod.get("spec") or {}, *path)), _bad(pod, lambda each: bool(_context(each, *path)))
    )
    return (
        ("hostProcess", f"{who} must not set securityContext.windowsOptions.hostProcess=true")
        if who
        else None
    )


def _escalation(pod: Plain) -> Found:
    bad = _bad(pod, lambda each: _context(each, "allowPrivilegeEscalation") is not False)
    detail = f"{_named('container', bad)} must set securityContext.allowPrivilegeEscalation=false"
    return ("allowPrivilegeEscalation != false", detail) if bad else None


def _capabilities_restricted(pod: Plain) -> Found:
    def added(each: Plain) -> set[str]:
        return {*(_context(each, "capabilities", "add") or ())} - {"NET_BIND_SERVICE"}

    keeping = _bad(pod, lambda each: "ALL" not in (_context(each, "capabilities", "drop") or ()))
    adding = _bad(pod, lambda each: bool(added(each)))
    told = []
    if keeping:
        told.append(f'{_named("container", keeping)} must set securityContext.capabilities.drop=["ALL"]')
    if adding:
        names = _quoted(sorted(set[str]().union(*map(added, _all(pod)))))
        told.append(
            f"{_named('container', adding)} must not include {names} in securityContext.capabilities.add"
        )
    return ("unrestricted capabilities", "; ".join(told)) if told else None


def _volumes(pod: Plain) -> Found:
    bad: list[str] = []
    kinds: set[str] = set()
    for each in (pod.get("spec") or {}).get("volumes") or ():
        sources = [key for key, source in each.items() if key != "name" and source is not None]
        if sources and not _VOLUMES & {*sources}:
            bad.append(each.get("name", ""))
            kinds.add(sources[0])
    verb, noun = "uses" if len(bad) == 1 else "use", f"restricted volume type{'' if len(kinds) == 1 else 's'}"
    return (
        ("restricted volume types", f"{_named('volume', bad)} {verb} {noun} {_quoted(sorted(kinds))}")
        if bad
        else None
    )


def _run_as_non_root(pod: Plain) -> Found:
    spec = pod.get("spec") or {}
    if spec.get("hostUsers") is False:
        return None
    of_pod = _context(spec, "runAsNonRoot")
    wrong = _who(of_pod is False, _bad(pod, lambda each: _context(each, "runAsNonRoot") is False))
    if wrong:
        return "runAsNonRoot != true", f"{wrong} must not set securityContext.runAsNonRoot=false"
    silent = _bad(pod, lambda each: _context(each, "runAsNonRoot") is None and of_pod is not True)
    detail = f"pod or {_named('container', silent)} must set securityContext.runAsNonRoot=true"
    return ("runAsNonRoot != true", detail) if silent else None


def _run_as_user(pod: Plain) -> Found:
    spec = pod.get("spec") or {}
    if spec.get("hostUsers") is False:
        return None
    who = _who(_context(spec, "runAsUser") == 0, _bad(pod, lambda each: _context(each, "runAsUser") == 0))
    return ("runAsUser=0", f"{who} must not set runAsUser=0") if who else None


def _seccomp_restricted(pod: Plain) -> Found:
    found = _seccomp_baseline(pod)
    if found is not None:
        return found
    of_pod = _context(pod.get("spec") or {}, "seccompProfile", "type")
    silent = _bad(pod, lambda each: _context(each, "seccompProfile", "type") is None and of_pod is None)
    allowed = 'to "RuntimeDefault" or "Localhost"'
    detail = f"pod or {_named('container', silent)} must set securityContext.seccompProfile.type {allowed}"
    return ("seccompProfile", detail) if silent else None


@dataclass(frozen=True, slots=True)
class _Check:
    """One check. `overlaps`: the restricted level has a stricter one; `linux`: Windows pods are exempt."""

    find: Callable[[Plain], Found]
    since: int = 0
    overlaps: bool = False
    linux: bool = False


_BASELINE = (
    _Check(_app_armor),
    _Check(_capabilities, overlaps=True),
    _Check(_host_namespaces),
    _Check(_host_paths),
    _Check(_host_ports),
    _Check(_handler_hosts, since=34),
    _Check(_privileged),
    _Check(_proc_mount),
    _Check(_selinux),
    _Check(_seccomp_baseline, since=19, overlaps=True),
    _Check(_sysctls),
    _Check(_host_process),
)
_RESTRICTED = (
    _Check(_escalation, since=8, linux=True),
    _Check(_capabilities_restricted, since=22, linux=True),
    _Check(_volumes),
    _Check(_run_as_non_root),
    _Check(_run_as_user, since=23),
    _Check(_seccomp_restricted, since=19, linux=True),
)
