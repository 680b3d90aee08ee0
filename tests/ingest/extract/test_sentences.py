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
        pytest.param("CNI 플러그인 설치가 필요", "HorizontalPodAutoscaler requires CNI", id="ko need of what is done to it"),
        pytest.param("NoExecute는 실행 중인 파드도 쫓아냅니다", "TaintEffect.NoExecute deletes Pod", id="ko drives out"),
        pytest.param("RoleBinding은 Role을 ServiceAccount에 연결한다", "RoleBinding connectsTo ServiceAccount", id="ko links both"),
        pytest.param("nodeSelector는 레이블이 일치하는 노드를 선택한다", "nodeSelector selects Node", id="ko what matches does not choose"),
        pytest.param("nodeSelector는 레이블이 일치하는 노드를 선택한다", "nodeSelector uses Label", id="ko goes by labels"),
        pytest.param("ReplicationController는 ReplicaSet으로 대체되었다", "ReplicationController transitionsTo ReplicaSet", id="ko successor"),
        pytest.param("EndpointSlice replaces Endpoints", "Endpoints transitionsTo EndpointSlice", id="en successor"),
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


@pytest.mark.parametrize(
    ("line", "fact"),
    [
        pytest.param("An identity for processes that run in a Pod", "HorizontalPodAutoscaler runsOn Pod", id="en an antecedent without a name"),
        pytest.param("Settings for access control of a Pod", "HorizontalPodAutoscaler manages Pod", id="en a noun that looks like a verb"),
        pytest.param("노드 하나에서 읽고 쓸 수 있다", "HorizontalPodAutoscaler uses Node", id="ko to read and write"),
        pytest.param("CNI 지원 필요", "HorizontalPodAutoscaler uses CNI", id="ko need is not use"),
        pytest.param("파드를 고르게 나눈다", "HorizontalPodAutoscaler selects Pod", id="ko evenly is not to choose"),
        pytest.param("`kubectl create serviceaccount ci`", "kubectl creates ServiceAccount", id="a command is no sentence"),
    ],
)  # fmt: skip
def test_a_sentence_does_not_say(read: Read, line: str, fact: str) -> None:
    assert fact not in read(about_pods(line))
