"""Lists that leave something out."""

import pytest

from ontology.checks.claims import Claim, Result
from ontology.checks.lists import incomplete
from ontology.lang import Lang

_MODES = [
    f"AccessMode.{mode}" for mode in ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")
]


def _modes(*names: str) -> list[Claim]:
    return [Claim("PersistentVolume", "hasAccessMode", name) for name in names]


def test_most_members_of_a_list_are_not_all() -> None:
    ((claim, found),) = incomplete(_modes(*_MODES[:3]))

    assert claim.object == _MODES[2]
    assert found.result is Result.TOO_WEAK
    assert "ReadWriteOncePod" in found.note[Lang.KO]


@pytest.mark.parametrize("names", [_MODES, _MODES[:1], _MODES[:2], []], ids=["all", "one", "half", "none"])
def test_what_is_whole_or_an_example_leaves_nothing_out(names: list[str]) -> None:
    assert list(incomplete(_modes(*names))) == []


def test_the_parts_of_a_whole_are_listed_the_other_way_round() -> None:
    parts = [Claim(name, "partOf", "ControlPlane") for name in ("etcd", "kube-scheduler", "kube-apiserver")]

    ((claim, found),) = incomplete(parts)

    assert claim.subject == "kube-apiserver"
    assert "kube-controller-manager" in found.note[Lang.EN]
