"""Client certificates: whom the API server takes the bearer of a certificate to be, and why not.

Chains are built and checked as the API server's TLS library does it. User name is the common name, groups are
the organizations. Name constraints and certificate policies of authorities are not evaluated.

Source: kubernetes.io/docs/reference/access-authn-authz/authentication, X509 client certificates (v1.36);
pkg.go.dev/crypto/x509#Certificate.Verify.
"""

import base64
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from warnings import catch_warnings

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, NameOID

from ontology import instants
from ontology.errors import InvalidQuestionError, TooLargeError
from ontology.scenario import Evaluator, Question, Scenario
from ontology.semantics.access.clock import instant
from ontology.verdict import Outcome, Role, Step, Verdict

_UID = x509.ObjectIdentifier("1.3.6.1.4.1.57683.2")
_ROOT = "question.clientCertificate"
_BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----\s(.*?)-----END CERTIFICATE-----", re.DOTALL)
_MAX_CERTIFICATES = 100
_MAX_SIGNATURES = 100  # the TLS library's own limit for one chain
_MAX_RSA_BITS = 8192  # beyond that a handshake is refused
_UNREADABLE = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
_BROKEN_HASHES = (hashes.MD5, hashes.SHA1)
_USAGES = {
    ExtendedKeyUsageOID.SERVER_AUTH: "serverAuth",
    ExtendedKeyUsageOID.CLIENT_AUTH: "clientAuth",
    ExtendedKeyUsageOID.CODE_SIGNING: "codeSigning",
    ExtendedKeyUsageOID.EMAIL_PROTECTION: "emailProtection",
    ExtendedKeyUsageOID.TIME_STAMPING: "timeStamping",
    ExtendedKeyUsageOID.OCSP_SIGNING: "OCSPSigning",
}
# What the TLS library understands, so that "critical" asks nothing more of it.
_HANDLED = frozenset(
    {
        ExtensionOID.AUTHORITY_KEY_IDENTIFIER,
        ExtensionOID.BASIC_CONSTRAINTS,
        ExtensionOID.CERTIFICATE_POLICIES,
        ExtensionOID.CRL_DISTRIBUTION_POINTS,
        ExtensionOID.EXTENDED_KEY_USAGE,
        ExtensionOID.INHIBIT_ANY_POLICY,
        ExtensionOID.KEY_USAGE,
        ExtensionOID.NAME_CONSTRAINTS,
        ExtensionOID.POLICY_CONSTRAINTS,
        ExtensionOID.POLICY_MAPPINGS,
        ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
        ExtensionOID.SUBJECT_KEY_IDENTIFIER,
    }
)


class ClientCertificate(Question, frozen=True):
    """PEM of what the client presents, its own first; PEM of the accepted authorities; the time, RFC 3339."""

    pem: str
    ca_pem: str
    now: str


