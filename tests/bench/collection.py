"""A collection of notes for benchmarks: as many as wanted, each another text, the same on every machine.

Sections of the notes below tests/notes are drawn and mixed. In each drawn section names of the same sort
change places (another permutation each time), numbers and names of objects are drawn anew, list items change
their order, some are left out, and remarks of drawn words are added. So hardly a line with words stands in two
notes, and yet each reads as the originals do: as many facts a kilobyte, in both languages.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from random import Random

NOTES = Path(__file__).parents[1] / "notes"
NOTE_BYTES = 15_487
"""The size of the note that the goals of reading were set with."""

# Names of one sort: whichever stands in a text, any other could.
_SORTS = (
    "Deployment ReplicaSet StatefulSet DaemonSet Job CronJob Pod",
    "ConfigMap Secret ServiceAccount PersistentVolumeClaim NetworkPolicy Ingress Service EndpointSlice",
    "Role ClusterRole RoleBinding ClusterRoleBinding",
    "PersistentVolume StorageClass Namespace Node",
    "디플로이먼트 데몬셋 크론잡 스테이트풀셋 레플리카셋 파드",
    "컨피그맵 시크릿 서비스 인그레스 네임스페이스 엔드포인트",
    "livenessProbe readinessProbe startupProbe",
    "periodSeconds failureThreshold successThreshold timeoutSeconds initialDelaySeconds",
    "backoffLimit completions parallelism activeDeadlineSeconds revisionHistoryLimit",
    "NoSchedule PreferNoSchedule NoExecute",
    "ReadWriteOnce ReadOnlyMany ReadWriteMany",
    "Retain Delete Recycle",
    "Calico Cilium Flannel Weave",
    "Nginx Traefik HAProxy Envoy Contour",
    "iptables ipvs nftables",
    "확인 설정 변경 조회 점검",
    "controller client cluster provider namespace plugin",
    "create select read reach watch request send",
)
_MEMBERS = tuple(tuple(sort.split()) for sort in _SORTS)
_NAME = re.compile(
    "|".join(
        rf"\b{name}" if name.isascii() else name
        for name in sorted((name for members in _MEMBERS for name in members), key=len, reverse=True)
    )
)
_OBJECTS = re.compile(r"\b(?:web|api|app|ci|node1|shop|prod|build|runner)\b")
_NUMBER = re.compile(r"(?<![\w.])\d{1,5}(?![\w.])")
_ITEM = re.compile(r"- ")
_PROSE = re.compile(r"[^\W\d]|\s*(?:- |\d+\. )")  # a sentence or list item; no heading, table, quote or rule
_HEADING = re.compile(r"^(?=#{1,3} )", re.MULTILINE)
_FENCE = re.compile(r"^(```)", re.MULTILINE)
_REMARKS = (
    "in the lab of week {n} with the {word} team",
    "{word} 실습 {n}번에서 다시 볼 것",
    "see chapter {n} on {word}",
    "{word} 환경에서 {n}번 시도함",
    "asked {n} times about {word}",
    "{word} 관련 메모 {n}",
)
_SYLLABLES = ("ba", "ko", "ri", "mu", "te", "sa", "lo", "ne", "vi", "du", "fa", "go")
_LEFT_OUT = 0.1
_REMARKED = 0.7


def notes(count: int, *, size: int = NOTE_BYTES) -> Iterator[str]:
    """Yield notes of about that many bytes."""
    sections = list(_sections())
    for number in range(count):
        yield _note(Random(number), sections, size)  # noqa: S311 - the same on every machine is the point


def _sections() -> Iterator[str]:
    for path in sorted(NOTES.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        pieces = _HEADING.split(text.partition("\n---\n")[2] if text.startswith("---\n") else text)
        # a piece with half of a fence: the heading was a comment of its code
        yield from (
            piece for piece in pieces if "\n\n" in piece.strip() and len(_FENCE.findall(piece)) % 2 == 0
        )


def _note(random: Random, sections: list[str], size: int) -> str:
    parts = [f"# {_word(random).title()} {random.randrange(10**6)}\n\n"]
    drawn: list[str] = []
    left = size
    while left > 0:
        drawn = drawn or random.sample(sections, len(sections))
        part = _varied(random, drawn.pop())
        parts.append(part.replace("# ", "## ", 1) if part.startswith("# ") else part)
        left -= len(part.encode())
    return "".join(parts)


def _varied(random: Random, section: str) -> str:
    lines = _reordered(random, _renamed(random, section).splitlines())
    return "\n".join(lines) + "\n"


def _renamed(random: Random, section: str) -> str:
    swap: dict[str, str] = {}
    for members in _MEMBERS:
        swap.update(zip(members, random.sample(members, len(members)), strict=True))
    section = _NAME.sub(lambda match: swap[match[0]], section)
    objects: dict[str, str] = {}
    section = _OBJECTS.sub(lambda match: objects.setdefault(match[0], _word(random)), section)
    return _NUMBER.sub(lambda match: str(random.randrange(1, 10 ** len(match[0]))), section)


def _reordered(random: Random, lines: list[str]) -> Iterator[str]:
    """Runs of plain list items shuffled, some left out, some with a remark; everything else as it is."""
    run: list[str] = []
    code = False
    for line in (*lines, ""):
        code ^= line.startswith("```")
        if not code and _ITEM.match(line):
            run.append(line)
            continue
        kept = [each for each in run if random.random() > _LEFT_OUT]
        yield from (_remarked(random, each) for each in random.sample(kept, len(kept)))
        run.clear()
        yield line if code else _remarked(random, line)


def _remarked(random: Random, line: str) -> str:
    if random.random() > _REMARKED or not _PROSE.match(line) or line.endswith((":", "|")):
        return line
    remark = random.choice(_REMARKS).format(n=random.randrange(1, 1000), word=_word(random))
    return f"{line} ({remark})"


def _word(random: Random) -> str:
    return "".join(random.choices(_SYLLABLES, k=random.randrange(2, 5)))
