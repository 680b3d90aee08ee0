"""What is refused, and where the error says it is."""

from typing import Any

import pytest

from ontology import evaluators
from ontology.errors import InvalidObjectError, InvalidQuestionError, OntologyError, TooLargeError
from tests.ontology.walkthroughs.timeline.lives import APP, HTTP, play


@pytest.mark.parametrize(
    ("question", "error", "path"),
    [
        pytest.param({"until": "soon"}, InvalidQuestionError, "until", id="no time"),
        pytest.param({"until": -1}, InvalidQuestionError, "until", id="before the start"),
        pytest.param({"until": "900h"}, TooLargeError, "until", id="too long"),
        pytest.param(
            {"until": 1, "events": [{"at": 1}]}, InvalidQuestionError, "events[0]", id="nothing said"
        ),
        pytest.param(
            {"until": 1, "events": [{"node": "lost", "evict": "memory"}]},
            InvalidQuestionError,
            "events[0]",
            id="two things",
        ),
        pytest.param(
            {"until": 1, "events": [{"exit": 1, "container": "db"}]},
            InvalidQuestionError,
            "events[0].container",
            id="a container that there is not",
        ),
        pytest.param(
            {"until": 1, "events": [{"at": "-5s", "delete": True}]},
            InvalidQuestionError,
            "events[0].at",
            id="early",
        ),
        pytest.param(
            {"until": 1, "events": [{"container": "app", "pullSeconds": -1}]},
            InvalidQuestionError,
            "events[0].pullSeconds",
            id="a negative time",
        ),
        pytest.param(
            {"until": 1, "events": [{"condition": "lb"}]}, InvalidQuestionError, "events[0]", id="no status"
        ),
        pytest.param(
            {"until": 1, "events": [{"explode": True}]},
            InvalidQuestionError,
            "events[0]",
            id="no such event",
        ),
        pytest.param(
            {"until": 1, "events": [{"container": "app", "exit": 256}]},
            InvalidQuestionError,
            "events[0].exit",
            id="no exit code",
        ),
        pytest.param(
            {"until": 1, "events": [{"container": "app", "node": "lost"}]},
            InvalidQuestionError,
            "events[0].container",
            id="a container where the pod is meant",
        ),
        pytest.param(
            {"until": 1, "events": [{"delete": True, "afterSeconds": 3}]},
            InvalidQuestionError,
            "events[0].afterSeconds",
            id="a companion of another event",
        ),
    ],
)
def test_bad_input_is_refused_with_its_path(
    question: dict[str, Any], error: type[OntologyError], path: str
) -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": {"containers": [APP]}}

    with pytest.raises(error) as refused:
        evaluators.answer({"system": "podLifecycle", "objects": [pod], "question": {"timeline": question}})

    assert refused.value.path == f"question.timeline.{path}"


@pytest.mark.parametrize(
    ("event", "meant"),
    [
        pytest.param({"container": "app", "exits": 1}, "`exit`", id="an event"),
        pytest.param({"delete": {"gracePeriod": 3}}, "`gracePeriodSeconds`", id="a member of an event"),
        pytest.param({"node": "lots"}, "`lost`", id="a word"),
        pytest.param({"condition": "lb", "status": "true"}, "`True`", id="another case"),
        pytest.param(
            {"container": "app", "answers": True, "probes": ["livenes"]}, "`liveness`", id="a probe"
        ),
        pytest.param({"container": "ap", "exit": 1}, "`app`", id="a container"),
    ],
)
def test_a_slip_of_the_pen_is_told_what_it_was_meant_to_be(event: dict[str, Any], meant: str) -> None:
    with pytest.raises(InvalidQuestionError, match=r"did you mean") as refused:
        play([event])

    assert f"(did you mean {meant}" in str(refused.value)


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        pytest.param(
            {"containers": [APP | {"livenessProbe": {**HTTP, "periodSeconds": -1}}]},
            "containers[0].livenessProbe.periodSeconds",
            id="a period",
        ),
        pytest.param(
            {"containers": [APP | {"startupProbe": {**HTTP, "terminationGracePeriodSeconds": 0}}]},
            "containers[0].startupProbe.terminationGracePeriodSeconds",
            id="a probe's own grace period",
        ),
        pytest.param(
            {"containers": [APP | {"lifecycle": {"preStop": {"sleep": {"seconds": -3}}}}]},
            "containers[0].lifecycle.preStop.sleep.seconds",
            id="a hook",
        ),
        pytest.param({"activeDeadlineSeconds": 0}, "activeDeadlineSeconds", id="a deadline"),
        pytest.param({"restartPolicy": "Perhaps"}, "restartPolicy", id="a policy"),
    ],
)
def test_a_spec_that_the_api_refuses_is_refused_with_its_path(spec: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidObjectError) as refused:
        play([], **spec)

    assert refused.value.path == f"objects[0].spec.{path}"
