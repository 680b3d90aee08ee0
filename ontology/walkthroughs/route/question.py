"""The question `route`: does a packet arrive, where, and by which rules."""

from collections.abc import Iterator
from typing import Any

from ontology import patches
from ontology.errors import InvalidQuestionError
from ontology.readiness import is_finished
from ontology.scenario import Evaluator, Scenario, convert_question
from ontology.semantics.networkpolicy import validation
from ontology.verdict import Outcome, Step, Verdict
from ontology.walkthroughs.route import changes, destinations
from ontology.walkthroughs.route.way import Failure, Route, Way, World, world_of


def evaluate(scenario: Scenario, asked: Route) -> Verdict:
    """Answer `{"delivered", "failure", "endpoint", "candidates", "hops", "sourceAddress"}`.

    `hops` are the places in order, `candidates` the endpoints the draw was made from, `sourceAddress` is
    `preserved` or `node`, `failure` what the client sees (`nameNotFound`, `refused`, `dropped`). Outcome as
    `delivered`; unknown where the packet leaves the cluster, or only the network plugin can tell.

    Raises:
        InvalidQuestionError: an end that is not among the objects, or no port.
        InvalidObjectError: a network policy that the API would refuse.
    """
    validation.check(scenario)
    world = world_of(scenario, asked)
    host, port = target(asked.to)
    way = Way()
    if world.source is not None and (is_finished(world.source) or not world.node):
        phase = world.source.status.phase or "Pending"
        way.fail(Step("services.sourceRuns", False, {"pod": asked.source, "phase": phase}), Failure.DROPPED)
    else:
        destinations.travel(world, way, host, port)
    answer: dict[str, Any] = {
        "delivered": way.delivered,
        "failure": way.failure and way.failure.value,
        "endpoint": way.endpoint,
        "candidates": list(way.among),
        "hops": way.hops,
        "sourceAddress": "node" if way.snat else "preserved",
    }
    return Verdict(
        answer=answer,
        outcome=Outcome.of(way.delivered),
        explain=lambda: (*way.steps, *_changes(world, way, host, port)),
    )


def target(to: str) -> tuple[str, int]:
    """Return the host and the port of `host:port`; an IPv6 address stands in brackets.

    Raises:
        InvalidQuestionError: no host, or no port between 1 and 65535.
    """
    host, _, port = to.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) <= 65535:  # noqa: PLR2004 - the largest port
        raise InvalidQuestionError(f"`{to}` is not `host:port`", path="question.route.to")
    return host.removeprefix("[").removesuffix("]"), int(port)


def _changes(world: World, way: Way, host: str, port: int) -> Iterator[Step]:
    unknown_name = any(step.rule == "services.nameResolved" and step.holds is None for step in way.steps)
    if way.delivered is not False and not unknown_name:
        return
    yield from changes.near_misses(world, way, host)
    yield from patches.helping(
        world.scenario,
        changes.proposals(world, way, host, port),
        lambda changed: evaluate(changed, convert_question(changed.asked, Route, "route")),
    )


ROUTE = Evaluator(question=Route, evaluate=evaluate)
