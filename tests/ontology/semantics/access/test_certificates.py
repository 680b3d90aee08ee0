"""Client certificates, made here: chains, times, usages, and texts that are none."""

import base64
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address, ip_network
from time import process_time
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import given
from hypothesis import strategies as st

from ontology.errors import InvalidQuestionError, TooLargeError
from ontology.evaluators import answer
from ontology.verdict import Role, Verdict

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOW = "2026-03-01T12:00:00Z"
UID = x509.ObjectIdentifier("1.3.6.1.4.1.57683.2")
CRITICAL = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")


@cache
def key(_name: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


def name(common: str | None, *organizations: str, uid: str = "") -> x509.Name:
    attributes = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, each) for each in organizations]
    if common is not None:
        attributes.append(x509.NameAttribute(NameOID.COMMON_NAME, common))
    if uid:
        attributes.append(x509.NameAttribute(UID, uid))
    return x509.Name(attributes)


def make(
    subject: x509.Name,
    signer: str,
    *,
    issuer: str | None = None,
    own: str = "leaf",
    days: tuple[int, int] = (-1, 1),
    authority: bool = False,
    usages: Sequence[x509.ObjectIdentifier] | None = None,
    length: int | None = None,
    critical: bool = False,
    names: Sequence[x509.GeneralName] = (),
    constraints: x509.NameConstraints | None = None,
) -> str:
    """PEM of a certificate; `signer` and `own` name keys, `issuer` is the signer's name unless given."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(name(issuer or signer))
        .public_key(key(own).public_key())
        .serial_number(1)
        .not_valid_before(NOON + timedelta(days=days[0]))
        .not_valid_after(NOON + timedelta(days=days[1]))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=length), critical=True)
    )
    if usages is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    if constraints is not None:
        builder = builder.add_extension(constraints, critical=True)
    if critical:
        builder = builder.add_extension(CRITICAL, critical=True)
    return builder.sign(key(signer), None).public_bytes(serialization.Encoding.PEM).decode()


def root(common: str = "ca", **more: Any) -> str:
    return make(name(common), common, own=more.pop("own", common), authority=True, **more)


def middle(common: str, signer: str, **more: Any) -> str:
    return make(name(common), signer, own=common, authority=more.pop("authority", True), **more)


def ask(pem: str, ca: str, now: str = NOW) -> Verdict:
    question = {"clientCertificate": {"pem": pem, "caPem": ca, "now": now}}
    return answer({"system": "access", "objects": [], "question": question})


JANE = name("jane", "dev", "ops", "dev")
CLIENT = [ExtendedKeyUsageOID.CLIENT_AUTH]
SERVER = [ExtendedKeyUsageOID.SERVER_AUTH]


def test_the_common_name_is_the_user_and_organizations_are_groups() -> None:
    assert ask(make(JANE, "ca"), root()).answer == {
        "authenticated": True,
        "user": "jane",
        "groups": ["dev", "ops", "dev"],
        "uid": "",
        "reason": "",
    }


def test_a_uid_comes_from_its_own_attribute() -> None:
    assert ask(make(name("jane", uid="u-1"), "ca"), root()).answer["uid"] == "u-1"


@pytest.mark.parametrize(
    ("pem", "ca"),
    [
        pytest.param(make(JANE, "ca", usages=CLIENT), root(), id="for clients"),
        pytest.param(
            make(JANE, "ca", usages=[ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE]), root(), id="for anything"
        ),
        pytest.param(make(JANE, "mid") + middle("mid", "ca"), root(), id="over an intermediate"),
        pytest.param(make(JANE, "mid"), root() + middle("mid", "ca"), id="by an authority that is no root"),
        pytest.param(make(JANE, "ca"), root("other") + root(), id="one of two authorities"),
        pytest.param(root(), root(), id="the authority itself"),
        pytest.param(
            make(JANE, "b") + middle("b", "a") + middle("a", "ca"), root(length=2), id="as long as allowed"
        ),
    ],
)
def test_a_certificate_is_accepted(pem: str, ca: str) -> None:
    assert ask(pem, ca).answer["reason"] == ""


@pytest.mark.parametrize(
    ("pem", "ca", "reason"),
    [
        pytest.param("", root(), "no-certificate", id="none"),
        pytest.param(make(name(None, "dev"), "ca"), root(), "no-common-name", id="nobody"),
        pytest.param(make(JANE, "ca", days=(-9, -1)), root(), "expired", id="too late"),
        pytest.param(make(JANE, "ca", days=(1, 9)), root(), "not-yet-valid", id="too early"),
        pytest.param(make(JANE, "ca"), root(days=(-9, -1)), "expired", id="the authority too late"),
        pytest.param(
            make(JANE, "mid") + middle("mid", "ca", days=(1, 9)), root(), "not-yet-valid", id="between"
        ),
        pytest.param(make(JANE, "ca", critical=True), root(), "critical-extension", id="not understood"),
        pytest.param(make(JANE, "ca", usages=SERVER), root(), "key-usage", id="for servers"),
        pytest.param(
            make(JANE, "mid", usages=CLIENT) + middle("mid", "ca", usages=SERVER),
            root(),
            "key-usage",
            id="via one",
        ),
        pytest.param(make(JANE, "mid"), root(), "unknown-authority", id="the intermediate is missing"),
        pytest.param(make(JANE, "ca"), root(own="other"), "unknown-authority", id="of the same name"),
        pytest.param(make(JANE, "leaf", issuer="x"), root(), "unknown-authority", id="signed by itself"),
        pytest.param(
            make(JANE, "mid") + middle("mid", "ca", authority=False),
            root(),
            "unknown-authority",
            id="no authority",
        ),
        pytest.param(
            make(JANE, "b") + middle("b", "a") + middle("a", "ca"),
            root(length=1),
            "unknown-authority",
            id="too long",
        ),
        pytest.param(make(JANE, "ca"), "", "unknown-authority", id="no authorities at all"),
    ],
)
def test_a_certificate_is_refused(pem: str, ca: str, reason: str) -> None:
    verdict = ask(pem, ca)

    assert verdict.answer == {
        "authenticated": False,
        "user": None,
        "groups": None,
        "uid": None,
        "reason": reason,
    }
    assert any(step.holds is False for step in verdict.steps)


@pytest.mark.parametrize("now", ["2026-02-28T12:00:00Z", "2026-03-02T12:00:00Z", "2026-03-02T13:00:00+01:00"])
def test_both_ends_of_the_validity_are_included(now: str) -> None:
    assert ask(make(JANE, "ca"), root(days=(-9, 9)), now).answer["reason"] == ""


@pytest.mark.parametrize(
    ("pem", "ca", "change"),
    [
        pytest.param(
            make(JANE, "ca", days=(-9, -1)),
            root(days=(-99, 99)),
            {"now": "2026-02-28T12:00:00Z"},
            id="a time",
        ),
        pytest.param(make(JANE, "other"), root(), {"trust": "CN=jane,O=dev,O=ops,O=dev"}, id="an authority"),
    ],
)
def test_a_refusal_says_under_what_it_were_accepted(pem: str, ca: str, change: dict[str, str]) -> None:
    assert [step.change for step in ask(pem, ca).steps if step.role is Role.CHANGE] == [change]


def test_keys_beside_the_certificates_are_passed_over_and_never_told() -> None:
    private = key("leaf").private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    verdict = ask(private.decode() + make(JANE, "ca"), root())

    assert verdict.answer["user"] == "jane"
    assert "PRIVATE" not in repr((verdict.answer, verdict.steps))


@pytest.mark.parametrize(
    ("pem", "error"),
    [
        pytest.param("jane", InvalidQuestionError, id="no PEM"),
        pytest.param(
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
            InvalidQuestionError,
            id="no certificate",
        ),
        pytest.param(
            "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----", InvalidQuestionError, id="no base64"
        ),
        pytest.param(make(JANE, "ca")[:-40], InvalidQuestionError, id="cut off"),
        pytest.param(make(JANE, "ca") * 101, TooLargeError, id="a bomb"),
    ],
)
def test_a_text_that_is_no_certificate_is_refused_at_its_path(pem: str, error: type[Exception]) -> None:
    with pytest.raises(error) as refused:
        ask(pem, root())

    assert getattr(refused.value, "path") == "question.clientCertificate.pem"  # noqa: B009 - of an Exception


def only(*names: x509.GeneralName) -> x509.NameConstraints:
    return x509.NameConstraints(permitted_subtrees=list(names), excluded_subtrees=None)


def without(*names: x509.GeneralName) -> x509.NameConstraints:
    return x509.NameConstraints(permitted_subtrees=None, excluded_subtrees=list(names))


DNS, MAIL, URI = x509.DNSName, x509.RFC822Name, x509.UniformResourceIdentifier


def address(text: str) -> x509.IPAddress:
    return x509.IPAddress(ip_network(text) if "/" in text else ip_address(text))


@pytest.mark.parametrize(
    ("found", "constraints", "told"),
    [
        pytest.param(DNS("web.example.com"), only(DNS("example.com")), None, id="under the domain"),
        pytest.param(DNS("EXAMPLE.com"), only(DNS("example.com")), None, id="the domain, in capitals"),
        pytest.param(
            DNS("badexample.com"),
            only(DNS("example.com")),
            'DNS name "badexample.com" is not permitted by any constraint',
            id="another domain",
        ),
        pytest.param(
            DNS("example.com"),
            only(DNS(".example.com")),
            'DNS name "example.com" is not permitted by any constraint',
            id="a leading period asks for more",
        ),
        pytest.param(
            DNS("a.example.com"),
            without(DNS("example.com")),
            'DNS name "a.example.com" is excluded by constraint "example.com"',
            id="excluded",
        ),
        pytest.param(MAIL("j@example.com"), only(DNS("other.com")), None, id="of another kind"),
        pytest.param(MAIL("j@example.com"), only(MAIL("j@Example.com")), None, id="a mailbox"),
        pytest.param(
            MAIL("J@example.com"),
            only(MAIL("j@example.com")),
            'email address "J@example.com" is not permitted by any constraint',
            id="another mailbox",
        ),
        pytest.param(URI("spiffe://a.example.com/x"), only(URI("example.com")), None, id="a URI's host"),
        pytest.param(address("10.1.2.3"), only(address("10.0.0.0/8")), None, id="an address"),
        pytest.param(
            address("11.1.2.3"),
            only(address("10.0.0.0/8")),
            'IP address "11.1.2.3" is not permitted by any constraint',
            id="an address outside",
        ),
    ],
)
def test_an_authority_signs_for_the_names_that_it_may(
    found: x509.GeneralName, constraints: x509.NameConstraints, told: str | None
) -> None:
    verdict = ask(make(JANE, "ca", names=[found]), root(constraints=constraints))

    assert verdict.answer["authenticated"] is (told is None)
    details = [step.facts["detail"] for step in verdict.steps if step.rule == "access.nameConstraints"]
    assert details == ([] if told is None else [told])


def test_a_common_name_is_bound_by_no_constraint() -> None:
    assert ask(make(JANE, "ca"), root(constraints=only(DNS("example.com")))).answer["user"] == "jane"


def test_a_chain_that_is_too_long_says_so() -> None:
    verdict = ask(make(JANE, "a") + middle("a", "ca"), root(length=0))

    assert [step.rule for step in verdict.steps if step.holds is False] == ["access.pathLength"]


@pytest.mark.parametrize(
    "uids", [pytest.param(["a", "b"], id="two"), pytest.param(["a", "a"], id="one twice")]
)
def test_who_has_several_uids_is_nobody(uids: list[str]) -> None:
    subject = x509.Name([*name("jane"), *(x509.NameAttribute(UID, uid) for uid in uids)])

    verdict = ask(make(subject, "ca"), root())

    assert verdict.answer["reason"] == "invalid-uid"
    assert [step.rule for step in verdict.steps if step.holds is False] == ["access.uid"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("-----BEGIN CERTIFICATE-----\n" * 60_000, id="begins without end"),
        pytest.param(
            "-----BEGIN CERTIFICATE-----\n" + "A" * 1_900_000 + "\n-----END CERTIFICATE-----", id="long"
        ),
        pytest.param("x" * 50_000_000, id="endless"),
    ],
)
def test_a_bomb_is_refused_at_once(text: str) -> None:
    began = process_time()

    with pytest.raises((InvalidQuestionError, TooLargeError)):
        ask(text, root())

    assert process_time() - began < 2


def test_a_time_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidQuestionError):
        ask(make(JANE, "ca"), root(), "noon")


WHOLE = base64.b64decode("".join(make(JANE, "ca", usages=CLIENT).split("\n")[1:-2]))


@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=3))
def test_a_certificate_with_broken_bytes_is_refused_or_unreadable(broken: list[tuple[int, int]]) -> None:
    der = bytearray(WHOLE)
    for place, byte in broken:
        der[place] = byte
    pem = f"-----BEGIN CERTIFICATE-----\n{base64.b64encode(der).decode()}\n-----END CERTIFICATE-----\n"

    try:
        verdict = ask(pem, root())
    except InvalidQuestionError:
        return
    assert verdict.answer["authenticated"] is (bytes(der) == WHOLE)
    assert verdict.steps
