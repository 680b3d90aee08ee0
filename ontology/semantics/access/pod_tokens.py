"""Pod tokens: which account a pod speaks as, with which token, for whom it is meant and how long it lasts.

Until 1.20 a pod mounted the Secret that every service account had: a token without audience or end. Since
1.21 the kubelet asks for a token of the pod's own, and since 1.24 no Secret is made by itself any more.

Source: kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin (v1.36).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ontology.cluster.accounts import Secret, ServiceAccount
from ontology.cluster.pods import Pod
from ontology.errors import InvalidQuestionError
from ontology.scenario import Evaluator, Question, Scenario
from ontology.verdict import Outcome, Role, Step, Verdict

MOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount"
# A token of an hour; the seven seconds mark the kubelet's own volume, whose tokens are renewed and, while
# clients are slow to reread them, accepted for a year.
AUTOMATIC_SECONDS = 3607
_DEFAULT_SECONDS = 3600
_BOUND_SINCE, _NO_SECRETS_SINCE = (1, 21), (1, 24)
_ACCOUNT_OF_SECRET = "kubernetes.io/service-account.name"  # noqa: S105 - an annotation's key
_TOKEN_SECRET = "kubernetes.io/service-account-token"  # noqa: S105 - a Secret's type
_VERSION = re.compile(r"1\.(\d{1,3})(?:\.\d+)?")


class PodToken(Question, frozen=True):
    """The pod's name, its namespace where several have one, and the Kubernetes version that runs it."""

    pod: str
    namespace: str = ""
    version: str = "1.36"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mounted:
    """A token in a pod: where its file is, for whom it is meant (None: the API server), and its lifetime."""

    source: str
    volume: str
    path: str
    audience: str | None = None
    seconds: int | None = None
    ends_with_pod: bool = True

    def plain(self) -> dict[str, Any]:
        """Return the token as the verdict shows it; a lifetime of null never ends."""
        return {
            "source": self.source,
            "volume": self.volume,
            "path": self.path,
            "audience": self.audience,
            "expirationSeconds": self.seconds,
            "endsWithPod": self.ends_with_pod,
        }


def evaluate(scenario: Scenario, question: PodToken) -> Verdict:
    """Answer `{"account", "user", "automount", "tokens", "secrets"}`; a yes where the pod has a token.

    Raises:
        InvalidQuestionError: no such pod, several of that name, or a version that is none.
    """
    version = _version(question.version)
    pod = _pod(scenario.all(Pod), question)
    name = pod.spec.service_account_name or "default"
    accounts = scenario.all(ServiceAccount)
    account = next((a for a in accounts if (a.namespace, a.name) == (pod.namespace, name)), None)
    automount = _automount(pod, account)
    tokens = tuple(_tokens(pod, automount=automount, bound=version >= _BOUND_SINCE))
    secrets = _secrets(scenario.all(Secret), pod.namespace, name, automatic=version < _NO_SECRETS_SINCE)
    answer: dict[str, Any] = {
        "account": f"{pod.namespace}/{name}",
        "user": f"system:serviceaccount:{pod.namespace}:{name}",
        "automount": automount,
        "tokens": [token.plain() for token in tokens],
        "secrets": list(secrets),
    }
    facts = {
        "pod": pod.name,
        "version": question.version,
        "secrets": secrets,
        "account": answer["account"],
        "user": answer["user"],
    }
    return Verdict(
        answer=answer,
        outcome=Outcome.of(bool(tokens)),
        explain=lambda: tuple(_steps(pod, account, tokens, version, facts)),
    )


def _version(text: str) -> tuple[int, int]:
    match = _VERSION.fullmatch(text)
    if match is None:
        raise InvalidQuestionError(
            f"`{text}` is not a version such as `1.36`", path="question.podToken.version"
        )
    return 1, int(match[1])


