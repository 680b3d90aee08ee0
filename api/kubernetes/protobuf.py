"""Reviews as kubectl sends them since 1.32: protobuf in Kubernetes' envelope.

A body is four magic bytes, then a message that names apiVersion and kind and holds the object's own bytes.

Source: kubernetes.io/docs/reference/using-api/api-concepts (protobuf encoding, v1.36).
"""

from functools import cache
from importlib.resources import files
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import DecodeError

from ontology.errors import BadInputError, UnknownKindError

MEDIA_TYPE = "application/vnd.kubernetes.protobuf"
_MAGIC = b"k8s\x00"
_MESSAGES = {
    "SelfSubjectAccessReview": "AccessReview",
    "SubjectAccessReview": "AccessReview",
    "LocalSubjectAccessReview": "AccessReview",
    "SelfSubjectRulesReview": "RulesReview",
}


def decode(body: bytes) -> dict[str, Any]:
    """Return the review of a body as the manifest it stands for. What the schema does not name is left out.

    Raises:
        BadInputError: not in the envelope, or cut.
        UnknownKindError: not a review.
    """
    if not body.startswith(_MAGIC):
        raise BadInputError(f"a body of {MEDIA_TYPE} begins with the bytes `k8s` and zero")
    envelope = _parsed("Unknown", body.removeprefix(_MAGIC))
    kind, api_version = envelope.typeMeta.kind, envelope.typeMeta.apiVersion
    if kind not in _MESSAGES:
        raise UnknownKindError(api_version, kind, path="kind", nearest=sorted(_MESSAGES))
    return {"apiVersion": api_version, "kind": kind, **MessageToDict(_parsed(_MESSAGES[kind], envelope.raw))}


def _parsed(name: str, content: bytes) -> Any:
    message = message_factory.GetMessageClass(_pool().FindMessageTypeByName(f"kubernetes.{name}"))()
    try:
        message.ParseFromString(content)
    except DecodeError as error:
        raise BadInputError(f"the body is not a protobuf message `{name}`") from error
    return message


@cache
def _pool() -> Any:
    text = files("api.kubernetes").joinpath("authorization.txtpb").read_text(encoding="utf-8")
    pool = descriptor_pool.DescriptorPool()
    pool.Add(text_format.Parse(text, descriptor_pb2.FileDescriptorProto()))
    return pool
