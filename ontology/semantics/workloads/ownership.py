"""Ownership and garbage collection: what goes with an object, in which order, and what stays.

Source: kubernetes.io/docs/concepts/architecture/garbage-collection and
kubernetes.io/docs/concepts/overview/working-with-objects/owners-dependents (v1.36).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from ontology.cluster.meta import KubeObject, OwnerReference
from ontology.errors import InvalidQuestionError
from ontology.scenario import Evaluator, Question, Scenario
from ontology.verdict import Outcome, Step, Verdict


class Propagation(StrEnum):
    """What a deletion does with dependents."""

    BACKGROUND = "Background"
    FOREGROUND = "Foreground"
    ORPHAN = "Orphan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """An object as the garbage collector sees it."""

    kind: str
    name: str
    namespace: str
    uid: str
    owners: tuple[OwnerReference, ...] = ()

    @property
    def shown(self) -> str:
        """Kind and name, as kubectl writes them."""
        return f"{self.kind}/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What the garbage collector does: deletions in order, references removed, and why."""

    deleted: tuple[Node, ...]
    orphaned: tuple[Node, ...]
    steps: tuple[Step, ...]


@dataclass(slots=True)
class _Graph:
    """Objects that still exist, who depends on whom, and what has been done."""

    nodes: dict[str, Node]
    deleted: list[Node] = field(default_factory=list)
    orphaned: list[Node] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    waiting: set[str] = field(default_factory=set)

    def dependents(self, owner: Node) -> list[Node]:
        return [each for each in self.nodes.values() if any(self._means(o, each, owner) for o in each.owners)]

    def _means(self, reference: OwnerReference, dependent: Node, owner: Node) -> bool:
        """Whether a reference means `owner`; one into another namespace means nothing."""
        if reference.uid != owner.uid:
            return False
        return owner.namespace in ("", dependent.namespace or "default")

    def solid(self, node: Node) -> list[OwnerReference]:
        """Return the references to owners that exist and are not waiting for this very object."""
        return [
            each
            for each in node.owners
            if (owner := self.nodes.get(each.uid)) is not None
            and self._means(each, node, owner)
            and each.uid not in self.waiting
        ]

    def remove(self, node: Node, rule: str, **facts: Any) -> None:
        del self.nodes[node.uid]
        self.deleted.append(node)
        self.steps.append(Step(f"workloads.gc.{rule}", True, {"object": node.shown, **facts}))

    def release(self, node: Node, owner: Node) -> None:
        left = tuple(each for each in node.owners if each.uid != owner.uid)
        self.nodes[node.uid] = replace(node, owners=left)

    def delete(self, node: Node, propagation: Propagation) -> None:
        match propagation:
            case Propagation.ORPHAN:
                for each in self.dependents(node):
                    self.release(each, node)
                    self.orphaned.append(each)
                    self.steps.append(
                        Step("workloads.gc.orphaned", True, {"object": each.shown, "owner": node.shown})
                    )
                self.remove(node, "deleted")
                self.sweep()
            case Propagation.FOREGROUND:
                self.foreground(node)
            case Propagation.BACKGROUND:
                self.remove(node, "deleted")
                self.sweep()

    def foreground(self, node: Node) -> None:
        """Delete the dependents that block `node`, then `node`, then the others."""
        self.waiting.add(node.uid)
        for each in self.dependents(node):
            if each.uid not in self.nodes or not _blocks(each, node):
                continue
            if each.uid in self.waiting:
                facts = {"object": each.shown, "owner": node.shown}
                self.steps.append(Step("workloads.gc.cycle", True, facts))
            elif not self.solid(each):
                self.foreground(each)
            else:
                self._keep(each, node)
        if node.uid in self.nodes:
            self.remove(node, "deletedAfterDependents")
        self.waiting.discard(node.uid)
        self.sweep()

    def _keep(self, node: Node, owner: Node) -> None:
        self.release(node, owner)
        others = tuple(f"{each.kind}/{each.name}" for each in self.nodes[node.uid].owners)
        facts = {"object": node.shown, "owner": owner.shown, "others": others}
        self.steps.append(Step("workloads.gc.kept", True, facts))

    def sweep(self) -> None:
        """Delete what has owners none of which exists, until nothing changes."""
        changed = True
        while changed:
            changed = False
            for node in list(self.nodes.values()):
                if not node.owners or node.uid not in self.nodes or node.uid in self.waiting:
                    continue
                solid = self.solid(node)
                if solid and len(solid) < len(node.owners):
                    gone = [each for each in node.owners if each not in solid]
                    self.nodes[node.uid] = replace(node, owners=tuple(solid))
                    facts = {
                        "object": node.shown,
                        "owner": ", ".join(f"{each.kind}/{each.name}" for each in gone),
                        "others": tuple(f"{each.kind}/{each.name}" for each in solid),
                    }
                    self.steps.append(Step("workloads.gc.kept", True, facts))
                elif not solid and not any(each.uid in self.waiting for each in node.owners):
                    owner = f"{node.owners[0].kind}/{node.owners[0].name}"
                    self.remove(node, "ownerGone", owner=owner)
                    changed = True


