"""Static pods: run by the kubelet from files, mirrored in the API; how kubeadm runs the control plane itself.

Source: kubernetes.io/docs/tasks/configure-pod-container/static-pod (v1.36).
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from ontology.scenario import Evaluator, Question, Scenario
from ontology.semantics.architecture.components import components, table
from ontology.verdict import Outcome, Role, Step, Verdict

_DIRECTORY = "/etc/kubernetes/manifests"
# What the API server would have to hand over, and a static pod must do without.
_VOLUMES = ("configMap", "secret", "persistentVolumeClaim", "projected")

Event = Literal[
    "addManifest",
    "editManifest",
    "removeManifest",
    "deleteMirror",
    "crash",
    "apiServerDown",
    "schedulerDown",
    "kubeletDown",
    "drain",
]


class StaticPod(Question, frozen=True):
    """Asks what becomes of the static pod `name` on `node` when `event` happens.

    The one Pod of the objects, if any, is its manifest.
    """

    event: Event
    name: str = "kube-apiserver"
    node: str = "control-plane-1"
    directory: str = _DIRECTORY


def evaluate(scenario: Scenario, asked: StaticPod) -> Verdict:
    """Answer `{"pod", "manifest", "container", "mirror", "refused"}`.

    `pod` is the name of the mirror, `refused` what the manifest refers to and a static pod may not. Outcome:
    yes when its container runs afterwards.

    Raises:
        InvalidQuestionError: no such event.
    """
    found = table("static_pods")[asked.event]
    refused = tuple(each for manifest in scenario.raw("Pod") for each in _references(manifest))
    runs = found["container"] != "stopped" and not refused
    answer: dict[str, Any] = {
        "pod": f"{asked.name}-{asked.node}",
        "manifest": f"{asked.directory}/{asked.name}.yaml",
        "container": "not started" if refused else found["container"],
        "mirror": "none" if refused else found["mirror"],
        "refused": list(refused),
    }
    return Verdict(
        answer=answer, outcome=Outcome.of(runs), explain=lambda: tuple(_steps(asked, answer, runs=runs))
    )


def _references(manifest: Mapping[str, Any]) -> Iterator[str]:
    spec = manifest.get("spec") or {}
    if spec.get("serviceAccountName") not in {None, "", "default"}:
        yield "serviceAccountName"
    for index, volume in enumerate(spec.get("volumes") or ()):
        yield from (f"volumes[{index}].{each}" for each in _VOLUMES if each in volume)
    for index, container in enumerate(spec.get("containers") or ()):
        for at, variable in enumerate(container.get("env") or ()):
            source = variable.get("valueFrom") or {}
            if {"configMapKeyRef", "secretKeyRef"} & source.keys():
                yield f"containers[{index}].env[{at}].valueFrom"
        yield from (
            f"containers[{index}].envFrom[{at}]" for at, _ in enumerate(container.get("envFrom") or ())
        )


def _steps(asked: StaticPod, answer: Mapping[str, Any], *, runs: bool) -> Iterator[Step]:
    facts = {**answer, "node": asked.node, "refused": tuple(answer["refused"])}
    if answer["refused"]:
        yield Step("architecture.staticReferences", holds=False, facts=facts)
        return
    yield Step(f"architecture.{asked.event}", holds=runs, facts=facts)
    yield Step("architecture.mirror", holds=None if answer["mirror"] == "stale" else runs, facts=facts)
    if asked.name in components():
        known = components()[asked.name]
        facts = {"name": known.name, "plane": known.plane, "runs": known.runs, "process": known.process}
        yield Step("architecture.component", holds=True, facts=facts, concepts=(known.name,))
    if asked.event == "deleteMirror":
        yield Step("architecture.stopStatic", holds=False, facts={**answer}, role=Role.CHANGE)


STATIC_POD = Evaluator(StaticPod, evaluate)
