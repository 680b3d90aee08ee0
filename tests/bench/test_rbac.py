"""RBAC: requests a second with the authorizer's reason, beside a visit of every binding; and the index.

Times are of the processor, so that others on the machine count little. More than half of the requests are
denied, and these are measured by themselves too. `First` is the first request of each subject: no two requests
of such a round have the user or a group in common, and the index is fresh. Roles, bindings and requests are
random with a fixed seed: one role for ten bindings, three subjects at most, one binding in ten cluster-wide,
wildcards and resource names now and then.
"""

from collections.abc import Callable, Sequence
from random import Random
from statistics import median
from time import process_time

import pytest

from ontology.cluster.meta import ObjectMeta
from ontology.cluster.rbac import (
    ClusterRole,
    ClusterRoleBinding,
    PolicyRule,
    RbacObject,
    RoleBinding,
    RoleRef,
    Subject,
)
from ontology.semantics.rbac import rules, subjects
from ontology.semantics.rbac.bindings import Authorizer
from ontology.semantics.rbac.requests import Request, User

RESOURCES = (
    ("", "pods"),
    ("", "services"),
    ("", "secrets"),
    ("", "configmaps"),
    ("", "pods/log"),
    ("apps", "deployments"),
    ("apps", "statefulsets"),
    ("batch", "jobs"),
)
VERBS = ("get", "list", "watch", "create", "update", "patch", "delete")
REQUESTS, ROUNDS, FRESH = 3000, 7, 3


def rule(random: Random) -> PolicyRule:
    group, resource = random.choice(RESOURCES)
    return PolicyRule(
        verbs=("*",) if random.random() < 0.05 else tuple(random.sample(VERBS, random.randint(1, 4))),
        api_groups=("*" if random.random() < 0.02 else group,),
        resources=("*" if random.random() < 0.02 else resource,),
        resource_names=(f"n{random.randrange(20)}",) if random.random() < 0.1 else (),
    )


def subject(random: Random, users: int) -> Subject:
    if random.random() < 0.5:
        return Subject(kind="User", name=f"u{random.randrange(users)}")
    return Subject(kind="Group", name=f"g{random.randrange(max(3, users // 10))}")


def cluster(bindings: int) -> tuple[list[RbacObject], list[Request]]:
    random = Random(2)  # noqa: S311 - a made-up cluster
    roles, users = max(10, bindings // 10), max(20, bindings // 2)
    objects: list[RbacObject] = [
        ClusterRole(
            kind="ClusterRole",
            metadata=ObjectMeta(name=f"r{number}"),
            rules=tuple(rule(random) for _ in range(random.randint(1, 4))),
        )
        for number in range(roles)
    ]
    for number in range(bindings):
        namespace = "" if random.random() < 0.1 else f"ns{random.randrange(max(5, bindings // 50))}"
        make = RoleBinding if namespace else ClusterRoleBinding
        objects.append(
            make(
                kind=make.KIND,
                metadata=ObjectMeta(name=f"b{number}", namespace=namespace),
                subjects=tuple(subject(random, users) for _ in range(random.randint(1, 3))),
                role_ref=RoleRef(kind="ClusterRole", name=f"r{random.randrange(roles)}"),
            )
        )
    return objects, [request(random, bindings, users) for _ in range(REQUESTS)]


def request(random: Random, bindings: int, users: int) -> Request:
    group, combined = random.choice(RESOURCES)
    resource, _, subresource = combined.partition("/")
    groups = tuple(f"g{random.randrange(max(3, users // 10))}" for _ in range(random.randint(1, 4)))
    return Request(
        user=User(name=f"u{random.randrange(users)}", groups=groups),
        verb=random.choice(VERBS),
        api_group=group,
        resource=resource,
        subresource=subresource,
        name=f"n{random.randrange(20)}",
        namespace=f"ns{random.randrange(max(5, bindings // 50))}",
    )


def visit(index: Authorizer, asked: Request) -> bool:
    """What the authorizer of Kubernetes does: every binding in turn."""
    for binding in index.bindings:
        if (
            binding.scope in {"", asked.namespace}
            and any(subjects.applies(each, binding.scope, asked.user) for each in binding.subjects)
            and any(rules.allows(each, asked) for each in index.resolve(binding) or ())
        ):
            return True
    return False


def rate(ask: Callable[[Request], object], requests: Sequence[Request]) -> float:
    began = process_time()
    for each in requests:
        ask(each)
    return len(requests) / (process_time() - began)


def first_rate(objects: Sequence[RbacObject], requests: Sequence[Request]) -> float:
    """The best of some rounds over requests of distinct subjects, each round with an index of its own."""
    distinct: list[Request] = []
    met: set[str] = set()
    for each in requests:
        if met.isdisjoint({each.user.name, *each.user.groups}):
            distinct.append(each)
            met |= {each.user.name, *each.user.groups}
    return max(rate(Authorizer(objects).authorize, distinct) for _ in range(FRESH))


@pytest.mark.parametrize(
    ("bindings", "floor", "visits"),
    [
        pytest.param(100, 150_000, 500, id="100"),
        pytest.param(10_000, 100_000, 20, id="10000"),
        pytest.param(100_000, 60_000, 3, id="100000"),
    ],
)
def test_authorize_with_its_reason(
    bindings: int, floor: int, visits: int, report: Callable[[str], None]
) -> None:
    objects, requests = cluster(bindings)
    index = Authorizer(objects)
    assert all(index.authorize(each).allowed == visit(index, each) for each in requests[:visits])

    first = first_rate(objects, requests)
    once = rate(Authorizer(objects).authorize, requests)
    settled = median(rate(index.authorize, requests) for _ in range(ROUNDS))
    denied = [each for each in requests if not index.authorize(each).allowed]
    refused = median(rate(index.authorize, denied) for _ in range(ROUNDS))
    scan = rate(lambda each: visit(index, each), requests[:visits])

    report(
        f"rbac authorize, {bindings} bindings: {settled:,.0f}/s, denied {refused:,.0f}/s, "
        f"asked once {once:,.0f}/s, first of each subject {first:,.0f}/s, "
        f"visit of all {scan:,.0f}/s (x {settled / scan:,.0f}), {1 - len(denied) / len(requests):.0%} allowed"
    )
    assert min(settled, refused, once, first) >= floor


def test_the_index_of_100000_bindings(report: Callable[[str], None]) -> None:
    objects, _ = cluster(100_000)

    began = process_time()
    Authorizer(objects)
    spent = process_time() - began

    report(f"rbac index of 100000 bindings: {spent:.2f} s")
    assert spent < 4


def test_unrelated_bindings_cost_a_request_nothing(report: Callable[[str], None]) -> None:
    few, requests = cluster(100)
    many, _ = cluster(100_000)
    strangers = [
        RoleBinding(
            kind="RoleBinding",
            metadata=ObjectMeta(name=f"s{number}", namespace=f"elsewhere{number % 500}"),
            subjects=(Subject(kind="User", name=f"stranger{number}"),),
            role_ref=RoleRef(kind="ClusterRole", name="r0"),
        )
        for number in range(len(many))
    ]

    alone, crowded = Authorizer(few), Authorizer([*few, *strangers])
    rate(alone.authorize, requests), rate(crowded.authorize, requests)
    ratio = median(rate(alone.authorize, requests) / rate(crowded.authorize, requests) for _ in range(ROUNDS))

    report(f"rbac authorize, 100 bindings alone beside 100 among {len(many):,} strangers: x {ratio:.2f}")
    assert ratio < 1.5
