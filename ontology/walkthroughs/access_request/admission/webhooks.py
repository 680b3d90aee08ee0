"""Webhooks and policies: who else is asked, and what is honest to say of an answer that nobody has.

A webhook's answer comes with the question, by its name; without one nobody can tell what it would say, and so
it is with policies, whose expressions are not evaluated.

Source: kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers (v1.36).
"""

from collections.abc import Iterator
from typing import Any

from msgspec import convert

from ontology import selectors
from ontology.cluster.manifests import without_nulls
from ontology.cluster.meta import LabelSelector
from ontology.semantics.rbac.quoting import quote
from ontology.walkthroughs.access_request.admission.write import (
    Plain,
    Plugin,
    Ruling,
    Write,
    metadata,
)

_LEAST_STATUS, _INTERNAL = 400, 500
_NAME_LABEL = "kubernetes.io/metadata.name"


def webhooks(kind: str) -> Plugin:
    """Return the plugin that asks the webhooks of one kind of configuration, in the order of their names."""

    def ask(write: Write) -> Iterator[Ruling]:
        configured = sorted(
            write.found(kind, everywhere=True), key=lambda each: str(metadata(each).get("name"))
        )
        for configuration in configured:
            for webhook in configuration.get("webhooks") or ():
                if _matches(webhook, write):
                    yield _asked(webhook, write)

    return ask


def _matches(webhook: Plain, write: Write) -> bool:
    rules = any(_rule_matches(rule, write) for rule in webhook.get("rules") or ())
    return rules and _selects(webhook, write)


def _selects(found: Plain, write: Write) -> bool:
    """Whether selectors of namespaces and objects, if there are any, select what is written."""
    labels = (write.object or write.old or {}).get("metadata", {}).get("labels") or {}
    return _selected(found.get("objectSelector"), labels) and (
        not write.request.namespace or _selected(found.get("namespaceSelector"), _namespace_labels(write))
    )


def _selected(selector: Any, labels: dict[str, str]) -> bool:
    return selector is None or selectors.matches(convert(without_nulls(selector), LabelSelector), labels)


def _namespace_labels(write: Write) -> dict[str, str]:
    name = write.request.namespace
    for each in write.scenario.raw("Namespace"):
        if metadata(each).get("name") == name:
            return {_NAME_LABEL: name, **(metadata(each).get("labels") or {})}
    return {_NAME_LABEL: name}


def _rule_matches(rule: Plain, write: Write) -> bool:
    request = write.request
    operations = {*(rule.get("operations") or ())}
    named = {request.combined_resource, f"{request.resource}/*", f"*/{request.subresource}", "*/*"}
    if not request.subresource:
        named = {request.resource, "*", "*/*", f"{request.resource}/*"}
    scope = rule.get("scope") or "*"
    return (
        bool(operations & {"*", write.operation})
        and bool({*(rule.get("apiGroups") or ())} & {"*", request.api_group})
        and bool({*(rule.get("resources") or ())} & named)
        and scope in {"*", "Namespaced" if request.namespace else "Cluster"}
    )


def _asked(webhook: Plain, write: Write) -> Ruling:
    name = str(webhook.get("name"))
    facts: dict[str, Any] = {"webhook": name, "policy": webhook.get("failurePolicy") or "Fail"}
    answer = write.webhooks.get(name)
    if answer is None or webhook.get("matchConditions"):
        return Ruling(rule="access.webhook", holds=None, facts=facts)
    if answer.error:
        message = f"Internal error occurred: failed calling webhook {quote(name)}: {answer.error}"
        if facts["policy"] == "Ignore":
            return Ruling(rule="access.webhookFailure", facts=facts | {"error": answer.error})
        return Ruling(
            rule="access.webhookFailure", holds=False, facts=facts, status=_INTERNAL, message=message
        )
    if answer.allowed:
        return Ruling(rule="access.webhook", facts=facts, object=answer.object)
    said = f"admission webhook {quote(name)} denied the request"
    message = f"{said}: {answer.message}" if answer.message else f"{said} without explanation"
    status = max(answer.code, _LEAST_STATUS)
    return Ruling(rule="access.webhook", holds=False, facts=facts, status=status, message=message)


def policies(kind: str) -> Plugin:
    """Return the plugin of policies of one kind: those that are bound and match are named, not evaluated."""

    def name(write: Write) -> Iterator[Ruling]:
        bound = {
            (each.get("spec") or {}).get("policyName")
            for each in write.found(f"{kind}Binding", everywhere=True)
        }
        for each in write.found(kind, everywhere=True):
            constraints = (each.get("spec") or {}).get("matchConstraints") or {}
            matching = any(_rule_matches(rule, write) for rule in constraints.get("resourceRules") or ())
            if metadata(each).get("name") in bound and matching and _selects(constraints, write):
                facts = {"policy": metadata(each).get("name"), "kind": kind}
                yield Ruling(rule="access.admissionPolicy", holds=None, facts=facts)

    return name
