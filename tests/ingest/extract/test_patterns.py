"""Textual patterns: labels, values, examples, flows, contrasts, second names, pictures, commands."""

from collections.abc import Callable

import pytest

Read = Callable[[str], set[str]]


@pytest.mark.parametrize(
    ("note", "facts"),
    [
        pytest.param("# k8s\n- etcd : 상태를 저장하는 곳", {"etcd definition 상태를 저장하는 곳"}, id="label"),
        pytest.param("# k8s\n- **etcd** - where state lives", {"etcd definition where state lives"}, id="bold and dash"),
        pytest.param("# Pod\n- 가장 작은 배포 단위이며 쿠버가 다룬다. ex) web", {"Pod definition 가장 작은 배포 단위이며 쿠버가 다룬다."}, id="first bullet, example cut off"),
        pytest.param("# k8s\n- initContainer(컨테이너 초기화)", {"InitContainer definition 컨테이너 초기화"}, id="gloss in brackets"),
        pytest.param("# k8s\n\nEndpointSlice\n: addresses of pods", {"EndpointSlice definition addresses of pods"}, id="definition list"),
        pytest.param("# k8s\n## Q. 파드란 무엇인가요?\nA. 컨테이너 묶음입니다.", {"Pod definition 컨테이너 묶음입니다."}, id="question and answer"),
        pytest.param("# k8s\n- Q: What is a Pod?\n  - A: a group of containers", {"Pod definition a group of containers"}, id="question in a list"),
        pytest.param("# k8s\n- What is etcd? A key-value store.", {"etcd definition A key-value store."}, id="question and answer in one line"),
        pytest.param("# k8s\n- RWO : ReadWriteOnce", {"AccessMode.ReadWriteOnce alsoKnownAs RWO"}, id="short form"),
        pytest.param("# 톨러레이션(Toleration)", {"Toleration alsoKnownAs 톨러레이션"}, id="translation"),
        pytest.param("# k8s\n- HPA (Horizontal Pod Autoscaler)", {"HorizontalPodAutoscaler alsoKnownAs HPA"}, id="abbreviation"),
        pytest.param("# Pod\n- phase : Pending, Running", {"Pod hasPhase PodPhase.Pending", "Pod hasPhase PodPhase.Running"}, id="phases"),
        pytest.param("# 컨테이너\n- state : Wating, Running", {"Container hasState ContainerState.Waiting", "Container hasState ContainerState.Running"}, id="states, one misspelt"),
        pytest.param("# Ingress\n- pathType: Exact | Prefix (default)", {"pathType hasValue PathType.Exact", "pathType hasValue PathType.Prefix", "pathType defaultValue Prefix"}, id="values with a default"),
        pytest.param("# Service\n- types\n  - ClusterIP (기본값)\n  - NodePort", {"Service hasValue ServiceType.ClusterIP", "ServiceType defaultValue ClusterIP", "Service hasValue ServiceType.NodePort"}, id="values as a list"),
        pytest.param("# probe\n- periodSeconds\n  - 검사 간격 | 10초", {"periodSeconds defaultValue 10s", "periodSeconds definition 검사 간격"}, id="a default behind a bar"),
        pytest.param("# k8s\n- failureThreshold: 3회", {"Kubernetes hasField failureThreshold=3회"}, id="a field with its value"),
        pytest.param("# Node\n- 최대 개수 : 110", {"Node hasField 최대 개수=110"}, id="a property in its own words"),
        pytest.param("# CNI\n- ex) Calico, Flannel", {"CNI hasExample Calico", "CNI hasExample Flannel"}, id="ex)"),
        pytest.param("# Stateful App\n- 대표적인 DB 서버 MongoDB, Redis", {"StatefulApplication hasExample MongoDB", "Redis isA Database"}, id="typical members of a class"),
        pytest.param("# 외부망\n- Google cloud 등", {"ExternalNetwork hasExample GoogleCloud"}, id="and so on"),
        pytest.param("# k8s\n- CNI 플러그인(Calico, Cilium)을 설치", {"CNI hasExample Calico", "CNI hasExample Cilium"}, id="members in brackets"),
        pytest.param("# Headless\n- podname.servicename.namespace.svc.cluster.local", {"HeadlessService hasExample podname.servicename.namespace.svc.cluster.local"}, id="a name pattern"),
        pytest.param("# Pod\n- Pending ► Failed", {"PodPhase.Pending transitionsTo PodPhase.Failed"}, id="change of state"),
        pytest.param("# k8s\n- kube-apiserver -> etcd", {"kube-apiserver precedes etcd"}, id="order of steps"),
        pytest.param("# k8s\n- kube-apiserver ►\n- etcd(상태 저장) ►\n- kubelet", {"kube-apiserver precedes etcd", "etcd precedes kubelet", "etcd definition 상태 저장"}, id="arrows over lines"),
        pytest.param("# k8s\n- Deployment → ReplicaSet → Pod 순으로 생성한다", {"Deployment creates ReplicaSet", "ReplicaSet creates Pod"}, id="the verb decides"),
        pytest.param("# k8s\n## 순서\n1. `kubectl cordon n1` 실행\n2. `kubectl drain n1` 실행", {"kubectl cordon precedes kubectl drain"}, id="numbered steps"),
        pytest.param("# k8s\n- Pod ⊃ Container", {"Container partOf Pod"}, id="containment"),
        pytest.param("# Deployment vs StatefulSet", {"Deployment contrastsWith StatefulSet"}, id="versus"),
        pytest.param("# k8s\n## 차이점\n- ReplicaSet\n  - 랜덤\n- StatefulSet\n  - 순번", {"StatefulSet contrastsWith ReplicaSet"}, id="a contrast heading"),
        pytest.param("# k8s\n- Recycle : Deprecated, 데이터 삭제", {"ReclaimPolicy.Recycle status Deprecated"}, id="status"),
        pytest.param("# k8s\n![x](https://a.io/Pod%20with%20Service.jpg)", {"image:Pod with Service depicts Pod", "image:Pod with Service depicts Service"}, id="picture"),
        pytest.param("# kubectl\n```bash\n$ kubectl config use-context [name]\n```", {"kubectl hasCommand kubectl config use-context"}, id="command with a placeholder"),
        pytest.param("# k8s\n```\nkubectl create secret generic s --from-literal=a=b\n```", {"Secret hasCommand kubectl create secret generic s --from-literal=a=b", "kubectl create secret hasOption --from-literal"}, id="a command that creates a kind"),
        pytest.param("# HPA\n- 용도 : 트래픽 대응", {"HorizontalPodAutoscaler usedFor 트래픽 대응"}, id="a label of purpose"),
        pytest.param("# k8s\n## 1️⃣ 데몬셋(DaemonSet)", {"DaemonSet alsoKnownAs 데몬셋"}, id="a keycap is a number"),
        pytest.param("# k8s\n## 잡(Job)과 크론잡(CronJob)", {"Kubernetes hasSubtopic Job", "Kubernetes hasSubtopic CronJob", "Job alsoKnownAs 잡", "CronJob alsoKnownAs 크론잡"}, id="names joined, each with its bracket"),
        pytest.param("# k8s\n- Secret type : Opaque(기본값) / kubernetes.io/tls", {"Secret hasValue SecretType.kubernetes.io/tls", "SecretType defaultValue Opaque"}, id="values with a slash of their own"),
        pytest.param("# RBAC\n- verbs : get, list, watch", {"verbs hasValue get", "verbs hasValue list", "verbs hasValue watch"}, id="values in plain words"),
        pytest.param("# Service\n- Headless = `clusterIP: None`", {"HeadlessService hasField clusterIP=None"}, id="a field with its value in a code span"),
        pytest.param("# Volume\n- `emptyDir` → deleted with the Pod", {"Volume hasExample emptyDir", "emptyDir definition deleted with the Pod"}, id="an arrow before an explanation"),
        pytest.param("# NetworkPolicy\n- CNI 지원 필요 e.g. Calico, Cilium", {"NetworkPolicy requires CNI", "CNI hasExample Calico", "CNI hasExample Cilium"}, id="examples of the class before them"),
        pytest.param("# Volume\n> [!warning] Recycle is deprecated", {"ReclaimPolicy.Recycle status Deprecated"}, id="status of what opens the sentence"),
        pytest.param("# RBAC\n## 구성 요소\n- Role", {"Role partOf RBAC"}, id="parts of what stands above"),
        pytest.param("# Deployment\n- 전략(strategy)\n  - Recreate", {"Deployment hasField strategy", "strategy hasValue DeploymentStrategy.Recreate"}, id="a word with its term in brackets"),
        pytest.param("# k8s\n```sh\nk create cm app --from-literal=a=b\n```", {"ConfigMap hasCommand k create cm app --from-literal=a=b"}, id="kubectl in short"),
        pytest.param("# k8s\n- 인증에는 토큰, X509가 있다", {"Authentication hasExample Token", "Authentication hasExample X509ClientCert"}, id="there are"),
    ],
)  # fmt: skip
def test_a_pattern_says(read: Read, note: str, facts: set[str]) -> None:
    assert facts <= read(note)


@pytest.mark.parametrize(
    "note",
    [
        pytest.param("---\ntags: [pod]\ntitle: Pod\n---\n", id="front matter"),
        pytest.param("parent:: [[Pod]]", id="navigation"),
        pytest.param("안녕하세요! 오늘은 2024년 1월 1일입니다.", id="greeting and date"),
        pytest.param("![Pod](https://a.io/1.png)", id="alternative text"),
    ],
)
def test_what_is_no_fact_yields_none(read: Read, note: str) -> None:
    assert read(note) == set()
