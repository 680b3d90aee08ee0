"""The files: what a kubeconfig holds, and how several become one.

Source: kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig (v1.36).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
from msgspec import Struct, field

from ontology import documents
from ontology.cluster.manifests import without_nulls
from ontology.errors import BadInputError


class _Part(Struct, frozen=True, rename="kebab", kw_only=True):
    """A part of a kubeconfig. Fields that decide nothing are there too: a wrong type makes a file useless."""


class Cluster(_Part, frozen=True):
    """Where a server is, and whom it must be signed by."""

    server: str = ""
    insecure_skip_tls_verify: bool = False
    certificate_authority: str = ""
    certificate_authority_data: bytes = b""
    proxy_url: str = ""
    tls_server_name: str = ""
    disable_compression: bool = False


class Variable(Struct, frozen=True, kw_only=True):
    """A variable in the environment of an exec plugin."""

    name: str = ""
    value: str = ""


class ExecPlugin(Struct, frozen=True, rename="camel", kw_only=True):
    """A command that prints credentials."""

    command: str = ""
    args: list[str] = []
    env: list[Variable] = []
    api_version: str = ""
    install_hint: str = ""
    provide_cluster_info: bool = False
    interactive_mode: str = ""


class User(_Part, frozen=True):
    """Credentials, and whom to impersonate with them."""

    token: str = ""
    token_file: str = field(default="", name="tokenFile")
    client_certificate: str = ""
    client_certificate_data: bytes = b""
    client_key: str = ""
    client_key_data: bytes = b""
    username: str = ""
    password: str = ""
    exec: ExecPlugin | None = None
    auth_provider: dict[str, Any] | None = None
    impersonated: str = field(default="", name="as")
    as_uid: str = ""
    as_groups: list[str] = []
    as_user_extra: dict[str, list[str]] = {}


class Context(_Part, frozen=True):
    """Names of a cluster and a user, and a namespace."""

    cluster: str = ""
    user: str = ""
    namespace: str = ""


class _NamedCluster(_Part, frozen=True):
    name: str = ""
    cluster: Cluster = Cluster()


class _NamedUser(_Part, frozen=True):
    name: str = ""
    user: User = User()


class _NamedContext(_Part, frozen=True):
    name: str = ""
    context: Context = Context()


class _File(_Part, frozen=True):
    api_version: str = field(default="", name="apiVersion")
    kind: str = ""
    clusters: list[_NamedCluster] = []
    users: list[_NamedUser] = []
    contexts: list[_NamedContext] = []
    current_context: str = ""
    preferences: dict[str, Any] = {}


T = TypeVar("T")
Entries = Mapping[str, tuple[int, T]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """All files as one. Each entry carries the number of its file, from 1."""

    clusters: Entries[Cluster]
    users: Entries[User]
    contexts: Entries[Context]
    current: tuple[int, str]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The number of the first file that is missing or no kubeconfig, from 1."""

    number: int


def merge(files: Sequence[str | None]) -> Merged | Unreadable:
    """Return the files as one: the first that has a name wins with its whole entry.

    Raises:
        TooLargeError: a text with more aliases or levels than are read.
    """
    clusters: dict[str, tuple[int, Cluster]] = {}
    users: dict[str, tuple[int, User]] = {}
    contexts: dict[str, tuple[int, Context]] = {}
    current = (0, "")
    for number, text in enumerate(files, start=1):
        file = _read(text)
        if file is None:
            return Unreadable(number)
        for named in file.clusters:
            clusters.setdefault(named.name, (number, named.cluster))
        for user in file.users:
            users.setdefault(user.name, (number, user.user))
        for context in file.contexts:
            contexts.setdefault(context.name, (number, context.context))
        if file.current_context and not current[1]:
            current = (number, file.current_context)
    return Merged(clusters=clusters, users=users, contexts=contexts, current=current)


def _read(text: str | None) -> _File | None:
    """Return the file, or None where it is missing or no kubeconfig."""
    if text is None:
        return None
    try:
        document: Any = next(iter(documents.read_yaml(text)), {})
        file = msgspec.convert(without_nulls(document), _File)
    except (BadInputError, msgspec.ValidationError):
        return None
    if file.api_version not in {"", "v1"} or file.kind not in {"", "Config"}:
        return None
    named: tuple[Sequence[_NamedCluster | _NamedUser | _NamedContext], ...]
    named = (file.clusters, file.users, file.contexts)
    return None if any(len({each.name for each in entries}) < len(entries) for entries in named) else file
