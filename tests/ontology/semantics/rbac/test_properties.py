"""What holds of every set of roles and bindings: rights only add up, order never decides what is allowed."""

from collections.abc import Sequence

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from ontology.cluster.meta import ObjectMeta
from ontology.cluster.rbac import (
    ClusterRole,
    ClusterRoleBinding,
    PolicyRule,
    RbacObject,
    Role,
    RoleBinding,
    RoleRef,
    Subject,
    read,
)
from ontology.semantics.rbac import rules, subjects
from ontology.semantics.rbac.bindings import Authorizer, granted_by
from ontology.semantics.rbac.changes import grant_only
from ontology.semantics.rbac.requests import Request, User

NAMESPACES = ("dev", "prod")
VERBS, GROUPS, RESOURCES, NAMES = ("get", "list"), ("", "apps"), ("pods", "jobs"), ("web", "db")

verbs = st.lists(st.sampled_from([*VERBS, "*"]), min_size=1, max_size=2).map(tuple)
resource_rules = st.builds(
    PolicyRule,
    verbs=verbs,
    api_groups=st.lists(st.sampled_from([*GROUPS, "*"]), min_size=1, max_size=2).map(tuple),
    resources=st.lists(
        st.sampled_from([*RESOURCES, "*", "*/scale", "pods/log", "pods/*"]), min_size=1, max_size=2
    ).map(tuple),
    resource_names=st.lists(st.sampled_from(["", *NAMES]), max_size=2).map(tuple),
)
url_rules = st.builds(
    PolicyRule,
    verbs=verbs,
    non_resource_urls=st.lists(
        st.sampled_from(["/healthz", "/healthz/*", "/*", "*", "/m*x"]), min_size=1, max_size=2
    ).map(tuple),
)
held = st.lists(resource_rules, max_size=3).map(tuple)
users = st.sampled_from(["jane", "bob", "system:serviceaccount:dev:ci"])
subject_lists = st.lists(
    st.one_of(
        st.builds(Subject, kind=st.just("User"), name=users),
        st.builds(Subject, kind=st.just("Group"), name=st.sampled_from(["ops", "qa"])),
        st.builds(Subject, kind=st.just("ServiceAccount"), name=st.just("ci"), namespace=st.just("dev")),
    ),
    max_size=3,
).map(tuple)


def meta(name: str, namespace: str = "") -> ObjectMeta:
    return ObjectMeta(name=name, namespace=namespace)


@st.composite
def objects(draw: st.DrawFn) -> list[RbacObject]:
    found: list[RbacObject] = []
    for name in ("a", "b"):
        own = draw(held) + tuple(draw(st.lists(url_rules, max_size=1)))
        found.append(ClusterRole(kind="ClusterRole", metadata=meta(name), rules=own))
    found += [Role(kind="Role", metadata=meta("a", each), rules=draw(held)) for each in NAMESPACES]
    return found + [draw(bindings(f"b{number}")) for number in range(draw(st.integers(0, 5)))]


@st.composite
def bindings(draw: st.DrawFn, name: str) -> RoleBinding | ClusterRoleBinding:
    namespace = draw(st.sampled_from(["", *NAMESPACES]))
    kind = draw(st.sampled_from(["Role", "ClusterRole"])) if namespace else "ClusterRole"
    reference = RoleRef(kind=kind, name=draw(st.sampled_from(["a", "b", "ghost"])))
    if namespace:
        return RoleBinding(
            kind="RoleBinding",
            metadata=meta(name, namespace),
            subjects=draw(subject_lists),
            role_ref=reference,
        )
    return ClusterRoleBinding(
        kind="ClusterRoleBinding", metadata=meta(name), subjects=draw(subject_lists), role_ref=reference
    )


asked_by = st.builds(User, name=users, groups=st.lists(st.sampled_from(["ops", "qa"]), max_size=2).map(tuple))
requests = st.one_of(
    st.builds(
        Request,
        user=asked_by,
        verb=st.sampled_from(VERBS),
        api_group=st.sampled_from(GROUPS),
        resource=st.sampled_from(RESOURCES),
        subresource=st.sampled_from(["", "log", "scale"]),
        name=st.sampled_from(["", *NAMES]),
        namespace=st.sampled_from(["", *NAMESPACES]),
    ),
    st.builds(
        Request,
        user=asked_by,
        verb=st.sampled_from(VERBS),
        path=st.sampled_from(["/healthz", "/healthz/x", "/metrics"]),
    ),
)


