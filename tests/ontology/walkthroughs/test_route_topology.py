"""Topology mode `Auto`: kubernetes.io/docs v1.36, concepts/services-networking/topology-aware-routing."""

import pytest

from ontology.errors import InvalidObjectError
from ontology.verdict import Outcome
from tests.ontology.walkthroughs.packets import CLIENT, Json, node, pod, route, service

AUTO = {"service.kubernetes.io/topology-mode": "Auto"}


def auto(**spec: object) -> Json:
    made = service(**spec)
    return made | {"metadata": made["metadata"] | {"annotations": AUTO}}


def cores(name: str, zone: str, cpu: str, **labels: str) -> Json:
    made = node(name, zone, f"192.0.2.{name[1:]}")
    made["metadata"]["labels"] |= labels
    made["status"] |= {"allocatable": {"cpu": cpu}} if cpu else {}
    return made


def endpoints(**on: int) -> list[Json]:
    """Return ready pods behind the Service: so many on each node."""
    return [
        pod(f"web-{name}-{i}", f"10.0.{name[1:]}.{i}", name, app="web")
        for name, count in on.items()
        for i in range(1, count + 1)
    ]


TWO = [cores("n1", "a", "4"), cores("n2", "b", "4")]
PLANE = cores("n3", "c", "4", **{"node-role.kubernetes.io/control-plane": ""})
OWN = ["10.0.1.1:8080", "10.0.1.2:8080", "10.0.1.3:8080"]


@pytest.mark.parametrize(
    ("nodes", "pods", "holds", "local"),
    [
        pytest.param(TWO, endpoints(n1=3, n2=3), True, True, id="each zone has its share"),
        pytest.param(
            [cores("n1", "a", "2"), cores("n2", "b", "4000m")], endpoints(n1=3, n2=6), True, True, id="twice the cores"
        ),
        pytest.param([*TWO, PLANE], endpoints(n1=3, n2=3), True, True, id="the control plane takes no part"),
        pytest.param(TWO, endpoints(n1=3, n2=5), None, False, id="one zone lends to another"),
        pytest.param(TWO[:1], endpoints(n1=3), False, False, id="a single zone"),
        pytest.param([*TWO, cores("n3", "c", "4")], endpoints(n1=1, n2=1), False, False, id="fewer endpoints than zones"),
        pytest.param([TWO[0], cores("n2", "b", "")], endpoints(n1=3, n2=3), False, False, id="cores not told"),
        pytest.param(
            [cores("n1", "a", "4"), cores("n2", "b", "4"), cores("n3", "c", "4")], endpoints(n1=2, n2=2), False, False,
            id="a zone would be overloaded",
        ),
    ],
)  # fmt: skip
def test_endpoints_are_hinted_to_zones(
    nodes: list[Json], pods: list[Json], holds: bool | None, local: bool
) -> None:
    verdict = route("web:80", auto(), base=[*nodes, CLIENT, *pods])

    (step,) = [each for each in verdict.steps if each.rule == "services.topologyMode"]
    assert step.holds is holds
    assert verdict.outcome is Outcome.YES
    assert (verdict.answer["candidates"] == OWN) is (local or pods == endpoints(n1=3))


def test_the_mode_comes_before_the_traffic_distribution() -> None:
    lending = [*TWO, CLIENT, *endpoints(n1=3, n2=5)]

    assert (
        len(route("web:80", auto(trafficDistribution="PreferSameZone"), base=lending).answer["candidates"])
        == 8
    )
    assert (
        route("web:80", service(trafficDistribution="PreferSameZone"), base=lending).answer["candidates"]
        == OWN
    )


def test_cores_that_are_none_are_refused_at_their_path() -> None:
    with pytest.raises(InvalidObjectError) as refused:
        route("web:80", auto(), base=[TWO[0], cores("n2", "b", "many"), CLIENT, *endpoints(n1=3, n2=3)])

    assert refused.value.path == "n2: status.allocatable.cpu"
