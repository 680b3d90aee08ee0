"""The time line as an SVG picture."""

from typing import Any
from xml.etree import ElementTree as ET

import pytest

from ontology import evaluators
from ontology.lang import Lang

SVG = "{http://www.w3.org/2000/svg}"


def drawn(
    events: list[dict[str, Any]], until: float | str = 60, *, lang: str = "en", pod: str = "web"
) -> Any:
    manifest = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": pod},
        "spec": {"containers": [{"name": "app", "image": "app:1"}]},
    }
    question = {"timeline": {"until": until, "events": events, "svg": lang}}
    scenario = {"system": "podLifecycle", "objects": [manifest], "question": question}
    return ET.fromstring(evaluators.answer(scenario).answer["svg"])


def texts(picture: Any) -> list[str]:
    return [each.text for each in picture.iter(f"{SVG}text")]


def tips(picture: Any) -> list[str]:
    return [each.text for each in picture.findall(f"{SVG}rect/{SVG}title")]


def test_each_lane_has_a_bar_for_each_state_that_lasted() -> None:
    picture = drawn([{"container": "app", "exit": 1, "afterSeconds": 10}])

    assert [tip for tip in tips(picture) if tip.startswith("app: ")] == [
        "app: Running, 0 s - 10 s",
        "app: Running (restart 1), 10 s - 20 s",
        "app: Waiting: CrashLoopBackOff (10 s), 20 s - 30 s",
        "app: Running (restart 2), 30 s - 40 s",
        "app: Waiting: CrashLoopBackOff (20 s), 40 s - 60 s",
    ]


def test_events_stand_below_whom_they_happen_to() -> None:
    found = texts(drawn([{"at": 20, "container": "app", "answers": False}, {"at": 30, "delete": True}]))

    assert "Pulling, Pulled, Created, Started" in found
    assert "silent" in found
    assert "Killing, SIGTERM" in found


def test_nothing_is_drawn_of_a_pod_that_is_gone() -> None:
    picture = drawn([{"at": 30, "delete": True}])

    assert not [tip for tip in tips(picture) if tip.endswith("60 s")]


@pytest.mark.parametrize(
    ("lang", "lane"), [("en", "condition Ready"), ("ko", "컨디션 Ready")], ids=["english", "korean"]
)
def test_it_speaks_both_languages(lang: str, lane: str) -> None:
    picture = drawn([], lang=lang)

    assert picture.get("lang") == Lang(lang).value
    assert lane in texts(picture)


def test_what_the_pod_says_is_text_and_never_markup() -> None:
    picture = drawn([{"at": 5, "evict": "<script>alert(1)</script>&"}], pod="<b>&")

    assert picture.find(f"{SVG}title").text == "Life of pod <b>&"
    assert not list(picture.iter(f"{SVG}script"))


def test_a_day_of_crashes_is_as_small_as_what_can_be_seen() -> None:
    picture = drawn([{"container": "app", "exit": 1, "afterSeconds": 1}], "24h")

    rows = 6  # phase, three conditions, endpoint, container; a bar or none in each of 1,080 pixels
    assert len(tips(picture)) < rows * 1080 / 2
    assert max(float(each.get("x", 0)) for each in picture.iter(f"{SVG}rect")) < 1080


def test_no_time_at_all_can_be_drawn() -> None:
    assert "Scheduled" in texts(drawn([], 0))
