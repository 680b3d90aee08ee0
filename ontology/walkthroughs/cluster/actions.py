"""What a component wants: plain data, carried out by the API server in the order given."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ontology.cluster.meta import KubeObject
from ontology.semantics.workloads.ownership import Propagation
from ontology.walkthroughs.cluster.clock import Key
from ontology.walkthroughs.cluster.kinds import Ref
from ontology.walkthroughs.cluster.plain import Rest
from ontology.walkthroughs.timeline.clock import Because, no_steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """By which rule of the walkthrough something is done, with its facts and the steps that led there.

    `did` is what the trace says of it; without a rule the act is too small to be told.
    """

    rule: str = ""
    did: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    because: Because = no_steps


QUIET = Why()


@dataclass(frozen=True, slots=True)
class Create:
    """Create an object; `generateName` is completed by the API server. `event` is said of `owner` then."""

    object: KubeObject
    why: Why = QUIET
    rest: Rest | None = None
    said_of: KubeObject | None = None
    reason: str = ""
    message: str = ""  # `{name}` is the name that the object got


@dataclass(frozen=True, slots=True)
class Update:
    """Replace an object; `rest` replaces members of the status that its struct does not hold."""

    object: KubeObject
    why: Why = QUIET
    status: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete an object. Without `grace` a pod gets its own grace period."""

    ref: Ref
    why: Why = QUIET
    grace: int | None = None
    propagation: Propagation = Propagation.BACKGROUND


@dataclass(frozen=True, slots=True)
class Say:
    """Record an event about an object."""

    ref: Ref
    reason: str
    message: str
    type: str = "Normal"


@dataclass(frozen=True, slots=True)
class Note:
    """Tell an act that needs no API server, such as the start of a container."""

    ref: Ref
    why: Why


@dataclass(frozen=True, slots=True)
class Wake:
    """Look at `key` again at an instant."""

    at: int
    key: Key


Action = Create | Update | Delete | Say | Note | Wake
