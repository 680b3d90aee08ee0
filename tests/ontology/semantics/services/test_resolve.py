"""Names of one small cluster, as the Kubernetes DNS specification 1.1.0 (S), the page on DNS for Services and
Pods of kubernetes.io/docs v1.36 (P), the page on custom nameservers (C) and resolv.conf(5) (R) have them.
"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontology.errors import InvalidObjectError, InvalidQuestionError
from ontology.evaluators import answer
from ontology.lang import Lang
from ontology.messages import render
from ontology.verdict import Outcome
from tests.ontology.semantics.services.names import CLUSTER, OUTSIDE, data, pod, resolve


@pytest.mark.parametrize(
    ("name", "type_", "expected"),
    [
        pytest.param("web", "A", ["10.96.1.1"], id="S 2.3.1 cluster IP, short"),
        pytest.param("web.shop", "A", ["10.96.1.1"], id="P with its namespace"),
        pytest.param("web.shop.svc", "A", ["10.96.1.1"], id="P with svc"),
        pytest.param("web.shop.svc.cluster.local", "A", ["10.96.1.1"], id="S full"),
        pytest.param("web.shop.svc.cluster.local.", "A", ["10.96.1.1"], id="R full with a dot"),
        pytest.param("WEB.Shop", "A", ["10.96.1.1"], id="R case does not count"),
        pytest.param("web.shop", "AAAA", [], id="S exists without IPv6"),
        pytest.param("api.prod", "A", ["10.96.2.2"], id="P another namespace"),
        pytest.param("api", "A", [], id="P another namespace needs its name"),
        pytest.param("gone", "A", [], id="S no such Service"),
        pytest.param("new", "A", ["<assigned>"], id="an address that is not given yet"),
        pytest.param("db", "A", ["10.0.1.0", "10.0.1.1", "10.0.1.3"], id="S 2.4.1 headless: ready endpoints"),
        pytest.param("db-0.db", "A", ["10.0.1.0"], id="S 2.4.1 an endpoint's own name"),
        pytest.param("db-1.db.shop.svc.cluster.local", "A", ["10.0.1.1"], id="P pod.service.namespace.svc"),
        pytest.param("db-2.db", "A", [], id="S not ready has no name"),
        pytest.param("10-0-1-3.db", "A", ["10.0.1.3"], id="an endpoint without hostname: its address"),
        pytest.param("db-9.db", "A", [], id="no such endpoint"),
        pytest.param("idle", "A", [], id="headless without endpoints"),
        pytest.param("hand", "A", ["192.0.2.9"], id="a slice made by hand, ready only"),
        pytest.param("old", "A", ["192.0.2.7"], id="Endpoints made by hand"),
        pytest.param("h.old", "A", ["192.0.2.7"], id="a host name in Endpoints"),
        pytest.param("_http._tcp.web", "SRV", ["0 100 80 web.shop.svc.cluster.local"], id="S 2.3.2 SRV"),
        pytest.param("_http._udp.web", "SRV", [], id="SRV of another protocol"),
        pytest.param("_https._tcp.web", "SRV", [], id="SRV of another port"),
        pytest.param("_http._tcp.web", "A", [], id="SRV name has no address"),
        pytest.param(
            "_sql._tcp.db",
            "SRV",
            [
                "0 33 5432 10-0-1-3.db.shop.svc.cluster.local",
                "0 33 5432 db-0.db.shop.svc.cluster.local",
                "0 33 5432 db-1.db.shop.svc.cluster.local",
            ],
            id="S 2.4.2 SRV of a headless Service",
        ),
        pytest.param("10-0-0-1.shop.pod", "A", ["10.0.0.1"], id="P pod name"),
        pytest.param("fd00--7.shop.pod", "AAAA", ["fd00::7"], id="P pod name of an IPv6 address"),
        pytest.param("10-0-0-1.shop.pod", "AAAA", [], id="P pod name of the other family"),
        pytest.param("digits", "A", [], id="P an alias that looks like an address is not resolved"),
        pytest.param("10-0-0-999.shop.pod", "A", [], id="no address"),
        pytest.param("10-0-0-1.nowhere.pod", "A", [], id="pod name in no namespace"),
        pytest.param("x.web", "A", [], id="below a Service with a cluster IP"),
        pytest.param("a.b.db", "A", [], id="too deep"),
        pytest.param("shop.svc", "A", [], id="a namespace has no address"),
        pytest.param("web.empty", "A", [], id="an empty namespace"),
        pytest.param("dns-version.cluster.local", "TXT", ['"1.1.0"'], id="S 2.2 version"),
        pytest.param("alias", "CNAME", ["db.example.com"], id="S 2.5 ExternalName"),
        pytest.param("alias", "A", ["db.example.com", "198.51.100.1"], id="the alias is followed outside"),
        pytest.param(
            "inner", "A", ["web.shop.svc.cluster.local", "10.96.1.1"], id="the alias is followed inside"
        ),
        pytest.param("x.alias", "A", [], id="nothing below an ExternalName"),
        pytest.param("db.example.com", "A", ["198.51.100.1"], id="C public, after intranet"),
        pytest.param("www.example.com", "A", ["db.example.com", "198.51.100.1"], id="an alias outside"),
        pytest.param("wiki.local.test", "A", ["172.16.0.1"], id="C intranet first"),
        pytest.param("wiki", "A", ["172.16.0.1"], id="R the node's search list comes last"),
        pytest.param("git.corp.test", "A", ["172.16.0.2"], id="C stub domain"),
        pytest.param("x.corp.test", "A", [], id="C stub domain without the name"),
        pytest.param("nowhere.example", "A", [], id="nobody knows it"),
        pytest.param("dual", "A", ["10.96.3.3"], id="S 2.3.1 two families, IPv4"),
        pytest.param("dual", "AAAA", ["fd00::3"], id="S 2.3.1 two families, IPv6"),
        pytest.param("six", "AAAA", ["fd00::9"], id="S 2.4.1 an IPv6 endpoint"),
        pytest.param("six", "A", [], id="S 2.4.1 an IPv6 endpoint has no A"),
        pytest.param("s.six", "AAAA", ["fd00::9"], id="S 2.4.1 an IPv6 endpoint's own name"),
        pytest.param("early", "A", ["10.0.4.1"], id="S 2.1 not ready, but published"),
        pytest.param("_dns._udp.multi", "SRV", ["0 100 53 multi.shop.svc.cluster.local"], id="S 2.3.2 UDP"),
        pytest.param(
            "_dns-tcp._tcp.multi", "SRV", ["0 100 53 multi.shop.svc.cluster.local"], id="S 2.3.2 of two ports"
        ),
        pytest.param("_._tcp.multi", "SRV", [], id="S 2.3.2 unnamed ports have no SRV"),
        pytest.param(
            "_DNS._UDP.Multi", "SRV", ["0 100 53 multi.shop.svc.cluster.local"], id="S 2.1 any case"
        ),
        pytest.param(
            "1.1.96.10.in-addr.arpa", "PTR", ["web.shop.svc.cluster.local"], id="S 2.3.3 cluster IP"
        ),
        pytest.param("1.1.96.10.in-addr.arpa", "A", [], id="S 2.3.3 no address of an address"),
        pytest.param(
            "0.1.0.10.in-addr.arpa", "PTR", ["db-0.db.shop.svc.cluster.local"], id="S 2.4.3 an endpoint"
        ),
        pytest.param(
            "3.1.0.10.in-addr.arpa",
            "PTR",
            ["10-0-1-3.db.shop.svc.cluster.local"],
            id="S 2.4.3 an endpoint without hostname",
        ),
        pytest.param("2.1.0.10.in-addr.arpa", "PTR", [], id="S 2.4.3 not ready"),
        pytest.param(
            "3.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa",
            "PTR",
            ["dual.shop.svc.cluster.local"],
            id="S 2.3.3 IPv6",
        ),
        pytest.param("9.9.9.10.in-addr.arpa", "PTR", [], id="C an address outside is passed on"),
        pytest.param("coal.prod", "A", [], id="S 2.5 an alias for nothing"),
        pytest.param("web.shop.svc.cluster.local", "TXT", [], id="S 2.3 no text"),
        pytest.param("dns-version.cluster.local", "A", [], id="S 2.2 the version is text"),
    ],
)
def test_a_name_means(name: str, type_: str, expected: list[str]) -> None:
    verdict = resolve(name, type=type_)

    assert data(verdict) == expected
    assert verdict.outcome is (Outcome.YES if expected else Outcome.NO)
    assert all(render(step, lang) for step in verdict.steps for lang in Lang)


OWN = ["shop.svc.cluster.local", "svc.cluster.local", "cluster.local", "local.test"]


@pytest.mark.parametrize(
    ("source", "servers", "search", "ndots"),
    [
        pytest.param("shop/client", ["10.96.0.10"], OWN, 5, id="P ClusterFirst is the default"),
        pytest.param(
            "prod/far", ["10.96.0.10"], ["prod.svc.cluster.local", *OWN[1:]], 5, id="P own namespace"
        ),
        pytest.param("shop/host", ["172.16.0.53"], ["local.test"], 1, id="P the host's network falls back"),
        pytest.param("shop/hostfirst", ["10.96.0.10"], OWN, 5, id="P ClusterFirstWithHostNet"),
        pytest.param("shop/plain", ["172.16.0.53"], ["local.test"], 1, id="P Default is the node's"),
        pytest.param("shop/own", ["10.96.0.10"], ["svc.cluster.local"], 1, id="P None takes dnsConfig alone"),
        pytest.param("shop/dots", ["10.96.0.10"], [*OWN, "extra.test"], 1, id="P dnsConfig is merged"),
        pytest.param("shop/twice", ["10.96.0.10"], OWN, 2, id="P of an option given twice the last counts"),
        pytest.param("shop/many", ["10.96.0.10"], OWN, 15, id="R ndots is 15 at most"),
    ],
)
def test_resolv_conf(source: str, servers: list[str], search: list[str], ndots: int) -> None:
    assert resolve("web", source).answer["resolvConf"] == {
        "nameservers": servers,
        "search": search,
        "ndots": ndots,
    }


@pytest.mark.parametrize(
    ("name", "source", "tried"),
    [
        pytest.param(
            "web", "shop/client", ["web.shop.svc.cluster.local"], id="R the first that answers ends it"
        ),
        pytest.param(
            "api.prod",
            "shop/client",
            ["api.prod.shop.svc.cluster.local", "api.prod.svc.cluster.local"],
            id="R one after the other",
        ),
        pytest.param(
            "db.example.com",
            "shop/client",
            [*(f"db.example.com.{s}" for s in OWN), "db.example.com"],
            id="R ndots 5",
        ),
        pytest.param("db.example.com", "shop/dots", ["db.example.com"], id="R ndots 1"),
        pytest.param("db.example.com.", "shop/client", ["db.example.com"], id="R a final dot"),
        pytest.param(
            "api",
            "shop/client",
            [*(f"api.{s}" for s in OWN), "api"],
            id="R in vain, the bare name comes last",
        ),
        pytest.param(
            "web.shop", "shop/own", ["web.shop", "web.shop.svc.cluster.local"], id="R ndots 1 without policy"
        ),
    ],
)
def test_names_are_tried_in_order(name: str, source: str, tried: list[str]) -> None:
    assert [each["name"] for each in resolve(name, source).answer["tried"]] == tried


def test_a_pod_with_the_nodes_servers_does_not_reach_cluster_names() -> None:
    assert resolve("web.shop.svc.cluster.local", "shop/plain").outcome is Outcome.NO


@pytest.mark.parametrize(
    ("policy", "servers", "expected"),
    [
        pytest.param("None", ["10.96.0.10", "172.16.0.53"], Outcome.YES, id="R the cluster's server first"),
        pytest.param("None", ["172.16.0.53", "10.96.0.10"], Outcome.NO, id="R the cluster's server second"),
        pytest.param("Default", ["10.96.0.10"], Outcome.NO, id="P Default keeps the node's server first"),
        pytest.param("ClusterFirst", ["172.16.0.53"], Outcome.YES, id="P ClusterFirst keeps the cluster's"),
    ],
)
def test_only_the_first_server_is_asked(policy: str, servers: list[str], expected: Outcome) -> None:
    asker = pod("asker", "10.0.5.1", dnsPolicy=policy, dnsConfig={"nameservers": servers})
    question = {"name": "web.shop.svc.cluster.local", "from": "shop/asker", "outside": OUTSIDE}

    verdict = answer({"system": "services", "objects": [*CLUSTER, asker], "question": {"resolve": question}})

    assert verdict.outcome is expected


def test_stub_domains_are_the_clusters_and_not_the_nodes() -> None:
    assert resolve("git.corp.test").outcome is Outcome.YES
    assert resolve("git.corp.test", "shop/plain").outcome is Outcome.NO


def test_without_forwarders_the_nodes_own_servers_are_asked() -> None:
    known = {"172.16.0.53": {"www.example.com": {"A": ["198.51.100.8"]}}}
    verdict = resolve("www.example.com", outside={"nameservers": ["172.16.0.53"], "zones": known})

    assert (data(verdict), verdict.answer["server"]) == (["198.51.100.8"], "172.16.0.53")


def test_a_name_that_exists_outweighs_those_that_do_not() -> None:
    assert resolve("web.shop", type="AAAA").answer["status"] == "NODATA"
    assert resolve("gone").answer["status"] == "NXDOMAIN"


def test_no_server_at_all_is_refused_as_the_api_does() -> None:
    bare = pod("bare", "10.0.5.2", dnsPolicy="None")
    question = {"name": "web", "from": "shop/bare"}

    with pytest.raises(InvalidObjectError, match="at least one DNS nameserver"):
        answer({"system": "services", "objects": [*CLUSTER, bare], "question": {"resolve": question}})


def test_without_a_word_on_the_outside_it_cannot_be_told() -> None:
    verdict = resolve("www.example.org", outside={})

    assert verdict.outcome is Outcome.UNKNOWN
    assert verdict.answer["status"] is None


def test_an_alias_to_itself_ends() -> None:
    assert set(data(resolve("loop"))) == {"loop.shop.svc.cluster.local"}


@pytest.mark.parametrize(("name", "kept"), [("web", 0), ("alias", 0), ("db.example.com", 30), ("gone", 30)])
def test_only_names_outside_are_cached_and_for_30_seconds_at_most(name: str, kept: int) -> None:
    assert resolve(name).answer["cachedFor"] == kept


def test_the_clusters_server_keeps_nothing_of_what_the_nodes_servers_are_asked() -> None:
    assert resolve("db.example.com", "shop/plain").answer["cachedFor"] == 0


@pytest.mark.parametrize("name", ["shop.pod.cluster.local", "shop.svc.cluster.local", "svc.cluster.local"])
def test_a_name_with_others_below_it_exists_without_data(name: str) -> None:
    assert resolve(name).answer["status"] == "NODATA"


@pytest.mark.parametrize("asked", [{"name": ""}, {"type": "MX"}])
def test_bad_questions_are_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(InvalidQuestionError):
        resolve(asked.get("name", "web"), type=asked.get("type", "A"))


def test_another_policy_is_refused_as_the_api_does() -> None:
    odd = pod("odd", "10.0.5.3", dnsPolicy="Nonsense")

    with pytest.raises(InvalidObjectError, match="supported values"):
        answer(
            {
                "system": "services",
                "objects": [odd],
                "question": {"resolve": {"name": "web", "from": "shop/odd"}},
            }
        )


def test_an_unknown_pod_is_an_error() -> None:
    with pytest.raises(InvalidQuestionError, match="no Pod `shop/nobody`"):
        resolve("web", "shop/nobody")


@given(st.text("abw-._", min_size=1, max_size=12))
def test_any_name_ends_in_an_answer(name: str) -> None:
    verdict = resolve(name)

    assert (verdict.outcome is Outcome.YES) == bool(verdict.answer["answer"])
