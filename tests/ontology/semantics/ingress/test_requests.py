"""Requests through Ingresses. Sources stand beside each table; `D` is the Ingress page of kubernetes.io/docs
(v1.36), `N` the annotations page of kubernetes.github.io/ingress-nginx.
"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontology.lang import Lang
from ontology.messages import render
from ontology.semantics.ingress import hosts, paths
from ontology.semantics.ingress.paths import candidates
from ontology.verdict import Outcome, Role
from tests.ontology.semantics.ingress.requests import (
    TLS,
    backend,
    class_,
    ingress,
    path,
    running,
    send,
    service_of,
)


# D#path-types, the table of examples, row by row, and further rows of the same rules
@pytest.mark.parametrize(
    ("path_type", "rules", "asked", "matched"),
    [
        ("Prefix", ["/"], "/anything", "/"),
        ("Exact", ["/foo"], "/foo", "/foo"),
        ("Exact", ["/foo"], "/bar", None),
        ("Exact", ["/foo"], "/foo/", None),
        ("Exact", ["/foo/"], "/foo", None),
        ("Prefix", ["/foo"], "/foo", "/foo"),
        ("Prefix", ["/foo"], "/foo/", "/foo"),
        ("Prefix", ["/foo/"], "/foo", "/foo/"),
        ("Prefix", ["/foo/"], "/foo/", "/foo/"),
        ("Prefix", ["/aaa/bb"], "/aaa/bbb", None),
        ("Prefix", ["/aaa/bbb"], "/aaa/bbb", "/aaa/bbb"),
        ("Prefix", ["/aaa/bbb/"], "/aaa/bbb", "/aaa/bbb/"),
        ("Prefix", ["/aaa/bbb"], "/aaa/bbb/", "/aaa/bbb"),
        ("Prefix", ["/aaa/bbb"], "/aaa/bbb/ccc", "/aaa/bbb"),
        ("Prefix", ["/aaa/bbb"], "/aaa/bbbxyz", None),
        ("Prefix", ["/", "/aaa"], "/aaa/ccc", "/aaa"),
        ("Prefix", ["/", "/aaa", "/aaa/bbb"], "/aaa/bbb", "/aaa/bbb"),
        ("Prefix", ["/", "/aaa", "/aaa/bbb"], "/ccc", "/"),
        ("Prefix", ["/aaa"], "/ccc", None),
        ("Prefix", ["/foo"], "/Foo", None),
        ("Exact", ["/foo"], "/FOO", None),
        ("Exact", ["/foo"], "/foo?x=1", "/foo"),
        ("Prefix", ["/foo"], "/foo?x=/bar", "/foo"),
        ("ImplementationSpecific", ["/foo"], "/foobar", "/foo"),
        ("ImplementationSpecific", ["/foo"], "/fo", None),
        ("ImplementationSpecific", ["/", "/foo"], "/foo", "/foo"),
    ],
)
def test_a_path_is_covered(path_type: str, rules: list[str], asked: str, matched: str | None) -> None:
    verdict = send(ingress("i", *(path(p, path_type=path_type) for p in rules)), host="x.test", path=asked)

    assert (verdict.answer["rule"] or {}).get("path") == matched
    assert all(render(step, lang) for step in verdict.steps for lang in Lang)
    assert verdict.answer["status"] == (200 if matched else 404)


# D#multiple-matches
def test_exact_wins_over_a_prefix_of_the_same_length() -> None:
    verdict = send(ingress("i", path("/foo"), path("/foo", "api", "Exact")), path="/foo")

    assert service_of(verdict) == "api"
    losers = [step.facts["rule"] for step in verdict.steps if step.rule == "ingress.longestPath"]
    assert losers == ["/foo"]


# D#hostname-wildcards, the table of examples, and the precedence that follows
@pytest.mark.parametrize(
    ("rules", "asked", "matched"),
    [
        (["*.foo.com"], "bar.foo.com", "*.foo.com"),
        (["*.foo.com"], "baz.bar.foo.com", None),
        (["*.foo.com"], "foo.com", None),
        (["foo.com"], "foo.com", "foo.com"),
        (["foo.com"], "FOO.com:8080", "foo.com"),
        (["foo.com"], "foo.com.", "foo.com"),
        (["foo.com"], "bar.com", None),
        (["", "foo.com"], "bar.com", ""),
        (["*.foo.com", "bar.foo.com"], "bar.foo.com", "bar.foo.com"),
        (["", "*.foo.com"], "bar.foo.com", "*.foo.com"),
        ([""], "", ""),
    ],
)
def test_a_host_is_served(rules: list[str], asked: str, matched: str | None) -> None:
    objects = [ingress(f"i{n}", path("/"), host=host) for n, host in enumerate(rules)]

    verdict = send(*objects, host=asked)

    assert (verdict.answer["rule"] or {}).get("host") == matched


def test_a_host_shadows_the_wildcard_that_covers_it() -> None:
    wide, narrow = ingress("w", path("/"), host="*.foo.com"), ingress("n", path("/x"), host="a.foo.com")

    assert send(wide, narrow, host="a.foo.com", path="/y").answer["status"] == 404


# D#default-backend
@pytest.mark.parametrize(
    ("objects", "service"),
    [
        pytest.param([ingress("d", defaultBackend=backend("api"))], "api", id="for every host"),
        pytest.param(
            [ingress("d", path("/x"), host="x.test", defaultBackend=backend("api"))], "api", id="of the host"
        ),
        pytest.param([ingress("d", path("/x"), host="x.test")], None, id="none"),
    ],
)
def test_what_no_rule_matches_goes_to_the_default_backend(objects: list[Any], service: str | None) -> None:
    verdict = send(*objects, host="x.test", path="/other")

    assert service_of(verdict) == service
    assert verdict.answer["status"] == (200 if service else 404)


# D#ingress-class and #default-ingress-class
@pytest.mark.parametrize(
    ("objects", "asked", "status"),
    [
        pytest.param(
            [class_("nginx"), ingress("i", path("/"), ingressClassName="nginx")], None, 200, id="its class"
        ),
        pytest.param(
            [class_("nginx"), ingress("i", path("/"), ingressClassName="other")], None, 404, id="another"
        ),
        pytest.param([class_("nginx"), ingress("i", path("/"))], None, 404, id="no class and no default"),
        pytest.param(
            [class_("nginx", default=True), ingress("i", path("/"))], None, 200, id="the default class"
        ),
        pytest.param(
            [class_("a", default=True), class_("b", default=True), ingress("i", path("/"))],
            None,
            200,
            id="kubernetes/pull/110974 of two defaults one is taken",
        ),
        pytest.param(
            [class_("nginx"), ingress("i", path("/"), marks={"kubernetes.io/ingress.class": "nginx"})],
            None,
            200,
            id="the old annotation",
        ),
        pytest.param(
            [ingress("i", path("/"), ingressClassName="a")], "b", 404, id="asked of another controller"
        ),
    ],
)
def test_a_controller_serves_its_class(objects: list[Any], asked: str | None, status: int) -> None:
    assert send(*objects, ingressClass=asked).answer["status"] == status


def test_an_ingress_of_another_class_is_a_near_miss() -> None:
    steps = send(class_("nginx"), ingress("i", path("/"), ingressClassName="other")).steps

    assert [s.facts for s in steps if s.role is Role.NEAR_MISS and s.rule == "ingress.class"] == [
        {"ingress": "i", "class": "other"}
    ]


# D#tls and N#server-side-https-enforcement-through-redirect


@pytest.mark.parametrize(
    ("marks", "tls", "status", "secret"),
    [
        pytest.param({}, False, 308, None, id="a plain request is sent to https"),
        pytest.param(
            {"nginx.ingress.kubernetes.io/ssl-redirect": "false"}, False, 200, None, id="unless told not to"
        ),
        pytest.param({}, True, 200, {"secret": "default/cert"}, id="with TLS it is served"),
    ],
)
def test_tls(marks: dict[str, str], tls: bool, status: int, secret: Any) -> None:
    verdict = send(ingress("i", path("/"), host="x.test", tls=TLS, marks=marks), host="x.test", tls=tls)

    assert (verdict.answer["status"], verdict.answer["tls"]) == (status, secret)
    assert all(render(step, lang) for step in verdict.steps for lang in Lang)


def test_a_host_without_certificate_is_served_plainly_or_with_the_controllers_own() -> None:
    plain = ingress("i", path("/"), host="y.test", tls=TLS)

    assert send(plain, host="y.test").answer["status"] == 200
    assert send(plain, host="y.test", tls=True).answer["tls"] == {"secret": None}


# What stands behind the backend
@pytest.mark.parametrize(
    ("objects", "status"),
    [
        pytest.param([ingress("i", path("/", "gone"))], 503, id="no such Service"),
        pytest.param([ingress("i", path("/", "slow")), *running("slow", ready="False")], 503, id="not ready"),
        pytest.param([ingress("i", path("/"))], 200, id="ready"),
    ],
)
def test_only_ready_endpoints_answer(objects: list[Any], status: int) -> None:
    verdict = send(*objects)

    assert verdict.answer["status"] == status
    assert verdict.outcome is (Outcome.YES if status == 200 else Outcome.NO)
    assert verdict.answer["endpoints"] == (["10.0.0.1:8080"] if status == 200 else [])


def test_between_ingresses_that_claim_the_same_path_the_oldest_wins() -> None:
    old, new = ingress("z-old", path("/", "api")), ingress("a-new", path("/"))
    old["metadata"]["creationTimestamp"] = "2025-01-01T00:00:00Z"
    new["metadata"]["creationTimestamp"] = "2026-01-01T00:00:00Z"

    assert service_of(send(new, old)) == "api"


def test_a_backend_that_is_no_service_is_the_controllers_affair() -> None:
    bucket = {"apiGroup": "k8s.example.com", "kind": "StorageBucket", "name": "icons"}
    verdict = send(ingress("i", defaultBackend={"resource": bucket}))

    assert (verdict.outcome, verdict.answer["status"]) == (Outcome.UNKNOWN, None)
    assert verdict.answer["backend"] == {"resource": bucket}
    assert all(render(step, lang) for step in verdict.steps for lang in Lang)


def test_a_host_without_paths_is_served_by_the_default_backend_and_by_no_wildcard() -> None:
    bare = ingress("bare", rules=[{"host": "a.test.com"}], defaultBackend=backend("web"))
    wild = ingress("wild", path("/", "api"), host="*.test.com")

    assert send(bare, wild, host="a.test.com").answer["backend"] == {"service": "default/web", "port": 80}


def test_of_two_certificates_for_a_host_the_older_ingress_has_its_own() -> None:
    def secured(name: str, made: str) -> dict[str, Any]:
        found = ingress(name, path("/"), host="a.test", tls=[{"hosts": ["a.test"], "secretName": name}])
        found["metadata"]["creationTimestamp"] = made
        return found

    # 09:00 in Seoul is midnight in UTC, and so before half past midnight
    objects = [secured("younger", "2026-01-01T00:30:00Z"), secured("older", "2026-01-01T09:00:00+09:00")]

    verdict = send(*objects, host="a.test", tls=True)

    assert verdict.answer["tls"] == {"secret": "default/older"}
    assert verdict.answer["rule"]["ingress"] == "default/older"


WORDS = st.lists(st.sampled_from(["a", "b", "ab"]), max_size=4).map(lambda parts: "/" + "/".join(parts))


@given(st.lists(WORDS, min_size=1, max_size=5, unique=True), WORDS)
def test_a_longer_matching_prefix_always_wins(prefixes: list[str], asked: str) -> None:
    verdict = send(ingress("i", *(path(p) for p in prefixes)), path=asked)

    matching = [p for p in prefixes if (asked + "/").startswith(p.rstrip("/") + "/")]
    longest = max(matching, key=len, default=None)
    assert (verdict.answer["rule"] or {}).get("path") == longest


@given(WORDS, st.sampled_from(["Exact", "Prefix", "ImplementationSpecific"]), WORDS)
def test_looking_a_path_up_finds_what_matching_finds(rule: str, path_type: str, asked: str) -> None:
    class Rule:
        path = rule

    Rule.path_type = path_type  # type: ignore[attr-defined]

    assert (paths.key(Rule()) in candidates(path_type, asked)) is paths.matches(Rule(), asked)  # type: ignore[arg-type]


@given(
    st.sampled_from(["foo.com", "*.foo.com", ""]), st.sampled_from(["foo.com", "a.foo.com", "a.b.foo.com"])
)
def test_a_chosen_host_covers_the_request(pattern: str, host: str) -> None:
    assert (hosts.chosen([pattern], host) == pattern) is hosts.matches(pattern, host)
