"""kubeconfig: which server, as whom, in which namespace, after merging files and flags.

Nothing is contacted, and no token, password or key is ever part of an answer or of a step. Files that a
kubeconfig names (certificates, keys, tokens) are taken to be there.

Source: kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig (v1.36).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from ontology import documents
from ontology.cluster.manifests import without_nulls
from ontology.errors import BadInputError
from ontology.scenario import Evaluator, Question, Scenario
from ontology.verdict import Outcome, Role, Step, Verdict

DEFAULT_SERVER = "http://localhost:8080"
# The first versions of exec plugins may leave out how they talk to a terminal.
_EARLY_PLUGINS = ("client.authentication.k8s.io/v1beta1", "client.authentication.k8s.io/v1alpha1")
_INTERACTIVE = ("Never", "IfAvailable", "Always")
_PROXY_SCHEMES = ("http", "https", "socks5")


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


class Overrides(Question, frozen=True):
    """Flags of the same names as kubectl's; an empty one is none."""

    cluster: str = ""
    user: str = ""
    namespace: str = ""
    server: str = ""
    token: str = ""
    insecure_skip_tls_verify: bool = field(default=False, name="insecureSkipTLSVerify")


class Kubeconfig(Question, frozen=True):
    """Texts in the order of `KUBECONFIG` (null: a file that is missing), `--context`, and other flags."""

    files: tuple[str | None, ...]
    context: str | None = None
    overrides: Overrides = Overrides()


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
class Refusal:
    """Why there is no configuration: the verdict's error, the rule, and the name that was looked for."""

    error: str
    rule: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effective:
    """What a client would use; names are as referred to, also where nothing has that name."""

    context: str
    cluster: str
    user: str
    namespace: str
    server: str
    secure: bool
    method: str
    skips_verification: bool


def evaluate(_: Scenario, question: Kubeconfig) -> Verdict:
    """Answer the effective server, namespace, names and method, or `{"error"}`; a yes is a usable one."""
    merged = merge(question.files)
    found = merged if isinstance(merged, Refusal) else effective(merged, question)
    return Verdict(
        answer=_answer(found),
        outcome=Outcome.of(isinstance(found, Effective)),
        explain=lambda: tuple(_steps(merged, found, question)),
    )


def _answer(found: Effective | Refusal) -> dict[str, Any]:
    if isinstance(found, Refusal):
        return {"error": found.error}
    return {
        "server": found.server,
        "namespace": found.namespace,
        "context": found.context or None,
        "cluster": found.cluster or None,
        "user": found.user or None,
        "authMethod": found.method,
        "insecureSkipTLSVerify": found.skips_verification,
        "error": None,
    }


def merge(files: Sequence[str | None]) -> Merged | Refusal:
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
            return Refusal("unreadable", "access.readable", str(number))
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


def effective(merged: Merged, question: Kubeconfig) -> Effective | Refusal:
    """Return what a client would use; names given as flags must exist, names in a context need not."""
    flags = question.overrides
    asked = question.context or merged.current[1]
    _, context = merged.contexts.get(asked, (0, Context()))
    context = Context(
        cluster=flags.cluster or context.cluster,
        user=flags.user or context.user,
        namespace=flags.namespace or context.namespace,
    )
    if flags.user and flags.user not in merged.users:
        return Refusal("user-not-found", "access.user", flags.user)
    if question.context and question.context not in merged.contexts:
        return Refusal("context-not-found", "access.context", question.context)
    if flags.cluster and flags.cluster not in merged.clusters:
        return Refusal("cluster-not-found", "access.cluster", flags.cluster)
    if asked and asked not in merged.contexts:
        return Refusal("context-not-found", "access.context", asked)
    cluster, user = _overridden(merged, context, flags)
    problem = next(_problems(cluster, user), None)
    if problem is not None:
        return Refusal("invalid", problem, context.user or context.cluster)
    secure = is_secure(cluster.server)
    return Effective(
        context=asked,
        cluster=context.cluster,
        user=context.user,
        namespace=context.namespace or "default",
        server=cluster.server,
        secure=secure,
        method=method(user) if secure else "none",
        skips_verification=secure and cluster.insecure_skip_tls_verify,
    )


def _overridden(merged: Merged, context: Context, flags: Overrides) -> tuple[Cluster, User]:
    _, cluster = merged.clusters.get(context.cluster, (0, Cluster()))
    _, user = merged.users.get(context.user, (0, User()))
    cluster = replace(cluster, server=flags.server or cluster.server or DEFAULT_SERVER)
    if flags.insecure_skip_tls_verify:  # the flag also drops the authorities of the file
        cluster = replace(
            cluster,
            insecure_skip_tls_verify=True,
            certificate_authority="",
            certificate_authority_data=b"",
        )
    return cluster, replace(user, token=flags.token or user.token)


