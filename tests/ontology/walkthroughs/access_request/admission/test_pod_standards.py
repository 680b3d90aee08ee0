"""The Pod Security Standards: what each level forbids, by the version of the policy."""

from typing import Any

import pytest

from ontology.walkthroughs.access_request.admission.pod_security import policies
from ontology.walkthroughs.access_request.admission.pod_standards.levels import NEWEST, violations

Manifest = dict[str, Any]

HARDENED: Manifest = {
    "allowPrivilegeEscalation": False,
    "runAsNonRoot": True,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"},
}
APPARMOR = "container.apparmor.security.beta.kubernetes.io/"


def pod(context: Manifest | None = None, /, **spec: Any) -> Manifest:
    return {"spec": {"containers": [{"name": "c", "securityContext": context or {}}], **spec}}


def hardened(**spec: Any) -> Manifest:
    return pod(HARDENED, **spec)


def found(pod: Manifest, level: str, minor: int = NEWEST) -> list[str]:
    return list(violations(pod, level=level, minor=minor))


@pytest.mark.parametrize(
    ("written", "told"),
    [
        pytest.param(
            pod({"appArmorProfile": {"type": "Unconfined"}}),
            'forbidden AppArmor profile (container "c" must not set AppArmor profile type to "Unconfined")',
            id="AppArmor off in a container",
        ),
        pytest.param(
            pod({"appArmorProfile": {"type": "Unconfined"}})
            | {"metadata": {"annotations": {f"{APPARMOR}c": "unconfined"}}},
            'forbidden AppArmor profiles (container "c" and annotation must not set AppArmor profile type to '
            f'"Unconfined", "{APPARMOR}c="unconfined"")',
            id="and by the old annotation, which stands as it is between the quotes",
        ),
        pytest.param(
            pod(securityContext={"seLinuxOptions": {"type": "spc_t", "user": "u"}}),
            'seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type "spc_t"; user may not be set)',
            id="SELinux",
        ),
        pytest.param(
            pod({"seccompProfile": {"type": "Unconfined"}}),
            'seccompProfile (container "c" must not set securityContext.seccompProfile.type to "Unconfined")',
            id="seccomp off",
        ),
        pytest.param(
            {"spec": {"containers": [{"name": "c", "ports": [{"hostPort": 80}, {"hostPort": 443}]}]}},
            'hostPort (container "c" uses hostPorts 443, 80)',
            id="ports of the node, sorted as text",
        ),
        pytest.param(
            {
                "spec": {
                    "containers": [
                        {"name": "c", "livenessProbe": {"httpGet": {"port": 80, "host": "10.0.0.1"}}}
                    ]
                }
            },
            'probe or lifecycle host (container "c" uses probe or lifecycle host "10.0.0.1")',
            id="a probe of another host",
        ),
        pytest.param(
            pod({"procMount": "Unmasked"}),
            'procMount (container "c" must not set securityContext.procMount to "Unmasked")',
            id="an unmasked /proc",
        ),
        pytest.param(
            pod(securityContext={"windowsOptions": {"hostProcess": True}}),
            "hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)",
            id="a process of a Windows host",
        ),
    ],
)
def test_the_baseline_forbids(written: Manifest, told: str) -> None:
    assert found(written, "baseline") == [told]


@pytest.mark.parametrize(
    ("written", "level", "first"),
    [
        pytest.param(
            pod(securityContext={"sysctls": [{"name": "net.ipv4.ip_local_reserved_ports"}]}),
            "baseline",
            27,
            id="a sysctl of 1.27",
        ),
        pytest.param(
            pod(securityContext={"sysctls": [{"name": "net.ipv4.tcp_rmem"}]}),
            "baseline",
            32,
            id="one of 1.32",
        ),
        pytest.param(
            pod({"seLinuxOptions": {"type": "container_engine_t"}}),
            "baseline",
            31,
            id="an SELinux type of 1.31",
        ),
        pytest.param(
            pod({"procMount": "Unmasked"}, hostUsers=False), "baseline", 35, id="an own /proc for own users"
        ),
        pytest.param(
            pod({**HARDENED, "runAsUser": 0, "runAsNonRoot": None}, hostUsers=False),
            "restricted",
            35,
            id="a root who is nobody on the node",
        ),
        pytest.param(
            pod({"runAsNonRoot": True}, os={"name": "windows"}), "restricted", 25, id="what Windows has not"
        ),
    ],
)
def test_what_is_allowed_since_a_version_is_forbidden_before(
    written: Manifest, level: str, first: int
) -> None:
    assert not found(written, level, first)
    assert found(written, level, first - 1)


@pytest.mark.parametrize(
    ("written", "level", "first"),
    [
        pytest.param(pod(HARDENED | {"capabilities": {}}), "restricted", 22, id="capabilities that are kept"),
        pytest.param(
            pod(HARDENED | {"seccompProfile": None}), "restricted", 19, id="no seccomp filter named"
        ),
        pytest.param(pod(HARDENED | {"runAsUser": 0}), "restricted", 23, id="root by number"),
    ],
)
def test_what_is_forbidden_since_a_version_is_allowed_before(
    written: Manifest, level: str, first: int
) -> None:
    assert found(written, level, first)
    assert not found(written, level, first - 1)


def test_a_stricter_check_takes_the_place_of_the_baselines_only_once_there_is_one() -> None:
    adding = pod(HARDENED | {"capabilities": {"add": ["SYS_ADMIN"], "drop": ["ALL"]}})
    unmasked = pod(HARDENED | {"procMount": "Unmasked"}, hostUsers=False)

    assert [each.partition(" (")[0] for each in found(adding, "restricted", 21)] == [
        "non-default capabilities"
    ]
    assert [each.partition(" (")[0] for each in found(adding, "restricted", 22)] == [
        "unrestricted capabilities"
    ]
    assert [each.partition(" (")[0] for each in found(unmasked, "restricted")] == ["procMount"]


@pytest.mark.parametrize(
    "kind", ["configMap", "csi", "emptyDir", "ephemeral", "image", "projected", "secret"]
)
def test_a_hardened_pod_may_mount(kind: str) -> None:
    assert not found(hardened(volumes=[{"name": "v", kind: {}}]), "restricted")


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        pytest.param({}, ("privileged:latest",) * 3, id="nothing said"),
        pytest.param(
            {"enforce": "baseline", "enforce-version": "v1.30"},
            ("baseline:v1.30", "privileged:latest", "baseline:v1.30"),
            id="what is enforced is warned of",
        ),
        pytest.param(
            {"enforce": "baseline", "warn": "privileged"},
            ("baseline:latest", "privileged:latest", "privileged:latest"),
            id="unless something else is said",
        ),
        pytest.param(
            {"enforce": "strict", "audit": "strict", "warn": "strict"},
            ("restricted:latest", "privileged:latest", "privileged:latest"),
            id="levels that are none",
        ),
        pytest.param(
            {"enforce": "baseline", "enforce-version": "1.30"},
            ("baseline:latest", "privileged:latest", "baseline:latest"),
            id="a version that is none",
        ),
    ],
)
def test_labels_stand_for_policies(labels: dict[str, str], told: tuple[str, ...]) -> None:
    assert tuple(map(str, policies(labels).values())) == told


def test_a_version_that_is_yet_to_come_is_the_newest() -> None:
    assert policies({"enforce": "baseline", "enforce-version": "v1.99"})["enforce"].minor == NEWEST
