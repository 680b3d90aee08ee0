"""`kubectl proxy`: who is let in, and as whom."""

from typing import Any

import pytest

from ontology.errors import InvalidQuestionError, TooCostlyError
from ontology.evaluators import answer
from ontology.verdict import Role, Verdict

OPEN = {"address": "0.0.0.0", "client": "10.0.0.9", "user": "admin"}  # noqa: S104 - what is asked about


def ask(**members: Any) -> Verdict:
    return answer({"system": "access", "objects": [], "question": {"proxy": members}})


@pytest.mark.parametrize(
    ("members", "accepted"),
    [
        pytest.param({}, True, id="the same machine"),
        pytest.param({"host": "[::1]:8001"}, False, id="the default pattern of ::1 keeps its brackets"),
        pytest.param({"client": "10.0.0.9"}, False, id="another machine cannot connect"),
        pytest.param({**OPEN, "host": "box:8001"}, False, id="an open address, but another host"),
        pytest.param(
            {**OPEN, "host": "box:8001", "acceptHosts": "^box$"}, True, id="a host that is accepted"
        ),
        pytest.param({**OPEN, "host": "box", "acceptHosts": "^*$"}, True, id="the tutorials' pattern"),
        pytest.param({**OPEN, "host": "a.b", "acceptHosts": "x,b$"}, True, id="the second of two patterns"),
        pytest.param({**OPEN, "host": "box", "disableFilter": True}, True, id="no filter"),
        pytest.param({"path": "/api/v1/namespaces/a/pods/b/exec"}, False, id="exec is refused"),
        pytest.param({"method": "POST", "rejectMethods": "POST,PUT"}, False, id="a method is refused"),
        pytest.param({"path": "/x", "acceptPaths": "^/api"}, False, id="a path that is not accepted"),
    ],
)
def test_a_request_is_let_in(members: dict[str, Any], accepted: bool) -> None:
    assert ask(**members).answer["accepted"] is accepted


def test_whoever_gets_through_acts_as_the_proxys_user() -> None:
    assert ask(**OPEN, host="localhost").answer == {
        "reachable": True,
        "accepted": True,
        "status": None,
        "user": "admin",
    }


def test_a_refusal_by_the_host_offers_a_pattern_that_lets_it_in() -> None:
    verdict = ask(**OPEN, host="box.example.com:8001")

    (change,) = [step.change for step in verdict.steps if step.role is Role.CHANGE]
    assert change is not None
    assert ask(**OPEN, host="box.example.com:8001", **change).answer["accepted"] is True


@pytest.mark.parametrize(
    ("members", "error"),
    [
        pytest.param({"address": "here"}, InvalidQuestionError, id="no address"),
        pytest.param({"acceptHosts": "("}, InvalidQuestionError, id="no pattern"),
        pytest.param({"acceptHosts": "(a+)+$"}, TooCostlyError, id="repeated repetition"),
        pytest.param({"acceptHosts": "(ab|a)*$"}, TooCostlyError, id="repeated choice"),
        pytest.param({"acceptHosts": "a*a*a*a*$"}, TooCostlyError, id="too many repetitions"),
        pytest.param({"acceptHosts": "(a)\\1"}, TooCostlyError, id="a reference back"),
        pytest.param({"host": "a" * 9999}, TooCostlyError, id="a host without end"),
    ],
)
def test_what_cannot_be_matched_is_refused(members: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        ask(**members)