def _problems(cluster: Cluster, user: User) -> Iterator[str]:
    """Yield the rules that an unusable configuration breaks."""
    if cluster.proxy_url and _scheme(cluster.proxy_url) not in _PROXY_SCHEMES:
        yield "access.proxyUrl"
    certificate = user.client_certificate or user.client_certificate_data
    if certificate and not (user.client_key or user.client_key_data):
        yield "access.clientKey"
    twice = (
        (cluster.certificate_authority, cluster.certificate_authority_data),
        (user.client_certificate, user.client_certificate_data),
        (user.client_key if certificate else "", user.client_key_data),
    )
    if any(path and data for path, data in twice):
        yield "access.dataOrFile"
    if user.exec is not None and not _is_complete(user.exec, user):
        yield "access.execPlugin"
    if user.token and (user.username or user.password):
        yield "access.oneMethod"
    if (user.as_uid or user.as_groups or user.as_user_extra) and not user.impersonated:
        yield "access.impersonation"


def _is_complete(plugin: ExecPlugin, user: User) -> bool:
    mode = plugin.interactive_mode or ("IfAvailable" if plugin.api_version in _EARLY_PLUGINS else "")
    named = all(variable.name for variable in plugin.env)
    alone = user.auth_provider is None
    return bool(plugin.command and plugin.api_version and mode in _INTERACTIVE and named and alone)


def is_secure(server: str) -> bool:
    """Whether a client would speak TLS: the address says `https`; without a scheme it means `http`."""
    return _scheme(server) == "https"


def _scheme(address: str) -> str:
    """Return the scheme of an address with a host, `""` of any other text."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return parts.scheme if parts.netloc else ""


def method(user: User) -> str:
    """Return the first way to authenticate that is there."""
    ways = (
        ("token", user.token or user.token_file),
        ("clientCertificate", user.client_certificate or user.client_certificate_data),
        ("basic", user.username or user.password),
        ("exec", user.exec),
    )
    return next((name for name, there in ways if there), "none")


def _steps(merged: Merged | Refusal, found: Effective | Refusal, question: Kubeconfig) -> Iterator[Step]:
    if isinstance(merged, Refusal):
        broken = {"number": int(merged.name)}
        yield Step(merged.rule, holds=False, facts=broken, concepts=("kubeconfig",))
        return
    yield Step("access.readable", holds=True, facts={"count": len(question.files)}, concepts=("kubeconfig",))
    if isinstance(found, Refusal):
        yield from _refused(merged, found, question)
        return
    number, context = merged.contexts.get(found.context, (0, Context()))
    if not found.context:
        yield Step("access.noContext", holds=True, concepts=("Context",))
    else:
        rule = "access.contextFlag" if question.context else "access.context"
        seen = {"context": found.context, "number": number, "from": merged.current[0]}
        yield Step(rule, holds=True, facts=seen, concepts=("Context", "kubeconfig"))
    flags = question.overrides
    yield from _entry("access.cluster", found.cluster, flags.cluster, merged.clusters)
    yield from _entry("access.user", found.user, flags.user, merged.users)
    yield from _used(found, flags, context)


def _entry(rule: str, name: str, flag: str, entries: Entries[Any]) -> Iterator[Step]:
    """Yield where an entry comes from; a name in a context may be of nothing."""
    if not name:
        return
    number, _ = entries.get(name, (0, None))
    facts = {"name": name, "number": number, "flag": bool(flag)}
    yield Step(rule, holds=True if number else None, facts=facts, concepts=("kubeconfig", "Context"))


def _used(found: Effective, flags: Overrides, context: Context) -> Iterator[Step]:
    told = {
        "server": found.server,
        "method": found.method,
        "namespace": found.namespace,
        "context": found.context,
        "flag": flags.namespace,
    }
    yield Step("access.server", holds=found.server != DEFAULT_SERVER, facts=told, concepts=("kubeconfig",))
    yield Step("access.secureServer", holds=found.secure, facts=told, concepts=("Authentication",))
    if found.secure:
        yield Step("access.method", holds=found.method != "none", facts=told, concepts=("Authentication",))
    if found.skips_verification:
        yield Step("access.skipsVerification", holds=True, facts=told, concepts=("Certificate",))
    source = "flag" if flags.namespace else "context" if context.namespace else "default"
    yield Step(f"access.namespaceFrom{source.title()}", holds=True, facts=told, concepts=("Namespace",))


def _refused(merged: Merged, found: Refusal, question: Kubeconfig) -> Iterator[Step]:
    yield Step(
        found.rule, holds=False, facts={"name": found.name, "context": found.name}, concepts=("kubeconfig",)
    )
    if found.error != "context-not-found":
        return
    for name in sorted(merged.contexts):
        changed = replace(question, context=name)
        other = effective(merged, changed)
        if isinstance(other, Effective):
            told = {"context": name, "server": other.server, "user": other.user, "namespace": other.namespace}
            change = {"context": name}
            concepts = ("Context", "kubectl config use-context")
            yield Step(
                "access.context", holds=True, facts=told, role=Role.CHANGE, change=change, concepts=concepts
            )


KUBECONFIG = Evaluator(question=Kubeconfig, evaluate=evaluate)
