"""Pods whose lives the tests play, and how they read what became of them."""

from typing import Any

from ontology import evaluators
from ontology.verdict import Verdict

HTTP = {"httpGet": {"port": 80}}
APP: dict[str, Any] = {"name": "app", "image": "app:1"}
PROBED = APP | {"readinessProbe": {**HTTP, "periodSeconds": 5}, "livenessProbe": {**HTTP, "periodSeconds": 5}}
SIDECAR = {"name": "proxy", "image": "proxy:1", "restartPolicy": "Always"}


def play(
    events: list[dict[str, Any]],
    until: float | str = "10m",
    *,
    containers: list[dict[str, Any]] | None = None,
    services: list[dict[str, Any]] | None = None,
    **spec: Any,
) -> Verdict:
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web", "labels": {"app": "web"}},
        "spec": {"containers": containers or [APP], **spec},
    }
    question = {"timeline": {"events": events, "until": until}}
    return evaluators.answer(
        {"system": "podLifecycle", "objects": [pod, *(services or [])], "question": question}
    )


def told(verdict: Verdict, kind: str, subject: str = "") -> list[tuple[float, str]]:
    """Return when what kind of thing changed to what."""
    return [
        (row["at"], row["to"])
        for row in verdict.answer["rows"]
        if row["kind"] == kind and subject in ("", row["subject"])
    ]
