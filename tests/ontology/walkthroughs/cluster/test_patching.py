"""Merging what somebody writes into what is there."""

from typing import Any

import pytest

from ontology.walkthroughs.cluster.patching import merge, without_dropped


@pytest.mark.parametrize(
    ("base", "patch", "merged"),
    [
        pytest.param(
            {"a": 1, "b": {"c": 2}},
            {"b": {"d": 3}},
            {"a": 1, "b": {"c": 2, "d": 3}},
            id="mappings are merged",
        ),
        pytest.param({"a": 1, "b": 2}, {"b": None}, {"a": 1}, id="null takes a member away"),
        pytest.param({}, {"a": {"b": None, "c": 1}}, {"a": {"c": 1}}, id="also from what is new"),
        pytest.param({"args": ["a"]}, {"args": ["b"]}, {"args": ["b"]}, id="other lists are replaced"),
        pytest.param(
            {"containers": [{"name": "a", "image": "1"}, {"name": "b"}]},
            {"containers": [{"name": "a", "image": "2"}, {"name": "c"}]},
            {"containers": [{"name": "a", "image": "2"}, {"name": "b"}, {"name": "c"}]},
            id="parts with a name are merged by it",
        ),
        pytest.param(
            {"containers": [{"name": "a"}, {"name": "b"}]},
            {"containers": [{"name": "a", "$patch": "delete"}]},
            {"containers": [{"name": "b"}]},
            id="and deleted by it",
        ),
        pytest.param(
            {"ports": [{"port": 80, "nodePort": 30000}]},
            {"ports": [{"port": 80, "name": "http"}]},
            {"ports": [{"port": 80, "nodePort": 30000, "name": "http"}]},
            id="ports of a Service by their number",
        ),
    ],
)
def test_a_patch_is_merged(base: Any, patch: Any, merged: Any) -> None:
    assert merge(base, patch) == merged


@pytest.mark.parametrize(
    ("live", "last", "now", "left"),
    [
        pytest.param({"a": 1, "b": 2}, {"a": 1, "b": 2}, {"a": 1}, {"a": 1}, id="what is said no more goes"),
        pytest.param({"a": 1, "b": 2}, {"a": 1}, {"a": 1}, {"a": 1, "b": 2}, id="what others wrote stays"),
        pytest.param(
            {"containers": [{"name": "a"}, {"name": "b"}, {"name": "injected"}]},
            {"containers": [{"name": "a"}, {"name": "b"}]},
            {"containers": [{"name": "a"}]},
            {"containers": [{"name": "a"}, {"name": "injected"}]},
            id="part by part",
        ),
    ],
)
def test_what_the_last_manifest_said_and_this_one_does_not_is_dropped(
    live: Any, last: Any, now: Any, left: Any
) -> None:
    assert without_dropped(live, last, now) == left
