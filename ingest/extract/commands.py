"""Command lines, in fences and code spans: whose command it is, and its flags."""

import re
from collections.abc import Iterator

from ingest.extract.facts import STRUCTURE, Fact
from ingest.extract.reading import Reading
from ingest.lexicon.kubectl import corrected, grammar
from ingest.lexicon.normalize import compose
from ingest.link.disambiguate import Context
from ingest.link.outline import Node
from ingest.parse.blocks import BlockKind, Line
from ontology.concepts import ConceptKind

_TOOLS = r"kubectl|k|kubeadm|helm|etcdctl|docker|crictl|minikube|kustomize|systemctl|istioctl|velero|kind|journalctl|openssl|curl|argocd"  # noqa: E501  one list, one line
_COMMAND = re.compile(
    rf"^(?:\$|>|#)?\s*(?:sudo\s+)?(?P<line>(?:[A-Z_][A-Z0-9_]*=\S+\s+)*(?:{_TOOLS})\s+\S.*)$"
)
_HANGUL = re.compile(r"[가-힣]")
_ASSIGNMENT = re.compile(r"^[A-Z_][A-Z0-9_]*=")
_PROMPT = re.compile(r"^(?:\$|>)\s+")
_PLACEHOLDER = re.compile(r"\s*(?:\[[^\]]*\]|<[^>]*>|\{[^}]*\}).*$")
_COMMENT = re.compile(r"\s+#\s.*$")
_JOINED = re.compile(r"\s+(?:\||&&|;|>)\s+")
_FLAG = re.compile(r"(?<=\s)(?P<flag>--[a-z][a-z0-9-]*)")
_WORD = re.compile(r"^[a-z][a-z-]*$")
_SHELLS = frozenset(
    {"", "bash", "sh", "shell", "console", "zsh", "terminal", "text", "shell-session", "cmd", "powershell"}
)
_SHORT = re.compile(r"^k\s+")
_CREATED = re.compile(r"^kubectl\s+create\s+(?P<kind>[a-z-]+)")


def fences(reading: Reading, node: Node) -> Iterator[Fact]:
    """Each command line of a fence without a language, or with that of a shell."""
    if node.kind is not BlockKind.FENCE or node.block.info.split(" ")[0].lower() not in _SHELLS:
        return
    owners = reading.owners(node)
    for line in _joined(node.block.lines):
        command = command_line(line.text)
        if command:
            yield from facts(reading, line.text, owners.names[0], (*owners.lines[:1], line))


def spans(reading: Reading, node: Node) -> Iterator[Fact]:
    """Command lines in the code spans of an item or paragraph, and items that are one."""
    if node.line is None or node.kind is BlockKind.HEADING:
        return
    texts = [node.inline.text[a:b] for a, b in node.inline.codes]
    if not texts:
        whole = node.right if node.separator else node.text
        texts = [] if _HANGUL.search(whole) else [whole]
    for text in texts:
        command = command_line(text)
        if command:
            subject = _of_line(node) or reading.owners(node).names[0]
            yield from facts(reading, text, subject, (node.line,))


def _of_line(node: Node) -> str:
    if node.left_terms and node.left_terms[0].choice:
        return node.left_terms[0].name
    outside = [n for n in node.named if not n.mention.code and n.choice.kind is not ConceptKind.ENUM]
    codes = node.inline.codes
    return next((n.name for n in outside if not any(a <= n.start < b for a, b in codes) and codes), "")


def command_line(text: str) -> str:
    """Return the command of a line, up to its first placeholder, or nothing when it is none."""
    match = _COMMAND.match(compose(text.strip()))
    if match is None or (text.strip().startswith("#") and not text.strip().startswith("# kubectl")):
        return ""
    return _PLACEHOLDER.sub("", _alone(match["line"])).strip().rstrip("\\").strip()


def _alone(line: str) -> str:
    """A command without its comment, and without the commands that it is piped or joined to."""
    line = _COMMENT.sub("", line)
    return line if "'" in line or '"' in line else _JOINED.split(line)[0]


def subcommand(command: str) -> str:
    """Return a command with its subcommands, without arguments: `kubectl rollout undo`."""
    words = [word for word in command.split() if not _ASSIGNMENT.match(word)]
    kept = words[:1]
    for word in words[1:3]:
        if not _WORD.match(word):
            break
        kept.append(word)
        if kept[0] == "kubectl" and word not in grammar().subcommands:
            break
    return " ".join(kept)


def facts(reading: Reading, written: str, subject: str, lines: tuple[Line, ...]) -> Iterator[Fact]:
    """What one command line says, given as written, placeholders included."""
    command = command_line(written)
    written = _alone(written)
    command_of = _SHORT.sub("kubectl ", command)
    name = subcommand(command_of)
    repaired = corrected(name)
    created = _CREATED.match(command_of)
    if created:
        kind = reading.linker.resolve(created["kind"], Context(marked=True, code=True), slot=False)
        if kind is not None and kind.kind is ConceptKind.KIND:
            subject = kind.name
    shown = command.replace(name, repaired, 1)
    yield Fact(
        subject=subject, predicate="hasCommand", object=shown, literal=True, lines=lines, kind=STRUCTURE
    )
    for flag in dict.fromkeys(m["flag"] for m in _FLAG.finditer(written)):
        yield Fact(
            subject=repaired or name, predicate="hasOption", object=flag, lines=lines[-1:], kind=STRUCTURE
        )


def _joined(lines: list[Line]) -> Iterator[Line]:
    """Join lines that end in a backslash."""
    pending: Line | None = None
    for line in lines:
        text = line.text.strip()
        if pending is not None:
            line = Line(f"{pending.text} {text}", pending.number, pending.column, line.number)  # noqa: PLW2901
            text = line.text
        if text.endswith("\\"):
            pending = Line(text[:-1].rstrip(), line.number, line.column, line.last)
        else:
            pending = None
            yield Line(_PROMPT.sub("", text), line.number, line.column, line.last)
    if pending is not None:
        yield pending