class Certificate:
    """One certificate, with what the rules ask of it. Equal when the bytes are.

    `subject` and `issuer` are as encoded, since an issuer must be equal to the byte; `validity` is the first
    and the last instant at which it is valid, both included.
    """

    def __init__(self, der: bytes) -> None:
        self.der = der
        with catch_warnings(category=CryptographyDeprecationWarning, action="ignore"):
            self.parsed = x509.load_der_x509_certificate(der)
        self.extensions = {each.oid: each for each in self.parsed.extensions}
        self.subject, self.issuer = self.parsed.subject.public_bytes(), self.parsed.issuer.public_bytes()
        self.issued_by = self.parsed.issuer.rfc4514_string()
        self._name = self.parsed.subject.rfc4514_string()
        begin, end = self.parsed.not_valid_before_utc, self.parsed.not_valid_after_utc
        self.validity = (instants.parse(begin.isoformat()), instants.parse(end.isoformat()))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Certificate) and other.der == self.der

    def __hash__(self) -> int:
        return hash(self.der)

    def __str__(self) -> str:
        return self._name

    @property
    def usages(self) -> frozenset[x509.ObjectIdentifier] | None:
        """The extended key usages; None without the extension or any entry, which allows everything."""
        found = self.extensions.get(ExtensionOID.EXTENDED_KEY_USAGE)
        return None if found is None else frozenset(found.value) or None

    @property
    def unhandled(self) -> tuple[str, ...]:
        """The critical extensions that the TLS library does not understand."""
        return tuple(
            oid.dotted_string
            for oid, each in self.extensions.items()
            if each.critical and (oid not in _HANDLED or _names_nothing(each.value))
        )

    @property
    def may_sign(self) -> bool:
        """Whether it is an authority: by basic constraints and, if it has key usages, by these.

        Certificates before version 3 have neither, and may.
        """
        basic = self.extensions.get(ExtensionOID.BASIC_CONSTRAINTS)
        if basic is None and self.parsed.version is x509.Version.v3:
            return False
        usage = self.extensions.get(ExtensionOID.KEY_USAGE)
        return (basic is None or basic.value.ca) and (usage is None or usage.value.key_cert_sign)

    @property
    def path_length(self) -> int | None:
        """How many intermediates may follow below it; None for any number."""
        basic = self.extensions.get(ExtensionOID.BASIC_CONSTRAINTS)
        return None if basic is None else basic.value.path_length

    def values(self, oid: x509.ObjectIdentifier) -> tuple[str, ...]:
        """Return the subject's values of an attribute, in the order of the certificate."""
        return tuple(str(each.value) for each in self.parsed.subject.get_attributes_for_oid(oid))

    def key_mismatch(self, issuer: "Certificate") -> int:
        """Return 0 where key identifiers say that the issuer's key signed it, 2 where they deny it.

        Only the order of trying depends on it, and with that which failure is told.
        """
        authority = self.extensions.get(ExtensionOID.AUTHORITY_KEY_IDENTIFIER)
        subject = issuer.extensions.get(ExtensionOID.SUBJECT_KEY_IDENTIFIER)
        wanted = None if authority is None else authority.value.key_identifier
        if wanted is None or subject is None:
            return 1
        return 0 if subject.value.digest == wanted else 2

    def signed_by(self, issuer: "Certificate") -> bool:
        """Whether the signature is the issuer's, with an algorithm that still counts."""
        try:
            key = issuer.parsed.public_key()
            if isinstance(key, rsa.RSAPublicKey) and key.key_size > _MAX_RSA_BITS:
                return False
            if isinstance(self.parsed.signature_hash_algorithm, _BROKEN_HASHES):
                return False
            self.parsed.verify_directly_issued_by(issuer.parsed)
        except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
            return False
        return True


