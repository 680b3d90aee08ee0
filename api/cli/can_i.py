"""`kubelore can-i`: may someone do something, by the roles and bindings of manifests.

Prints and exits as `kubectl auth can-i` does, for the API server's authorizers RBAC and `system:masters`.
Only wrong usage exits with 2, as it does for every command here, so that nobody takes it for a no.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from api import scenarios
from api.cli import Parser
from api.problems import RefusedError
from ontology import scenario
from ontology.cluster import manifests, rbac, resources
from ontology.semantics.access.impersonation import ANONYMOUS, impersonated
from ontology.semantics.rbac import rules
from ontology.semantics.rbac.bindings import Authorizer, authorizer
from ontology.semantics.rbac.escalation import EVERYTHING, MASTERS, held_rules
from ontology.semantics.rbac.requests import Request, User

YES, NO = 0, 1
# fmt: off
RESOURCE_VERBS = frozenset({
    "*", "approve", "attest", "bind", "create", "delete", "deletecollection", "escalate", "get",
    "impersonate", "list", "patch", "sign", "update", "use", "watch",
})
URL_VERBS = frozenset({"*", "delete", "get", "head", "options", "patch", "post", "put"})
SUBRESOURCES = frozenset({
    "approval", "attach", "binding", "ephemeralcontainers", "eviction", "exec", "finalize", "log",
    "portforward", "proxy", "resize", "scale", "status", "token",
})
# fmt: on
# What one impersonates is asked for like a resource, though no server serves it.
UNSERVED = frozenset({"users", "groups"})
HEADERS = ("Resources", "Non-Resource URLs", "Resource Names", "Verbs")
# kubectl's table: cells at least six wide, three blanks between columns
MIN_WIDTH, PADDING = 6, 3


def configure(parser: Parser) -> None:
    """Declare the command's options."""
    parser.mixed = True
    parser.add_argument("verb", nargs="?", metavar="VERB", help="get, list, watch, create, ...")
    parser.add_argument("target", nargs="?", metavar="RESOURCE[/NAME]|URL", help="pods, pods/web, /healthz")
    parser.add_argument("-f", "--filename", action="append", required=True, metavar="FILE|DIR|-")
    parser.add_argument("--as", dest="user", default="", metavar="USER", help="who asks (default: anonymous)")
    parser.add_argument("--as-group", dest="groups", action="append", default=[], metavar="GROUP")
    parser.add_argument("--as-uid", dest="uid", default="", metavar="UID", help="changes no answer of RBAC's")
    parser.add_argument("-n", "--namespace", default="default", metavar="NS")
    parser.add_argument("-A", "--all-namespaces", action="store_true", help="ask for the whole cluster")
    parser.add_argument("--subresource", default="", metavar="S", help="such as log or scale")
    parser.add_argument("--list", action="store_true", help="list all that is allowed in the namespace")
    parser.add_argument("--no-headers", action="store_true", help="with --list: rows only")
    parser.add_argument("-q", "--quiet", action="store_true", help="say nothing, exit only")


def run(arguments: argparse.Namespace) -> int:
    """Answer: 0 yes, 1 no, 2 wrong usage; `--list` prints a table and exits with 0."""
    _check(arguments)
    objects = [each for place in arguments.filename for each in scenarios.load_manifests(place)]
    given = tuple(each for _, each in manifests.flatten(objects))
    index = _authorizer(given)
    user = _user(arguments)
    if arguments.list:
        rows = _rows(index, user, arguments.namespace)
        sys.stdout.writelines(table(rows if arguments.no_headers else (HEADERS, *rows)))
        return YES
    decision = _masters(user) or _decide(index, _request(arguments, user, given))
    if not arguments.quiet:
        sys.stdout.write(f"{decision}\n")
    return YES if decision == "yes" else NO


def _check(arguments: argparse.Namespace) -> None:
    """Refuse what kubectl refuses, in its words."""
    told = next(_misuses(arguments), None)
    if told is not None:
        raise RefusedError("BAD_INPUT", told)


def _misuses(arguments: argparse.Namespace) -> Iterator[str]:
    if (arguments.groups or arguments.uid) and not arguments.user:
        yield "requesting uid, groups or user-extra for  without impersonating a user"
    if arguments.list:
        if arguments.quiet or arguments.all_namespaces or arguments.subresource:
            yield "list option can't be specified with neither quiet, all-namespaces nor subresource options"
        if arguments.verb is not None:
            yield "list option must be specified with no arguments"
        return
    if arguments.target is None:
        yield "you must specify two arguments: verb resource or verb resource/resourceName."
    elif arguments.target.startswith("/") and arguments.subresource:
        yield "--subresource can not be used with NonResourceURL"
    if arguments.no_headers:
        yield "--no-headers cannot be set without --list specified"


def _authorizer(given: Iterable[Any]) -> Authorizer:
    """Return the authorizer of the roles and bindings; other objects, unknown kinds too, do not matter."""
    objects = [
        each for each in given if each.get("kind") in rbac.KINDS and rbac.GROUP in str(each.get("apiVersion"))
    ]
    return authorizer(scenario.decode({"system": "rbac", "objects": objects, "question": {"rulesFor": {}}}))


