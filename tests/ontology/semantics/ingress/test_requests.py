"""Requests through Ingresses. Sources stand beside each table; `D` is the Ingress page of kubernetes.io/docs
(v1.36), `N` the annotations page of kubernetes.github.io/ingress-nginx.
"""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontology.errors import InvalidObjectError
from ontology.evaluators import answer, evaluate
from ontology.lang import Lang
from ontology.messages import render
from ontology.patches import apply
from ontology.scenario import decode
from ontology.semantics.ingress import hosts, paths
from ontology.semantics.ingress.paths import candidates
from ontology.verdict import Outcome, Role, Verdict

NODE = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1"}}
CANARY = "nginx.ingress.kubernetes.io/canary"


def backend(service: str) -> dict[str, Any]:
    return {"service": {"name": service, "port": {"number": 80}}}


def path(path: str, service: str = "web", path_type: str = "Prefix") -> dict[str, Any]:
    return {"path": path, "pathType": path_type, "backend": backend(service)}


def ingress(
    name: str, *paths: dict[str, Any], host: str = "", marks: Any = None, **spec: Any
) -> dict[str, Any]:
    rule = {"http": {"paths": list(paths)}} | ({"host": host} if host else {})
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {"name": name, "annotations": marks or {}},
        "spec": ({"rules": [rule]} if paths else {}) | spec,
    }


def running(name: str, ip: str = "10.0.0.1", *, ready: str = "True") -> list[dict[str, Any]]:
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {"selector": {"app": name}, "ports": [{"port": 80, "targetPort": 8080}]},
    }
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": f"{name}-1", "labels": {"app": name}},
        "spec": {"nodeName": "n1", "containers": [{"name": "c", "image": "x"}]},
        "status": {"phase": "Running", "podIP": ip, "conditions": [{"type": "Ready", "status": ready}]},
    }
    return [service, pod]


def send(*objects: dict[str, Any], **request: Any) -> Verdict:
    every = [NODE, *running("web"), *running("api", "10.0.0.2"), *objects]
    return answer({"system": "ingress", "objects": every, "question": {"request": request}})


def service_of(verdict: Verdict) -> str | None:
    chosen = verdict.answer["backend"]
    return chosen and chosen["service"].removeprefix("default/")


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
def class_(name: str, *, default: bool = False) -> dict[str, Any]:
    marks = {"ingressclass.kubernetes.io/is-default-class": "true"} if default else {}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "IngressClass",
        "metadata": {"name": name, "annotations": marks},
        "spec": {"controller": "k8s.io/ingress-nginx"},
    }


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
TLS = [{"hosts": ["x.test"], "secretName": "cert"}]


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


# N#canary
def canaried(**marks: str) -> list[dict[str, Any]]:
    annotations = {CANARY: "true"} | {f"{CANARY}-{k.replace('_', '-')}": v for k, v in marks.items()}
    return [ingress("main", path("/")), ingress("new", path("/", "api"), marks=annotations)]


@pytest.mark.parametrize(
    ("marks", "request_", "service"),
    [
        pytest.param({"by_header": "X-New"}, {"headers": {"x-new": "always"}}, "api", id="header always"),
        pytest.param({"by_header": "X-New"}, {"headers": {"x-new": "never"}}, "web", id="header never"),
        pytest.param(
            {"by_header": "X-New", "weight": "100"},
            {"headers": {"x-new": "never"}},
            "web",
            id="never beats weight",
        ),
        pytest.param(
            {"by_header": "X-New", "weight": "100"},
            {"headers": {"x-new": "maybe"}},
            "api",
            id="another value: weight",
        ),
        pytest.param({"by_header": "X-New"}, {}, "web", id="no header"),
        pytest.param(
            {"by_header": "X", "by_header_value": "kr"},
            {"headers": {"X": "kr"}},
            "api",
            id="the header's value",
        ),
        pytest.param(
            {"by_header": "X", "by_header_value": "kr"},
            {"headers": {"X": "always"}},
            "web",
            id="a value replaces always",
        ),
        pytest.param(
            {"by_header": "X", "by_header_pattern": "^k.$"}, {"headers": {"X": "kr"}}, "api", id="a pattern"
        ),
        pytest.param(
            {"by_header": "X", "by_header_pattern": "("},
            {"headers": {"X": "("}},
            "web",
            id="a pattern that is none matches nothing",
        ),
        pytest.param(
            {"by_header": "X", "by_header_pattern": "^k.$"},
            {"headers": {"X": "us"}},
            "web",
            id="a pattern misses",
        ),
        pytest.param(
            {"by_header": "X", "by_header_value": "a", "by_header_pattern": "b"},
            {"headers": {"X": "b"}},
            "web",
            id="a value before a pattern",
        ),
        pytest.param({"by_cookie": "new"}, {"cookies": {"new": "always"}}, "api", id="cookie always"),
        pytest.param(
            {"by_cookie": "new", "weight": "100"}, {"cookies": {"new": "never"}}, "web", id="cookie never"
        ),
        pytest.param(
            {"by_header": "X", "by_cookie": "c"},
            {"headers": {"X": "never"}, "cookies": {"c": "always"}},
            "web",
            id="header before cookie",
        ),
        pytest.param({"weight": "0"}, {}, "web", id="weight 0"),
        pytest.param({"weight": "100"}, {}, "api", id="weight 100"),
        pytest.param({"weight": "1000", "weight_total": "1000"}, {}, "api", id="all of another total"),
    ],
)
def test_a_canary(marks: dict[str, str], request_: dict[str, Any], service: str) -> None:
    verdict = send(*canaried(**marks), **request_)

    assert service_of(verdict) == service
    assert all(render(step, lang) for step in verdict.steps for lang in Lang)


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        pytest.param({"headers": {"X": "always"}}, [("Header", True)], id="the header decides"),
        pytest.param({"headers": {"X": "never"}}, [("Header", False)], id="the header decides against"),
        pytest.param(
            {"cookies": {"c": "always"}}, [("Header", None), ("Cookie", True)], id="then the cookie"
        ),
        pytest.param(
            {"headers": {"X": "maybe"}, "cookies": {"c": "no"}},
            [("Header", None), ("Cookie", None), ("Weight", None)],
            id="then the weight",
        ),
    ],
)
def test_each_rule_of_a_canary_is_told_in_its_order(request_: dict[str, Any], said: list[Any]) -> None:
    steps = send(*canaried(by_header="X", by_cookie="c", weight="20"), **request_).steps

    told = [(s.rule.removeprefix("ingress.canary"), s.holds) for s in steps if ".canary" in s.rule]
    assert told == said


