"""What is offered where a name fails: near misses, and changes that have been tried."""

from typing import Any

import pytest

from ontology.evaluators import answer
from ontology.lang import Lang
from ontology.messages import render
from ontology.patches import apply
from ontology.scenario import decode
from ontology.verdict import Outcome, Role, Step, Verdict
from tests.ontology.semantics.services.names import CLUSTER, OUTSIDE, resolve


@pytest.mark.parametrize(
    ("name", "asked", "rule", "changed"),
    [
        pytest.param("api", {}, "services.dnsNoService", {"question": {"name": "api.prod"}}, id="its namespace"),
        pytest.param("wbe", {}, "services.dnsNoService", {"question": {"name": "web"}}, id="a slip of the pen"),
        pytest.param("web.shop", {"type": "AAAA"}, "services.dnsType", {"question": {"type": "A"}}, id="type"),
        pytest.param("db-2.db", {}, "services.publishNotReady", {"publishNotReadyAddresses": True}, id="not ready"),
        pytest.param("db-x.db", {}, "services.hostname", {"hostname": "db-x", "subdomain": "db"}, id="no host name"),
        pytest.param("far.web", {}, None, None, id="nothing helps"),
        pytest.param(
            "web.shop.svc.cluster.local", {"source": "shop/plain"}, "services.dnsPolicy", {"dnsPolicy": "ClusterFirst"},
            id="the node's servers",
        ),
        pytest.param(
            "web.shop.svc.cluster.local", {"source": "shop/host"}, "services.dnsPolicy",
            {"dnsPolicy": "ClusterFirstWithHostNet"}, id="on the node's network",
        ),
        pytest.param(
            "_https._tcp.web", {"type": "SRV"}, "services.dnsPort", {"ports": [{"name": "https", "port": 80}]},
            id="a port of another name",
        ),
        pytest.param(
            "web-1.crew", {}, "services.dnsSubdomain", None, id="a subdomain without a Service",
        ),
    ],
)  # fmt: skip
def test_the_change_that_is_offered_gives_a_record(
    name: str, asked: Any, rule: str | None, changed: Any
) -> None:
    steps = [step for step in resolve(name, **asked).steps if step.role is Role.CHANGE]

    assert [step.rule for step in steps] == ([rule] if rule else [])
    for step in steps:
        assert all(render(step, lang) for lang in Lang)
        assert step.change is not None
        if changed is not None:
            assert step.change.get("spec", step.change) == changed
        assert after(step, name, **asked).outcome is Outcome.YES


def after(step: Step, name: str, source: str = "shop/client", **asked: Any) -> Verdict:
    question = {"name": name, "from": source, "outside": OUTSIDE} | asked
    scenario = decode({"system": "services", "objects": CLUSTER, "question": {"resolve": question}})
    changed = apply(scenario, step.change or {})
    objects = [dict(raw) for _, raw in changed.manifests]
    return answer({"system": "services", "objects": objects, "question": {"resolve": changed.asked}})


def test_a_service_of_another_namespace_is_a_near_miss_with_its_full_name() -> None:
    (miss,) = [step for step in resolve("api").steps if step.role is Role.NEAR_MISS]

    assert miss.facts["full"] == "api.prod"
