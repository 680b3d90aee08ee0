from collections.abc import Callable

import pytest

Read = Callable[[str], set[str]]


def about_pods(line: str) -> str:
    # the second bullet: the first would be the definition
    return f"# k8s\n## HPA\n- 둘러보기: 없음\n- {line}\n"


@pytest.mark.parametrize(
    ("line", "fact"),
    [
        pytest.param("Deployment는 ReplicaSet을 관리합니다", "Deployment manages ReplicaSet", id="ko topic and object"),
        pytest.param("사용량이 줄면 파드를 삭제한다", "HorizontalPodAutoscaler deletes Pod", id="ko silent subject"),
        pytest.param("파드가 자원을 다 쓰면 노드를 추가한다", "HorizontalPodAutoscaler creates Node", id="ko the subject of a condition does not act"),
        pytest.param("VPA와 동시 사용이 안됨", "not HorizontalPodAutoscaler uses VerticalPodAutoscaler", id="ko denial of use"),
        pytest.param("metrics-server가 필요하다", "HorizontalPodAutoscaler requires metrics-server", id="ko need"),
        pytest.param("metrics-server가 없으면 동작하지 않는다", "HorizontalPodAutoscaler requires metrics-server", id="ko nothing works without"),
        pytest.param("metrics-server가 없어도 된다", "not HorizontalPodAutoscaler requires metrics-server", id="ko works without"),
        pytest.param("파드는 서비스 어카운트를 통해 API 서버에 접근한다", "Pod connectsTo kube-apiserver", id="ko target"),
        pytest.param("시크릿안에 토큰이 들어있다", "Secret stores Token", id="ko contents"),
        pytest.param("파드안의 컨테이너는 재시작된다", "Container partOf Pod", id="ko part"),
        pytest.param("etcd는 데이터베이스이다", "etcd isA Database", id="ko class"),
        pytest.param("Role은 네임스페이스 단위로 적용된다", "Role scopedTo Namespace", id="ko extent"),
        pytest.param("DaemonSet은 Deployment와 달리 노드마다 하나씩 뜬다", "DaemonSet contrastsWith Deployment", id="ko contrast"),
        pytest.param("PVC는 남음", "not HorizontalPodAutoscaler deletes PersistentVolumeClaim", id="ko kept"),
        pytest.param("A Deployment manages ReplicaSets", "Deployment manages ReplicaSet", id="en active"),
        pytest.param("ReplicaSets are managed by a Deployment", "Deployment manages ReplicaSet", id="en passive"),
        pytest.param("Requires the metrics-server", "HorizontalPodAutoscaler requires metrics-server", id="en silent subject"),
        pytest.param("A ReplicaSet does not support rolling updates", "not ReplicaSet uses RollingUpdate", id="en denial"),
        pytest.param("kube-proxy runs on every node and watches the API server", "kube-proxy connectsTo kube-apiserver", id="en second verb"),
        pytest.param("Deleting a StatefulSet keeps its PVCs", "not StatefulSet deletes PersistentVolumeClaim", id="en kept"),
        pytest.param("The scheduler assigns the pod to a node", "Pod runsOn Node", id="en placement"),
        pytest.param("Network policies are scoped to a namespace", "NetworkPolicy scopedTo Namespace", id="en extent"),
    ],
)  # fmt: skip
def test_a_sentence_says(read: Read, line: str, fact: str) -> None:
    assert fact in read(about_pods(line))
