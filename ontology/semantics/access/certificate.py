"""One certificate, as the API server's TLS library reads it; and the certificates of a PEM text.

Source: pkg.go.dev/crypto/x509 and pkg.go.dev/encoding/pem, as Kubernetes 1.36 uses them.
"""

import base64
from collections.abc import Iterator
from itertools import islice
from warnings import catch_warnings

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from ontology import instants
from ontology.errors import InvalidQuestionError, TooLargeError
from ontology.semantics.access import name_constraints

_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
_MAX_CERTIFICATES = 100
_MAX_TEXT = 2_000_000  # characters: a hundred certificates are a few hundred thousand
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
USAGES = {
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
            if each.critical
            and (
                oid not in _HANDLED
                or _names_nothing(each.value)
                or not name_constraints.are_known(each.value)
            )
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


def read(pem: str, *, path: str) -> tuple[Certificate, ...]:
    """Return the certificates of a PEM text, without repetition; other blocks, keys too, are passed over.

    Raises:
        TooLargeError: more text or certificates than a chain or a pool of authorities can sensibly have.
        InvalidQuestionError: a block that is no certificate, or a text without any block.
    """
    if len(pem) > _MAX_TEXT:
        raise TooLargeError(f"more than {_MAX_TEXT} characters", path=path)
    blocks = tuple(islice(_blocks(pem), _MAX_CERTIFICATES + 1))
    if len(blocks) > _MAX_CERTIFICATES:
        raise TooLargeError(f"more than {_MAX_CERTIFICATES} certificates", path=path)
    if pem.strip() and not blocks:
        raise InvalidQuestionError("no PEM block `CERTIFICATE` in this text", path=path)
    return tuple(
        dict.fromkeys(_certificate(block, number, path) for number, block in enumerate(blocks, start=1))
    )


def _blocks(pem: str) -> Iterator[str]:
    """Yield what stands between each begin and the next end. A begin without an end is no block."""
    begin = pem.find(_BEGIN)
    while begin >= 0:
        end = pem.find(_END, begin)
        if end < 0:
            return
        yield pem[begin + len(_BEGIN) : end]
        begin = pem.find(_BEGIN, end)


def _certificate(block: str, number: int, path: str) -> Certificate:
    try:
        return Certificate(base64.b64decode("".join(block.split()), validate=True))
    except _UNREADABLE as error:
        raise InvalidQuestionError(f"certificate {number} cannot be read: {error}", path=path) from error
