"""Stages of a request, and how one ends it."""

from dataclasses import dataclass

from ontology.verdict import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Where a request ended: the stage, the HTTP status and the API server's sentence."""

    stage: str
    status: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What one stage concluded: a refusal or none, and its steps."""

    refusal: Refusal | None
    steps: tuple[Step, ...]