def _user(arguments: argparse.Namespace) -> User:
    if not arguments.user:
        _note(f"nobody is named with --as, so {ANONYMOUS} asks")
    name = arguments.user or ANONYMOUS
    return User(name=name, groups=impersonated(name, arguments.groups))


def _request(arguments: argparse.Namespace, user: User, given: Sequence[Any]) -> Request:
    verb, target = arguments.verb, arguments.target
    if target.startswith("/"):
        _warn_verb(verb, URL_VERBS)
        return Request(user=user, verb=verb, path=target)
    text, _, name = target.partition("/")
    resource, group = _resource(text, given, namespaced=not arguments.all_namespaces)
    if not arguments.all_namespaces:  # kubectl looks at the verb only where it looks at the scope
        _warn_verb(verb, RESOURCE_VERBS)
    if name in SUBRESOURCES and not arguments.subresource:
        _note(f"`{name}` is read as a name; a subresource is asked for with --subresource={name}")
    return Request(
        user=user,
        verb=verb,
        api_group=group,
        resource=resource,
        subresource=arguments.subresource,
        name=name,
        namespace="" if arguments.all_namespaces else arguments.namespace,
    )


def _resource(text: str, given: Sequence[Any], *, namespaced: bool) -> tuple[str, str]:
    """Return resource and group; a name that nothing has is asked for as it is."""
    if text == rules.ALL:
        return text, ""
    known = (*resources.built_in(), *resources.custom(given))
    found = resources.find(text, known)
    if found is None:
        name, _, group = text.lower().partition(".")
        where = f" in group '{group}'" if group else ""
        if text.lower() not in UNSERVED:
            _warn(f"the server doesn't have a resource type '{name}'{where}")
        return text, ""
    for other in known:
        if other != found and text.lower() in {*found.short_names} & {*other.short_names}:
            also = f"{other.name}.{other.group}"
            _tell(f'Warning: short name "{text.lower()}" could also match lower priority resource {also}')
    if namespaced and not found.namespaced:
        where = f" in group '{found.group}'" if found.group else ""
        _warn(f"resource '{found.name}' is not namespace scoped{where}")
    return found.name, found.group


def _masters(user: User) -> str:
    """Return yes for the group that an API server lets pass before RBAC is asked."""
    return "yes" if MASTERS in user.groups else ""


def _decide(index: Authorizer, request: Request) -> str:
    decision = index.authorize(request)
    if decision.allowed:
        return "yes"
    return f"no - {decision.reason}" if decision.reason else "no"


def _rows(index: Authorizer, user: User, namespace: str) -> tuple[tuple[str, ...], ...]:
    held = (*(EVERYTHING if MASTERS in user.groups else ()), *held_rules(index, user, namespace))
    rights = (right for rule in held for right in rules.breakdown(rule))
    return tuple(_row(each) for each in sorted(rules.merged(_once(rights)), key=_sorting))


def _once(rights: Iterable[rbac.PolicyRule]) -> Iterator[rbac.PolicyRule]:
    """Yield each right to a resource once; kubectl lists a URL as often as it is granted."""
    seen: set[rbac.PolicyRule] = set()
    for right in rights:
        if right not in seen:
            yield right
        if right.resources:
            seen.add(right)


def _sorting(rule: rbac.PolicyRule) -> str:
    members = (
        ("Verbs", rule.verbs),
        ("APIGroups", rule.api_groups),
        ("Resources", rule.resources),
        ("ResourceNames", rule.resource_names),
        ("NonResourceURLs", rule.non_resource_urls),
    )
    return "".join(f"{name}:{_bracketed(entries)}," for name, entries in members)


def _row(rule: rbac.PolicyRule) -> tuple[str, ...]:
    resource = ""
    if rule.resources:
        base, slash, subresource = rule.resources[0].partition("/")
        group = rule.api_groups[0] if rule.api_groups else ""
        resource = f"{base}.{group}" if group else base
        resource += slash + subresource
    return (
        resource,
        _bracketed(rule.non_resource_urls),
        _bracketed(rule.resource_names),
        _bracketed(rule.verbs),
    )


def _bracketed(entries: Iterable[str]) -> str:
    return f"[{' '.join(entries)}]"


def table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Yield the rows as lines, columns aligned as kubectl aligns them; the last is not padded."""
    widths = [
        max(MIN_WIDTH, *(len(row[column]) + PADDING for row in rows)) for column in range(len(HEADERS) - 1)
    ]
    for row in rows:
        padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=False))
        yield "".join((*padded, row[-1])) + "\n"


def _warn_verb(verb: str, known: frozenset[str]) -> None:
    if verb not in known:
        _warn(f"verb '{verb}' is not a known verb")


def _warn(message: str) -> None:
    _tell(f"Warning: {message}\n")  # a blank line follows, as kubectl has it


def _note(message: str) -> None:
    _tell(f"note: {message}")


def _tell(message: str) -> None:
    sys.stderr.write(f"{message}\n")