def _pod(pods: tuple[Pod, ...], question: PodToken) -> Pod:
    found = [pod for pod in pods if pod.name == question.pod and question.namespace in {"", pod.namespace}]
    if len(found) != 1:
        problem = "several pods" if found else "no pod"
        raise InvalidQuestionError(f"{problem} of the name `{question.pod}`", path="question.podToken.pod")
    return found[0]


def _automount(pod: Pod, account: ServiceAccount | None) -> bool:
    """Return whether a token is mounted by itself: the pod decides, then its account, else yes."""
    for said in (
        pod.spec.automount_service_account_token,
        account.automount_service_account_token if account else None,
    ):
        if said is not None:
            return said
    return True


def _tokens(pod: Pod, *, automount: bool, bound: bool) -> Iterator[Mounted]:
    if automount:
        file = f"{MOUNT_PATH}/token"
        if bound:
            yield Mounted(source="projected", volume="kube-api-access", path=file, seconds=AUTOMATIC_SECONDS)
        else:
            yield Mounted(source="secret", volume="token", path=file, ends_with_pod=False)
    mounts = {
        mount["name"]: str(mount["mountPath"])
        for container in pod.spec.containers or ()
        for mount in container.volume_mounts or ()
    }
    for volume in pod.spec.volumes or ():
        for source in (volume.projected or {}).get("sources") or ():
            token: Mapping[str, Any] | None = source.get("serviceAccountToken")
            if token is not None and volume.name in mounts:
                yield Mounted(
                    source="projected",
                    volume=volume.name,
                    path=f"{mounts[volume.name].rstrip('/')}/{token.get('path', '')}",
                    audience=token.get("audience") or None,
                    seconds=token.get("expirationSeconds") or _DEFAULT_SECONDS,
                )


def _secrets(secrets: tuple[Secret, ...], namespace: str, name: str, *, automatic: bool) -> tuple[str, ...]:
    """Return the Secrets with a token of the account; before 1.24 one was made for each account."""
    found = [
        secret.name
        for secret in secrets
        if secret.type == _TOKEN_SECRET
        and secret.namespace == namespace
        and (secret.metadata.annotations or {}).get(_ACCOUNT_OF_SECRET) == name
    ]
    return tuple(found) or ((f"{name}-token-…",) if automatic else ())


def _steps(
    pod: Pod,
    account: ServiceAccount | None,
    tokens: tuple[Mounted, ...],
    version: tuple[int, int],
    facts: Mapping[str, Any],
) -> Iterator[Step]:
    named = bool(pod.spec.service_account_name)
    rule = "access.podAccount" if named else "access.defaultAccount"
    yield Step(rule, holds=True, facts=facts, concepts=("Pod", "ServiceAccount"))
    by_itself = [token for token in tokens if token.path == f"{MOUNT_PATH}/token"]
    said = pod.spec.automount_service_account_token
    if said is None and account is not None and account.automount_service_account_token is not None:
        yield Step(
            "access.automountAccount", holds=bool(by_itself), facts=facts, concepts=("ServiceAccount",)
        )
    else:
        concepts = ("automountServiceAccountToken", "Pod")
        yield Step("access.automount", holds=bool(by_itself), facts=facts, concepts=concepts)
    for token in tokens:
        told = dict(facts) | token.plain() | {"audience": token.audience or "kube-apiserver"}
        rule = "access.boundPodToken" if token.ends_with_pod else "access.secretPodToken"
        yield Step(rule, holds=True, facts=told, concepts=("Token", "Pod"))
    yield Step(
        "access.accountSecret", holds=version < _NO_SECRETS_SINCE, facts=facts, concepts=("Secret", "Token")
    )
    if not by_itself:
        change = {"spec": {"automountServiceAccountToken": True}}
        yield Step("access.automount", holds=True, facts=facts, role=Role.CHANGE, change=change)


POD_TOKEN = Evaluator(question=PodToken, evaluate=evaluate)
