"""Cases written from the endpoint-slice documentation; recorded verdicts stand in tests/conformance."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontology.errors import InvalidQuestionError
from ontology.evaluators import answer
from ontology.verdict import Outcome, Role

NODE = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1"}}


def service(**spec: Any) -> dict[str, Any]:
    spec = {"selector": {"app": "web"}, "ports": [{"port": 80}]} | spec
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": spec}


def pod(
    name: str = "a",
    *,
    labels: dict[str, str] | None = None,
    ready: str = "True",
    meta: dict[str, Any] | None = None,
    **spec: Any,
) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": labels or {"app": "web"}} | (meta or {}),
        "spec": {"nodeName": "n1", "containers": [{"name": "c", "image": "x"}]} | spec,
        "status": {
            "phase": "Running",
            "podIP": "10.0.0.1",
            "conditions": [{"type": "Ready", "status": ready}],
        },
    }


def ask(*objects: dict[str, Any], name: str = "default/web") -> Any:
    return answer(
        {"system": "services", "objects": list(objects), "question": {"endpoints": {"service": name}}}
    )


@pytest.mark.parametrize(
    ("spec", "pods", "ready"),
    [
        pytest.param({}, [pod()], True, id="a ready pod"),
        pytest.param({}, [pod(ready="False")], False, id="a pod that is not ready stays listed"),
        pytest.param({}, [pod(ready="Unknown")], False, id="unknown is not ready"),
        pytest.param({}, [pod(meta={"deletionTimestamp": "2026-03-01T12:00:00Z"})], False, id="terminating"),
        pytest.param({"publishNotReadyAddresses": True}, [pod(ready="False")], True, id="published anyway"),
    ],
)
def test_a_listed_endpoint(spec: dict[str, Any], pods: list[dict[str, Any]], ready: bool) -> None:
    (endpoint,) = ask(NODE, service(**spec), *pods).answer["slices"][0]["endpoints"]

    assert endpoint["ready"] is ready


@pytest.mark.parametrize(
    "pods",
    [
        pytest.param([], id="no pod"),
        pytest.param([pod(labels={"app": "Web"})], id="labels are case-sensitive"),
        pytest.param([pod(meta={"namespace": "dev"})], id="another namespace"),
        pytest.param([pod(nodeName="gone")], id="a node that is not there"),
        pytest.param([pod() | {"status": {"phase": "Succeeded", "podIP": "10.0.0.1"}}], id="a finished pod"),
        pytest.param([pod() | {"status": {"phase": "Running"}}], id="no address"),
        pytest.param([pod() | {"status": {"phase": "Running", "podIP": "fd00::1"}}], id="another IP family"),
    ],
)
def test_nothing_stands_behind_the_service(pods: list[dict[str, Any]]) -> None:
    verdict = ask(NODE, service(), *pods)

    assert verdict.answer == {"slices": []}
    assert verdict.outcome is Outcome.NO


@pytest.mark.parametrize(
    "spec",
    [
        pytest.param({"selector": None}, id="no selector"),
        pytest.param({"selector": {}}, id="an empty selector"),
        pytest.param({"type": "ExternalName", "externalName": "db.example.com"}, id="ExternalName"),
    ],
)
def test_no_slices_are_made(spec: dict[str, Any]) -> None:
    verdict = ask(NODE, service(**spec), pod())

    assert verdict.answer == {"slices": None}
    assert verdict.outcome is Outcome.UNKNOWN


def test_pods_with_different_numbers_for_a_name_come_apart() -> None:
    named = service(ports=[{"port": 80, "targetPort": "http"}])
    containers = [
        [{"name": "c", "ports": [{"name": "http", "containerPort": number}]}] for number in (8080, 9090)
    ]

    answered = ask(NODE, named, *(pod(f"p{i}", containers=c) for i, c in enumerate(containers)))

    assert [s["ports"][0]["port"] for s in answered.answer["slices"]] == [8080, 9090]


def test_the_nearest_pod_is_named_with_what_it_lacks() -> None:
    near = pod("web-1", labels={"app": "web", "tier": "back"})

    steps = ask(NODE, service(selector={"app": "web", "tier": "front"}), near).steps

    (miss,) = [s for s in steps if s.role is Role.NEAR_MISS]
    assert miss.facts["pod"] == "web-1"
    assert miss.facts["missing"] == ("tier=front",)
    assert miss.facts["has"] == ("app=web", "tier=back")


@pytest.mark.parametrize(
    "objects",
    [
        pytest.param([service(selector={"app": "web", "tier": "front"}), pod()], id="another selector"),
        pytest.param([service(), pod(ready="False")], id="publish what is not ready"),
    ],
)
def test_the_offered_change_flips_the_verdict(objects: list[dict[str, Any]]) -> None:
    before = ask(NODE, *objects)
    (change,) = [s.change for s in before.steps if s.role is Role.CHANGE]
    assert change is not None

    merged = objects[0]["spec"] | change["spec"]
    if "selector" in change["spec"]:
        merged["selector"] = {k: v for k, v in change["spec"]["selector"].items() if v is not None}
    after = ask(NODE, objects[0] | {"spec": merged}, *objects[1:])

    assert (before.outcome, after.outcome) == (Outcome.NO, Outcome.YES)


def test_an_unknown_service_is_an_error_with_the_nearest() -> None:
    with pytest.raises(InvalidQuestionError, match="did you mean `default/web`"):
        ask(service(), name="default/wbe")


PODS = st.lists(
    st.builds(
        lambda name, app, ready: pod(name, labels={"app": app}, ready=ready),
        st.sampled_from("abcdefgh"),
        st.sampled_from(["web", "db"]),
        st.sampled_from(["True", "False"]),
    ),
    unique_by=lambda p: p["metadata"]["name"],
    max_size=6,
)


@given(PODS, st.randoms())
def test_the_order_of_objects_does_not_matter(pods: list[dict[str, Any]], random: Any) -> None:
    objects = [NODE, service(), *pods]
    shuffled = random.sample(objects, len(objects))

    assert ask(*shuffled).answer == ask(*objects).answer


@given(PODS)
def test_ready_endpoints_are_ready_pods(pods: list[dict[str, Any]]) -> None:
    found = ask(NODE, service(), *pods).answer["slices"]
    ready = {e["pod"].removeprefix("default/") for s in found for e in s["endpoints"] if e["ready"]}

    wanted = {
        p["metadata"]["name"]
        for p in pods
        if p["metadata"]["labels"]["app"] == "web" and p["status"]["conditions"][0]["status"] == "True"
    }
    assert ready == wanted


@pytest.mark.parametrize(
    ("status", "ip"),
    [
        pytest.param({"podIP": "10.0.0.1", "podIPs": [{"ip": "10.0.0.1"}]}, "10.0.0.1", id="both agree"),
        pytest.param({"podIP": "10.0.0.1", "podIPs": [{"ip": "10.0.0.2"}]}, "10.0.0.1", id="podIP wins"),
        pytest.param({"podIP": "fd00::1", "podIPs": [{"ip": "10.0.0.2"}]}, None, id="podIP alone is left"),
        pytest.param(
            {"podIP": "fd00::1", "podIPs": [{"ip": "fd00::1"}, {"ip": "10.0.0.2"}]},
            "10.0.0.2",
            id="two families",
        ),
    ],
)
def test_the_address_of_a_pod(status: dict[str, Any], ip: str | None) -> None:
    made = pod()
    made["status"] = {"phase": "Running"} | status

    found = [e["ip"] for s in ask(NODE, service(), made).answer["slices"] for e in s["endpoints"]]

    assert found == ([] if ip is None else [ip])
