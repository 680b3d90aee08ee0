"""Discovery and access reviews for Kubernetes clients, against the manifests the server was started with.

Who asks is told by the impersonation headers, and is anonymous without them: nobody signs in here.

Source: kubernetes.io/docs/reference/using-api/api-concepts, user impersonation (v1.36).
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from functools import wraps
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.endpoints.bodies import JSON, JsonResponse, content_type, read
from api.endpoints.scenarios import YAML
from api.endpoints.serving import serving
from api.kubernetes import discovery
from api.kubernetes.cluster import Cluster
from api.kubernetes.status import failure
from api.problems import RefusedError, problem
from ontology import documents
from ontology.errors import BadInputError, InvalidObjectError
from ontology.semantics.access.impersonation import ANONYMOUS, impersonated

_PROTOBUF = "application/vnd.kubernetes.protobuf"
_CREATED = 201
# resource -> the kind that is posted there
_KINDS = {
    "localsubjectaccessreviews": "LocalSubjectAccessReview",
    "selfsubjectaccessreviews": "SelfSubjectAccessReview",
    "selfsubjectrulesreviews": "SelfSubjectRulesReview",
    "subjectaccessreviews": "SubjectAccessReview",
}
_GROUP_VERSION = "/apis/authorization.k8s.io/v1"

Endpoint = Callable[[Request], Awaitable[Response]]


def _for_clients(endpoint: Endpoint) -> Endpoint:
    """Return the endpoint with refusals that Kubernetes clients understand."""

    @wraps(endpoint)
    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Exception as error:
            found = problem(error)
            if found.code == "INTERNAL":
                raise
            return JsonResponse(failure(found), status_code=found.status)

    return answer


@_for_clients
async def version(_: Request) -> Response:
    """Answer `/version`."""
    return JsonResponse(discovery.version())


@_for_clients
async def core_versions(request: Request) -> Response:
    """Answer `/api`."""
    return JsonResponse(_cluster(request).discovery.core_versions())


@_for_clients
async def groups(request: Request) -> Response:
    """Answer `/apis`."""
    return JsonResponse(_cluster(request).discovery.groups())


@_for_clients
async def group(request: Request) -> Response:
    """Answer `/apis/{group}`."""
    return _found(request, _cluster(request).discovery.group(request.path_params["group"]))


@_for_clients
async def resources(request: Request) -> Response:
    """Answer `/api/{version}` and `/apis/{group}/{version}`."""
    where = request.path_params
    return _found(request, _cluster(request).discovery.resources(where.get("group", ""), where["version"]))


@_for_clients
async def review(request: Request) -> Response:
    """Answer a review of `authorization.k8s.io/v1`, in JSON, YAML or protobuf, with its status."""
    form = content_type(request, [JSON, _PROTOBUF, *YAML])
    body = await read(request, most=serving(request).settings.max_body_bytes)
    user = request.headers.get("impersonate-user", "")
    asked_groups = request.headers.getlist("impersonate-group")
    if asked_groups and not user:
        raise BadInputError("Impersonate-Group needs Impersonate-User")
    name = user or ANONYMOUS
    members = impersonated(name, asked_groups)

    def work() -> dict[str, Any]:
        found = _addressed(_decoded(form, body), request)
        return _cluster(request).review(found, user=name, groups=members)

    return JsonResponse(await run_in_threadpool(work), status_code=_CREATED)


def _decoded(form: str, body: bytes) -> Mapping[str, Any]:
    if form == _PROTOBUF:
        from api.kubernetes import protobuf  # noqa: PLC0415 - most clients send JSON

        return protobuf.decode(body)
    found = documents.read_json(body) if form == JSON else next(iter(documents.read_yaml(body)), None)
    if not isinstance(found, Mapping):
        raise BadInputError("a review is one object")
    return found


def _addressed(found: Mapping[str, Any], request: Request) -> Mapping[str, Any]:
    """Return the review as its address completes it: clients may leave the namespace to it.

    Raises:
        InvalidObjectError: it is of another kind, or of another namespace, than its address.
    """
    kind = _KINDS[request.url.path.rpartition("/")[2]]
    where = request.path_params
    if found.get("kind") != kind:
        raise InvalidObjectError(f"`{found.get('kind')}` was sent to the address of {kind}", path="kind")
    if "namespace" not in where:
        return found
    metadata = found.get("metadata") or {}
    if not isinstance(metadata, Mapping):
        raise InvalidObjectError("expected a mapping", path="metadata")
    if metadata.get("namespace") not in (None, "", where["namespace"]):
        message = f"`{metadata['namespace']}` is not the namespace of the address, `{where['namespace']}`"
        raise InvalidObjectError(message, path="metadata.namespace")
    return {**found, "metadata": {**metadata, "namespace": where["namespace"]}}


def _found(request: Request, document: discovery.Document | None) -> Response:
    if document is None:
        raise RefusedError("NOT_FOUND", f"the API has nothing at {request.url.path}")
    return JsonResponse(document)


def _cluster(request: Request) -> Cluster:
    return serving(request).cluster


def _reviews() -> Iterator[Route]:
    for name, kind in _KINDS.items():
        inside = "/namespaces/{namespace}" if kind.startswith("Local") else ""
        yield Route(f"{_GROUP_VERSION}{inside}/{name}", review, methods=["POST"])


ROUTES = (
    Route("/version", version),
    Route("/api", core_versions),
    Route("/api/{version}", resources),
    Route("/apis", groups),
    Route("/apis/{group}", group),
    Route("/apis/{group}/{version}", resources),
    *_reviews(),
)
