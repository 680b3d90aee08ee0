"""Who asks, and whether RBAC allows it: what a request passes before admission.

Source: kubernetes.io/docs/concepts/security/controlling-access (v1.36).
"""

from ontology.cluster.rbac import ClusterRole, ClusterRoleBinding, Role, RoleBinding
from ontology.semantics.access.impersonation import impersonated
from ontology.semantics.rbac import authorize
from ontology.semantics.rbac.bindings import Authorizer
from ontology.semantics.rbac.requests import Request, User
from ontology.verdict import Step
from ontology.walkthroughs.access_request.authorization import forbidden
from ontology.walkthroughs.cluster.kinds import Ref, resource_of
from ontology.walkthroughs.cluster.refusals import RefusedError
from ontology.walkthroughs.cluster.store import Store
from ontology.walkthroughs.cluster.story import Event

ADMIN = "kubernetes-admin"
_FORBIDDEN = 403


def user_of(event: Event) -> User | None:
    """Return for whom a request counts, None for who administers the cluster."""
    if not event.as_:
        return None
    return User(name=event.as_, groups=impersonated(event.as_, tuple(event.groups or ())))


def allow(store: Store, event: Event, verb: str, ref: Ref, subresource: str = "") -> tuple[Step, ...]:
    """Return why a request is allowed.

    Raises:
        RefusedError: 403, in the words of the API server.
    """
    user = user_of(event)
    if user is None:
        return (Step("access.masters", holds=True, facts={"user": ADMIN}),)
    resource = resource_of(ref[0])
    request = Request(
        user=user,
        verb=verb,
        resource=resource.name if resource is not None else f"{ref[0].lower()}s",
        api_group=resource.group if resource is not None else "",
        subresource=subresource,
        name="" if verb == "create" and not subresource else ref[2],
        namespace=ref[1],
    )
    index = Authorizer(
        (*store.all(ClusterRole), *store.all(ClusterRoleBinding), *store.all(Role), *store.all(RoleBinding))
    )
    decision = index.authorize(request)
    if not decision.allowed:
        raise RefusedError(_FORBIDDEN, "Forbidden", forbidden(request, decision.reason))
    who = Step("access.authenticated", holds=True, facts={"user": user.name, "groups": user.groups})
    return (who, *authorize.steps(index, request, decision))
