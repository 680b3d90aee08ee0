"""What becomes of a claim, and that the propositions are sound."""

from collections.abc import Mapping, Sequence
from itertools import starmap
from typing import Any

import pytest

from ontology import evaluators
from ontology.checks.check import check
from ontology.checks.claims import Claim, Result
from ontology.checks.propositions.proposition import Proposition, propositions
from ontology.checks.trials import MOST, Trial, agrees, outcome, trials
from ontology.checks.values import normal
from ontology.errors import OntologyError
from ontology.lang import Lang
from ontology.vocabulary import registry


@pytest.mark.parametrize(
    ("claim", "result"),
    [
        pytest.param(Claim("livenessProbe", "creates", "Pod"), Result.REFUTED, id="run: restarts in place"),
        pytest.param(Claim("livenessProbe", "restarts", "Container"), Result.CONFIRMED, id="run"),
        pytest.param(Claim("TaintEffect.NoExecute", "deletes", "Pod"), Result.TOO_STRONG, id="run: tolerated"),
        pytest.param(Claim("TaintEffect.PreferNoSchedule", "requires", "Toleration"), Result.REFUTED, id="run: only a score"),
        pytest.param(Claim("TaintEffect.PreferNoSchedule", "requires", "Toleration", negated=True), Result.CONFIRMED, id="the contrary of what is refuted"),
        pytest.param(Claim("StatefulSet", "deletes", "PersistentVolumeClaim"), Result.REFUTED, id="the contrary of what is confirmed"),
        pytest.param(Claim("ContainerRuntimeFailure", "hasPhase", "PodPhase.Failed"), Result.REFUTED, id="run: not with the usual policy"),
        pytest.param(Claim("kubelet", "connectsTo", "Docker"), Result.OUTDATED, id="held until a version"),
        pytest.param(Claim("kube-scheduler", "connectsTo", "ClusterAutoscaler"), Result.REFUTED, id="denied"),
        pytest.param(Claim("Secret", "stores", "Token"), Result.NOT_TESTABLE, id="about one topic only, said elsewhere"),
        pytest.param(Claim("Secret", "stores", "Token", within=("ServiceAccount",)), Result.OUTDATED, id="said below the topic"),
        pytest.param(Claim("periodSeconds", "defaultValue", "10s"), Result.CONFIRMED, id="a default"),
        pytest.param(Claim("StatefulSet", "hasOption", "volumeClaimTemplates"), Result.CONFIRMED, id="a field of the schema"),
        pytest.param(Claim("PodPhase.Succeeded", "transitionsTo", "PodPhase.Running"), Result.REFUTED, id="no way in the machine"),
        pytest.param(Claim("PodPhase.Running", "transitionsTo", "PodPhase.Succeeded"), Result.CONFIRMED, id="a way in the machine"),
        pytest.param(Claim("periodSeconds", "defaultValue", "5s"), Result.REFUTED, id="another default"),
        pytest.param(Claim("Node", "scopedTo", "Namespace"), Result.REFUTED, id="another scope"),
        pytest.param(Claim("kubelet", "partOf", "ControlPlane"), Result.REFUTED, id="another plane"),
        pytest.param(Claim("Toleration", "hasOperator", "NodeSelectorOperator.NotIn"), Result.REFUTED, id="a value of another enumeration"),
        pytest.param(Claim("DaemonSet", "hasField", "maxReplicas"), Result.REFUTED, id="a field of another kind"),
        pytest.param(Claim("TaintEffect.NoExecute", "deletes", "Pod", words="pods that do not tolerate it"), Result.CONFIRMED, id="the condition is named"),
        pytest.param(Claim("TaintEffect.NoSchedule", "requires", "Toleration"), Result.CONFIRMED, id="in the usual case"),
        pytest.param(Claim("TaintEffect.NoSchedule", "requires", "Toleration", strict=True), Result.TOO_STRONG, id="not without exception"),
        pytest.param(Claim("StatefulSet", "hasOption", "terminationGracePeriodSeconds"), Result.NOT_TESTABLE, id="a field of its pods"),
        pytest.param(Claim("Pod", "hasField", "terminationGracePeriodSeconds"), Result.CONFIRMED, id="a field of its own"),
        pytest.param(Claim("kubelet", "connectsTo", "CNI"), Result.REFUTED, id="no such connection"),
        pytest.param(Claim("ContainerRuntime", "connectsTo", "CNI"), Result.CONFIRMED, id="a connection"),
        pytest.param(Claim("ContainerRuntime", "connectsTo", "kubelet"), Result.NOT_TESTABLE, id="opened by the other end"),
        pytest.param(Claim("kubelet", "precedes", "kube-scheduler"), Result.REFUTED, id="the wrong way round"),
        pytest.param(Claim("kube-controller-manager", "precedes", "kube-scheduler"), Result.CONFIRMED, id="the order of the way"),
        pytest.param(Claim("kubelet", "precedes", "kube-apiserver"), Result.NOT_TESTABLE, id="asked at every step"),
        pytest.param(Claim("Pod", "uses", "Teapot"), Result.NOT_TESTABLE, id="nobody decides"),
    ],
)  # fmt: skip
def test_what_becomes_of_a_claim(claim: Claim, result: Result) -> None:
    found = check(claim)

    assert found.result is result
    assert set(found.note) == set(Lang)


