"""The plugins of admission, in the API server's order: first those that change, then those that refuse.

Source: kubernetes.io/docs/reference/access-authn-authz/admission-controllers (v1.36).
"""

from dataclasses import dataclass

from ontology.walkthroughs.access_request.admission import (
    defaults,
    limit_ranges,
    namespaces,
    node_restriction,
    pod_security,
    priorities,
    quotas,
    runtime_classes,
    service_accounts,
)
from ontology.walkthroughs.access_request.admission.webhooks import policies, webhooks
from ontology.walkthroughs.access_request.admission.write import Plugin, Ruling, Write, after

MUTATING: tuple[Plugin, ...] = (
    namespaces.lifecycle,
    limit_ranges.fill_in,
    service_accounts.account,
    node_restriction.restrict,
    defaults.node_taint,
    priorities.priority,
    defaults.tolerations,
    defaults.storage_class,
    defaults.in_use,
    runtime_classes.runtime_class,
    defaults.ingress_class,
    policies("MutatingAdmissionPolicy"),
    webhooks("MutatingWebhookConfiguration"),
)
VALIDATING: tuple[Plugin, ...] = (
    limit_ranges.check,
    pod_security.pod_security,
    defaults.resize,
    policies("ValidatingAdmissionPolicy"),
    webhooks("ValidatingWebhookConfiguration"),
    quotas.check,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """What admission came to: the rulings up to a refusal, and the write as it would be stored."""

    write: Write
    rulings: tuple[Ruling, ...]

    @property
    def refusal(self) -> Ruling | None:
        """The ruling that refuses, None where none does."""
        return next((each for each in self.rulings if each.status), None)


def admit(write: Write) -> Admitted:
    """Walk the plugins until one refuses."""
    rulings: list[Ruling] = []
    for plugin in (*MUTATING, *VALIDATING):
        for ruling in plugin(write):
            rulings.append(ruling)
            write = after(write, ruling)
            if ruling.status:
                return Admitted(write=write, rulings=tuple(rulings))
    return Admitted(write=write, rulings=tuple(rulings))
