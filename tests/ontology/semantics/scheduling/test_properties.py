"""What holds for every cluster: drawn clusters with taints, labels, resources, affinity, spread and ports."""

import re
from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ontology.semantics.scheduling.edits import Edit
from ontology.verdict import Outcome, Role

Manifest = dict[str, Any]

APPS, ZONES, DISKS = ["web", "db"], ["a", "b"], ["ssd", "hdd"]
HOSTNAME, ZONE = "kubernetes.io/hostname", "topology.kubernetes.io/zone"
TAINTS = st.builds(
    lambda value, effect: {"key": "dedicated", "value": value, "effect": effect},
    st.sampled_from(["x", "y"]),
    st.sampled_from(["NoSchedule", "PreferNoSchedule", "NoExecute"]),
)


def _term(app: str, key: str) -> Manifest:
    return {"labelSelector": {"matchLabels": {"app": app}}, "topologyKey": key}


@st.composite
def nodes(draw: st.DrawFn, name: str) -> Manifest:
    labels = {HOSTNAME: name, "disk": draw(st.sampled_from(DISKS))}
    if draw(st.integers(0, 4)):
        labels[ZONE] = draw(st.sampled_from(ZONES))
    spec: Manifest = {"taints": draw(st.lists(TAINTS, max_size=1))}
    if not draw(st.integers(0, 5)):
        spec["unschedulable"] = True
    allocatable = {"cpu": draw(st.sampled_from(["1", "2"])), "memory": "4Gi", "pods": "5"}
    metadata = {"name": name, "labels": labels}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": metadata,
        "spec": spec,
        "status": {"allocatable": allocatable},
    }


