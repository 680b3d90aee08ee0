from collections.abc import Callable

import pytest

Read = Callable[[str], set[str]]


@pytest.mark.parametrize(
    ("note", "facts"),
    [
        pytest.param("# k8s\n## Service\n### DNS", {"Kubernetes hasSubtopic Service", "Service hasSubtopic DNS"}, id="headings"),
        pytest.param("# k8s\n## 1. 🚀 파드", {"Kubernetes hasSubtopic Pod"}, id="numbering and emoji are taken off"),
        pytest.param("# k8s\n## 설치하는 방법\n### Pod", {"Kubernetes hasSubtopic Pod"}, id="a clause names nothing"),
        pytest.param("# k8s\n## RBAC(Role, RoleBinding)", {"Kubernetes hasSubtopic RBAC", "RBAC hasSubtopic Role", "RBAC hasSubtopic RoleBinding"}, id="a list in brackets"),
        pytest.param("# Stateless App - ReplicaSet", {"StatelessApplication uses ReplicaSet"}, id="by means of"),
        pytest.param("# 스토리지 정리 노트와 파드\n## PV", {"Document hasSubtopic PersistentVolume"}, id="a title of two concepts"),
        pytest.param("# Readiness Probe, Liveness Probe\n- 설정\n  - httpGet", {"readinessProbe hasField httpGet", "livenessProbe hasField httpGet"}, id="several owners through a label"),
        pytest.param("# Toleration/Taint\n- effect option", {"Taint hasOption Taint.effect"}, id="the API knows whose it is"),
        pytest.param("# httpGet\n- port\n- scheme\n- schema", {"httpGet hasField httpGet.port", "httpGet hasField scheme"}, id="generic names are qualified, slips mended"),
        pytest.param("# master\n- etcd\n- kube-scheduler", {"etcd partOf ControlPlane", "kube-scheduler partOf ControlPlane"}, id="parts of a whole"),
        pytest.param("# 내부망\n- NFS", {"InternalNetwork hasExample NFS"}, id="members of a class"),
        pytest.param("# Container Runtime\n- Container Runtime / docker", {"Docker isA ContainerRuntime"}, id="a class and its member"),
        pytest.param("# k8s\n- `securityContext.runAsUser` 를 쓴다", {"SecurityContext hasField runAsUser"}, id="a dotted path"),
    ],
)  # fmt: skip
def test_structure_says(read: Read, note: str, facts: set[str]) -> None:
    assert facts <= read(note)


def test_a_value_is_told_with_its_field_and_only_so(read: Read) -> None:
    assert read("# Headless Service\n- clusterIP : None") == {"HeadlessService hasField clusterIP=None"}
