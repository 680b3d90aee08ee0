"""Handlers: what a probe makes of what it saw.

An observation names one handler's view, and perhaps how long the answer took: `{"http": 503}`,
`{"exit": 1}`, `{"tcp": "refused"}`, `{"grpc": "NOT_SERVING"}`, `{"http": 200, "afterSeconds": 3}`; a bare
`{"afterSeconds": 3}` is a good answer after three seconds.

Source: kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle#probe-check-methods and #probe-outcome
(v1.36); codes of grpc.health.v1.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf

import msgspec

from ontology.cluster.pods import Probe
from ontology.errors import InvalidQuestionError
from ontology.semantics.probes.thresholds import Timing

_HTTP = range(100, 1000)  # three digits
_HTTP_OK = range(200, 400)
_EXITS = range(256)
_TCP = frozenset({"open", "refused", "timeout"})
_GRPC = frozenset({"SERVING", "NOT_SERVING", "UNKNOWN", "SERVICE_UNKNOWN", "UNIMPLEMENTED"})


class Seen(
    msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, kw_only=True, omit_defaults=True
):
    """What a handler saw in one execution."""

    http: int | None = None
    exit: int | None = None
    tcp: str | None = None
    grpc: str | None = None
    after_seconds: float = 0

    def shown(self) -> str:
        """Return the observation in a few words: `503`, `refused after 3 s`."""
        said = next((str(v) for v in (self.http, self.exit, self.tcp, self.grpc) if v is not None), "")
        late = f"after {self.after_seconds:g} s" if self.after_seconds else ""
        return " ".join(part for part in (said, late) if part)


@dataclass(frozen=True, slots=True)
class Handler:
    """One way to probe: the member of an observation it reads, its rule, and when it is content."""

    member: str
    rule: str
    content: Callable[[Seen], bool]


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether an observation is a success, and the rule that says so."""

    success: bool
    rule: str


HANDLERS: Mapping[str, Handler] = {
    "http_get": Handler("http", "probes.httpGet", lambda seen: seen.http in _HTTP_OK),
    "exec": Handler("exit", "probes.exec", lambda seen: seen.exit == 0),
    "tcp_socket": Handler("tcp", "probes.tcpSocket", lambda seen: seen.tcp == "open"),
    "grpc": Handler("grpc", "probes.grpc", lambda seen: seen.grpc == "SERVING"),
}


def handler(probe: Probe) -> Handler | None:
    """Return the handler that a probe uses, None for a probe without one."""
    return next((found for name, found in HANDLERS.items() if getattr(probe, name) is not None), None)


def judge(seen: Seen, probe: Probe, timing: Timing) -> Judgement:
    """Return what the probe makes of an observation; an answer after `timeoutSeconds` is none."""
    if seen.after_seconds > timing.timeout:
        return Judgement(success=False, rule="probes.timeout")
    used = handler(probe)
    if used is None or getattr(seen, used.member) is None:
        return Judgement(success=True, rule="probes.timeout")
    return Judgement(success=used.content(seen), rule=used.rule)


def check(seen: Seen, probe: Probe, *, path: str) -> None:
    """Raise for an observation that this probe's handler cannot make.

    Raises:
        InvalidQuestionError: another handler's view, a word or code that is none, or a negative time.
    """
    used = handler(probe)
    for each in HANDLERS.values():
        if getattr(seen, each.member) is not None and each is not used:
            has = f"its handler sees `{used.member}`" if used else "it has no handler"
            raise InvalidQuestionError(f"this probe cannot see `{each.member}`: {has}", path=path)
    for member, codes in (("http", _HTTP), ("exit", _EXITS)):
        code = getattr(seen, member)
        if code is not None and code not in codes:
            least, most = codes[0], codes[-1]
            raise InvalidQuestionError(f"expected {least} to {most}, got `{code}`", path=f"{path}.{member}")
    for member, words in (("tcp", _TCP), ("grpc", _GRPC)):
        word = getattr(seen, member)
        if word is not None and word not in words:
            known = ", ".join(f"`{w}`" for w in sorted(words))
            raise InvalidQuestionError(f"`{word}` is none of {known}", path=f"{path}.{member}")
    if not 0 <= seen.after_seconds < inf:
        raise InvalidQuestionError("an answer takes 0 s or more", path=f"{path}.afterSeconds")
