"""Access modes where they bite: may this pod start with its volumes on that node?

Modes limit nodes, not pods (ReadWriteOncePod excepted), and only attaching enforces them: a volume that
needs no attaching (NFS, hostPath, local, CSI without attach) is mounted wherever a pod comes.

Source: kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes (v1.36).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ontology import patches
from ontology.cluster.pods import Pod
from ontology.cluster.storage import CSIDriver
from ontology.cluster.volumes import PersistentVolume, PersistentVolumeClaim
from ontology.errors import InvalidQuestionError
from ontology.readiness import is_finished
from ontology.scenario import Evaluator, Question, Scenario, convert_question
from ontology.semantics.volumes.state import claim_name
from ontology.verdict import Outcome, Role, Step, Verdict

_MANY_NODES = frozenset({"ReadOnlyMany", "ReadWriteMany"})
# in-tree sources without an attach step
_UNATTACHED = ("host_path", "local", "nfs", "portworx_volume")


class Start(Question, frozen=True):
    """Asks whether a pod (`namespace/name`) may start on a node, default the one it is bound to."""

    pod: str
    node: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mount:
    """One claim of the pod, its volume if it has one, and the other unfinished pods that use the claim."""

    claim: PersistentVolumeClaim
    volume: PersistentVolume | None
    attached: bool
    others: tuple[Pod, ...]


def evaluate(scenario: Scenario, asked: Start) -> Verdict:
    """Answer `{"starts", "reason", "message"}`; reason is `""`, `Unschedulable` or `FailedAttachVolume`.

    Outcome: yes and no as `starts`; unknown while a claim is not bound.

    Raises:
        InvalidQuestionError: no such pod among the objects.
    """
    pod = next((p for p in scenario.all(Pod) if f"{p.namespace}/{p.name}" == asked.pod), None)
    if pod is None:
        raise InvalidQuestionError(f"no Pod `{asked.pod}` among the objects", path="question.start.pod")
    node = asked.node or pod.spec.node_name
    steps = tuple(_step(pod, node, mount) for mount in _mounts(scenario, pod))
    refused = next((step for step in steps if step.holds is False), None)
    open_ = any(step.holds is None for step in steps)
    starts = False if refused else None if open_ else True
    answer: dict[str, Any] = {"starts": starts, "reason": "", "message": ""}
    if refused is not None:
        answer |= {"reason": refused.facts["reason"], "message": refused.facts["message"]}
    none = (Step("volumes.noClaims", True, {"pod": pod.name}),)

    def again(changed: Scenario) -> Verdict:
        return evaluate(changed, convert_question(changed.asked, Start, "start"))

    def changes() -> Iterator[Step]:
        mounts = [each for each in _mounts(scenario, pod) if starts is False]
        yield from patches.helping(scenario, (c for each in mounts for c in _changes(pod, each)), again)

    return Verdict(answer=answer, outcome=Outcome.of(starts), explain=lambda: (*(steps or none), *changes()))


def _changes(pod: Pod, mount: _Mount) -> Iterator[Step]:
    """Yield the modes of the claim, or the node, with which the pod would start."""
    claim = mount.claim
    if "ReadWriteOncePod" in (claim.spec.access_modes or ()):
        yield _with_mode("ReadWriteOnce", pod, mount)
        yield _with_mode("ReadWriteMany", pod, mount)
    for node in dict.fromkeys(other.spec.node_name for other in mount.others if other.spec.node_name):
        facts = {"pod": pod.name, "node": node, "claim": claim.name}
        yield Step("volumes.oneNode", True, facts, Role.CHANGE, change={"question": {"node": node}})
    yield _with_mode("ReadWriteMany", pod, mount)


def _with_mode(mode: str, pod: Pod, mount: _Mount) -> Step:
    """Return the claim with another access mode, which its volume then has to offer as well."""
    claim, volume = mount.claim, mount.volume
    spec = {"accessModes": [mode]}
    wanted = [patches.for_object("PersistentVolumeClaim", claim.name, claim.namespace, "v1", spec=spec)]
    if volume is not None and mode not in (volume.spec.access_modes or (mode,)):
        wanted.append(patches.for_object("PersistentVolume", volume.name, None, "v1", spec=spec))
    facts = {"claim": claim.name, "modes": (mode,), "pod": pod.name}
    return Step("volumes.attach", True, facts, Role.CHANGE, change=patches.together(*wanted))


def _mounts(scenario: Scenario, pod: Pod) -> Iterator[_Mount]:
    claims = {(c.namespace, c.name): c for c in scenario.all(PersistentVolumeClaim)}
    volumes = {v.name: v for v in scenario.all(PersistentVolume)}
    drivers = {d.name: d for d in scenario.all(CSIDriver)}
    others = [p for p in scenario.all(Pod) if (p.namespace, p.name) != (pod.namespace, pod.name)]
    for name in _claims_of(pod):
        claim = claims.get((pod.namespace, name))
        if claim is None:
            continue
        volume = volumes.get(claim.spec.volume_name)
        using = tuple(
            p for p in others if p.namespace == pod.namespace and name in _claims_of(p) and not is_finished(p)
        )
        yield _Mount(claim=claim, volume=volume, attached=_is_attached(volume, drivers), others=using)


def _claims_of(pod: Pod) -> Sequence[str]:
    return [name for volume in pod.spec.volumes or () if (name := claim_name(pod, volume))]


def _is_attached(volume: PersistentVolume | None, drivers: dict[str, CSIDriver]) -> bool:
    if volume is None or any(getattr(volume.spec, source) is not None for source in _UNATTACHED):
        return False
    driver = drivers.get(volume.spec.csi.driver) if volume.spec.csi is not None else None
    return driver is None or driver.spec.attach_required


def _step(pod: Pod, node: str, mount: _Mount) -> Step:
    modes = tuple(mount.claim.spec.access_modes or ())
    # the attacher asks what the volume allows, which may be more than the claim asked for
    allowed = modes if mount.volume is None else tuple(mount.volume.spec.access_modes or modes)
    facts: dict[str, Any] = {"pod": pod.name, "claim": mount.claim.name, "modes": modes, "node": node}
    concepts = tuple(f"AccessMode.{mode}" for mode in modes)
    users = tuple(p.name for p in mount.others)
    scheduled = tuple(p.name for p in mount.others if p.spec.node_name)
    if "ReadWriteOncePod" in modes and scheduled:
        # the scheduler already refuses: no node can help
        message = (
            "node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode"
        )
        seen = facts | {"users": scheduled, "reason": "Unschedulable", "message": message}
        return Step("volumes.onePod", False, seen, concepts=concepts)
    if mount.volume is None:
        return Step("volumes.unboundClaim", None, facts | {"volume": mount.claim.name}, concepts=concepts)
    elsewhere = tuple(p.name for p in mount.others if p.spec.node_name not in ("", node))
    if not mount.attached:
        return Step("volumes.notAttached", True, facts | {"users": users}, concepts=concepts)
    facts |= {"modes": allowed}
    if _MANY_NODES.isdisjoint(allowed) and elsewhere:
        listed = ", ".join(elsewhere)
        volume = mount.volume.name
        message = f'Multi-Attach error for volume "{volume}" Volume is already used by pod(s) {listed}'
        seen = facts | {"users": elsewhere, "reason": "FailedAttachVolume", "message": message}
        return Step("volumes.oneNode", False, seen, concepts=concepts)
    return Step("volumes.attach", True, facts | {"users": users}, concepts=concepts)


START = Evaluator(question=Start, evaluate=evaluate)
