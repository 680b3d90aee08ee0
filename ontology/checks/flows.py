"""Claims about who talks to whom, and who comes first: the system `architecture` decides."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from ontology import evaluators
from ontology.checks.claims import Check, Claim, Result
from ontology.checks.wording import said

_SOURCE = "https://kubernetes.io/docs/concepts/architecture/control-plane-node-communication/"
_HUB = "kube-apiserver"
# Components that every cluster has in the same place: of add-ons others know more than we.
_FIXED = frozenset(
    (
        *("kube-apiserver", "etcd", "kube-scheduler", "kube-controller-manager"),
        *("kubelet", "kube-proxy", "ContainerRuntime", "CNI"),
    )
)
# They are asked at every step, so they come before and after all others.
_EVERYWHERE = frozenset({"kube-apiserver", "etcd"})
# Who names it in an order tells of a new pod; numbers and logs go through others the other way.
_PLACER = "kube-scheduler"


def flows(claim: Claim) -> Check | None:
    """Decide a connection between two fixed components, and their order on the way of a Deployment."""
    if claim.negated or claim.subject == claim.object or not {claim.subject, claim.object} <= _FIXED:
        return None
    if claim.predicate == "connectsTo":
        return _connection(claim)
    return _order(claim) if claim.predicate == "precedes" else None


def _connection(claim: Claim) -> Check | None:
    """A connection that only the other end opens is left open: notes seldom say who opens one."""
    there = _asked(claim.subject, claim.object)
    if there is not None:
        return _check(Result.CONFIRMED, "connects", claim, there)
    indirect = _HUB in claim.words or "API 서버" in claim.words or "API server" in claim.words
    if indirect or _asked(claim.object, claim.subject) is not None:
        return None
    return _check(Result.REFUTED, "connectsNot", claim, _question(claim.subject, claim.object))


@cache
def _asked(source: str, target: str) -> Mapping[str, Any] | None:
    """Return the scenario that shows a connection; None when there is none."""
    scenario = _question(source, target)
    return scenario if evaluators.answer(scenario).answer["connections"] else None


def _question(source: str, target: str) -> Mapping[str, Any]:
    asked = {"connections": {"source": source, "target": target}}
    return {"system": "architecture", "objects": [], "question": asked}


_WAY: Mapping[str, Any] = {
    "system": "architecture",
    "objects": [],
    "question": {"path": {"create": "Deployment"}},
}


@cache
def _actors() -> Sequence[str]:
    """Return who acts on the way of a Deployment, in order, the controllers by their process."""
    hops = evaluators.answer(_WAY).answer["hops"]
    names = ("kube-controller-manager" if hop["step"] == "make" else hop["from"] for hop in hops)
    targets = [hop["to"] for hop in hops if hop["step"] == "network"]
    return tuple(dict.fromkeys((*names, *targets)))


def _order(claim: Claim) -> Check | None:
    actors = _actors()
    if {claim.subject, claim.object} & _EVERYWHERE or not {claim.subject, claim.object} <= set(actors):
        return None
    first = actors.index(claim.subject) < actors.index(claim.object)
    if not first and _PLACER not in {claim.subject, claim.object}:
        return None
    return _check(Result.CONFIRMED if first else Result.REFUTED, "order", claim, _WAY)


def _check(result: Result, wording: str, claim: Claim, scenario: Mapping[str, Any]) -> Check:
    shown = tuple(each for each in _actors() if each in _FIXED)
    note = said(wording, source=claim.subject, target=claim.object, actors=shown)
    return Check(result=result, note=note, source=_SOURCE, scenario=scenario)
