"""What a story may expect, and what is said of an expectation that does not hold."""

import pytest

from ontology.errors import InvalidQuestionError
from ontology.lang import Lang
from ontology.messages import render
from ontology.verdict import Outcome
from tests.ontology.walkthroughs.cluster.stories import Json, deployment, pod, service, story, told, unmet

RAW = story(
    deployment("web", 2),
    service("web"),
    when=[{"at": 60, "name": "grow", "scale": {"object": "Deployment/web", "replicas": 3}}],
    until=120,
)
READY = "status.conditions[type=Ready].status"


@pytest.mark.parametrize(
    "expected",
    [
        pytest.param({"object": "Deployment/web", "path": "spec.replicas", "equals": 3}, id="a value"),
        pytest.param({"object": "Deployment/web", "path": "metadata.uid"}, id="a member that is there"),
        pytest.param(
            {"object": "Deployment/web", "path": "metadata.deletionTimestamp", "absent": True},
            id="one that is not",
        ),
        pytest.param(
            {"object": "Deployment/default/web", "is": {"spec": {"replicas": 3}}}, id="at least these members"
        ),
        pytest.param(
            {"object": "Pod/web-*", "path": READY, "equals": "True"}, id="of every object that is meant"
        ),
        pytest.param(
            {"object": "Pod/web-*", "path": "spec.containers[0].image", "matches": "^app:"}, id="a pattern"
        ),
        pytest.param({"at": 30, "object": "Pod/web-*", "count": 2}, id="a number at a time"),
        pytest.param({"object": "Pod/web-*", "atLeast": 3, "atMost": 3}, id="a number within bounds"),
        pytest.param({"object": "Pod/other", "absent": True}, id="an object that is not there"),
        pytest.param({"from": 70, "object": "Pod/web-*", "count": 3, "always": True}, id="always"),
        pytest.param({"object": "Pod/web-*", "count": 4, "never": True}, id="never"),
        pytest.param({"event": {"reason": "ScalingReplicaSet", "message": "from 2 to 3"}}, id="an event"),
        pytest.param({"event": {"who": "replicaset-*", "did": "create Pod"}}, id="an act"),
        pytest.param({"order": [{"reason": "Scheduled"}, {"reason": "Started"}]}, id="an order of events"),
        pytest.param(
            {"order": [{"who": "default-scheduler"}, {"who": "kubelet/*", "did": "Running"}]},
            id="an order of acts",
        ),
        pytest.param({"request": "grow", "refused": False}, id="an answer of the API server"),
        pytest.param(
            {
                "verdict": {
                    "system": "services",
                    "question": {"endpoints": {"service": "default/web"}},
                    "outcome": "yes",
                }
            },
            id="the outcome of another system",
        ),
        pytest.param(
            {
                "at": 30,
                "verdict": {"system": "workloads", "question": {"collect": {}}, "is": {"deleted": []}},
            },
            id="the answer of another system",
        ),
    ],
)
def test_a_story_may_expect(expected: Json) -> None:
    assert unmet({**RAW, "then": [expected]}) == []


@pytest.mark.parametrize(
    ("expected", "why"),
    [
        pytest.param(
            {"object": "Deployment/web", "path": "spec.replicas", "equals": 2},
            "expected 2, got 3",
            id="another value",
        ),
        pytest.param(
            {"object": "Deployment/wbe", "path": "spec.replicas"},
            "did you mean `Deployment/web`",
            id="another name",
        ),
        pytest.param(
            {"object": "Pod/web-*", "count": 2},
            "expected 2 of Pod/default/web-*, found 3",
            id="another number",
        ),
        pytest.param(
            {"object": "Pod/web-*", "count": 2, "always": True}, "expected 2 of Pod", id="not always"
        ),
        pytest.param({"object": "Pod/web-*", "count": 3, "never": True}, "found 3", id="once, not never"),
        pytest.param({"event": {"reason": "Evicted"}}, "there was no Evicted", id="no such event"),
        pytest.param(
            {"event": {"reason": "Scheduled"}, "from": 90}, "there was no Scheduled", id="not since then"
        ),
        pytest.param(
            {"order": [{"reason": "Started"}, {"reason": "ScalingReplicaSet"}, {"reason": "NodeReady"}]},
            "after 60 s",
            id="another order",
        ),
        pytest.param({"request": "grow", "refused": True}, "200", id="another answer"),
        pytest.param(
            {
                "verdict": {
                    "system": "services",
                    "question": {"endpoints": {"service": "default/web"}},
                    "outcome": "no",
                }
            },
            "services says yes",
            id="another outcome",
        ),
    ],
)
def test_what_does_not_hold_says_why(expected: Json, why: str) -> None:
    verdict = told({**RAW, "then": [expected]})

    assert verdict.outcome is Outcome.NO
    assert why in verdict.answer["expectations"][0]["why"]
    assert why in render(verdict.steps[-1], Lang.EN)


def test_a_moment_between_two_looks_counts_for_always() -> None:
    raw = story(pod("web"), nodes=1, when=[{"at": 30, "crash": "web"}], until=60)

    (why,) = unmet(
        {
            **raw,
            "then": [
                {
                    "from": 5,
                    "object": "Pod/web",
                    "path": "status.containerStatuses[0].restartCount",
                    "equals": 0,
                    "always": True,
                }
            ],
        }
    )

    assert "expected 0, got 1" in why


@pytest.mark.parametrize(
    ("expected", "message", "path"),
    [
        pytest.param({}, "about exactly one of", "then[0]", id="nothing"),
        pytest.param(
            {"object": "Pod/a", "event": {"reason": "x"}}, "this one about 2", "then[0]", id="two things"
        ),
        pytest.param({"object": "Pod"}, "is not `Kind/name`", "then[0].object", id="no name"),
        pytest.param(
            {"object": "Pood/a"},
            "unknown kind `Pood` (did you mean `Pod`",
            "then[0].object",
            id="no such kind",
        ),
        pytest.param(
            {"at": 500, "object": "Pod/a"},
            "500 s is after the end of the story (120 s)",
            "then[0].at",
            id="after the end",
        ),
        pytest.param(
            {"at": -1, "object": "Pod/a"}, "is before the start", "then[0].at", id="before the start"
        ),
        pytest.param(
            {"object": "Pod/a", "path": "a..b"}, "is no path of a field", "then[0].path", id="no path"
        ),
        pytest.param(
            {"object": "Pod/a", "matches": "("},
            "is no regular expression",
            "then[0].matches",
            id="no pattern",
        ),
        pytest.param(
            {"object": "Pod/a", "always": True, "never": True}, "not both", "then[0]", id="always and never"
        ),
        pytest.param(
            {"request": "gorw", "refused": True},
            "did you mean `grow`",
            "then[0].request",
            id="no such request",
        ),
        pytest.param(
            {"object": "Pod/a", "equls": 1}, "did you mean `equals`", "then[0]", id="no such member"
        ),
    ],
)
def test_an_expectation_that_is_none_is_refused(expected: Json, message: str, path: str) -> None:
    with pytest.raises(InvalidQuestionError) as refused:
        told({**RAW, "then": [expected]})

    assert message in str(refused.value)
    assert refused.value.path == path