@pytest.mark.parametrize("marks", [{"weight": "ten"}, {"weight": "-1"}])
def test_canary_annotations_that_mean_nothing_are_refused(marks: dict[str, str]) -> None:
    with pytest.raises(InvalidObjectError):
        send(*canaried(**marks))


def test_a_canary_without_a_main_ingress_gets_nothing() -> None:
    assert send(canaried(weight="100")[1]).answer["status"] == 404


@given(st.integers(0, 2000), st.none() | st.integers(0, 1500), st.integers(0, 10**6))
def test_the_shares_of_a_canary_add_up_to_100_percent(weight: int, total: int | None, seed: int) -> None:
    marks = {"weight": str(weight)} | ({} if total is None else {"weight_total": str(total)})
    shares = send(*canaried(**marks), seed=seed).answer["shares"]

    # a total below 100 is not taken over, and more than everything cannot go to the canary
    every = max(total or 0, 100)
    assert sum(Fraction(part) for part in shares.values()) == 1
    assert Fraction(shares["default/api:80"]) == min(Fraction(weight, every), 1)


def test_a_seed_repeats_its_draw_and_the_weight_is_kept_over_many() -> None:
    drawn = [service_of(send(*canaried(weight="30"), seed=seed)) for seed in range(300)]

    assert drawn == [service_of(send(*canaried(weight="30"), seed=seed)) for seed in range(300)]
    assert 60 <= drawn.count("api") <= 120


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


# the API server's own checks, as its reference of Ingress v1 tells them
REFUSED = [
    pytest.param({"rules": [{"http": {"paths": [{"path": "foo", "pathType": "Prefix", "backend": backend("web")}]}}]}, "absolute path", id="path not absolute"),
    pytest.param({"rules": [{"http": {"paths": [{"path": "/a//b", "pathType": "Exact", "backend": backend("web")}]}}]}, 'must not contain "//"', id="empty element"),
    pytest.param({"rules": [{"http": {"paths": [{"path": "/a/..", "pathType": "Prefix", "backend": backend("web")}]}}]}, "must not contain", id="parent at the end"),
    pytest.param({"rules": [{"http": {"paths": [{"path": "/", "backend": backend("web")}]}}]}, "pathType must be specified", id="no path type"),
    pytest.param({"rules": [{"http": {"paths": [{"path": "/", "pathType": "Regex", "backend": backend("web")}]}}]}, "unsupported value", id="unknown path type"),
    pytest.param({"rules": [{"http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "web"}}}]}}]}, "exactly one of `name` and `number`", id="no port"),
    pytest.param({"rules": [{"host": "192.0.2.1"}]}, "not an IP address", id="an address as host"),
    pytest.param({"rules": [{"host": "a.*.test"}]}, "whole first label", id="a wildcard inside"),
    pytest.param({"rules": [{"host": "*"}]}, "whole first label", id="a wildcard alone"),
    pytest.param({"defaultBackend": {}}, "exactly one of `service` and `resource`", id="an empty backend"),
    pytest.param({}, "either `defaultBackend` or `rules`", id="nothing at all"),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "message"), REFUSED)
def test_what_the_api_refuses_is_refused_with_its_path(spec: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidObjectError, match=message) as refused:
        send(ingress("i", **spec))

    assert (refused.value.path or "").startswith("objects[5].spec")


def test_a_class_is_named_by_the_field_or_by_the_old_annotation_but_not_by_both() -> None:
    both = ingress("i", path("/"), marks={"kubernetes.io/ingress.class": "nginx"}, ingressClassName="nginx")

    with pytest.raises(InvalidObjectError, match="can not be set when the class field is also set"):
        send(both)


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