@pytest.mark.parametrize(
    "claim", [Claim("livenessProbe", "creates", "Pod"), Claim("TaintEffect.NoExecute", "deletes", "Pod")]
)
def test_a_counter_example_can_be_run(claim: Claim) -> None:
    scenario = check(claim).scenario

    assert scenario is not None
    assert evaluators.answer(scenario).answer


@pytest.mark.parametrize("proposition", propositions(), ids=lambda p: p.name)
def test_a_proposition_is_worded_sourced_and_decided(proposition: Proposition) -> None:
    assert set(proposition.note) == set(Lang)
    assert proposition.source.startswith("https://kubernetes.io/")
    assert proposition.trials or proposition.vouched or proposition.values or proposition.format
    assert [name for name in proposition.about if name not in registry()] == []
    assert proposition.values == () or all("value" in p.groupindex for p in proposition.patterns)


@pytest.mark.parametrize("proposition", [p for p in propositions() if p.trials], ids=lambda p: p.name)
def test_the_trials_of_a_proposition_are_run_and_not_refused_by_mistake(proposition: Proposition) -> None:
    result, shown = outcome([trial for trial in proposition.trials if not trial.strict])

    assert result is proposition.vouched, "what runs must agree with what its source says"
    assert shown in proposition.trials
    assert all(trial.predicted or trial.expects for trial in proposition.trials)


@pytest.mark.parametrize("proposition", [p for p in propositions() if p.trials], ids=lambda p: p.name)
def test_a_prediction_is_of_something_that_the_verdict_says(proposition: Proposition) -> None:
    asked = [trial for trial in proposition.trials if not trial.expects]

    assert all(_speaks_of(evaluators.answer(t.scenario).answer, t.predicted) for t in asked)


def _speaks_of(answer: Any, predicted: Any) -> bool:
    """Whether an answer has each member that is predicted, whatever it says of it."""
    if isinstance(predicted, Mapping) and isinstance(answer, Mapping):
        return all(name in answer and _speaks_of(answer[name], part) for name, part in predicted.items())
    if isinstance(predicted, list) and isinstance(answer, Sequence):
        return all(starmap(_speaks_of, zip(answer, predicted, strict=False)))
    return not isinstance(predicted, Mapping | list)


def test_no_two_propositions_are_meant_by_one_claim() -> None:
    triples = [triple for each in propositions() for triple in each.claims]

    assert len(triples) == len(set(triples))


_POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "p"},
    "spec": {"containers": [{"name": "c", "image": "x"}]},
}
_RUN = {"system": "podLifecycle", "objects": [_POD], "question": {"status": {}}}


def test_a_variation_is_a_trial_for_each_combination() -> None:
    varied = trials(
        [
            {
                **_RUN,
                "predicted": {"phase": "Pending"},
                "vary": {
                    "objects.0.spec.restartPolicy": ["Always", "Never"],
                    "objects.0.metadata.namespace": [None, "a", "b"],
                },
            }
        ]
    )

    assert len(varied) == 6
    assert outcome(varied)[0] is Result.CONFIRMED


def test_a_search_is_bounded_and_the_same_each_time() -> None:
    raw = [{**_RUN, "predicted": {}, "vary": {"objects.0.metadata.name": [f"p{i}" for i in range(100)]}}]

    assert len(trials(raw)) == MOST
    assert trials(raw) == trials(raw)


@pytest.mark.parametrize(("expects", "result"), [("accepted", Result.REFUTED), ("refused", Result.CONFIRMED)])
def test_a_claim_may_be_about_what_the_api_server_takes(expects: str, result: Result) -> None:
    unknown = {**_RUN, "objects": [{**_POD, "spec": {"kontainers": []}}]}

    assert outcome([Trial(scenario=unknown, predicted={}, expects=expects)])[0] is result


def test_a_broken_trial_is_not_taken_for_a_refutation() -> None:
    with pytest.raises(OntologyError):
        outcome([Trial(scenario={**_RUN, "question": {"nonsense": {}}}, predicted={"phase": "Pending"})])


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("10초", "10s"),
        ("1분", "60s"),
        ("5 minutes", "300초"),
        ("1MiB", "1MB"),
        ("6번", "6"),
        ("25%", "25 percent"),
        ("Always이다.", "always"),
        ("1,000", "1000"),
    ],
)
def test_values_are_one_in_either_language(written: str, same: str) -> None:
    assert normal(written) == normal(same)


@pytest.mark.parametrize(
    ("answer", "predicted", "expected"),
    [
        ({"a": 1, "b": 2}, {"a": 1}, True),
        ({"a": 1}, {"a": 2}, False),
        ({"a": 1}, {"b": None}, False),
        ({"a": [{"x": 1, "y": 2}]}, {"a": [{"x": 1}]}, True),
        ({"a": [1, 2]}, {"a": [1]}, False),
        (("x",), ["x"], True),
    ],
)
def test_a_prediction_is_a_part_of_the_verdict(answer: object, predicted: object, expected: bool) -> None:
    assert agrees(answer, predicted) is expected
