"""The wording of checks that no experiment words itself."""

from collections.abc import Mapping
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
    "noCheck": {
        Lang.EN: "no system decides this",
        Lang.KO: "이 내용을 판정하는 시스템이 없습니다",
    },
}


def said(name: str, **facts: Any) -> Mapping[Lang, str]:
    """Return a sentence in both languages."""
    return {lang: fill(template, facts) for lang, template in _SENTENCES[name].items()}
