"""Labels that name another field than their value belongs to: `conditions : waiting`."""

from collections.abc import Iterator

from ingest.lexicon.normalize import fold
from ingest.lint.checked import Checked, Problem
from ingest.lint.findings import Finding, Severity
from ontology.concepts import ConceptKind

# the values of an enumeration stand below this field
_FIELD = {
    "ContainerState": "state",
    "PodPhase": "phase",
    "PersistentVolumePhase": "phase",
    "PersistentVolumeClaimPhase": "phase",
    "PodCondition": "conditions",
    "NodeCondition": "conditions",
    "ContainerReason": "reason",
    "PodReason": "reason",
    "PodConditionReason": "reason",
}
_FORMS = {
    "state": "state",
    "phase": "phase",
    "conditions": "conditions",
    "condition": "conditions",
    "reason": "reason",
}


def mislabelled(checked: Checked) -> Iterator[Finding]:
    """Labels whose every value is of an enumeration that belongs to another field."""
    for node in checked.outline.nodes:
        label = _FORMS.get(fold(node.left))
        values = checked.reading.terms(node.right, node) if label and node.line else ()
        if node.line is None or not values:
            continue
        kinds = {t.choice.kind if t.choice else None for t in values}
        fields = {_FIELD.get(t.name.partition(".")[0], label or "") for t in values}
        if kinds == {ConceptKind.ENUM} and len(fields) == 1 and label not in fields:
            (right,) = fields
            problem = Problem(
                kind="wrong-name",
                wording="label",
                severity=Severity.MEDIUM,
                canonical=right,
                facts={"values": tuple(t.text for t in values)},
            )
            yield checked.finding(node.line.number, node.left, problem)
