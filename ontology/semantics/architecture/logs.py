"""Where a line that a container writes goes, and who can still read it.

The runtime writes stdout and stderr to a file, one for each run of the container; the kubelet rotates it and
keeps the last run that ended. `kubectl logs` reads the current file, `--previous` that of the run before. All
of it goes with the pod and with the node, so a cluster that is to remember needs an agent and a back end.

Source: kubernetes.io/docs/concepts/cluster-administration/logging (v1.36).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal

from ontology.cluster.meta import field
from ontology.cluster.pods import Pod
from ontology.errors import InvalidQuestionError, did_you_mean
from ontology.scenario import Evaluator, Question, Scenario
from ontology.semantics.architecture.components import down as fallen
from ontology.verdict import Outcome, Role, Step, Verdict

_PATH = "question.log"
_MAX_FILES = 5  # containerLogMaxFiles of the kubelet, the current file included
_AGENT, _BACK_END = "Fluentd", "Elasticsearch"
_FOR_KUBECTL = ("kube-apiserver", "kubelet", "ContainerRuntime")


class Log(Question, frozen=True):
    """Asks where a line went that `container` of the one Pod wrote to `stream`, and what happened since.

    `rotations` and `restarts` count from then on; `gone` is what became of the pod. `collector`: an agent on
    each node, a sidecar that repeats a file on its own stdout, or the application that sends by itself.
    """

    container: str | None = None
    stream: Literal["stdout", "stderr", "file"] = "stdout"
    collector: Literal["none", "nodeAgent", "sidecar", "direct"] = "none"
    rotations: int = 0
    restarts: int = 0
    max_files: int = _MAX_FILES
    gone: Literal["no", "podDeleted", "nodeLost"] = "no"
    down: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the line is: in which file of the node, for which kubectl command, and in the back end."""

    file: str
    on_node: bool
    kubectl: str
    in_back_end: bool


def evaluate(scenario: Scenario, asked: Log) -> Verdict:
    """Answer `{"file", "onNode", "kubectl", "backEnd", "lost"}`.

    `file` is where the line was written on the node, null for a file inside the container; `kubectl` the
    command that shows it now, null when none does. Outcome: yes when anybody can read it.

    Raises:
        InvalidObjectError: not exactly one Pod.
        InvalidQuestionError: no such container, a count below 0, or an unknown component.
    """
    path, pod = scenario.one(Pod)
    container = _container(pod, asked, path)
    for name, value in (("rotations", asked.rotations), ("restarts", asked.restarts)):
        if value < 0:
            raise InvalidQuestionError(f"`{name}` is below 0", path=f"{_PATH}.{name}")
    if asked.max_files < 2:  # noqa: PLR2004 - the kubelet refuses less
        raise InvalidQuestionError("the kubelet keeps at least two files", path=f"{_PATH}.maxFiles")
    out = fallen(asked.down, f"{_PATH}.down")
    place = _place(pod, container, asked, out)
    readable = place.on_node or bool(place.kubectl) or place.in_back_end
    answer: dict[str, Any] = {
        "file": place.file or None,
        "onNode": place.on_node,
        "kubectl": place.kubectl or None,
        "backEnd": place.in_back_end,
        "lost": not readable,
    }
    return Verdict(
        answer=answer,
        outcome=Outcome.of(readable),
        explain=lambda: tuple(_steps(pod, container, asked, out, place)),
    )


def _container(pod: Pod, asked: Log, path: str) -> str:
    names = [each.name for each in (*(pod.spec.containers or ()), *(pod.spec.init_containers or ()))]
    name = asked.container or next(iter(names), "")
    if name not in names:
        problem = f"no container `{name}` in {path}" + did_you_mean(get_close_matches(name, names, n=1))
        raise InvalidQuestionError(problem, path=f"{_PATH}.container")
    return name


def _place(pod: Pod, container: str, asked: Log, out: frozenset[str]) -> Place:
    streamed = asked.stream != "file" or asked.collector == "sidecar"
    speaker = "sidecar" if asked.stream == "file" and asked.collector == "sidecar" else container
    kept = streamed and asked.gone == "no" and asked.restarts <= 1 and asked.rotations < asked.max_files
    current = kept and asked.rotations == 0 and not out.intersection(_FOR_KUBECTL)
    previous = " --previous" if asked.restarts else ""
    command = f"kubectl logs -n {pod.namespace} {pod.name} -c {speaker}{previous}"
    sent = {
        "none": False,
        "nodeAgent": streamed and _AGENT not in out,
        "sidecar": streamed and _AGENT not in out and asked.stream == "file",
        "direct": True,
    }[asked.collector]
    return Place(
        file=_file(pod, speaker) if streamed else "",
        on_node=kept and "Node" not in out,
        kubectl=command if current else "",
        in_back_end=sent and _BACK_END not in out,
    )


def _file(pod: Pod, container: str) -> str:
    """Return the file of the first run; a restart writes to the next number."""
    return f"/var/log/pods/{pod.namespace}_{pod.name}_{pod.metadata.uid or '<uid>'}/{container}/0.log"


def _steps(pod: Pod, container: str, asked: Log, out: frozenset[str], place: Place) -> Iterator[Step]:
    facts: Mapping[str, Any] = {
        "pod": pod.name,
        "container": container,
        "stream": asked.stream,
        "file": place.file,
        "command": place.kubectl,
        "rotations": asked.rotations,
        "restarts": asked.restarts,
        "files": asked.max_files,
        "down": tuple(sorted(out)),
    }
    yield Step("architecture.logFile", holds=bool(place.file), facts=facts)
    if asked.rotations:
        yield Step("architecture.logRotation", holds=asked.rotations < asked.max_files, facts=facts)
    if asked.restarts:
        yield Step("architecture.logPrevious", holds=asked.restarts == 1, facts=facts)
    if asked.gone != "no":
        yield Step(f"architecture.log{asked.gone[0].upper()}{asked.gone[1:]}", holds=False, facts=facts)
    yield Step("architecture.kubectlLogs", holds=bool(place.kubectl), facts=facts)
    collector = "architecture.logCollector" if asked.collector != "none" else "architecture.noCollector"
    yield Step(collector, holds=place.in_back_end, facts={**facts, "collector": asked.collector})
    if not place.in_back_end and (asked.stream != "file"):
        yield Step("architecture.collectLogs", holds=True, facts=facts, role=Role.CHANGE)


LOG = Evaluator(Log, evaluate)
