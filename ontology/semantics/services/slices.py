"""The question of endpoints: which slices the controller makes for a Service."""

from difflib import get_close_matches
from itertools import chain
from typing import Any

import orjson

from ontology.cluster.meta import UNSET, UnsetType
from ontology.cluster.nodes import Node
from ontology.cluster.pods import Pod
from ontology.cluster.services import Service
from ontology.errors import InvalidQuestionError, did_you_mean
from ontology.scenario import Evaluator, Question, Scenario
from ontology.semantics.services import explanation
from ontology.semantics.services.endpoints import PodIndex, Slices, any_ready, slices
from ontology.verdict import Outcome, Verdict


class Endpoints(Question, frozen=True):
    """Asks for the slices of one Service (`namespace/name`), or of all when none is named."""

    service: str | UnsetType = UNSET


def evaluate(scenario: Scenario, asked: Endpoints) -> Verdict:
    """Answer `{"slices": [...]}` for one Service, `{"services": {name: slices}}` for all.

    Outcome: yes when an endpoint is ready (of every Service, where all are asked for), no when none
    is; unknown when the Service has no selector, so that somebody else says who stands behind it.

    Raises:
        InvalidQuestionError: no such Service among the objects.
    """
    services = {f"{each.namespace}/{each.name}": each for each in scenario.all(Service)}
    pods = scenario.all(Pod)
    nodes = {node.name: node for node in scenario.all(Node)}
    index = PodIndex(pods)
    if asked.service is UNSET:
        every = {name: slices(services[name], index, nodes) for name in sorted(services)}
        return Verdict(
            answer={"services": {name: _as_json(found) for name, found in every.items()}},
            outcome=Outcome.of(all(any_ready(found) for found in every.values() if found is not None)),
            explain=lambda: tuple(
                chain.from_iterable(explanation.steps(services[n], f, pods, nodes) for n, f in every.items())
            ),
        )
    service = services.get(asked.service)
    if service is None:
        hint = did_you_mean(get_close_matches(asked.service, services, n=1))
        message = f"no Service `{asked.service}` among the objects{hint}"
        raise InvalidQuestionError(message, path="question.endpoints.service")
    found = slices(service, index, nodes)
    return Verdict(
        answer={"slices": _as_json(found)},
        outcome=Outcome.of(None if found is None else any_ready(found)),
        explain=lambda: explanation.steps(service, found, pods, nodes),
    )


def _as_json(found: Slices | None) -> list[dict[str, Any]] | None:
    if found is None:
        return None
    listed = [
        {
            "ports": [port.as_json() for port in each],
            "endpoints": [e.as_json() for e in sorted(backends, key=lambda b: b.pod.name)],
        }
        for each, backends in found.items()
    ]
    return sorted(listed, key=lambda s: orjson.dumps(s["ports"], option=orjson.OPT_SORT_KEYS))


ENDPOINTS = Evaluator(question=Endpoints, evaluate=evaluate)