def _blocks(node: Node, owner: Node) -> bool:
    return any(each.uid == owner.uid and each.block_owner_deletion for each in node.owners)


def collect(
    nodes: Sequence[Node], *, delete: str | None = None, propagation: Propagation = Propagation.BACKGROUND
) -> Collected:
    """Return what goes when the object with uid `delete` is deleted, or without it what has lost its owners.

    Owners that own each other do not keep each other waiting.
    """
    graph = _Graph({node.uid: node for node in nodes})
    if delete is None:
        graph.sweep()
    else:
        graph.delete(graph.nodes[delete], propagation)
    return Collected(deleted=tuple(graph.deleted), orphaned=tuple(graph.orphaned), steps=tuple(graph.steps))


def nodes_of(objects: Sequence[Mapping[str, Any]]) -> list[Node]:
    """Return manifests as the garbage collector sees them.

    Where a manifest has no uid, its kind, namespace and name stand for one, and so does a reference
    without a uid.
    """
    found = []
    for raw in objects:
        metadata = raw.get("metadata") or {}
        kind, name = raw["kind"], metadata.get("name", "")
        namespace = metadata.get("namespace", "")
        owners = tuple(
            OwnerReference(
                api_version=each.get("apiVersion", ""),
                kind=each.get("kind", ""),
                name=each.get("name", ""),
                uid=each.get("uid") or _stand_in(each.get("kind", ""), namespace, each.get("name", "")),
                controller=each.get("controller"),
                block_owner_deletion=each.get("blockOwnerDeletion"),
            )
            for each in metadata.get("ownerReferences") or ()
        )
        uid = metadata.get("uid") or _stand_in(kind, namespace, name)
        found.append(Node(kind=kind, name=name, namespace=namespace, uid=uid, owners=owners))
    return found


def node_of(found: KubeObject) -> Node:
    """Return a typed object as the garbage collector sees it."""
    metadata = found.metadata
    return Node(
        kind=found.KIND,
        name=found.name,
        namespace=metadata.namespace,
        uid=metadata.uid,
        owners=tuple(metadata.owner_references or ()),
    )


def _stand_in(kind: str, namespace: str, name: str) -> str:
    return f"{kind}/{namespace}/{name}"


class Deleted(Question, frozen=True):
    """Which object is deleted; of several in different namespaces the first where none is named."""

    kind: str
    name: str
    namespace: str | None = None


class Collect(Question, frozen=True):
    """`propagation` is Background, Foreground or Orphan; without `delete` only what lost its owners goes."""

    delete: Deleted | None = None
    propagation: Propagation = Propagation.BACKGROUND


def evaluate(scenario: Scenario, asked: Collect) -> Verdict:
    """Return what goes. Yes: something does; no: nothing does."""
    nodes = nodes_of(scenario.raw())
    uid = None
    if asked.delete is not None:
        wanted, namespace = (asked.delete.kind, asked.delete.name), asked.delete.namespace
        uid = next(
            (
                each.uid
                for each in nodes
                if (each.kind, each.name) == wanted
                and namespace in (None, each.namespace, each.namespace or "default")
            ),
            None,
        )
        if uid is None:
            raise InvalidQuestionError(
                f"there is no {asked.delete.kind} named `{asked.delete.name}`",
                path="question.collect.delete",
            )
    done = collect(nodes, delete=uid, propagation=asked.propagation)
    gone = {each.uid for each in done.deleted}
    answer = {
        "deleted": [each.shown for each in done.deleted],
        "orphaned": [each.shown for each in done.orphaned],
        "left": [each.shown for each in nodes if each.uid not in gone],
    }
    steps = done.steps or (Step("workloads.gc.nothing", True, {"objects": len(nodes)}),)
    return Verdict(answer=answer, outcome=Outcome.of(bool(done.deleted)), explain=lambda: steps)


COLLECT = Evaluator(question=Collect, evaluate=evaluate)
