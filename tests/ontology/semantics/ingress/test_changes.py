"""Changes that are offered to a request that nobody answers: each has been tried."""

from typing import Any

import pytest

from ontology.evaluators import evaluate
from ontology.lang import Lang
from ontology.messages import render
from ontology.patches import apply
from ontology.scenario import decode
from ontology.verdict import Outcome, Role
from tests.ontology.semantics.ingress.requests import NODE, TLS, backend, class_, ingress, path, running

OFFERS = [
    pytest.param([ingress("i", path("/foo", path_type="Exact"))], {"path": "/foo/"}, ["ingress.pathType"], id="D#path-types a prefix instead"),
    pytest.param([ingress("i", path("/foo"))], {"path": "/bar"}, ["ingress.path"], id="D#path-types one more path"),
    pytest.param([ingress("i", path("/"), host="a.test")], {"host": "b.test"}, ["ingress.host"], id="D#ingress-rules one more host"),
    pytest.param([ingress("i", path("/"), host="*.a.test")], {"host": "x.y.a.test"}, ["ingress.host"], id="D#hostname-wildcards one label only"),
    pytest.param([ingress("i", path("/"), host="a.test")], {}, ["ingress.otherHost"], id="D#ingress-rules the host there is"),
    pytest.param([class_("nginx"), ingress("i", path("/"), ingressClassName="x")], {}, ["ingress.class"], id="D#ingress-class"),
    pytest.param([class_("nginx"), ingress("i", path("/"))], {}, ["ingress.class"], id="D#default-ingress-class none"),
    pytest.param([ingress("i", path("/", "wep"))], {}, ["ingress.backend"], id="D#simple-fanout a Service that exists"),
    pytest.param([ingress("i", path("/") | {"backend": {"service": {"name": "web", "port": {"name": "x"}}}})], {}, ["ingress.backend"], id="D#simple-fanout a port that exists"),
    pytest.param([ingress("d", defaultBackend=backend("wep"))], {}, ["ingress.backend"], id="D#default-backend"),
    pytest.param([ingress("i", path("/", "slow")), *running("slow", ready="False")], {}, ["services.publishNotReady"], id="nobody ready"),
    pytest.param([ingress("i", path("/"), host="x.test", tls=TLS)], {"host": "x.test"}, ["ingress.redirect", "ingress.tls"], id="N#redirect"),
    pytest.param([], {}, [], id="nothing to change"),
]  # fmt: skip


@pytest.mark.parametrize(("objects", "request_", "rules"), OFFERS)
def test_the_change_that_is_offered_has_the_request_answered(
    objects: list[Any], request_: dict[str, Any], rules: list[str]
) -> None:
    every = [NODE, *running("web"), *objects]
    scenario = decode({"system": "ingress", "objects": every, "question": {"request": request_}})

    offered = [step for step in evaluate(scenario).steps if step.role is Role.CHANGE]

    assert [step.rule for step in offered] == rules
    for step in offered:
        assert all(render(step, lang) for lang in Lang)
        assert evaluate(apply(scenario, step.change or {})).outcome is Outcome.YES


def test_without_anybody_behind_the_rules_a_rule_that_covers_the_request_is_offered() -> None:
    exact = ingress("i", path("/cart", "nobody", "Exact"))
    scenario = decode({"system": "ingress", "objects": [exact], "question": {"request": {"path": "/cart/1"}}})

    (offered,) = [step for step in evaluate(scenario).steps if step.role is Role.CHANGE]

    assert offered.rule == "ingress.pathType"
    assert evaluate(apply(scenario, offered.change or {})).answer["status"] == 503
