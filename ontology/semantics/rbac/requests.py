"""What is asked of an authorizer: who wants to do what, to which resource or URL, and where."""

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from ontology.errors import InvalidQuestionError
from ontology.scenario import Question


class User(Struct, frozen=True, kw_only=True):
    """Who asks: a name and the complete list of groups; nothing is added to it."""

    name: str
    groups: tuple[str, ...] = ()


class Request(Struct, frozen=True, kw_only=True):
    """The attributes of one request, as an authorizer sees them.

    A request for a URL has a `path` and none of the resource's attributes; any other has `path` None.
    An empty `namespace` is a request for the whole cluster, an empty `name` one for no object of its own
    (list, watch, create, deletecollection).
    """

    user: User
    verb: str
    api_group: str = ""
    resource: str = ""
    subresource: str = ""
    name: str = ""
    namespace: str = ""
    path: str | None = None

    @property
    def combined_resource(self) -> str:
        """The resource as rules spell it: `pods`, or `pods/log` with a subresource."""
        return f"{self.resource}/{self.subresource}" if self.subresource else self.resource

    @property
    def scope(self) -> str:
        """The namespace whose RoleBindings count; none for a URL, whatever the namespace."""
        return self.namespace if self.path is None else ""


class Action(Question, frozen=True):
    """What is to be done; the shape that every question about one action shares.

    Either `resource`, with what belongs to it, or `path`.
    """

    verb: str
    api_group: str = ""
    resource: str | UnsetType = UNSET
    subresource: str = ""
    name: str = ""
    namespace: str = ""
    path: str | UnsetType = UNSET

    def request(self, user: User) -> Request:
        """Return the request that `user` makes with this action.

        Raises:
            InvalidQuestionError: neither a resource nor a path, or both.
        """
        if isinstance(self.path, str):
            if isinstance(self.resource, str) or self.subresource or self.name or self.api_group:
                raise InvalidQuestionError(
                    "ask for a `path` or for a `resource`, not for both", path="question"
                )
            return Request(user=user, verb=self.verb, path=self.path)
        if not isinstance(self.resource, str):
            raise InvalidQuestionError("`resource` or `path` is missing", path="question")
        return Request(
            user=user,
            verb=self.verb,
            api_group=self.api_group,
            resource=self.resource,
            subresource=self.subresource,
            name=self.name,
            namespace=self.namespace,
        )


def described(request: Request) -> dict[str, Any]:
    """Return the request as facts for wording: `verb`, `target` (`pods/log "web" in apps`) and `where`."""
    if request.path is not None:
        return {"user": request.user.name, "verb": request.verb, "target": request.path, "namespace": ""}
    group = f".{request.api_group}" if request.api_group else ""
    resource, _, sub = request.combined_resource.partition("/")
    target = f"{resource}{group}" + (f"/{sub}" if sub else "")
    named = f"{target} `{request.name}`" if request.name else target
    return {
        "user": request.user.name,
        "verb": request.verb,
        "target": named,
        "namespace": request.namespace,
    }
