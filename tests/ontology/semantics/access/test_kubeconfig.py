"""kubeconfig files, merged: what comes from where, and what makes them useless."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontology.errors import TooLargeError
from ontology.evaluators import answer
from ontology.lang import Lang
from ontology.messages import render
from ontology.verdict import Outcome, Role, Verdict

SERVER = "https://10.0.0.1:6443"
DATA = "LS0tLS0="


def config(**more: Any) -> str:
    """A file with one of each; JSON is YAML too."""
    found = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "c", "cluster": {"server": SERVER}}],
        "users": [{"name": "u", "user": {"token": "s3cret"}}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u", "namespace": "dev"}}],
        "current-context": "x",
    }
    return json.dumps(found | more)


def user(**members: Any) -> str:
    return config(users=[{"name": "u", "user": members}])


def ask(*files: str | None, context: str | None = None, **overrides: Any) -> Verdict:
    question = {"kubeconfig": {"files": list(files), "context": context, "overrides": overrides}}
    return answer({"system": "access", "objects": [], "question": question})


def test_a_context_names_server_user_and_namespace() -> None:
    assert ask(config()).answer == {
        "server": SERVER,
        "namespace": "dev",
        "context": "x",
        "cluster": "c",
        "user": "u",
        "authMethod": "token",
        "insecureSkipTLSVerify": False,
        "error": None,
    }


def test_the_first_file_that_has_a_name_wins_with_its_whole_entry() -> None:
    first = json.dumps({"users": [{"name": "u", "user": {"username": "a", "password": "b"}}]})

    assert ask(first, config()).answer["authMethod"] == "basic"
    assert ask(config(), first).answer["authMethod"] == "token"


def test_without_any_file_a_client_uses_its_defaults() -> None:
    found = ask().answer

    assert (found["server"], found["context"], found["namespace"]) == (
        "http://localhost:8080",
        None,
        "default",
    )


@pytest.mark.parametrize(
    ("files", "flags", "changed"),
    [
        pytest.param((config(),), {"namespace": "ops"}, {"namespace": "ops"}, id="a namespace"),
        pytest.param((config(),), {"server": "https://b"}, {"server": "https://b"}, id="a server"),
        pytest.param(
            (user(username="a"),), {"token": ""}, {"authMethod": "basic"}, id="an empty flag is none"
        ),
        pytest.param(
            (config(),), {"insecureSkipTLSVerify": True}, {"insecureSkipTLSVerify": True}, id="no check"
        ),
        pytest.param(
            (config(clusters=[]),), {}, {"server": "http://localhost:8080", "cluster": "c"}, id="no cluster"
        ),
        pytest.param((config(users=[]),), {}, {"authMethod": "none", "user": "u"}, id="no user"),
        pytest.param(("", config()), {}, {"context": "x"}, id="an empty file"),
        pytest.param(
            (user(**{"client-certificate-data": DATA, "client-key-data": DATA}),),
            {"token": "t"},
            {"authMethod": "token"},
            id="a token beside a certificate",
        ),
        pytest.param((user(tokenFile="/token"),), {}, {"authMethod": "token"}, id="a token in a file"),
        pytest.param(
            (user(exec={"apiVersion": "client.authentication.k8s.io/v1beta1", "command": "aws"}),),
            {},
            {"authMethod": "exec"},
            id="an early plugin needs no mode",
        ),
    ],
)
def test_files_and_flags_make(files: tuple[str, ...], flags: dict[str, Any], changed: dict[str, Any]) -> None:
    found = ask(*files, **flags).answer

    assert found["error"] is None
    assert {name: found[name] for name in changed} == changed


@pytest.mark.parametrize(
    "server",
    ["http://10.0.0.1", "10.0.0.1:6443", "localhost", "https://", "https:///x", "//h", "http://[::1"],
)
def test_a_server_without_https_gets_no_credentials(server: str) -> None:
    found = ask(config(), server=server, insecureSkipTLSVerify=True).answer

    assert (found["authMethod"], found["insecureSkipTLSVerify"]) == ("none", False)


@pytest.mark.parametrize(
    ("files", "context", "flags", "error"),
    [
        pytest.param((config(),), "y", {}, "context-not-found", id="a context that is asked for"),
        pytest.param(
            (config(**{"current-context": "y"}),), None, {}, "context-not-found", id="a current one"
        ),
        pytest.param((config(),), None, {"cluster": "y"}, "cluster-not-found", id="a cluster"),
        pytest.param((config(),), None, {"user": "y"}, "user-not-found", id="a user"),
        pytest.param((config(),), "y", {"user": "y"}, "user-not-found", id="the user is looked for first"),
        pytest.param((config(), None), None, {}, "unreadable", id="a file that is missing"),
        pytest.param(("a: [",), None, {}, "unreadable", id="no YAML"),
        pytest.param(("[]",), None, {}, "unreadable", id="a list"),
        pytest.param(("users: {}",), None, {}, "unreadable", id="a mapping of users"),
        pytest.param((config(kind="Pod"),), None, {}, "unreadable", id="another kind"),
        pytest.param((config(apiVersion="v2"),), None, {}, "unreadable", id="another version"),
        pytest.param((user(token=1),), None, {}, "unreadable", id="a number for a token"),
        pytest.param((user(**{"client-key-data": "?"}),), None, {}, "unreadable", id="no base64"),
        pytest.param(
            (user(exec={"command": "a", "args": [1]}),), None, {}, "unreadable", id="a number for a word"
        ),
        pytest.param((config(users=[{"name": "u"}] * 2),), None, {}, "unreadable", id="a name twice"),
        pytest.param((user(username="a"),), None, {"token": "t"}, "invalid", id="two methods"),
        pytest.param((user(**{"client-certificate-data": DATA}),), None, {}, "invalid", id="no key"),
        pytest.param((user(**{"as-groups": ["g"]}),), None, {}, "invalid", id="groups of nobody"),
        pytest.param(
            (config(clusters=[{"name": "c", "cluster": {"server": SERVER, "proxy-url": "ftp://x"}}]),),
            None,
            {},
            "invalid",
            id="a proxy of another scheme",
        ),
        pytest.param((user(exec={"command": "a"}),), None, {}, "invalid", id="half a plugin"),
        pytest.param(
            (user(exec={"apiVersion": "client.authentication.k8s.io/v1", "command": "a"}),),
            None,
            {},
            "invalid",
            id="a plugin without its mode",
        ),
    ],
)
def test_a_configuration_is_refused(
    files: tuple[str | None, ...], context: str | None, flags: dict[str, Any], error: str
) -> None:
    verdict = ask(*files, context=context, **flags)

    assert verdict.answer == {"error": error}
    assert verdict.outcome is Outcome.NO
    assert verdict.steps[-1].holds is False or verdict.steps[-1].role is Role.CHANGE


def test_a_missing_context_offers_those_that_work() -> None:
    verdict = ask(config(), context="y")

    assert [step.change for step in verdict.steps if step.role is Role.CHANGE] == [{"context": "x"}]


def test_a_billion_laughs_are_refused_before_they_are_read() -> None:
    bomb = "a: &a [x]\n" + "".join(f"b{n}: [*a, *a, *a]\n" for n in range(100))

    with pytest.raises(TooLargeError):
        ask(bomb)


@given(st.text(alphabet=st.characters(codec="ascii", categories=("L", "N")), min_size=12, max_size=30))
def test_a_secret_is_never_told(secret: str) -> None:
    for file in (user(token=secret), user(username="u", password=secret)):
        verdict = ask(file, token="" if "password" in file else f"x{secret}")

        assert secret not in repr((verdict.answer, verdict.steps))


@pytest.mark.parametrize(
    ("server", "secure"),
    [
        pytest.param("https://a", True, id="a name"),
        pytest.param("HTTPS://a:6443", True, id="in capitals"),
        pytest.param("https://[::1]:6443/k8s", True, id="an address of IPv6, a port and a path"),
        pytest.param("https://u@a:", True, id="a user, and a port that is empty"),
        pytest.param("https://a:6443b", False, id="a port that is no number"),
        pytest.param("https://a b", False, id="a blank in the name"),
        pytest.param(" https://a", False, id="a blank before it"),
        pytest.param("https://", False, id="no host"),
        pytest.param("https:a", False, id="no slashes"),
        pytest.param("a:443", False, id="no scheme"),
    ],
)
def test_credentials_go_only_to_an_address_that_the_client_reads_as_https(server: str, secure: bool) -> None:
    found = ask(config(clusters=[{"name": "c", "cluster": {"server": server}}])).answer

    assert (found["authMethod"], found["server"]) == ("token" if secure else "none", server)


@pytest.mark.parametrize(
    ("proxy", "error"),
    [("socks5://p:1080", None), ("http:p", None), ("ftp://p", "invalid"), ("p:8080", "invalid")],
)
def test_a_proxy_is_known_by_its_scheme(proxy: str, error: str | None) -> None:
    cluster = {"server": SERVER, "proxy-url": proxy}

    assert ask(config(clusters=[{"name": "c", "cluster": cluster}])).answer["error"] == error


@pytest.mark.parametrize(
    ("asked", "change"),
    [
        pytest.param({"context": "xx"}, {"context": "x"}, id="a context"),
        pytest.param({"user": "uu"}, {"overrides": {"user": "u"}}, id="a user"),
        pytest.param({"cluster": "cc"}, {"overrides": {"cluster": "c"}}, id="a cluster"),
    ],
)
def test_who_names_what_nothing_has_is_told_what_there_is(
    asked: dict[str, str], change: dict[str, Any]
) -> None:
    verdict = ask(config(), **asked)

    offered = [step for step in verdict.steps if step.role is Role.CHANGE]
    assert [step.change for step in offered] == [change]
    assert all(render(step, lang) for step in offered for lang in Lang)
