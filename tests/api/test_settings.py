from pathlib import Path

import pytest

from api.settings import Settings, from_environment
from ontology.budget import Budget
from ontology.errors import BadInputError


def test_without_an_environment_everything_has_a_default() -> None:
    assert from_environment(environment={}) == Settings()


def test_each_setting_is_read_from_its_variable() -> None:
    given = {
        "KUBELORE_DATA": "/srv/graph",
        "KUBELORE_MAX_NOTE_BYTES": "100",
        "KUBELORE_SPARQL_SECONDS": "0.5",
    }

    found = from_environment(environment=given)

    assert (found.store, found.snapshot) == (Path("/srv/graph/store"), Path("/srv/graph/snapshot.msgpack"))
    assert (found.max_note_bytes, found.sparql_seconds) == (100, 0.5)


def test_a_folder_that_is_named_goes_before_the_environment() -> None:
    assert from_environment(Path("here"), environment={"KUBELORE_DATA": "there"}).data == Path("here")


@pytest.mark.parametrize("text", ["many", "0", "-1", "nan"])
def test_a_limit_is_a_number_above_zero(text: str) -> None:
    with pytest.raises(BadInputError, match="KUBELORE_SPARQL_SECONDS"):
        from_environment(environment={"KUBELORE_SPARQL_SECONDS": text})


def test_scenarios_have_a_budget_of_their_own_and_a_stricter_one_over_http() -> None:
    found = from_environment(
        environment={"KUBELORE_MAX_SCENARIO_PODS": "7", "KUBELORE_MAX_SERVED_LOOKS": "8"}
    )

    assert (found.own_budget.pods, found.served_budget.looks) == (7, 8)
    usual = Settings()
    assert usual.own_budget == Budget()
    assert usual.served_budget.objects < usual.own_budget.objects
    assert usual.served_budget.looks < usual.own_budget.looks


def test_switches_and_texts() -> None:
    found = from_environment(
        environment={
            "KUBELORE_ACCESS_LOG": "off",
            "KUBELORE_TOKEN_READS": "1",
            "KUBELORE_TOKEN_FILE": "/run/token",
            "KUBELORE_ALLOW_ORIGINS": "https://a.example, https://b.example",
        }
    )

    assert (found.access_log, found.token_reads, found.token_file) == (False, True, Path("/run/token"))
    assert found.origins == ("https://a.example", "https://b.example")


def test_a_switch_is_on_or_off() -> None:
    with pytest.raises(BadInputError, match="KUBELORE_ACCESS_LOG"):
        from_environment(environment={"KUBELORE_ACCESS_LOG": "maybe"})
