"""What is asked about one request: credentials, the action, the object, and what others would answer."""

from typing import Any

from msgspec import field

from ontology.scenario import Question
from ontology.semantics.access.certificates import ClientCertificate
from ontology.semantics.access.service_accounts import ServiceAccountToken
from ontology.semantics.rbac.requests import Action


class Impersonate(Question, frozen=True):
    """Whom the request is to count for: `--as`, `--as-group`, `--as-uid`, and extra attributes by key."""

    user: str
    groups: tuple[str, ...] = ()
    uid: str = ""
    extra: dict[str, tuple[str, ...]] = field(default_factory=dict)


class WebhookAnswer(Question, frozen=True):
    """What a webhook answers: let in, with the `object` as it changed it, or not; or `error`, why it fails.

    `code` is the HTTP status it asks for; an API server sends 400 where it asks for none.
    """

    allowed: bool = True
    message: str = ""
    code: int = 0
    object: dict[str, Any] | None = None
    error: str = ""


class AccessRequest(Action, frozen=True, kw_only=True):
    """One request: at most one kind of credentials, what is to be done, and the object that is written.

    Without credentials the request is anonymous, unless `anonymous` is false. `webhooks` are the answers of
    admission webhooks by name.
    """

    client_certificate: ClientCertificate | None = None
    service_account_token: ServiceAccountToken | None = None
    anonymous: bool = True
    impersonate: Impersonate | None = None
    object: dict[str, Any] | None = None
    webhooks: dict[str, WebhookAnswer] = field(default_factory=dict)
