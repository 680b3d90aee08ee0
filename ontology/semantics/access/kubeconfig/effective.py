"""What a client would use of merged files and flags, or why there is no usable configuration.

Files that a kubeconfig names (certificates, keys, tokens) are taken to be there.

Source: kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig (v1.36).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from msgspec import field
from msgspec.structs import replace

from ontology.scenario import Question
from ontology.semantics.access.kubeconfig import addresses
from ontology.semantics.access.kubeconfig.files import Cluster, Context, ExecPlugin, Merged, User

DEFAULT_SERVER = "http://localhost:8080"
# The first versions of exec plugins may leave out how they talk to a terminal.
_EARLY_PLUGINS = ("client.authentication.k8s.io/v1beta1", "client.authentication.k8s.io/v1alpha1")
_INTERACTIVE = ("Never", "IfAvailable", "Always")
_PROXY_SCHEMES = ("http", "https", "socks5")


class Overrides(Question, frozen=True):
    """Flags of the same names as kubectl's; an empty one is none."""

    cluster: str = ""
    user: str = ""
    namespace: str = ""
    server: str = ""
    token: str = ""
    insecure_skip_tls_verify: bool = field(default=False, name="insecureSkipTLSVerify")


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


def effective(merged: Merged, context_flag: str | None, flags: Overrides) -> Effective | Refusal:
    """Return what a client would use; names given as flags must exist, names in a context need not."""
    asked = context_flag or merged.current[1]
    _, context = merged.contexts.get(asked, (0, Context()))
    context = Context(
        cluster=flags.cluster or context.cluster,
        user=flags.user or context.user,
        namespace=flags.namespace or context.namespace,
    )
    if flags.user and flags.user not in merged.users:
        return Refusal("user-not-found", "access.user", flags.user)
    if context_flag and context_flag not in merged.contexts:
        return Refusal("context-not-found", "access.context", context_flag)
    if flags.cluster and flags.cluster not in merged.clusters:
        return Refusal("cluster-not-found", "access.cluster", flags.cluster)
    if asked and asked not in merged.contexts:
        return Refusal("context-not-found", "access.context", asked)
    cluster, user = _overridden(merged, context, flags)
    problem = next(_problems(cluster, user), None)
    if problem is not None:
        return Refusal("invalid", problem, context.user or context.cluster)
    secure = addresses.is_secure(cluster.server)
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
    if cluster.proxy_url and addresses.scheme(cluster.proxy_url) not in _PROXY_SCHEMES:
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


def method(user: User) -> str:
    """Return the first way to authenticate that is there."""
    ways = (
        ("token", user.token or user.token_file),
        ("clientCertificate", user.client_certificate or user.client_certificate_data),
        ("basic", user.username or user.password),
        ("exec", user.exec),
    )
    return next((name for name, there in ways if there), "none")
