"""What holds for any small cluster, whatever happens to it."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ontology import evaluators, readiness
from ontology.cluster.pods import Pod
from ontology.cluster.services import EndpointSlice, Service
from ontology.walkthroughs.cluster.actions import Update
from ontology.walkthroughs.cluster.objects import manifests
from ontology.walkthroughs.cluster.scheduler import Scheduler
from ontology.walkthroughs.cluster.world import World
from tests.ontology.walkthroughs.cluster.stories import (
    CLAIM,
    CLASS,
    Json,
    daemon_set,
    deployment,
    job,
    played,
    pod,
    service,
    stateful_set,
    story,
)

_NAMES = ("a", "b", "c")
_LAST_EVENT, _SETTLED, _LATER = 900, 3600, 7200
_thorough = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def _container(draw: Any) -> Json:
    found: Json = {"resources": {"requests": {"cpu": draw(st.sampled_from(["100m", "900m", "3"]))}}}
    if draw(st.booleans()):
        found["readinessProbe"] = {
            "httpGet": {"path": "/", "port": 80},
            "periodSeconds": draw(st.sampled_from([1, 5])),
        }
    return found


@st.composite
def _workload(draw: Any, name: str) -> list[Json]:
    container, size = _container(draw), draw(st.integers(0, 4))
    claims = [{"metadata": {"name": "data"}, "spec": CLAIM}]
    made = {
        "deployment": lambda: deployment(name, size, container=container),
        "recreate": lambda: deployment(name, size, container=container, strategy={"type": "Recreate"}),
        "stateful": lambda: stateful_set(
            name, size, container=container, volumeClaimTemplates=draw(st.sampled_from([[], claims]))
        ),
        "daemon": lambda: daemon_set(name, container=container),
        "job": lambda: job(name, completions=size, parallelism=2),
        "pod": lambda: pod(name, container=container),
    }[draw(st.sampled_from(["deployment", "recreate", "stateful", "daemon", "job", "pod"]))]()
    extra = [service(name, publishNotReadyAddresses=draw(st.booleans()))] if draw(st.booleans()) else []
    return [made, *extra]


def _sized(objects: list[Json]) -> list[str]:
    return [
        f"{each['kind']}/{each['metadata']['name']}"
        for each in objects
        if each["kind"] in {"Deployment", "StatefulSet"}
    ]


@st.composite
def _event(draw: Any, objects: list[Json], nodes: int, *, crashes: bool) -> Json:
    at = draw(st.integers(1, _LAST_EVENT))
    node = f"node-{draw(st.integers(1, nodes))}"
    choices: list[Json] = [
        {"loseNode": node},
        {"recoverNode": node},
        {"cordon": node},
        {"uncordon": node},
        {"drain": node},
        {"stop": f"kubelet/{node}"},
        {"start": f"kubelet/{node}"},
        {"apply": pod("late", container=_container(draw))},
    ]
    for name in _sized(objects):
        choices += [
            {"scale": {"object": name, "replicas": draw(st.integers(0, 4))}},
            {"setImage": {"object": name, "image": "app:2"}},
            {"restart": name},
        ]
    if crashes:
        choices.append(
            {"app": {"exits": {"code": draw(st.integers(0, 1)), "after": draw(st.integers(1, 60))}}}
        )
    return {"at": at, **draw(st.sampled_from(choices))}


@st.composite
def stories(draw: Any, *, crashes: bool = False) -> Json:
    """A small cluster, a few workloads, and some events; without crashes, CronJobs or load, unless asked."""
    nodes = draw(st.integers(1, 4))
    objects = [CLASS, *(each for name in _NAMES[: draw(st.integers(1, 3))] for each in draw(_workload(name)))]
    when = draw(st.lists(_event(objects, nodes, crashes=crashes), max_size=5))
    apps = [
        {"pods": {"app": name}, "starts": draw(st.integers(0, 20)), "pull": draw(st.integers(0, 3))}
        for name in _NAMES
    ]
    return story(*objects, nodes=nodes, apps=apps, when=when, until=_LATER)


def _state(world: World) -> list[Json]:
    """All objects, without the versions of their writes, which count every write there was."""
    found = manifests(world.loop.store)
    for each in found:
        each["metadata"].pop("resourceVersion")
    return found


@_thorough
@given(stories())
def test_a_cluster_settles_and_running_on_changes_nothing(raw: Json) -> None:
    states: dict[int, list[Json]] = {}
    versions: dict[int, int] = {}

    def observe(world: World) -> None:
        at = world.loop.clock.offset // 10**9
        states[at], versions[at] = _state(world), world.loop.store.version

    raw = {**raw, "then": [{"at": at, "object": "Node/*", "atLeast": 0} for at in (_SETTLED, _LATER)]}
    played(raw, observe)

    assert versions[_SETTLED] == versions[_LATER]
    assert states[_SETTLED] == states[_LATER]


@_thorough
@given(stories(), st.randoms(use_true_random=False))
def test_the_order_of_inputs_that_commute_does_not_matter(raw: Json, random: Any) -> None:
    shuffled = list(raw["given"]["objects"])
    random.shuffle(shuffled)
    # events at one time about different things; of those about one thing the order counts
    events = list({_subject(each): {**each, "at": 60} for each in raw["when"]}.values())
    other = random.sample(events, len(events))

    one = played({**raw, "when": events})
    two = played({**raw, "given": {**raw["given"], "objects": shuffled}, "when": other})

    assert _state(one.world) == _state(two.world)


def _subject(event: Json) -> str:
    """What an event is about: an object, a node, or how all programs behave."""
    (said,) = (value for name, value in event.items() if name != "at")
    if isinstance(said, dict):
        return str(said.get("object") or said.get("kind"))
    return said.removeprefix("kubelet/")


@settings(_thorough, max_examples=25)
@given(stories(crashes=True))
def test_every_binding_is_to_a_node_that_was_feasible(raw: Json) -> None:
    act = Scheduler.act

    def checked(self: Scheduler, view: Any, keys: Any) -> Any:
        for key, actions in act(self, view, keys):
            for action in actions:
                if (
                    isinstance(action, Update)
                    and isinstance(action.object, Pod)
                    and action.object.spec.node_name
                ):
                    _assert_feasible(view.store, action.object)
            yield key, actions

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Scheduler, "act", checked)
        played(raw)


def _assert_feasible(store: Any, bound: Pod) -> None:
    objects = [
        each for each in manifests(store) if each["kind"] != "Pod" or each["metadata"]["name"] != bound.name
    ]
    waiting = store.find(Pod, bound.namespace, bound.name)
    mine = next(
        each for each in manifests(store) if each["kind"] == "Pod" and each["metadata"]["name"] == bound.name
    )
    assert waiting.spec.node_name == ""
    answer = evaluators.answer(
        {"system": "scheduling", "objects": objects, "question": {"schedule": mine}}
    ).answer
    assert bound.spec.node_name in answer["feasible"]


@_thorough
@given(stories(crashes=True))
def test_a_ready_endpoint_is_a_ready_pod_that_stays(raw: Json) -> None:
    def observe(world: World) -> None:
        store = world.loop.store
        for each in store.all(EndpointSlice):
            owner = store.find(Service, each.namespace, (each.metadata.owner_references or [])[0].name)
            if owner is None or owner.spec.publish_not_ready_addresses:
                continue
            for endpoint in each.endpoints or ():
                if endpoint.conditions.ready and endpoint.target_ref is not None:
                    behind = store.find(Pod, each.namespace, endpoint.target_ref.name)
                    assert behind is not None
                    assert readiness.is_ready(behind)
                    assert not readiness.is_terminating(behind)

    played(raw, observe)


@_thorough
@given(stories(crashes=True))
def test_the_same_story_ends_the_same(raw: Json) -> None:
    assert manifests(played(raw).world.loop.store) == manifests(played(raw).world.loop.store)
