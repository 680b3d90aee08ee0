"""The questions `bind` (one claim, now) and `settle` (everything, until nothing changes)."""

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import Any

from ontology import patches
from ontology.claims import class_name
from ontology.cluster.volumes import PersistentVolumeClaim
from ontology.errors import InvalidQuestionError, did_you_mean
from ontology.scenario import Evaluator, Question, Scenario, convert_question
from ontology.semantics.volumes import explanation, remedies
from ontology.semantics.volumes.binding import sync_claim
from ontology.semantics.volumes.reclaim import sync_volume
from ontology.semantics.volumes.state import BIND_COMPLETED, PROVISIONER, State, annotations
from ontology.verdict import Outcome, Step, Verdict

# Far more than objects can keep changing for: two objects may answer each other once or twice.
_ROUNDS = 1000
_WAITING = frozenset({"WaitForFirstConsumer", "WaitForPodScheduled"})


class Bind(Question, frozen=True):
    """Asks what the controller does with one claim, `namespace/name`, now."""

    claim: str


class Settle(Question, frozen=True):
    """Asks for the state once the controller has nothing more to do."""


def _until_stable(state: State, act: Callable[[], None]) -> None:
    for _ in range(_ROUNDS):
        before = state.frozen()
        act()
        if state.frozen() == before:
            return


def _sync_volumes(state: State) -> None:
    for name in list(state.volumes):
        sync_volume(name, state)


def _round(state: State) -> None:
    _until_stable(state, lambda: _sync_volumes(state))
    for name in state.claims:
        sync_claim(name, state)


def bind(scenario: Scenario, asked: Bind) -> Verdict:
    """Answer `{"action", "volume", "storageClass", "reason", "message"}`, and `provisioner` if one is asked.

    Outcome: yes when the claim is bound, no when it stays Pending or is Lost, unknown when somebody
    else decides: a provisioner, or the scheduler of the first consumer.

    Raises:
        InvalidQuestionError: no such claim among the objects.
    """
    state = State.of(scenario)
    if asked.claim not in state.claims:
        hint = did_you_mean(get_close_matches(asked.claim, state.claims, n=1))
        message = f"no PersistentVolumeClaim `{asked.claim}` among the objects{hint}"
        raise InvalidQuestionError(message, path="question.bind.claim")
    _until_stable(state, lambda: _sync_volumes(state))
    offered = dict(state.volumes)
    _until_stable(state, lambda: sync_claim(asked.claim, state))
    claim = state.claims[asked.claim]
    bound = claim.status.phase == "Bound" and bool(claim.spec.volume_name)
    reason, message = ("", "") if bound else state.events.get(asked.claim, ("", ""))
    action = "bind" if bound else _action(reason)
    answer: dict[str, Any] = {
        "action": action,
        "volume": claim.spec.volume_name if bound else None,
        "storageClass": class_name(claim),
        "reason": reason,
        "message": message,
    }
    if action == "provision":
        answer["provisioner"] = _provisioner(claim)

    def changes() -> Iterator[Step]:
        if action != "pending" or BIND_COMPLETED in annotations(claim):
            return  # who waits will be served, and who is Lost stays so
        tried = remedies.proposals(claim, offered, state)
        yield from patches.helping(scenario, tried, _again, helps=_is_served)

    holds = {"bind": True, "pending": False}.get(action)
    return Verdict(
        answer=answer,
        outcome=Outcome.of(holds),
        explain=lambda: (*explanation.of_claim(state, claim, offered), *changes()),
    )


def _again(changed: Scenario) -> Verdict:
    return bind(changed, convert_question(changed.asked, Bind, "bind"))


def _is_served(verdict: Verdict) -> bool:
    return verdict.answer["action"] in {"bind", "provision"}


def _action(reason: str) -> str:
    if reason == "ExternalProvisioning":
        return "provision"
    return "wait" if reason in _WAITING else "pending"


def _provisioner(claim: PersistentVolumeClaim) -> str | None:
    return annotations(claim).get(PROVISIONER)


def settle(scenario: Scenario, _: Settle) -> Verdict:
    """Answer `{"volumes", "claims", "deletedVolumes"}`: phases and ties when all has come to rest.

    Outcome: yes when every claim is Bound, no when one is Pending or Lost.
    """
    state = State.of(scenario)
    _until_stable(state, lambda: _round(state))
    volumes = {
        name: {
            "phase": volume.status.phase,
            "claim": f"{ref.namespace}/{ref.name}" if (ref := volume.spec.claim_ref) else None,
        }
        for name, volume in state.volumes.items()
    }
    claims = {
        name: {
            "phase": claim.status.phase,
            "volume": claim.spec.volume_name or None,
            "storageClass": class_name(claim),
            "provisioner": _provisioner(claim),
        }
        for name, claim in state.claims.items()
    }
    return Verdict(
        answer={"volumes": volumes, "claims": claims, "deletedVolumes": sorted(state.deleted)},
        outcome=Outcome.of(all(claim.status.phase == "Bound" for claim in state.claims.values())),
        explain=lambda: explanation.of_all(state),
    )


BIND = Evaluator(question=Bind, evaluate=bind)
SETTLE = Evaluator(question=Settle, evaluate=settle)
