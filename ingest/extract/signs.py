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


ANY = Signs.ANY
ARROWS = Signs.ARROWS
BRACKET = Signs.BRACKET
CODE = Signs.CODE
COMMA = Signs.COMMA
COMMAND = Signs.COMMAND
CONTAINS = Signs.CONTAINS
DEFAULT = Signs.DEFAULT
DOT = Signs.DOT
ET_CETERA = Signs.ET_CETERA
EXAMPLE = Signs.EXAMPLE
EXISTS = Signs.EXISTS
LABEL = Signs.LABEL
LIKE = Signs.LIKE
NAMED = Signs.NAMED
NAMES = Signs.NAMES
NUMBER = Signs.NUMBER
PICTURE = Signs.PICTURE
QUESTION = Signs.QUESTION
ROLE = Signs.ROLE
SLASH = Signs.SLASH
STATUS = Signs.STATUS
TYPICAL = Signs.TYPICAL
VERSUS = Signs.VERSUS

# A sign is there when one of its words is. Words stand in lower case.
_WORDS: tuple[tuple[Signs, tuple[str, ...]], ...] = (
    (Signs.VERSUS, ("vs", "≠", "versus")),
    (Signs.ARROWS, ("►", "▶", "→", "➡", "➔", "⟶", "⇒", "=>", "->", "⇨", "≫", "↓", "⬇")),
    (Signs.DEFAULT, (" | ", "기본", "디폴트", "default")),
    (Signs.EXAMPLE, ("ex", "e.g", "eg.", "예", "such as", "including", "for instance")),
    (Signs.TYPICAL, ("대표", "typical", "common", "popular")),
    (Signs.ET_CETERA, ("등", "etc", "and so on", "...", "…")),
    (Signs.LIKE, ("같이", "같은", "처럼")),
    (Signs.EXISTS, ("있", "존재")),
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
    (Signs.COMMA, (",",)),
    (Signs.SLASH, ("/", "|")),
    (Signs.DOT, (".",)),
    (Signs.CONTAINS, ("⊃",)),
    (Signs.BRACKET, ("(", "（")),
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


def signs(node: Node) -> Signs:
    """Return what a node's text shows."""
    text = node.text.lower()
    found = Signs.ANY
    for sign, words in _WORDS:
        for word in words:
            if word in text:
                found |= sign
                break
    if node.inline.codes:
        found |= Signs.CODE | Signs.COMMAND
    elif any(tool in text for tool in _TOOLS):
        found |= Signs.COMMAND
    for sign, shown in (
        (Signs.NAMES, node.terms or node.left_terms or node.topics),
        (Signs.NAMED, node.named),
        (Signs.LABEL, node.separator),
        (Signs.ROLE, node.role or (node.parent is not None and node.parent.role)),
        (Signs.PICTURE, node.inline.pictures),
        (Signs.NUMBER, node.block.number is not None),
        (Signs.QUESTION, node.question),
        (Signs.VERSUS, node.contrast),
        (Signs.ARROWS, _arrow_follows(node)),
    ):
        if shown:
            found |= sign
    return found


def _arrow_follows(node: Node) -> bool:
    siblings = node.parent.children if node.parent is not None else []
    following = siblings[node.index + 1].text[:1] if node.index + 1 < len(siblings) else ""
    return following in {"►", "▶", "→", "➡", "➔", "⇒", "=", "-", "↓", "⬇"} and following != ""
