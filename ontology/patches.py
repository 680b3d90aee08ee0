"""Patches: what a scenario would be after a change, and the first change that gives another verdict.

A patch is a JSON merge patch (RFC 7386) that names its object, as `kubectl patch --type merge` takes it; one
whose object is not there adds it, and a `List` holds several. Its member `question` changes the question.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import reduce
from itertools import islice
from typing import Any

from ontology.errors import OntologyError
from ontology.scenario import Scenario
from ontology.verdict import Outcome, Step, Verdict

# So many proposals are tried; who sees none of the nearest help will not be helped by the hundredth.
_TRIES = 12


def merged(value: Any, patch: Any) -> Any:
    """Return a value after a JSON merge patch: members are merged, null removes one, all else replaces."""
    if not isinstance(patch, Mapping):
        return patch
    kept = dict(value) if isinstance(value, Mapping) else {}
    for name, wanted in patch.items():
        if wanted is None:
            kept.pop(name, None)
        else:
            kept[name] = merged(kept.get(name), wanted)
    return kept


def difference(before: Any, after: Any) -> Any:
    """Return the merge patch that leads from one value to another: what is gone is null."""
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return after
    gone = {name: None for name in before if name not in after}
    return gone | {
        name: difference(before[name], value) if name in before else value
        for name, value in after.items()
        if name not in before or before[name] != value
    }


def for_object(
    kind: str, name: str, namespace: str | None, api_version: str, **members: Any
) -> dict[str, Any]:
    """Return a patch of one object; `namespace` is None for what has none."""
    where = {} if namespace is None else {"namespace": namespace}
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, **where}, **members}


def together(*patches: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return several patches as one, which does what they do one after the other."""
    if len(patches) == 1:
        return patches[0]
    items = [each for patch in patches for each in _objects(patch)]
    asked: Mapping[str, Any] = reduce(
        _then, (patch["question"] for patch in patches if "question" in patch), {}
    )
    listed = {"apiVersion": "v1", "kind": "List", "items": items} if items else {}
    return {**listed, **({"question": asked} if asked else {})}


def _then(first: Any, second: Any) -> Any:
    """Return the merge patch that does what two do one after the other."""
    if not isinstance(first, Mapping) or not isinstance(second, Mapping):
        return second
    return {**first, **{name: _then(first.get(name), each) for name, each in second.items()}}


def apply(scenario: Scenario, patch: Mapping[str, Any]) -> Scenario:
    """Return the scenario after a patch."""
    asked = merged(scenario.asked, patch.get("question", {}))
    found = list(scenario.manifests)
    for each in _objects(patch):
        at = next((i for i, (_, raw) in enumerate(found) if _key(raw) == _key(each)), None)
        if at is None:
            found.append((f"change.{each['kind']}", merged({}, each)))
        else:
            path, raw = found[at]
            found[at] = (path, merged(raw, each))
    return replace(scenario, manifests=tuple(found), asked=asked)


def _objects(patch: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if patch.get("kind") == "List":
        yield from patch["items"]
    elif "kind" in patch:
        yield {name: value for name, value in patch.items() if name != "question"}


def _key(manifest: Mapping[str, Any]) -> tuple[str, str, str]:
    metadata = manifest.get("metadata") or {}
    return manifest["kind"], metadata.get("namespace") or "default", metadata.get("name", "")


def helping(
    scenario: Scenario,
    proposals: Iterable[Step],
    evaluate: Callable[[Scenario], Verdict],
    *,
    helps: Callable[[Verdict], bool] = lambda verdict: verdict.outcome is Outcome.YES,
) -> Iterator[Step]:
    """Yield the first proposal after which the verdict is as wished; each is tried before it is offered."""
    for proposal in islice(proposals, _TRIES):
        if proposal.change is None:
            continue
        try:
            verdict = evaluate(apply(scenario, proposal.change))
        except OntologyError:
            continue  # a change that the API would refuse helps nobody
        if helps(verdict):
            yield proposal
            return
