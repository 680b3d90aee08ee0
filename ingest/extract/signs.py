"""What a text shows at a glance, so that only rules that can find something in it look closer."""

from enum import IntFlag, auto

from ingest.link.outline import Node


class Signs(IntFlag):
    """Marks of a text; a rule names those of which it needs one."""

    ANY = auto()
    NAMES = auto()  # names nothing but concepts
    NAMED = auto()  # names a concept somewhere
    LABEL = auto()
    ROLE = auto()
    BRACKET = auto()
    CODE = auto()
    COMMAND = auto()
    PICTURE = auto()
    NUMBER = auto()
    QUESTION = auto()
    VERSUS = auto()
    ARROWS = auto()
    DEFAULT = auto()
    EXAMPLE = auto()
    TYPICAL = auto()
    ET_CETERA = auto()
    LIKE = auto()
    EXISTS = auto()
    STATUS = auto()
    COMMA = auto()
    SLASH = auto()
    DOT = auto()
    CONTAINS = auto()


ANY = int(Signs.ANY)
ARROWS = int(Signs.ARROWS)
BRACKET = int(Signs.BRACKET)
CODE = int(Signs.CODE)
COMMA = int(Signs.COMMA)
COMMAND = int(Signs.COMMAND)
CONTAINS = int(Signs.CONTAINS)
DEFAULT = int(Signs.DEFAULT)
DOT = int(Signs.DOT)
ET_CETERA = int(Signs.ET_CETERA)
EXAMPLE = int(Signs.EXAMPLE)
EXISTS = int(Signs.EXISTS)
LABEL = int(Signs.LABEL)
LIKE = int(Signs.LIKE)
NAMED = int(Signs.NAMED)
NAMES = int(Signs.NAMES)
NUMBER = int(Signs.NUMBER)
PICTURE = int(Signs.PICTURE)
QUESTION = int(Signs.QUESTION)
ROLE = int(Signs.ROLE)
SLASH = int(Signs.SLASH)
STATUS = int(Signs.STATUS)
TYPICAL = int(Signs.TYPICAL)
VERSUS = int(Signs.VERSUS)

# A sign is there when one of its words is. Words stand in lower case.
_WORDS: tuple[tuple[int, tuple[str, ...]], ...] = (
    (int(Signs.VERSUS), ("vs", "≠", "versus")),
    (int(Signs.ARROWS), ("►", "▶", "→", "➡", "➔", "⟶", "⇒", "=>", "->", "⇨", "≫", "↓", "⬇")),
    (int(Signs.DEFAULT), (" | ", "기본", "디폴트", "default")),
    (int(Signs.EXAMPLE), ("ex", "e.g", "eg.", "예", "such as", "including", "for instance")),
    (int(Signs.TYPICAL), ("대표", "typical", "common", "popular")),
    (int(Signs.ET_CETERA), ("등", "etc", "and so on", "...", "…")),
    (int(Signs.LIKE), ("같이", "같은", "처럼")),
    (int(Signs.EXISTS), ("있", "존재")),
    (
        Signs.STATUS,
        (
            "deprecat",
            "remov",
            "alpha",
            "beta",
            "stable",
            "ga",
            "중단",
            "제거",
            "알파",
            "베타",
            "정식",
            "스테이블",
            "사용되지",
            "삭제된",
        ),
    ),
    (int(Signs.COMMA), (",",)),
    (int(Signs.SLASH), ("/", "|")),
    (int(Signs.DOT), (".",)),
    (int(Signs.CONTAINS), ("⊃",)),
    (int(Signs.BRACKET), ("(", "（")),
)
_TOOLS = (
    "kube",
    "helm",
    "etcdctl",
    "docker",
    "crictl",
    "kustomize",
    "systemctl",
    "istioctl",
    "velero",
    "kind",
    "journalctl",
    "openssl",
    "curl",
    "argocd",
)


def signs(node: Node) -> int:
    """Return what a node's text shows."""
    text = node.text.lower()
    found = ANY
    for sign, words in _WORDS:
        for word in words:
            if word in text:
                found |= sign
                break
    if node.inline.codes:
        found |= CODE | COMMAND
    elif any(tool in text for tool in _TOOLS):
        found |= COMMAND
    for sign, shown in (
        (int(Signs.NAMES), node.terms or node.left_terms or node.topics),
        (int(Signs.NAMED), node.named),
        (int(Signs.LABEL), node.separator),
        (int(Signs.ROLE), node.role or (node.parent is not None and node.parent.role)),
        (int(Signs.PICTURE), node.inline.pictures),
        (int(Signs.NUMBER), node.block.number is not None),
        (int(Signs.QUESTION), node.question),
        (int(Signs.VERSUS), node.contrast),
        (int(Signs.ARROWS), _arrow_follows(node)),
    ):
        if shown:
            found |= sign
    return found


def _arrow_follows(node: Node) -> bool:
    siblings = node.parent.children if node.parent is not None else []
    following = siblings[node.index + 1].text[:1] if node.index + 1 < len(siblings) else ""
    return following in {"►", "▶", "→", "➡", "➔", "⇒", "=", "-", "↓", "⬇"} and following != ""
