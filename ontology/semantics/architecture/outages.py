"""What stops when components are down, and what goes on.

Source: kubernetes.io/docs/concepts/architecture, .../concepts/overview/components (v1.36).
"""

from collections.abc import Iterator, Sequence

from ontology.errors import InvalidQuestionError
from ontology.scenario import Evaluator, Question, Scenario
from ontology.semantics.architecture.components import components
from ontology.semantics.architecture.components import down as fallen
from ontology.semantics.architecture.duties import Duty, duties, step
from ontology.verdict import Outcome, Role, Step, Verdict

_PATH = "question.outage"
_GRACE = 50  # node-monitor-grace-period
_TOLERATED = 300  # what admission gives every pod for not-ready and unreachable


class Outage(Question, frozen=True):
    """Asks what stops and what goes on while the components of `down` are out of service."""

    down: list[str]


def evaluate(_: Scenario, asked: Outage) -> Verdict:
    """Answer `{"down", "stops", "goesOn", "then"}`: duties by name, in the order of the table.

    `then` is what the control plane makes of a node that it does not hear: `{"afterSeconds", "what"}`.

    Outcome: yes when pods that run stay alive, no when a node with its pods is gone.

    Raises:
        InvalidQuestionError: nothing is down, or an unknown component.
    """
    if not asked.down:
        raise InvalidQuestionError("name at least one component", path=f"{_PATH}.down")
    out = fallen(asked.down, f"{_PATH}.down")
    stops = [each for each in duties().values() if each.missing(out)]
    goes_on = [each for each in duties().values() if not each.missing(out)]
    answer = {
        "down": sorted(out),
        "stops": [each.name for each in stops],
        "goesOn": [each.name for each in goes_on],
        "then": [{"afterSeconds": after, "what": what} for what, after in _silent(out)],
    }
    alive = not duties()["run"].missing(out)
    return Verdict(
        answer=answer,
        outcome=Outcome.of(alive),
        explain=lambda: tuple(_steps(out, stops, goes_on)),
    )


def _steps(out: frozenset[str], stops: Sequence[Duty], goes_on: Sequence[Duty]) -> Iterator[Step]:
    for name in sorted(out):
        known = components()[name]
        facts = {"name": name, "plane": known.plane, "runs": known.runs, "process": known.process}
        yield Step("architecture.component", holds=False, facts=facts, concepts=(name,))
    yield from (step(each, out) for each in stops)
    yield from (step(each, out) for each in goes_on)
    for what, after in _silent(out):
        yield Step(f"architecture.{what}", holds=True, facts={"seconds": after})
    for each in sorted(name for name in out if not components()[name].part_of):
        rest = out - {each} - set(components()[each].brings) - _parts(each)
        mended = [duty.name for duty in stops if not duty.missing(frozenset(rest))]
        if mended:
            yield Step(
                "architecture.resumes",
                holds=True,
                facts={"component": each, "duties": tuple(mended)},
                role=Role.CHANGE,
                concepts=(each,),
            )


def _silent(out: frozenset[str]) -> Iterator[tuple[str, int]]:
    """What becomes of a silent node, as far as those who see to it are up; seconds from its last word."""
    if not duties()["heartbeat"].missing(out) or duties()["watchNodes"].missing(out):
        return
    yield "nodeNotReady", _GRACE
    if not duties()["evict"].missing(out):
        yield "podsEvicted", _GRACE + _TOLERATED
        if not duties()["replace"].missing(out):
            yield "podsReplaced", _GRACE + _TOLERATED


def _parts(process: str) -> set[str]:
    return {each.name for each in components().values() if each.part_of == process}


OUTAGE = Evaluator(Outage, evaluate)
