"""What becomes of a claim, and that the experiments are sound."""

import pytest

from ontology import evaluators
from ontology.checks.check import check
from ontology.checks.claims import Claim, Result
from ontology.checks.experiments import Experiment, agrees, experiments, outcome
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
        pytest.param(Claim("ContainerRuntimeFailure", "hasPhase", "PodPhase.Failed"), Result.TOO_STRONG, id="run: depends on the policy"),
        pytest.param(Claim("kubelet", "connectsTo", "Docker"), Result.OUTDATED, id="held until a version"),
        pytest.param(Claim("kube-scheduler", "connectsTo", "ClusterAutoscaler"), Result.REFUTED, id="denied"),
        pytest.param(Claim("Secret", "stores", "Token"), Result.NOT_TESTABLE, id="about one topic only, said elsewhere"),
        pytest.param(Claim("Secret", "stores", "Token", within=("ServiceAccount",)), Result.OUTDATED, id="said below the topic"),
        pytest.param(Claim("periodSeconds", "defaultValue", "10s"), Result.CONFIRMED, id="a default"),
        pytest.param(Claim("StatefulSet", "hasOption", "volumeClaimTemplates"), Result.CONFIRMED, id="a field of the schema"),
        pytest.param(Claim("PodPhase.Succeeded", "transitionsTo", "PodPhase.Running"), Result.REFUTED, id="no way in the machine"),
        pytest.param(Claim("PodPhase.Running", "transitionsTo", "PodPhase.Succeeded"), Result.CONFIRMED, id="a way in the machine"),
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


@pytest.mark.parametrize("experiment", experiments(), ids=lambda e: " ".join(map(str, e.claims[0])))
def test_an_experiment_names_known_concepts_and_predicts_something(experiment: Experiment) -> None:
    known = registry()

    for subject, _, object_, _ in experiment.claims:
        assert subject in known, subject
        assert object_ in known, object_
    assert all(trial.predicted for trial in experiment.trials)
    assert set(experiment.note) == set(Lang)
    assert outcome(experiment).scenario in [trial.scenario for trial in experiment.trials]


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
