"""Stories that cannot be played, and what is said of them."""

import pytest

from ontology.errors import OntologyError
from tests.ontology.walkthroughs.cluster.stories import Json, deployment, pod, story, told

RAW = story(deployment("web", 1), pod("db"), until=60)


@pytest.mark.parametrize(
    ("event", "code", "message", "path"),
    [
        ({"at": 1}, "INVALID_QUESTION", "says exactly one of", "when[0]"),
        ({"at": 1, "stop": "etcd", "start": "etcd"}, "INVALID_QUESTION", "this one 2", "when[0]"),
        ({"at": -5, "stop": "etcd"}, "INVALID_QUESTION", "is before the start", "when[0].at"),
        ({"at": "soon", "stop": "etcd"}, "INVALID_QUESTION", "neither seconds nor a duration", "when[0].at"),
        ({"stop": "schedular"}, "INVALID_QUESTION", "did you mean `scheduler`", "when[0].stop"),
        ({"stop": "kubelet/node-9"}, "INVALID_QUESTION", "did you mean `kubelet/node-", "when[0].stop"),
        ({"loseNode": "nod-1"}, "INVALID_QUESTION", "did you mean `Node/node-1`", "when[0].loseNode"),
        ({"at": 5, "crash": "dbb"}, "INVALID_QUESTION", "did you mean `Pod/db`", "when[0].crash"),
        (
            {"at": 5, "crash": {"pod": "db", "container": "x"}},
            "INVALID_QUESTION",
            "there is no container `x`",
            "when[0].crash.container",
        ),
        ({"delete": "Pod/dbb"}, "INVALID_QUESTION", "did you mean `Pod/db`", "when[0].delete"),
        (
            {"scale": {"object": "Pod/db", "replicas": 2}},
            "INVALID_QUESTION",
            "a Pod has no size to set",
            "when[0].scale.object",
        ),
        (
            {"scale": {"object": "Deployment/web", "replicas": -1}},
            "INVALID_QUESTION",
            "0 or more",
            "when[0].scale.replicas",
        ),
        (
            {"scale": {"object": "Deployment/web", "replcas": 1}},
            "INVALID_QUESTION",
            "did you mean `replicas`",
            "when[0].scale",
        ),
        (
            {"setImage": {"object": "Deployment/web", "image": "a", "container": "x"}},
            "INVALID_QUESTION",
            "did you mean `c`",
            "when[0].setImage.container",
        ),
        ({"undo": "Deployment/web"}, "INVALID_QUESTION", "no earlier revision", "when[0].undo"),
        (
            {"load": {"object": "Deployment/web", "cpu": "much"}},
            "INVALID_QUESTION",
            "much",
            "when[0].load.cpu",
        ),
        (
            {"apply": {**pod("x"), "spec": {"contaners": []}}},
            "INVALID_OBJECT",
            "did you mean `containers`",
            "when[0].apply[0].spec.contaners",
        ),
        (
            {"apply": {"apiVersion": "v1", "kind": "Pood", "metadata": {"name": "x"}}},
            "UNKNOWN_KIND",
            "did you mean `Pod`",
            "when[0].apply[0]",
        ),
        ({"aply": pod("x")}, "INVALID_QUESTION", "did you mean `apply`", "when[0]"),
    ],
)
def test_an_event_that_is_none_is_refused(event: Json, code: str, message: str, path: str) -> None:
    with pytest.raises(OntologyError) as refused:
        told({**RAW, "when": [event]})

    assert refused.value.code == code
    assert message in str(refused.value)
    assert refused.value.path == path


@pytest.mark.parametrize(
    ("change", "message", "path"),
    [
        ({"untill": 5}, "did you mean `until`", "untill"),
        ({"until": -1}, "before the start", "until"),
        ({"until": "30d"}, "neither seconds nor a duration", "until"),
        ({"until": 86400 * 8}, "7 days at the latest", "until"),
        ({"start": "today"}, "is not an RFC 3339 instant", "start"),
        ({"given": {"node": 1}}, "did you mean `nodes`", "given.node"),
        ({"given": {"nodes": -1}}, "0 or more nodes", "nodes"),
        ({"given": {"nodes": 5000}}, "more than 1000 nodes", "nodes"),
        (
            {"given": {"nodes": [{"count": 1}, {"count": 1}]}},
            "two groups of nodes are called `node`",
            "nodes",
        ),
        ({"given": {"apps": [{"starts": "x"}]}}, "neither seconds nor a duration", "apps[0].starts"),
        ({"given": {"apps": [{"exits": {"code": 500}}]}}, "0 to 255", "apps[0].exits.code"),
        ({"given": {"objects": [pod("a"), pod("a")]}}, 'pods "a" already exists', "objects[1]"),
    ],
)
def test_a_story_that_is_none_is_refused(change: Json, message: str, path: str) -> None:
    with pytest.raises(OntologyError) as refused:
        told({**RAW, **change})

    assert message in str(refused.value)
    assert refused.value.path == path


def test_a_question_names_its_own_path() -> None:
    asked = {"story": {"nodes": 1, "when": [{"at": -1, "stop": "etcd"}]}}

    with pytest.raises(OntologyError) as refused:
        told({"system": "cluster", "question": asked})

    assert refused.value.path == "question.story.when[0].at"
