"""The way of an object through the components, outages, connections, metrics, logs and static pods."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontology import evaluators
from ontology.errors import InvalidObjectError, InvalidQuestionError
from ontology.lang import Lang
from ontology.messages import render
from ontology.semantics.architecture.components import components, table
from ontology.semantics.architecture.connections import connections
from ontology.semantics.architecture.duties import duties
from ontology.semantics.architecture.metrics import flows
from ontology.verdict import Outcome, Role, Verdict
from ontology.vocabulary import registry, rules


def _ask(question: Mapping[str, Any], *objects: Mapping[str, Any]) -> Verdict:
    return evaluators.answer({"system": "architecture", "objects": list(objects), "question": question})


def _path(kind: str, *objects: Mapping[str, Any], down: Sequence[str] = ()) -> Verdict:
    return _ask({"path": {"create": kind, "down": list(down)}}, *objects)


def _pod(**spec: Any) -> Mapping[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web", "namespace": "shop", "uid": "u1"},
        "spec": {"containers": [{"name": "app", "image": "x"}], **spec},
    }


ENTRY = ["request", "admit", "store"]
ON_NODE = ["notice", "sandbox", "network", "pull", "start", "report"]


@pytest.mark.parametrize(
    ("kind", "steps"),
    [
        pytest.param("Pod", [*ENTRY, "schedule", *ON_NODE], id="a pod"),
        pytest.param(
            "Deployment", [*ENTRY, "make", "make", "schedule", *ON_NODE], id="by way of a ReplicaSet"
        ),
        pytest.param("CronJob", [*ENTRY, "make", "make", "schedule", *ON_NODE], id="by way of a Job"),
        pytest.param(
            "DaemonSet", [*ENTRY, "make", "schedule", *ON_NODE], id="the default scheduler places daemon pods"
        ),
        pytest.param("Service", [*ENTRY, "publish", "forward", "resolve"], id="a service"),
        pytest.param("Ingress", [*ENTRY, "route"], id="an ingress"),
        pytest.param("PersistentVolumeClaim", [*ENTRY, "provision", "bind"], id="a claim"),
        pytest.param("HorizontalPodAutoscaler", [*ENTRY, "measure", "scale"], id="an autoscaler"),
        pytest.param("ConfigMap", ENTRY, id="only stored"),
        pytest.param("deployment", [*ENTRY, "make", "make", "schedule", *ON_NODE], id="case does not count"),
    ],
)
def test_the_way_of_a_kind(kind: str, steps: Sequence[str]) -> None:
    found = _path(kind)

    assert [hop["step"] for hop in found.answer["hops"]] == steps
    assert found.outcome is Outcome.YES


@pytest.mark.parametrize(
    ("pod", "absent", "present"),
    [
        pytest.param(_pod(nodeName="n1"), "schedule", "notice", id="nodeName passes the scheduler by"),
        pytest.param(_pod(hostNetwork=True), "network", "sandbox", id="the host's network needs no plugin"),
        pytest.param(
            _pod(volumes=[{"name": "d", "persistentVolumeClaim": {"claimName": "d"}}]),
            "configure",
            "attach",
            id="a claim is attached and mounted",
        ),
        pytest.param(
            _pod(volumes=[{"name": "c", "configMap": {"name": "c"}}]),
            "attach",
            "configure",
            id="configuration is fetched",
        ),
    ],
)
def test_a_pod_says_which_way_it_takes(pod: Mapping[str, Any], absent: str, present: str) -> None:
    steps = [hop["step"] for hop in _path("Pod", pod).answer["hops"]]

    assert absent not in steps
    assert present in steps


@pytest.mark.parametrize(
    ("spec", "steps"),
    [
        pytest.param(
            {"type": "LoadBalancer", "ports": [{"port": 80}]},
            ["publish", "forward", "resolve", "balance"],
            id="a load balancer",
        ),
        pytest.param({"clusterIP": "None", "ports": [{"port": 80}]}, ["publish", "resolve"], id="headless"),
        pytest.param({"type": "ExternalName", "externalName": "a.test"}, ["resolve"], id="a name only"),
    ],
)
def test_a_service_says_which_way_it_takes(spec: Mapping[str, Any], steps: Sequence[str]) -> None:
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": spec}

    assert [hop["step"] for hop in _path("Service", service).answer["hops"]] == [*ENTRY, *steps]


@pytest.mark.parametrize(
    ("kind", "down", "stalled"),
    [
        pytest.param("Deployment", ["kube-scheduler"], ["schedule"], id="Pending"),
        pytest.param("Deployment", ["kube-controller-manager"], ["make"], id="no ReplicaSet is made"),
        pytest.param("Pod", ["kube-controller-manager"], [], id="a bare pod needs no controller"),
        pytest.param("Pod", ["etcd"], ["store"], id="nothing is stored"),
        pytest.param("Pod", ["kube-apiserver"], ["request"], id="nothing gets in"),
        pytest.param("Pod", ["kubelet"], ["notice"], id="bound, and nobody runs it"),
        pytest.param("Pod", ["containerd"], ["sandbox"], id="by another name"),
        pytest.param("Pod", ["CNI"], ["network"], id="ContainerCreating"),
        pytest.param("Pod", ["kube-proxy"], [], id="kube-proxy has no part in a pod's network"),
        pytest.param(
            "Service",
            ["kube-proxy", "CoreDNS"],
            ["forward", "resolve"],
            id="two branches stall beside each other",
        ),
        pytest.param(
            "Service",
            ["EndpointSliceController"],
            ["publish"],
            id="the rest of the branch waits, the others do not",
        ),
        pytest.param("HorizontalPodAutoscaler", ["metrics-server"], ["measure"], id="blind"),
    ],
)
def test_where_a_way_stalls(kind: str, down: Sequence[str], stalled: Sequence[str]) -> None:
    found = _path(kind, down=down)

    assert [hop["step"] for hop in found.answer["stalled"]] == stalled
    assert found.outcome is (Outcome.NO if stalled else Outcome.YES)
    assert found.answer["goesOn"][:2] == ["run", "traffic"]


def test_a_lost_node_takes_its_pods_with_it() -> None:
    assert _path("Pod", down=["Node"]).answer["goesOn"] == []


def test_what_stalls_goes_on_when_the_component_is_back() -> None:
    changes = [step for step in _path("Pod", down=["scheduler", "CNI"]).steps if step.role is Role.CHANGE]

    assert [(step.facts["components"], step.facts["next"], step.holds) for step in changes] == [
        (("kube-scheduler",), "network", False)
    ]


_COMPONENT = st.sampled_from(sorted(components()))


@given(st.sampled_from(sorted(table("ways"))), st.lists(_COMPONENT, max_size=3), _COMPONENT)
def test_one_more_outage_never_helps(kind: str, down: list[str], more: str) -> None:
    few = {i for i, hop in enumerate(_path(kind, down=down).answer["hops"]) if hop["done"]}
    many = {i for i, hop in enumerate(_path(kind, down=[*down, more]).answer["hops"]) if hop["done"]}

    assert many <= few


@given(st.sampled_from(sorted(table("ways"))), st.lists(_COMPONENT, max_size=3))
def test_a_way_stalls_exactly_when_it_does_not_arrive(kind: str, down: list[str]) -> None:
    found = _path(kind, down=down)

    assert bool(found.answer["stalled"]) is not found.answer["arrives"]
    assert all(set(hop["because"]) for hop in found.answer["stalled"])


@pytest.mark.parametrize(
    ("down", "stops", "goes_on"),
    [
        (["kube-scheduler"], ["schedule", "addNodes"], ["run", "replace", "restart"]),
        (
            ["kube-controller-manager"],
            ["replace", "evict", "watchNodes", "publish"],
            ["run", "schedule", "restart"],
        ),
        (["etcd"], ["store", "schedule", "replace"], ["run", "traffic", "restart", "runStatic"]),
        (["kube-apiserver"], ["request", "schedule", "read"], ["run", "traffic", "restart"]),
        (["kubelet"], ["restart", "heartbeat", "logs"], ["run", "schedule"]),
        (["kube-proxy"], ["forward"], ["traffic", "network"]),
    ],
)
def test_what_an_outage_stops(down: Sequence[str], stops: Sequence[str], goes_on: Sequence[str]) -> None:
    found = _ask({"outage": {"down": list(down)}}).answer

    assert set(stops) <= set(found["stops"])
    assert set(goes_on) <= set(found["goesOn"])


@pytest.mark.parametrize(
    ("down", "then"),
    [
        (["kubelet"], [(50, "nodeNotReady"), (350, "podsEvicted"), (350, "podsReplaced")]),
        (["Node"], [(50, "nodeNotReady"), (350, "podsEvicted"), (350, "podsReplaced")]),
        (["kubelet", "kube-controller-manager"], []),
        (["kubelet", "TaintEvictionController"], [(50, "nodeNotReady")]),
        (["kube-scheduler"], []),
    ],
)
def test_what_becomes_of_a_silent_node(down: Sequence[str], then: Sequence[tuple[int, str]]) -> None:
    found = _ask({"outage": {"down": list(down)}}).answer["then"]

    assert [(each["afterSeconds"], each["what"]) for each in found] == then


@pytest.mark.parametrize(
    ("source", "target", "by"),
    [
        ("kubelet", "kube-apiserver", "list/watch"),
        ("kube-apiserver", "etcd", "gRPC"),
        ("kube-apiserver", "kubelet", "HTTPS"),
        ("kubelet", "containerd", "CRI"),
        ("ContainerRuntime", "CNI", "CNI"),
        ("kubelet", "CSI", "CSI"),
        ("DeploymentController", "apiserver", "list/watch"),
        ("kube-scheduler", "etcd", None),
        ("kubelet", "etcd", None),
        ("kube-scheduler", "kubelet", None),
        ("kubelet", "kube-proxy", None),
        ("kube-scheduler", "ClusterAutoscaler", None),
    ],
)
def test_who_connects_to_whom(source: str, target: str, by: str | None) -> None:
    found = _ask({"connections": {"source": source, "target": target}})

    assert [each["by"] for each in found.answer["connections"]] == ([by] if by else [])
    assert found.outcome is Outcome.of(by is not None)
    assert by is not None or "kube-apiserver" in found.answer["via"]


def test_all_connections_of_a_component() -> None:
    found = _ask({"connections": {"of": "kubelet"}}).answer["connections"]

    assert {(each["from"], each["to"]) for each in found} >= {
        ("kubelet", "kube-apiserver"),
        ("kube-apiserver", "kubelet"),
        ("kubelet", "ContainerRuntime"),
    }


@pytest.mark.parametrize(
    ("down", "blind"),
    [
        (["metrics-server"], ["topNodes", "topPods", "resourceScaling", "recommendation"]),
        (["PrometheusAdapter"], ["customScaling", "externalScaling"]),
        (["Prometheus"], ["customScaling", "externalScaling", "dashboards", "objectStates"]),
        (
            ["kubelet"],
            ["topNodes", "topPods", "resourceScaling", "recommendation", "dashboards", "nodePressure"],
        ),
        (["kube-controller-manager"], ["resourceScaling", "customScaling", "externalScaling"]),
        ([], []),
    ],
)
def test_who_goes_blind(down: Sequence[str], blind: Sequence[str]) -> None:
    readers = _ask({"metrics": {"down": list(down)}}).answer["readers"]

    assert [name for name, each in readers.items() if not each["served"]] == blind


def test_eviction_by_the_kubelet_needs_no_metrics_server() -> None:
    readers = _ask({"metrics": {"down": ["metrics-server", "Prometheus"]}}).answer["readers"]

    assert readers["nodePressure"]["served"]


@pytest.mark.parametrize(
    ("question", "kubectl", "on_node", "back_end"),
    [
        pytest.param({}, "kubectl logs -n shop web -c app", True, False, id="now"),
        pytest.param(
            {"restarts": 1}, "kubectl logs -n shop web -c app --previous", True, False, id="the run before"
        ),
        pytest.param({"restarts": 2}, None, False, False, id="two runs ago"),
        pytest.param({"rotations": 1}, None, True, False, id="rotated: on the node only"),
        pytest.param({"rotations": 5}, None, False, False, id="rotated away"),
        pytest.param({"gone": "podDeleted"}, None, False, False, id="with its pod"),
        pytest.param(
            {"gone": "nodeLost", "collector": "nodeAgent"}, None, False, True, id="the back end remembers"
        ),
        pytest.param(
            {"gone": "podDeleted", "collector": "nodeAgent", "down": ["Fluent Bit"]},
            None,
            False,
            False,
            id="the agent was down",
        ),
        pytest.param({"stream": "file"}, None, False, False, id="in a file of the container"),
        pytest.param(
            {"stream": "file", "collector": "sidecar"},
            "kubectl logs -n shop web -c sidecar",
            True,
            True,
            id="repeated by a sidecar",
        ),
        pytest.param(
            {"stream": "file", "collector": "direct"}, None, False, True, id="sent by the application"
        ),
        pytest.param({"down": ["kubelet"]}, None, True, False, id="without its kubelet"),
        pytest.param({"stream": "stderr"}, "kubectl logs -n shop web -c app", True, False, id="stderr too"),
    ],
)
def test_who_can_read_a_line(
    question: Mapping[str, Any], kubectl: str | None, on_node: bool, back_end: bool
) -> None:
    found = _ask({"log": question}, _pod())

    assert (found.answer["kubectl"], found.answer["onNode"], found.answer["backEnd"]) == (
        kubectl,
        on_node,
        back_end,
    )
    assert found.answer["lost"] is not (on_node or back_end or kubectl is not None)


def test_a_line_stands_in_a_file_of_the_node() -> None:
    assert _ask({"log": {}}, _pod()).answer["file"] == "/var/log/pods/shop_web_u1/app/0.log"


@pytest.mark.parametrize(
    ("event", "container", "mirror", "outcome"),
    [
        ("deleteMirror", "runs on", "recreated", Outcome.YES),
        ("removeManifest", "stopped", "deleted", Outcome.NO),
        ("addManifest", "started", "created", Outcome.YES),
        ("apiServerDown", "runs on", "unreachable", Outcome.YES),
        ("kubeletDown", "runs on", "stale", Outcome.YES),
        ("drain", "runs on", "ignored", Outcome.YES),
    ],
)
def test_what_becomes_of_a_static_pod(event: str, container: str, mirror: str, outcome: Outcome) -> None:
    found = _ask({"staticPod": {"event": event, "name": "etcd", "node": "cp-1"}})

    assert (found.answer["container"], found.answer["mirror"], found.outcome) == (container, mirror, outcome)
    assert found.answer["pod"] == "etcd-cp-1"
    assert found.answer["manifest"] == "/etc/kubernetes/manifests/etcd.yaml"


def test_a_static_pod_refers_to_no_object_of_the_api() -> None:
    found = _ask(
        {"staticPod": {"event": "addManifest"}}, _pod(volumes=[{"name": "c", "configMap": {"name": "c"}}])
    )

    assert found.answer["refused"] == ["volumes[0].configMap"]
    assert found.outcome is Outcome.NO


@pytest.mark.parametrize(
    ("question", "path", "near"),
    [
        ({"path": {"create": "Deploymnt"}}, "question.path.create", "Deployment"),
        (
            {"path": {"create": "Pod", "down": ["etcd", "kube-schedular"]}},
            "question.path.down[1]",
            "kube-scheduler",
        ),
        ({"outage": {"down": []}}, "question.outage.down", "at least one"),
        ({"outage": {"down": ["kubelett"]}}, "question.outage.down[0]", "kubelet"),
        ({"connections": {"of": "etdc"}}, "question.connections.of", "etcd"),
        ({"connections": {"source": "kubelet"}}, "question.connections", "target"),
        ({"metrics": {"down": ["metric-server"]}}, "question.metrics.down[0]", "metrics-server"),
        ({"staticPod": {"event": "deletMirror"}}, "question.staticPod.event", "deleteMirror"),
    ],
)
def test_bad_questions_say_where_and_what_was_meant(
    question: Mapping[str, Any], path: str, near: str
) -> None:
    with pytest.raises(InvalidQuestionError, match=near) as caught:
        _ask(question)

    assert caught.value.path == path


@pytest.mark.parametrize(
    "question",
    [{"rotations": -1}, {"restarts": -1}, {"maxFiles": 1}, {"container": "apq"}, {"down": ["nobody"]}],
)
def test_bad_questions_about_logs(question: Mapping[str, Any]) -> None:
    with pytest.raises(InvalidQuestionError):
        _ask({"log": question}, _pod())


def test_a_log_is_that_of_one_pod() -> None:
    with pytest.raises(InvalidObjectError):
        _ask({"log": {}})


QUESTIONS = [
    {"path": {"create": "Deployment", "down": ["scheduler"]}},
    {"path": {"create": "ConfigMap"}},
    {"outage": {"down": ["kubelet"]}},
    {"connections": {"source": "etcd", "target": "kube-apiserver"}},
    {"connections": {"of": "CoreDNS"}},
    {"metrics": {"down": ["metrics-server"]}},
    {"log": {"rotations": 1, "restarts": 1, "gone": "podDeleted", "collector": "nodeAgent"}},
    {"staticPod": {"event": "deleteMirror"}},
]


@pytest.mark.parametrize("lang", list(Lang))
@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_every_step_is_worded(question: Mapping[str, Any], lang: Lang) -> None:
    steps = _ask(question, _pod()).steps

    assert steps
    assert all(render(step, lang) and "{" not in render(step, lang) for step in steps)


def test_the_tables_name_only_what_there_is() -> None:
    known = set(components())

    assert {each.part_of for each in components().values()} - {""} <= known
    assert {end for each in connections() for end in (each.source, each.target)} <= known
    assert {need for each in duties().values() for need in each.needs} <= known
    assert {part for flow in flows() for part in flow.way} <= known
    assert all(
        f"architecture.{name}" in rules()
        for name in (*duties(), *(f.name for f in flows()), *table("static_pods"))
    )
    assert [name for name in known if name not in registry()] == []
