"""Which taints a toleration covers."""

import pytest

from ontology import tolerations
from ontology.cluster.nodes import Taint
from ontology.cluster.pods import Toleration

GPU = Taint(key="gpu", value="yes", effect="NoSchedule")


@pytest.mark.parametrize(
    ("toleration", "covers"),
    [
        pytest.param(Toleration(key="gpu", value="yes", effect="NoSchedule"), True, id="equal by default"),
        pytest.param(Toleration(key="gpu", operator="Equal", value="no"), False, id="another value"),
        pytest.param(Toleration(key="gpu", operator="Exists"), True, id="any value"),
        pytest.param(Toleration(operator="Exists"), True, id="everything"),
        pytest.param(
            Toleration(key="gpu", operator="Exists", effect="NoExecute"), False, id="another effect"
        ),
        pytest.param(Toleration(key="disk", operator="Exists"), False, id="another key"),
        pytest.param(
            Toleration(key="gpu", operator="Gt", value="0"), False, id="comparisons are off by default"
        ),
    ],
)
def test_a_toleration_covers(toleration: Toleration, covers: bool) -> None:
    assert tolerations.matches(toleration, GPU) is covers


def test_only_taints_of_the_asked_effects_count() -> None:
    spot = Taint(key="spot", effect="PreferNoSchedule")

    assert tolerations.untolerated([GPU, spot], [], effects=("NoSchedule",)) == (GPU,)


def test_the_first_of_several_tolerations_is_the_one_that_counts() -> None:
    short = Toleration(key="gpu", operator="Exists", toleration_seconds=1)
    long = Toleration(operator="Exists")

    assert tolerations.first([short, long], GPU) is short
