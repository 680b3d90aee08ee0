"""Client certificates: whom the API server takes the bearer of a certificate to be, and why not.

User name is the common name, groups are the organizations.

Source: kubernetes.io/docs/reference/access-authn-authz/authentication, X509 client certificates (v1.36).
"""

from collections.abc import Iterator
from typing import Any

from cryptography import x509
from cryptography.x509.oid import NameOID

from ontology import instants
from ontology.scenario import Evaluator, Question, Scenario
from ontology.semantics.access.certificate import read
from ontology.semantics.access.chains import RULES, Chain, Failure, verified
from ontology.semantics.access.clock import instant
from ontology.verdict import Outcome, Role, Step, Verdict

_UID = x509.ObjectIdentifier("1.3.6.1.4.1.57683.2")
_ROOT = "question.clientCertificate"


class ClientCertificate(Question, frozen=True):
    """PEM of what the client presents, its own first; PEM of the accepted authorities; the time, RFC 3339."""

    pem: str
    ca_pem: str
    now: str


def evaluate(_: Scenario, question: ClientCertificate) -> Verdict:
    """Answer `{"authenticated", "user", "groups", "uid", "reason"}`; a yes is an authenticated client.

    Raises:
        TooLargeError: more certificates than are read.
        InvalidQuestionError: a certificate that cannot be read, or `now` that is no instant.
    """
    presented = read(question.pem, path=f"{_ROOT}.pem")
    authorities = read(question.ca_pem, path=f"{_ROOT}.caPem")
    now = instant(question.now, path=f"{_ROOT}.now")
    found = verified(presented, authorities, now) if presented else None
    answer = identity(found)
    return Verdict(
        answer=answer,
        outcome=Outcome.of(answer["authenticated"]),
        explain=lambda: tuple(_steps(presented, authorities, now, found)),
    )


def identity(found: Chain | Failure | None) -> dict[str, Any]:
    """Return the verdict on what `verified` found; None is no certificate at all."""
    if found is None:
        return _nobody("no-certificate")
    if isinstance(found, Failure):
        return _nobody(found.reason)
    names = found[0].values(NameOID.COMMON_NAME)
    if not names or not names[-1]:
        return _nobody("no-common-name")
    uids = found[0].values(_UID)
    if len(uids) > 1 or "" in uids:
        return _nobody("invalid-uid")
    return {
        "authenticated": True,
        "user": names[-1],
        "groups": list(found[0].values(NameOID.ORGANIZATION_NAME)),
        "uid": "".join(uids),
        "reason": "",
    }


def _nobody(reason: str) -> dict[str, Any]:
    return {"authenticated": False, "user": None, "groups": None, "uid": None, "reason": reason}


def _steps(presented: Chain, authorities: Chain, now: int, found: Chain | Failure | None) -> Iterator[Step]:
    if found is None:
        yield Step("access.certificatePresented", holds=False, concepts=("X509ClientCert",))
        return
    leaf = presented[0]
    begin, end = leaf.validity
    facts = {
        "certificate": str(leaf),
        "now": instants.render(now),
        "begin": instants.render(begin),
        "end": instants.render(end),
        "issuer": leaf.issued_by,
    }
    if isinstance(found, Failure):
        yield from _refused(found, facts)
        yield from _almost(presented, authorities, found, facts)
        yield from _changes(presented, authorities, now, found, facts)
        return
    for rule in dict.fromkeys(RULES.values()):
        yield Step(
            rule, holds=True, facts=facts | {"chain": tuple(map(str, found))}, concepts=("X509ClientCert",)
        )
    answer = identity(found)
    if answer["reason"] == "invalid-uid":
        uids = found[0].values(_UID)
        yield Step(
            "access.uid", holds=False, facts=facts | {"uids": uids}, concepts=("X509ClientCert", "User")
        )
        return
    told = facts | {"user": answer["user"], "groups": tuple(answer["groups"] or ())}
    yield Step("access.commonName", holds=answer["authenticated"], facts=told, concepts=("User", "Group"))


def _refused(failure: Failure, facts: dict[str, Any]) -> Iterator[Step]:
    """Yield the checks that the client's own certificate passed, then the one that failed."""
    last = RULES[failure.reason]
    for rule in dict.fromkeys(RULES.values()):
        if rule == last:
            break
        yield Step(rule, holds=True, facts=facts | {"chain": (facts["certificate"],)})
    begin, end = failure.certificate.validity
    told = facts | {
        "certificate": str(failure.certificate),
        "issuer": failure.certificate.issued_by,
        "begin": instants.render(begin),
        "end": instants.render(end),
        "detail": failure.detail,
    }
    concepts = ("X509ClientCert", "CertificateAuthority")
    yield Step(failure.rule or last, holds=False, facts=told, concepts=concepts)


def _almost(presented: Chain, authorities: Chain, failure: Failure, facts: dict[str, Any]) -> Iterator[Step]:
    """Yield what looks like the issuer that could not be found, and is not."""
    if failure.reason != "unknown-authority" or failure.rule:
        return
    orphan = failure.certificate
    told = facts | {"certificate": str(orphan), "issuer": orphan.issued_by}
    namesakes = [each for each in (*authorities, *presented[1:]) if each.subject == orphan.issuer]
    for each in namesakes:
        if each == orphan:
            rule = "access.selfSigned"
        elif not each.may_sign:
            rule = "access.notAnAuthority"
        elif not orphan.signed_by(each):
            rule = "access.namesakeAuthority"
        else:
            rule = "access.pathLength"
        yield Step(rule, holds=False, facts=told, role=Role.NEAR_MISS, concepts=("CertificateAuthority",))
    if not namesakes:
        rule = "access.selfSigned" if orphan.subject == orphan.issuer else "access.missingIssuer"
        yield Step(rule, holds=False, facts=told, role=Role.NEAR_MISS, concepts=("CertificateAuthority",))


def _changes(
    presented: Chain, authorities: Chain, now: int, failure: Failure, facts: dict[str, Any]
) -> Iterator[Step]:
    """Yield another time, or one more authority, under which the same certificate is accepted."""
    rule, change = RULES[failure.reason], {}
    begin, end = failure.certificate.validity
    if failure.reason in {"expired", "not-yet-valid"}:
        now = end if failure.reason == "expired" else begin
        change = {"now": instants.render(now)}
    elif failure.reason == "unknown-authority":
        trusted = presented[-1]
        authorities = (*authorities, trusted)
        change = {"trust": str(trusted)}
    if change and identity(verified(presented, authorities, now))["authenticated"]:
        told = facts | change
        yield Step(
            rule, holds=True, facts=told, role=Role.CHANGE, change=change, concepts=("X509ClientCert",)
        )


CLIENT_CERTIFICATE = Evaluator(question=ClientCertificate, evaluate=evaluate)