def visited(given_objects: Sequence[RbacObject], request: Request) -> str:
    """The reason that visiting every binding in order gives: what the index must be equal to."""
    index = Authorizer(given_objects)
    for grant in index.grants(request.user, request.scope):
        if any(rules.allows(rule, request) for rule in grant.rules or ()):
            return f"RBAC: allowed by {granted_by(grant)}"
    return ""


@given(objects(), requests)
def test_the_index_finds_what_a_visit_of_every_binding_finds(
    given_objects: list[RbacObject], request: Request
) -> None:
    decision = Authorizer(given_objects).authorize(request)

    assert decision.allowed == bool(visited(given_objects, request))
    if decision.allowed:
        assert decision.reason == visited(given_objects, request)


@given(objects(), requests)
def test_rules_too_large_to_spell_out_are_tested_as_they_are(
    given_objects: list[RbacObject], request: Request
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ontology.semantics.rbac.tables._MOST_RIGHTS", 1)
        decision = Authorizer(given_objects).authorize(request)

    assert decision == Authorizer(given_objects).authorize(request)


@given(objects(), st.lists(requests, min_size=1, max_size=4))
def test_tables_that_are_not_spelled_out_beforehand_answer_the_same(
    given_objects: list[RbacObject], asked: list[Request]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ontology.semantics.rbac.bindings._SPELLED", 0)
        lazy = Authorizer(given_objects)
    eager = Authorizer(given_objects)

    assert [lazy.authorize(each) for each in asked] == [eager.authorize(each) for each in asked]


@given(objects(), requests, st.one_of(resource_rules, url_rules), st.data())
def test_another_rule_never_revokes(
    given_objects: list[RbacObject], request: Request, more: PolicyRule, data: st.DataObject
) -> None:
    roles = [place for place, each in enumerate(given_objects) if isinstance(each, Role | ClusterRole)]
    place = data.draw(st.sampled_from(roles))
    role = given_objects[place]
    assert isinstance(role, Role | ClusterRole)
    assume(isinstance(role, ClusterRole) or not more.non_resource_urls)
    widened = [*given_objects]
    widened[place] = replace(role, rules=(*role.rules, more))

    before, after = Authorizer(given_objects).authorize(request), Authorizer(widened).authorize(request)

    assert after.allowed >= before.allowed


@given(objects(), requests, bindings("more"))
def test_another_binding_never_revokes(
    given_objects: list[RbacObject], request: Request, more: RoleBinding
) -> None:
    before = Authorizer(given_objects).authorize(request).allowed

    assert Authorizer([*given_objects, more]).authorize(request).allowed >= before
    assert Authorizer([more, *given_objects]).authorize(request).allowed >= before


@given(objects(), requests, st.randoms(use_true_random=False))
def test_order_never_decides_what_is_allowed(
    given_objects: list[RbacObject], request: Request, random: object
) -> None:
    shuffled = list(given_objects)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    before, after = Authorizer(given_objects).authorize(request), Authorizer(shuffled).authorize(request)

    assert before.allowed == after.allowed


@given(objects(), requests, requests)
def test_the_smallest_grant_allows_what_was_asked_and_nothing_more(
    given_objects: list[RbacObject], request: Request, other: Request
) -> None:
    index = Authorizer(given_objects)
    assume(not index.authorize(request).allowed)
    (step,) = grant_only(index, request)
    assert step.change is not None
    granted = Authorizer([*given_objects, *(read(each, path="") for each in step.change["create"])])

    assert granted.authorize(request).allowed
    if not _is_part_of(other, request):
        assert granted.authorize(other).allowed == index.authorize(other).allowed


def _is_part_of(other: Request, request: Request) -> bool:
    """Whether `other` is what was asked: a request without a name asks for every object, one for the whole
    cluster for every namespace.
    """
    same_user = other.user.name == request.user.name
    attributes = ("verb", "api_group", "combined_resource", "path")
    same = all(getattr(other, each) == getattr(request, each) for each in attributes)
    return (
        same_user and same and request.name in {"", other.name} and request.namespace in {"", other.namespace}
    )


@given(held, held)
def test_a_rule_covers_the_rights_it_is_made_of(
    one: tuple[PolicyRule, ...], more: tuple[PolicyRule, ...]
) -> None:
    for rule in one:
        for right in rules.breakdown(rule):
            assert rules.covers(rule, right)
            assert any(rules.covers(each, right) for each in (*more, *one))


@given(st.text(max_size=30), st.text(max_size=30))
def test_an_account_is_found_by_its_user_name(namespace: str, name: str) -> None:
    assume(namespace and name and ":" not in namespace + name)

    assert subjects.account_of(subjects.account_username(namespace, name)) == (namespace, name)
