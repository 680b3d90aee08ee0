"""A real kubectl asks our server who may do what."""

import subprocess
from collections.abc import Callable

import pytest

Kubectl = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        pytest.param(["get", "pods", "-n", "dev", "--as", "jane"], "yes", id="a right"),
        pytest.param(["get", "pods", "-n", "prod", "--as", "jane"], "no", id="another namespace"),
        pytest.param(["get", "pods", "--subresource=log", "-n", "dev", "--as", "jane"], "yes", id="subresource"),
        pytest.param(["create", "deployments.apps", "-n", "dev", "--as", "bo", "--as-group", "devs"], "yes", id="by group"),
        pytest.param(["get", "od", "-n", "dev", "--as", "jane"], "yes", id="short name of a custom resource"),
        pytest.param(["delete", "secrets", "-A", "--as", "root", "--as-group", "system:masters"], "yes", id="master"),
        pytest.param(["get", "/healthz", "--as", "jane"], "no", id="a URL"),
        pytest.param(["get", "pods", "-n", "dev"], "no", id="nobody"),
    ],
)  # fmt: skip
def test_can_i(arguments: list[str], answer: str, kubectl: Kubectl) -> None:
    ran = kubectl("auth", "can-i", *arguments)

    assert ran.stdout.strip() == answer, ran.stderr
    assert ran.returncode == (answer == "no")


@pytest.mark.parametrize(("user", "code"), [("jane", 0), ("john", 1)])
def test_quiet_speaks_by_its_exit_code(user: str, code: int, kubectl: Kubectl) -> None:
    ran = kubectl("auth", "can-i", "list", "pods", "-q", "-n", "dev", "--as", user)

    assert (ran.stdout, ran.returncode) == ("", code), ran.stderr


def test_list(kubectl: Kubectl) -> None:
    ran = kubectl("auth", "can-i", "--list", "-n", "dev", "--as", "jane")

    rows = sorted(line.split()[0] + " " + line[line.rindex("[") :] for line in ran.stdout.splitlines()[1:])
    assert rows == [
        "deployments.apps [*]",
        "orders.shop.example.com [get]",
        "pods [get list]",
        "pods/log [get list]",
    ]
