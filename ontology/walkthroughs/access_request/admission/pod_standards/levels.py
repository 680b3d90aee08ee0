"""The levels of the Pod Security Standards: which checks each makes, and since which version of the policy.

The checks stand in the order in which the API server lists what they find.

Source: kubernetes.io/docs/concepts/security/pod-security-standards (v1.36), with the versions that the API
server's own plugin registers.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from ontology.walkthroughs.access_request.admission.pod_standards import baseline, restricted
from ontology.walkthroughs.access_request.admission.pod_standards.setters import Find, Found, spec_of
from ontology.walkthroughs.access_request.admission.write import Plain

NEWEST = 36

_SELINUX_TYPES = frozenset({"", "container_t", "container_init_t", "container_kvm_t"})
# The sysctls that became safe with each version of the policy.
_SAFE_SINCE: dict[int, frozenset[str]] = {
    0: frozenset(
        {
            "kernel.shm_rmid_forced",
            "net.ipv4.ip_local_port_range",
            "net.ipv4.ip_unprivileged_port_start",
            "net.ipv4.ping_group_range",
            "net.ipv4.tcp_syncookies",
        }
    ),
    27: frozenset({"net.ipv4.ip_local_reserved_ports"}),
    29: frozenset(
        {
            "net.ipv4.tcp_fin_timeout",
            "net.ipv4.tcp_keepalive_intvl",
            "net.ipv4.tcp_keepalive_probes",
            "net.ipv4.tcp_keepalive_time",
        }
    ),
    32: frozenset({"net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"}),
}


def _unless(is_exempt: Callable[[Plain], bool], find: Find) -> Find:
    def exempting(pod: Plain) -> Found:
        return None if is_exempt(spec_of(pod)) else find(pod)

    return exempting


def _is_windows(spec: Plain) -> bool:
    return (spec.get("os") or {}).get("name") == "windows"


def _has_own_users(spec: Plain) -> bool:
    """Whether the pod has a user namespace of its own, so that its root is not the node's."""
    return spec.get("hostUsers") is False


@dataclass(frozen=True, slots=True)
class Check:
    """One check, by the minor version of the policy since which it is made so.

    `replaces` is the baseline's check in whose place it is made.
    """

    versions: Mapping[int, Find]
    replaces: "Check | None" = None

    def at(self, minor: int) -> Find | None:
        """Return how the check is made in a version of the policy, None where there is none yet."""
        since = max((each for each in self.versions if each <= minor), default=None)
        return None if since is None else self.versions[since]


def _for_linux(since: int, find: Find) -> dict[int, Find]:
    """Return the versions of a check of what only Linux has; Windows pods are exempt since 1.25."""
    return {since: find, 25: _unless(_is_windows, find)}


def _with_own_users(since: int, find: Find) -> dict[int, Find]:
    """Return the versions of a check that spares pods with a user namespace of their own since 1.35."""
    return {since: find, 35: _unless(_has_own_users, find)}


def _safe_sysctls(minor: int) -> frozenset[str]:
    return frozenset(name for since, names in _SAFE_SINCE.items() if since <= minor for name in names)


_CAPABILITIES = Check({0: baseline.capabilities})
_HOST_PATHS = Check({0: baseline.host_paths})
_PROC_MOUNT = Check(_with_own_users(0, baseline.proc_mount))
_SECCOMP = Check({19: baseline.seccomp})
BASELINE = (
    Check({0: baseline.app_armor}),
    _CAPABILITIES,
    Check({0: baseline.host_namespaces}),
    _HOST_PATHS,
    Check({0: baseline.host_ports}),
    Check({34: baseline.handler_hosts}),
    Check({0: baseline.privileged}),
    _PROC_MOUNT,
    Check(
        {
            0: partial(baseline.selinux, types=_SELINUX_TYPES),
            31: partial(baseline.selinux, types=_SELINUX_TYPES | {"container_engine_t"}),
        }
    ),
    _SECCOMP,
    Check({since: partial(baseline.sysctls, safe=_safe_sysctls(since)) for since in _SAFE_SINCE}),
    Check({0: baseline.host_process}),
)
RESTRICTED = (
    Check(_for_linux(8, restricted.escalation)),
    Check(_for_linux(22, restricted.capabilities), replaces=_CAPABILITIES),
    Check({35: baseline.proc_mount}, replaces=_PROC_MOUNT),
    Check({0: restricted.volumes}, replaces=_HOST_PATHS),
    Check(_with_own_users(0, restricted.run_as_non_root)),
    Check(_with_own_users(23, restricted.run_as_user)),
    Check(_for_linux(19, restricted.seccomp), replaces=_SECCOMP),
)


def violations(pod: Plain, *, level: str, minor: int) -> Iterator[str]:
    """Yield what a pod does against a level of that version of the policy: `reason (detail)`."""
    stricter = tuple(each for each in RESTRICTED if each.at(minor)) if level == "restricted" else ()
    replaced = tuple(each.replaces for each in stricter)
    for check in (*(each for each in BASELINE if each not in replaced), *stricter):
        find = check.at(minor)
        found = find(pod) if find else None
        if found is not None:
            reason, detail = found
            yield f"{reason} ({detail})"
