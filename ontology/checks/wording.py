"""The wording of checks that no experiment words itself."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ontology.lang import Lang
from ontology.messages import fill

_SENTENCES: Mapping[str, Mapping[Lang, str]] = {
    "known": {Lang.EN: "as the curated layer has it", Lang.KO: "검증된 사실과 같습니다"},
    "field": {
        Lang.EN: "the API knows the field {field} below {owner}",
        Lang.KO: "API에는 {owner} 아래에 {field} 필드가 있습니다",
    },
    "reachable": {
        Lang.EN: "machine {machine} leads from {start} to {end}",
        Lang.KO: "상태 기계 {machine}에서 {start}에서 {end:으로/로} 갈 수 있습니다",
    },
    "unreachable": {
        Lang.EN: "no way leads from {start} to {end} in machine {machine}",
        Lang.KO: "상태 기계 {machine}에서 {start}에서 {end:으로/로} 가는 길이 없습니다",
    },
    "value": {
        Lang.EN: "{subject} {predicate}: {right}",
        Lang.KO: "{subject} {predicate}: {right}",
    },
    "otherValue": {
        Lang.EN: "{subject} {predicate} {right}, not {said}",
        Lang.KO: "{subject} {predicate}: {said:이/가} 아니라 {right}",
    },
    "default": {
        Lang.EN: "the default of {subject} is {right}",
        Lang.KO: "{subject}의 기본값은 {right}입니다",
    },
    "otherDefault": {
        Lang.EN: "the default of {subject} is {right}, not {said}",
        Lang.KO: "{subject}의 기본값은 {said:이/가} 아니라 {right}입니다",
    },
    "noField": {
        Lang.EN: "the API knows no field {field} in {owner}; it stands in {right}",
        Lang.KO: "API의 {owner}에는 {field} 필드가 없습니다. {right}에 있습니다",
    },
    "connects": {
        Lang.EN: "{source} connects to {target}",
        Lang.KO: "{source:은/는} {target}에 연결합니다",
    },
    "connectsNot": {
        Lang.EN: "{source} and {target} do not talk to each other; both talk to kube-apiserver or to nobody",
        Lang.KO: "{source:과/와} {target:은/는} 서로 통신하지 않으며, API 서버를 통해서만 만납니다",
    },
    "order": {
        Lang.EN: "on the way of a new pod they act in this order: {actors}",
        Lang.KO: "새 파드가 만들어질 때 움직이는 순서: {actors}",
    },
    "incomplete": {
        Lang.EN: "the list of {of} leaves out {missing}",
        Lang.KO: "{of}의 목록에서 {missing:이/가} 빠져 있습니다",
    },
    "layout": {
        Lang.EN: "this says how the note is laid out or what it calls things, not how Kubernetes behaves",
        Lang.KO: "노트의 구성이나 이름에 관한 내용이며 쿠버네티스의 동작에 관한 주장이 아닙니다",
    },
    "explanation": {
        Lang.EN: "an explanation in words; what it claims beyond that was not found",
        Lang.KO: "말로 풀어 쓴 설명이며, 실행할 수 있는 주장을 찾지 못했습니다",
    },
    "advice": {
        Lang.EN: "a purpose or advice: no run decides what something is good for",
        Lang.KO: "용도나 권장에 관한 내용이며, 실행으로 판정할 수 없습니다",
    },
    "noCheck": {
        Lang.EN: "no system decides this",
        Lang.KO: "이 내용을 판정하는 시스템이 없습니다",
    },
}


def said(name: str, **facts: Any) -> Mapping[Lang, str]:
    """Return a sentence in both languages; facts are strings or tuples of them."""
    return _filled(name, tuple(facts.items()))


@lru_cache(maxsize=4096)
def _filled(name: str, facts: tuple[tuple[str, Any], ...]) -> Mapping[Lang, str]:
    # many notes claim the same
    return {lang: fill(template, dict(facts)) for lang, template in _SENTENCES[name].items()}
