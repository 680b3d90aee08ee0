"""The question about kubeconfig files, its answer and the steps to it.

Nothing is contacted, and no token, password or key is ever part of an answer or of a step.

Source: kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig (v1.36).
"""

from collections.abc import Callable, Iterable, Iterator
from difflib import SequenceMatcher
from typing import Any

from msgspec.structs import replace

from ontology.scenario import Evaluator, Question, Scenario
from ontology.semantics.access.kubeconfig.effective import (
    DEFAULT_SERVER,
    Effective,
    Overrides,
    Refusal,
    effective,
)
from ontology.semantics.access.kubeconfig.files import Context, Entries, Merged, Unreadable, merge
from ontology.verdict import Outcome, Role, Step, Verdict

_SHOWN = 3  # so many names are offered instead of one that nothing has


class Kubeconfig(Question, frozen=True):
    """Texts in the order of `KUBECONFIG` (null: a file that is missing), `--context`, and other flags."""

    files: tuple[str | None, ...]
    context: str | None = None
    overrides: Overrides = Overrides()


Choice = tuple[Kubeconfig, dict[str, Any]]
"""The question with another name, and the change to it."""


def evaluate(_: Scenario, question: Kubeconfig) -> Verdict:
    """Answer the effective server, namespace, names and method, or `{"error"}`; a yes is a usable one."""
    merged = merge(question.files)
    found = merged if isinstance(merged, Unreadable) else _effective(merged, question)
    return Verdict(
        answer=_answer(found),
        outcome=Outcome.of(isinstance(found, Effective)),
        explain=lambda: tuple(_steps(merged, question)),
    )


def _effective(merged: Merged, question: Kubeconfig) -> Effective | Refusal:
    return effective(merged, question.context, question.overrides)


def _answer(found: Effective | Refusal | Unreadable) -> dict[str, Any]:
    if isinstance(found, Unreadable):
        return {"error": "unreadable"}
    if isinstance(found, Refusal):
        return {"error": found.error}
    return {
        "server": found.server,
        "namespace": found.namespace,
        "context": found.context or None,
        "cluster": found.cluster or None,
        "user": found.user or None,
        "authMethod": found.method,
        "insecureSkipTLSVerify": found.skips_verification,
        "error": None,
    }


def _steps(merged: Merged | Unreadable, question: Kubeconfig) -> Iterator[Step]:
    if isinstance(merged, Unreadable):
        broken = {"number": merged.number}
        yield Step("access.readable", holds=False, facts=broken, concepts=("kubeconfig",))
        return
    found = _effective(merged, question)
    yield Step("access.readable", holds=True, facts={"count": len(question.files)}, concepts=("kubeconfig",))
    if isinstance(found, Refusal):
        yield from _refused(merged, found, question)
        return
    number, context = merged.contexts.get(found.context, (0, Context()))
    if not found.context:
        yield Step("access.noContext", holds=True, concepts=("Context",))
    else:
        rule = "access.contextFlag" if question.context else "access.context"
        seen = {"context": found.context, "number": number, "from": merged.current[0]}
        yield Step(rule, holds=True, facts=seen, concepts=("Context", "kubeconfig"))
    flags = question.overrides
    yield from _entry("access.cluster", found.cluster, flags.cluster, merged.clusters)
    yield from _entry("access.user", found.user, flags.user, merged.users)
    yield from _used(found, flags, context)


def _entry(rule: str, name: str, flag: str, entries: Entries[Any]) -> Iterator[Step]:
    """Yield where an entry comes from; a name in a context may be of nothing."""
    if not name:
        return
    number, _ = entries.get(name, (0, None))
    facts = {"name": name, "number": number, "flag": bool(flag)}
    yield Step(rule, holds=True if number else None, facts=facts, concepts=("kubeconfig", "Context"))


def _used(found: Effective, flags: Overrides, context: Context) -> Iterator[Step]:
    told = {
        "server": found.server,
        "method": found.method,
        "namespace": found.namespace,
        "context": found.context,
        "flag": flags.namespace,
    }
    yield Step("access.server", holds=found.server != DEFAULT_SERVER, facts=told, concepts=("kubeconfig",))
    yield Step("access.secureServer", holds=found.secure, facts=told, concepts=("Authentication",))
    if found.secure:
        yield Step("access.method", holds=found.method != "none", facts=told, concepts=("Authentication",))
    if found.skips_verification:
        yield Step("access.skipsVerification", holds=True, facts=told, concepts=("Certificate",))
    source = "flag" if flags.namespace else "context" if context.namespace else "default"
    yield Step(f"access.namespaceFrom{source.title()}", holds=True, facts=told, concepts=("Namespace",))


def _refused(merged: Merged, found: Refusal, question: Kubeconfig) -> Iterator[Step]:
    """Yield why there is no configuration, and where a name was wrong, the names that would do."""
    facts = {"name": found.name, "context": found.name}
    yield Step(found.rule, holds=False, facts=facts, concepts=("kubeconfig",))
    if found.rule not in _CHOICES:
        return
    names, choose = _CHOICES[found.rule]
    for name in _nearest(found.name, names(merged)):
        changed, change = choose(question, name)
        other = _effective(merged, changed)
        if isinstance(other, Effective):
            told = {"name": name, **_answer(other), "context": other.context, "user": other.user or "-"}
            yield Step(
                found.rule,
                holds=True,
                facts=told,
                role=Role.CHANGE,
                change=change,
                concepts=("Context", "kubectl config use-context"),
            )


def _context(question: Kubeconfig, name: str) -> Choice:
    return replace(question, context=name), {"context": name}


def _flag(flag: str) -> Callable[[Kubeconfig, str], Choice]:
    def choose(question: Kubeconfig, name: str) -> Choice:
        flags = replace(question.overrides, **{flag: name})
        return replace(question, overrides=flags), {"overrides": {flag: name}}

    return choose


# Where the name is taken from that nothing has, and how to ask with another.
_CHOICES: dict[str, tuple[Callable[[Merged], Iterable[str]], Callable[[Kubeconfig, str], Choice]]] = {
    "access.context": (lambda merged: merged.contexts, _context),
    "access.cluster": (lambda merged: merged.clusters, _flag("cluster")),
    "access.user": (lambda merged: merged.users, _flag("user")),
}


def _nearest(wanted: str, names: Iterable[str]) -> list[str]:
    """Return the names that look most like the one that was looked for, the nearest first."""
    likeness = {name: SequenceMatcher(None, wanted, name).ratio() for name in names}
    return sorted(likeness, key=lambda name: (-likeness[name], name))[:_SHOWN]


KUBECONFIG = Evaluator(question=Kubeconfig, evaluate=evaluate)
