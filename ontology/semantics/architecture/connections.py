"""Who talks to whom, and by what: list and watch, HTTPS, gRPC, CRI, CNI, CSI.

Source: kubernetes.io/docs/concepts/architecture/control-plane-node-communication (v1.36).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from ontology.errors import InvalidQuestionError
from ontology.scenario import Evaluator, Question, Scenario
from ontology.semantics.architecture.components import component, components, table
from ontology.verdict import Outcome, Role, Step, Verdict

_PATH = "question.connections"


class Connections(Question, frozen=True):
    """Asks for the connections `of` a component, or whether `source` connects to `target`."""

    of: str | None = None
    source: str | None = None
    target: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Who opens it, to whom, by what protocol or interface; 0 and empty where it has no port or socket."""

    source: str
    target: str
    by: str
    port: int
    socket: str

    def plain(self) -> Mapping[str, Any]:
        """Return the connection as an answer shows it."""
        return {
            "from": self.source,
            "to": self.target,
            "by": self.by,
            "port": self.port or None,
            "socket": self.socket or None,
        }


@cache
def connections() -> Sequence[Connection]:
    """Return all connections, in the order of the table."""
    return tuple(
        Connection(
            source=each["from"],
            target=each["to"],
            by=each["by"],
            port=each.get("port", 0),
            socket=each.get("socket", ""),
        )
        for each in table("connections")["connection"]
    )


def between(source: str, target: str) -> Connection | None:
    """Return the connection that one process opens to another; None when there is none."""
    names = components()[source].process, components()[target].process
    return next((each for each in connections() if (each.source, each.target) == names), None)


def evaluate(_: Scenario, asked: Connections) -> Verdict:
    """Answer `{"connections": [...]}`, with `"via"` for two components that have none between them.

    Outcome: yes when there is a connection, in the direction asked.

    Raises:
        InvalidQuestionError: an unknown component, or neither `of` nor both `source` and `target`.
    """
    if asked.of is not None and asked.source is None and asked.target is None:
        return _of(component(asked.of, f"{_PATH}.of").name)
    if asked.of is None and asked.source is not None and asked.target is not None:
        source = component(asked.source, f"{_PATH}.source").name
        return _directed(source, component(asked.target, f"{_PATH}.target").name)
    raise InvalidQuestionError("ask `of` one component, or for `source` and `target`", path=_PATH)


def _of(name: str) -> Verdict:
    process = components()[name].process
    found = [each for each in connections() if process in (each.source, each.target)]
    return Verdict(
        answer={"connections": [each.plain() for each in found]},
        outcome=Outcome.of(bool(found)),
        explain=lambda: (_place(name), *(_step(each) for each in found)),
    )


def _directed(source: str, target: str) -> Verdict:
    found = between(source, target)
    back = between(target, source)
    via = () if found else _via(source, target)
    answer: dict[str, Any] = {"connections": [found.plain()] if found else []}
    if via:
        answer["via"] = via
    return Verdict(
        answer=answer,
        outcome=Outcome.of(found is not None),
        explain=lambda: tuple(_explained(source, target, found, back, via)),
    )


def _explained(
    source: str, target: str, found: Connection | None, back: Connection | None, via: Sequence[str]
) -> Iterator[Step]:
    if found is not None:
        yield _step(found)
    else:
        facts = {"source": source, "target": target, "via": tuple(via)}
        yield Step("architecture.noConnection", holds=False, facts=facts, concepts=(source, target))
    if back is not None:
        yield Step(
            "architecture.connection",
            holds=True,
            facts=dict(back.plain()),
            role=Role.NEAR_MISS,
            concepts=(back.source, back.target),
        )


def _via(source: str, target: str) -> tuple[str, ...]:
    """Return whom both talk to: through it one reaches the other."""
    return tuple(
        name
        for name in components()
        if (between(source, name) or between(name, source))
        and (between(name, target) or between(target, name))
    )


def _place(name: str) -> Step:
    known = components()[name]
    facts = {"name": name, "plane": known.plane, "runs": known.runs, "process": known.process}
    return Step("architecture.component", holds=True, facts=facts, concepts=(name,))


def _step(connection: Connection) -> Step:
    where = connection.socket or connection.port or ""
    facts = {**connection.plain(), "where": where}
    return Step(
        "architecture.connection", holds=True, facts=facts, concepts=(connection.source, connection.target)
    )


CONNECTIONS = Evaluator(Connections, evaluate)
