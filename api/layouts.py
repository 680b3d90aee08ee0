"""How a terminal shows the answers that are about many alike things: as a table with one row for each.

An answer without a layout here is shown field by field (`printing.shown`).
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from api.printing import grid, rows, table
from ontology.lang import Lang

Layout = Callable[[Mapping[str, Any], Lang], Iterator[str]]
"""Yields the lines for an answer."""

# A reader of thousands of rows learns nothing more; `-o json` has them all.
_MOST_ROWS = 60

_COLUMNS: Mapping[Lang, tuple[str, ...]] = {
    Lang.EN: ("node", "fits", "plugin", "reasons", "score"),
    Lang.KO: ("노드", "배치 가능", "플러그인", "이유", "점수"),
}
_FITS: Mapping[Lang, Mapping[bool, str]] = {
    Lang.EN: {True: "yes", False: "no"},
    Lang.KO: {True: "예", False: "아니요"},
}
_MORE: Mapping[Lang, str] = {
    Lang.EN: "... and {count} more nodes (-o json shows all)",
    Lang.KO: "... 외 노드 {count}개(-o json으로 모두 볼 수 있습니다)",
}
_MORE_ROWS: Mapping[Lang, str] = {
    Lang.EN: "... and {count} more (-o json shows all)",
    Lang.KO: "... 외 {count}개(-o json으로 모두 볼 수 있습니다)",
}
_BELOW = ("winners", "message", "preemption")


def _nodes(answer: Mapping[str, Any], lang: Lang) -> Iterator[str]:
    """Yield a row for each node, those that fit first, the best before all; then what is said of all."""
    fitting = sorted(answer["scores"].items(), key=lambda item: (-item[1]["total"], item[0]))
    cells: list[tuple[Any, ...]] = [
        *((name, _FITS[lang][True], None, None, points["total"]) for name, points in fitting),
        *(
            (name, _FITS[lang][False], found["plugin"], found["reasons"], None)
            for name, found in answer["rejected"].items()
        ),
    ]
    if cells:
        yield from grid([dict(zip(_COLUMNS[lang], each, strict=True)) for each in cells[:_MOST_ROWS]])
        if len(cells) > _MOST_ROWS:
            yield "  " + _MORE[lang].format(count=f"{len(cells) - _MOST_ROWS:,}")
        yield ""
    yield from table(rows({key: answer[key] for key in _BELOW if answer.get(key)}))


_STORY: Mapping[Lang, Mapping[str, str]] = {
    Lang.EN: {"objects": "Objects at the end", "events": "Events", "expectations": "Expected"},
    Lang.KO: {"objects": "끝났을 때의 객체", "events": "이벤트", "expectations": "기대한 것"},
}
# as kubectl heads them, in either language, behind the second of the story
_EVENT_COLUMNS = {
    "at": "lastSeen",
    "LAST SEEN": "age",
    "TYPE": "type",
    "REASON": "reason",
    "OBJECT": "object",
    "MESSAGE": "message",
}
_MARKS = {True: "✓", False: "✗"}


def _story(answer: Mapping[str, Any], lang: Lang) -> Iterator[str]:
    """Yield what there is at the end, the events as kubectl shows them, and what was expected."""
    words = _STORY[lang]
    sections: tuple[tuple[str, list[dict[str, Any]]], ...] = (
        ("objects", [{"object": name, "state": state} for name, state in answer["objects"].items()]),
        ("events", [_columns(each) for each in answer["events"]]),
        (
            "expectations",
            [
                {"": _MARKS[each["holds"]], "at": each["at"], "expected": each["name"], "why": each["why"]}
                for each in answer["expectations"]
            ],
        ),
    )
    for name, found in sections:
        if found:
            yield ""
            yield words[name]
            yield from grid(found[:_MOST_ROWS])
            if len(found) > _MOST_ROWS:
                yield "  " + _MORE_ROWS[lang].format(count=f"{len(found) - _MOST_ROWS:,}")


def _columns(event: Mapping[str, Any]) -> dict[str, Any]:
    return {head: event[name] for head, name in _EVENT_COLUMNS.items()}


_RUN: Mapping[Lang, Mapping[str, str]] = {
    Lang.EN: {"sets": "Sets", "pods": "Pods at the end", "replicaSets": "ReplicaSets", "jobs": "Jobs"},
    Lang.KO: {"sets": "세트", "pods": "끝났을 때의 파드", "replicaSets": "레플리카셋", "jobs": "잡"},
}


def _run(answer: Mapping[str, Any], lang: Lang) -> Iterator[str]:
    """Yield how each set made its pods and what is left; the steps tell what happened, one by one."""
    final = answer["final"]
    sections = {
        "sets": [
            {
                "set": name,
                "created": len(found["created"]),
                "deleted": len(found["deleted"]),
                "mostStartingAtOnce": found["mostStartingAtOnce"],
                "claimsLeft": len(found["claimsLeft"]),
            }
            for name, found in answer["sets"].items()
        ],
        "pods": final["pods"],
        "replicaSets": [{"name": name, "replicas": size} for name, size in final["replicaSets"].items()],
        "jobs": [{"name": name} | found for name, found in final["jobs"].items()],
    }
    yield from table(rows({"claims": final["claims"]}))
    for name, found in sections.items():
        if found:
            yield ""
            yield _RUN[lang][name]
            yield from grid(found[:_MOST_ROWS])
            if len(found) > _MOST_ROWS:
                yield "  " + _MORE_ROWS[lang].format(count=f"{len(found) - _MOST_ROWS:,}")


def _simulation(answer: Mapping[str, Any], _: Lang) -> Iterator[str]:
    """Yield the figures of a simulated autoscaler, and the ticks at which something changed."""
    yield from table(rows(answer["summary"]))
    yield ""
    yield from (f"  {line}" for line in answer["table"].splitlines())


LAYOUTS: Mapping[tuple[str, str], Layout] = {
    ("autoscaling", "simulate"): _simulation,
    ("cluster", "story"): _story,
    ("scheduling", "schedule"): _nodes,
    ("workloads", "run"): _run,
}
