"""Chains: from the certificate that a client presents to an authority that is accepted, or why there is none.

They are built and checked as the API server's TLS library does it, with its limit of signatures. Certificate
policies of authorities are not evaluated.

Source: pkg.go.dev/crypto/x509#Certificate.Verify.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from ontology import instants
from ontology.semantics.access import name_constraints
from ontology.semantics.access.certificate import USAGES, Certificate

_MAX_SIGNATURES = 100  # the TLS library's own limit for one chain

# The rule that each reason to refuse belongs to, in the order in which they are checked.
RULES = {
    "critical-extension": "access.criticalExtension",
    "not-yet-valid": "access.validity",
    "expired": "access.validity",
    "unknown-authority": "access.authority",
    "key-usage": "access.keyUsage",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a certificate is refused, and which one of the chain it is; `rule` where one is finer."""

    reason: str
    certificate: Certificate
    detail: str = ""
    rule: str = ""


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
            failure = refused(parent, self.now, below=len(chain) - 1) or _not_for_these_names(parent, chain)
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
        limit = str(certificate.path_length)
        return Failure("unknown-authority", certificate, limit, rule="access.pathLength")
    return None


def _not_for_these_names(authority: Certificate, chain: Chain) -> Failure | None:
    """Return that the name constraints of an authority forbid a name of a certificate under it."""
    extension = authority.extensions.get(ExtensionOID.NAME_CONSTRAINTS)
    if extension is None:
        return None
    for each in chain:
        names = each.extensions.get(ExtensionOID.SUBJECT_ALTERNATIVE_NAME)
        why = None if names is None else name_constraints.broken(extension.value, names.value)
        if why is not None:
            return Failure("unknown-authority", authority, why, rule="access.nameConstraints")
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
            ", ".join(sorted(USAGES.get(each, each.dotted_string) for each in culprit.usages or ())),
        )
    return usable[0]


def _for_clients(certificate: Certificate) -> bool:
    usages = certificate.usages
    return usages is None or bool(
        usages & {ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}
    )
