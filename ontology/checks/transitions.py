"""Claims about changes of state: is there a way in the machine?"""

from collections import deque
from collections.abc import Mapping
from functools import cache

from ontology.checks.claims import Check, Claim, Result
from ontology.checks.wording import said
from ontology.machine import Machine
from ontology.machines import machines


@cache
def _states() -> Mapping[str, tuple[Machine, str]]:
    """Return machine and state of each concept that stands for a state."""
    return {
        concept: (machine, state) for machine in machines().values() for state, concept in machine.concepts
    }


def transitions(claim: Claim) -> Check | None:
    """Confirm a change that some run of the machine makes, refute one that none makes."""
    if claim.predicate != "transitionsTo":
        return None
    first, second = _states().get(claim.subject), _states().get(claim.object)
    if first is None or second is None or first[0] is not second[0]:
        return None
    machine, start = first
    end = second[1]
    there = end in _after(machine, start)
    note = said("reachable" if there else "unreachable", machine=machine.name, start=start, end=end)
    result = Result.CONFIRMED if there is not claim.negated else Result.REFUTED
    return Check(result=result, note=note, source=f"machine:{machine.name}")


def _after(machine: Machine, start: str) -> set[str]:
    """Return the states that some sequence of events leads to from a state."""
    found: set[str] = set()
    todo = deque([start])
    while todo:
        state = todo.popleft()
        for each in machine.transitions:
            if each.state == state and each.next not in found:
                found.add(each.next)
                todo.append(each.next)
    return found