@st.composite
def pods(draw: st.DrawFn, name: str) -> Manifest:
    app, other = draw(st.sampled_from(APPS)), draw(st.sampled_from(APPS))
    key = draw(st.sampled_from([HOSTNAME, ZONE]))
    container: Manifest = {"name": "c", "image": "nginx"}
    container["resources"] = {"requests": {"cpu": draw(st.sampled_from(["200m", "700m", "3"]))}}
    spec: Manifest = {"containers": [container], "priority": draw(st.sampled_from([0, 0, 5]))}
    match draw(st.integers(0, 5)):
        case 0:
            spec["affinity"] = {
                "podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [_term(other, key)]}
            }
        case 1:
            weighted = {"weight": draw(st.integers(1, 100)), "podAffinityTerm": _term(other, key)}
            side = draw(st.sampled_from(["podAffinity", "podAntiAffinity"]))
            spec["affinity"] = {side: {"preferredDuringSchedulingIgnoredDuringExecution": [weighted]}}
        case 2:
            spec["topologySpreadConstraints"] = [
                {
                    "maxSkew": 1,
                    "topologyKey": key,
                    "whenUnsatisfiable": draw(st.sampled_from(["DoNotSchedule", "ScheduleAnyway"])),
                    "labelSelector": {"matchLabels": {"app": other}},
                }
            ]
        case 3:
            container["ports"] = [{"containerPort": 80, "hostPort": draw(st.sampled_from([80, 81]))}]
        case 4:
            spec["nodeSelector"] = {"disk": draw(st.sampled_from(DISKS))}
    metadata = {"name": name, "namespace": "default", "uid": name, "labels": {"app": app}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


@st.composite
def clusters(draw: st.DrawFn) -> list[Manifest]:
    names = [f"n{i}" for i in range(draw(st.integers(1, 4)))]
    objects = [draw(nodes(name)) for name in names]
    for i in range(draw(st.integers(0, 6))):
        pod = draw(pods(f"p{i}"))
        pod["spec"]["nodeName"] = draw(st.sampled_from(names))
        pod["status"] = {"phase": "Running", "startTime": f"2026-01-01T00:00:{i:02}Z"}
        objects.append(pod)
    return objects


@given(objects=clusters(), pod=pods("new"), taint=TAINTS)
@settings(max_examples=60, deadline=None)
def test_one_more_toleration_never_makes_a_node_infeasible(
    make: Any, objects: list[Manifest], pod: Manifest, taint: Manifest
) -> None:
    before = make.ask(objects, schedule=pod).answer["feasible"]
    tolerant = {**pod, "spec": {**pod["spec"], "tolerations": [{**taint, "operator": "Equal"}]}}

    after = make.ask(objects, schedule=tolerant).answer["feasible"]

    assert set(before) <= set(after)


@given(objects=clusters(), pod=pods("new"), data=st.data())
@settings(max_examples=60, deadline=None)
def test_the_order_of_the_objects_decides_nothing(
    make: Any, objects: list[Manifest], pod: Manifest, data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(objects))

    assert make.ask(shuffled, schedule=pod).answer == make.ask(objects, schedule=pod).answer


@given(objects=clusters(), pod=pods("new"))
@settings(max_examples=80, deadline=None)
def test_a_reason_is_counted_once_for_each_node_rejected_with_it(
    make: Any, objects: list[Manifest], pod: Manifest
) -> None:
    answer = make.ask(objects, schedule=pod).answer
    rejected = Counter(reason for each in answer["rejected"].values() for reason in each["reasons"])

    said = re.findall(r"(\d+) ([^,]+?)(?=, \d|\.$)", answer.get("message", "").partition(": ")[2])

    assert len(answer["feasible"]) + len(answer["rejected"]) == sum(o["kind"] == "Node" for o in objects)
    if answer["feasible"]:
        assert "message" not in answer
    else:
        assert {reason: int(count) for count, reason in said} == rejected


@given(objects=clusters(), pod=pods("new"))
@settings(max_examples=120, deadline=None)
def test_every_change_that_is_offered_lets_the_pod_run(
    make: Any, objects: list[Manifest], pod: Manifest
) -> None:
    verdict = make.ask(objects, schedule=pod)

    for step in verdict.steps:
        if step.role is Role.CHANGE:
            assert step.change is not None
            edited, changed_pod = _patched(objects, pod, step.change["patches"])
            changed = make.ask(edited, schedule=changed_pod)
            assert verdict.outcome is Outcome.NO
            assert step.facts["node"] in changed.answer["feasible"]


@given(objects=clusters(), placed=st.lists(st.integers(0, 2), max_size=5), data=st.data())
@settings(max_examples=60, deadline=None)
def test_columns_kept_up_to_date_say_what_fresh_ones_say(
    make: Any, objects: list[Manifest], placed: list[int], data: st.DataObject
) -> None:
    templates = [data.draw(pods(f"t{i}")) for i in range(3)]
    listed = [_named(templates[i], f"new-{position}") for position, i in enumerate(placed)]
    last = _named(templates[0], "last")

    told = make.ask(objects, place={"pods": [*listed, last], "seed": 7}).answer["placements"]

    for pod, where in zip(listed, told, strict=False):
        if "node" in where:
            running = _named(pod, pod["metadata"]["name"])
            running["spec"] = {**running["spec"], "nodeName": where["node"]}
            objects = [*objects, running]
    fresh = make.ask(objects, schedule=last).answer
    if "node" in told[-1]:
        assert told[-1]["node"] in fresh["winners"]
        assert told[-1]["ties"] == len(fresh["winners"])
        assert told[-1]["score"] == fresh["scores"][told[-1]["node"]]["total"]
    else:
        assert told[-1]["message"] == fresh["message"]


@given(objects=clusters(), pod=pods("new"))
@settings(max_examples=40, deadline=None)
def test_victims_are_less_important_and_enough(make: Any, objects: list[Manifest], pod: Manifest) -> None:
    important = {**pod, "spec": {**pod["spec"], "priority": 10}}
    answer = make.ask(objects, schedule=important).answer

    for node, candidate in answer.get("preemption", {}).get("candidates", {}).items():
        gone = {name.partition("/")[2] for name in candidate["victims"]}
        left = [each for each in objects if each["metadata"]["name"] not in gone]
        assert gone
        assert node in make.ask(left, schedule=important).answer["feasible"]


def _named(pod: Manifest, name: str) -> Manifest:
    return {**pod, "metadata": {**pod["metadata"], "name": name, "uid": name}}


def _patched(
    objects: list[Manifest], pod: Manifest, patches: list[Manifest]
) -> tuple[list[Manifest], Manifest]:
    for patch in patches:
        path = tuple(int(p) if p.isdigit() else p for p in _pointer(patch["path"]))
        if not path:
            name = patch["name"].partition("/")[2]
            objects = [each for each in objects if each["metadata"]["name"] != name]
            continue
        edit = Edit(patch["kind"], patch["name"], path, patch.get("value"), "", patch["op"] == "remove")
        if edit.kind == "Pod":
            pod = edit.applied(pod)
        else:
            objects = [edit.applied(e) if e["metadata"]["name"] == edit.name else e for e in objects]
    return objects, pod


def _pointer(path: str) -> list[str]:
    return [each.replace("~1", "/").replace("~0", "~") for each in path.split("/")[1:]]
