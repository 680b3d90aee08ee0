"""Why a pod goes when it goes: each look of the controller, what nearly held, what would keep the pod."""

from collections.abc import Iterator, Sequence

from ontology import tolerations
from ontology.cluster.nodes import Node, Taint
from ontology.cluster.pods import Pod, Toleration
from ontology.semantics.eviction.plans import NO_EXECUTE, Look, Plan, Turn, plan
from ontology.verdict import Role, Step

_EVICTS = frozenset({Turn.UNTOLERATED, Turn.PLANNED, Turn.STAYS, Turn.DUE})


def explain(
    node: Node, pods: Sequence[Pod], plans: Sequence[Plan], taints: Sequence[tuple[float, Sequence[Taint]]]
) -> tuple[Step, ...]:
    """Return the steps of all pods, in the order given: rules applied, near misses, changes."""
    pairs = tuple(zip(pods, plans, strict=True))
    steps = (
        *(step for pod, found in pairs for step in _applied(node, pod, found)),
        *(step for pod, found in pairs for step in _near_misses(pod, found, taints)),
        *(step for pod, found in pairs for step in _changes(pod, found, taints)),
    )
    return steps or (Step("eviction.noPods", holds=False, facts={"node": node.name}),)


def number(seconds: float) -> float:
    """Return whole seconds as an integer."""
    return int(seconds) if seconds == int(seconds) else seconds


def shown(toleration: Toleration) -> str:
    """Return a toleration in one line: `key=value:NoExecute for 300 s`, `*` for what it leaves open."""
    value = "" if toleration.operator == "Exists" else f"={toleration.value}"
    limit = "" if toleration.toleration_seconds is None else f" ({toleration.toleration_seconds}s)"
    return f"{toleration.key or '*'}{value}:{toleration.effect or '*'}{limit}"


def _applied(node: Node, pod: Pod, found: Plan) -> Iterator[Step]:
    if not found.looks:
        facts = {"pod": pod.name, "node": node.name, "other": pod.spec.node_name}
        yield Step("eviction.otherNode", holds=False, facts=facts)
    for look in found.looks:
        for use in look.uses:
            if use.toleration is not None and look.turn is not Turn.UNTOLERATED:
                yield Step(
                    "eviction.tolerated",
                    holds=True,
                    facts={
                        "pod": pod.name,
                        "taint": tolerations.shown(use.taint),
                        "toleration": shown(use.toleration),
                        "seconds": use.toleration.toleration_seconds,
                    },
                )
        yield _look(node, pod, look)


def _look(node: Node, pod: Pod, look: Look) -> Step:
    missing = tuple(tolerations.shown(u.taint) for u in look.uses if u.toleration is None)
    return Step(
        look.turn.value,
        holds=look.turn in _EVICTS,
        facts={
            "pod": pod.name,
            "node": node.name,
            "at": number(look.at),
            "taints": missing or tuple(tolerations.shown(u.taint) for u in look.uses),
            "seconds": look.limit,
            "due": None if look.due is None else number(look.due),
        },
        concepts=("TaintEffect.NoExecute", *(("Eviction",) if look.turn in _EVICTS else ())),
    )


def _near_misses(pod: Pod, found: Plan, taints: Sequence[tuple[float, Sequence[Taint]]]) -> Iterator[Step]:
    """Yield tolerations that nearly fit, ones that came second, and taints that drive nobody away."""
    own = pod.spec.tolerations or ()
    for look in found.looks:
        for use in look.uses:
            yield from _second(pod, use.taint, use.toleration) if use.toleration else _almost(pod, use.taint)
    if found.looks:
        for taint in taints[0][1]:
            if taint.effect != NO_EXECUTE and tolerations.first(own, taint) is None:
                facts = {"pod": pod.name, "taint": tolerations.shown(taint), "effect": taint.effect}
                concepts = (f"TaintEffect.{taint.effect}",)
                yield Step(
                    "eviction.otherEffect", holds=False, facts=facts, role=Role.NEAR_MISS, concepts=concepts
                )


def _almost(pod: Pod, taint: Taint) -> Iterator[Step]:
    for each in pod.spec.tolerations or ():
        if each.key == taint.key:
            facts = {"pod": pod.name, "taint": tolerations.shown(taint), "toleration": shown(each)}
            yield Step("eviction.untolerated", holds=False, facts=facts, role=Role.NEAR_MISS)


def _second(pod: Pod, taint: Taint, used: Toleration) -> Iterator[Step]:
    for each in pod.spec.tolerations or ():
        if (
            each is not used
            and tolerations.matches(each, taint)
            and each.toleration_seconds != used.toleration_seconds
        ):
            facts = {
                "pod": pod.name,
                "taint": tolerations.shown(taint),
                "toleration": shown(each),
                "used": shown(used),
            }
            yield Step("eviction.tolerated", holds=False, facts=facts, role=Role.NEAR_MISS)
            return


def _changes(pod: Pod, found: Plan, taints: Sequence[tuple[float, Sequence[Taint]]]) -> Iterator[Step]:
    """Yield the tolerations that would keep an evicted pod, if they do."""
    if found.deleted is None:
        return
    wanted = dict.fromkeys(t.key for _, each in taints for t in each if t.effect == NO_EXECUTE)
    added = [Toleration(key=key, operator="Exists", effect=NO_EXECUTE) for key in wanted]
    if plan([*added, *(pod.spec.tolerations or ())], taints).deleted is None:
        yield Step(
            "eviction.tolerate",
            holds=True,
            facts={"pod": pod.name, "tolerations": tuple(shown(each) for each in added)},
            role=Role.CHANGE,
            concepts=("Toleration",),
            change={
                "spec": {
                    "tolerations": [
                        {"key": each.key, "operator": "Exists", "effect": NO_EXECUTE} for each in added
                    ]
                }
            },
        )