def _names_nothing(value: x509.ExtensionType) -> bool:
    known = (x509.DNSName, x509.RFC822Name, x509.IPAddress, x509.UniformResourceIdentifier)
    return isinstance(value, x509.SubjectAlternativeName) and not any(isinstance(n, known) for n in value)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a certificate is refused, and which one of the chain it is."""

    reason: str
    certificate: Certificate
    detail: str = ""


Chain = tuple[Certificate, ...]


@dataclass(slots=True)
class _Search:
    """One search for chains from a certificate to an authority. `left` is the budget of signature checks."""

    authorities: Sequence[Certificate]
    intermediates: Sequence[Certificate]
    now: int
    left: int = _MAX_SIGNATURES

    def chains(self, chain: Chain) -> tuple[list[Chain], Failure | None]:
        """Return every chain from the last certificate of `chain` to an authority, or why there is none."""
        found: list[Chain] = []
        failure: Failure | None = None
        last = chain[-1]
        parents = [(each, True) for each in sorted(self.authorities, key=last.key_mismatch)]
        parents += [(each, False) for each in sorted(self.intermediates, key=last.key_mismatch)]
        for parent, is_authority in parents:
            if parent.subject != last.issuer or parent in chain or self.left == 0:
                continue
            self.left -= 1
            if not parent.may_sign or not last.signed_by(parent):
                continue
            failure = refused(parent, self.now, below=len(chain) - 1)
            if failure is not None:
                continue
            if is_authority:
                found.append((*chain, parent))
            else:
                more, failure = self.chains((*chain, parent))
                found += more
        if found:
            return found, None
        return [], failure or Failure("unknown-authority", last)


def refused(certificate: Certificate, now: int, *, below: int = 0) -> Failure | None:
    """Return why a certificate is not valid by itself, if so; `below` counts the intermediates under it."""
    if certificate.unhandled:
        return Failure("critical-extension", certificate, ", ".join(certificate.unhandled))
    begin, end = certificate.validity
    if now < begin:
        return Failure("not-yet-valid", certificate, instants.render(begin))
    if now > end:
        return Failure("expired", certificate, instants.render(end))
    if certificate.path_length is not None and below > certificate.path_length:
        return Failure("unknown-authority", certificate, f"pathlen:{certificate.path_length}")
    return None


def verified(
    presented: Sequence[Certificate], authorities: Sequence[Certificate], now: int
) -> Chain | Failure:
    """Return the first chain from the first certificate presented to an authority, or why there is none."""
    leaf, *intermediates = presented
    failure = refused(leaf, now)
    if failure is not None:
        return failure
    chains: list[Chain] = [(leaf,)]
    if leaf not in authorities:
        chains, failure = _Search(authorities, intermediates, now).chains((leaf,))
        if failure is not None:
            return failure
    usable = [chain for chain in chains if all(_for_clients(each) for each in chain)]
    if not usable:
        culprit = next(each for each in reversed(chains[0]) if not _for_clients(each))
        return Failure(
            "key-usage",
            culprit,
            ", ".join(sorted(_USAGES.get(each, each.dotted_string) for each in culprit.usages or ())),
        )
    return usable[0]


def _for_clients(certificate: Certificate) -> bool:
    usages = certificate.usages
    return usages is None or bool(
        usages & {ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}
    )


def read(pem: str, *, path: str) -> tuple[Certificate, ...]:
    """Return the certificates of a PEM text, without repetition; other blocks, keys too, are passed over.

    Raises:
        TooLargeError: more certificates than a chain or a pool of authorities can sensibly have.
        InvalidQuestionError: a block that is no certificate, or a text without any block.
    """
    blocks = _BLOCK.findall(pem)
    if len(blocks) > _MAX_CERTIFICATES:
        raise TooLargeError(f"more than {_MAX_CERTIFICATES} certificates", path=path)
    if pem.strip() and not blocks:
        raise InvalidQuestionError("no PEM block `CERTIFICATE` in this text", path=path)
    return tuple(
        dict.fromkeys(_certificate(block, number, path) for number, block in enumerate(blocks, start=1))
    )


def _certificate(block: str, number: int, path: str) -> Certificate:
    try:
        return Certificate(base64.b64decode("".join(block.split()), validate=True))
    except _UNREADABLE as error:
        raise InvalidQuestionError(f"certificate {number} cannot be read: {error}", path=path) from error


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
    return {
        "authenticated": True,
        "user": names[-1],
        "groups": list(found[0].values(NameOID.ORGANIZATION_NAME)),
        "uid": next(iter(found[0].values(_UID)), ""),
        "reason": "",
    }


def _nobody(reason: str) -> dict[str, Any]:
    return {"authenticated": False, "user": None, "groups": None, "uid": None, "reason": reason}


# The rule that each reason to refuse belongs to, in the order in which they are checked.
_RULES = {
    "critical-extension": "access.criticalExtension",
    "not-yet-valid": "access.validity",
    "expired": "access.validity",
    "unknown-authority": "access.authority",
    "key-usage": "access.keyUsage",
}


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
    for rule in dict.fromkeys(_RULES.values()):
        yield Step(
            rule, holds=True, facts=facts | {"chain": tuple(map(str, found))}, concepts=("X509ClientCert",)
        )
    answer = identity(found)
    told = facts | {"user": answer["user"], "groups": tuple(answer["groups"] or ())}
    yield Step("access.commonName", holds=answer["authenticated"], facts=told, concepts=("User", "Group"))


def _refused(failure: Failure, facts: dict[str, Any]) -> Iterator[Step]:
    """Yield the checks that the client's own certificate passed, then the one that failed."""
    last = _RULES[failure.reason]
    for rule in dict.fromkeys(_RULES.values()):
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
    yield Step(last, holds=False, facts=told, concepts=("X509ClientCert", "CertificateAuthority"))


def _almost(presented: Chain, authorities: Chain, failure: Failure, facts: dict[str, Any]) -> Iterator[Step]:
    """Yield what looks like the issuer that could not be found, and is not."""
    if failure.reason != "unknown-authority":
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
    rule, change = _RULES[failure.reason], {}
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
