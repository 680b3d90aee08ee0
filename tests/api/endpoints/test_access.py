"""Who may read and change: with a token, without one, here and elsewhere."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.context import Context
from api.endpoints.access import Access, access
from api.problems import RefusedError
from api.settings import Settings

TOKEN = "a-token-of-some-length"  # noqa: S105 - of no server
BEARER = f"Bearer {TOKEN}"


@pytest.mark.parametrize(
    ("held", "authorization", "status"),
    [
        pytest.param(Access(), None, None, id="this machine"),
        pytest.param(Access(open_to_changes=False), None, 403, id="elsewhere, no token"),
        pytest.param(Access(open_to_changes=False), "Bearer ", 403, id="elsewhere, no token, an empty one sent"),
        pytest.param(Access(token=TOKEN, open_to_changes=False), None, 401, id="no token sent"),
        pytest.param(Access(token=TOKEN, open_to_changes=False), BEARER, None, id="the token"),
        pytest.param(Access(token=TOKEN, open_to_changes=False), BEARER.lower().replace("b", "B", 1), None, id="case of the scheme"),
        pytest.param(Access(token=TOKEN, open_to_changes=False), BEARER + "x", 401, id="another token"),
        pytest.param(Access(token=TOKEN, open_to_changes=False), f"Basic {TOKEN}", 401, id="another scheme"),
        pytest.param(Access(token=TOKEN, open_to_changes=False), "Bearer é", 401, id="not ASCII"),
    ],
)  # fmt: skip
def test_changing(held: Access, authorization: str | None, status: int | None) -> None:
    if status is None:
        held.admit_change(authorization)
        return
    with pytest.raises(RefusedError) as refused:
        held.admit_change(authorization)
    assert refused.value.status == status


@pytest.mark.parametrize(
    ("settings", "local", "open_to_changes"),
    [
        pytest.param(Settings(), True, True, id="this machine"),
        pytest.param(Settings(), False, False, id="elsewhere"),
        pytest.param(Settings(token=TOKEN), True, False, id="this machine, with a token"),
    ],
)
def test_who_may_change_without_a_token(settings: Settings, local: bool, open_to_changes: bool) -> None:
    assert access(settings, local=local).open_to_changes is open_to_changes


def test_the_token_comes_from_a_file_and_is_never_shown(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(TOKEN + "\n", encoding="utf-8")

    found = access(Settings(token_file=file), local=False)

    found.admit_change(BEARER)
    assert TOKEN not in repr(found) + repr(Settings(token=TOKEN))


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param(Settings(token=TOKEN[:8]), id="too short"),
        pytest.param(Settings(token_reads=True), id="reading needs none"),
        pytest.param(Settings(token=TOKEN, token_file=Path("token")), id="two"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: Settings) -> None:
    with pytest.raises(RefusedError):
        access(settings, local=False)


def test_an_empty_file_is_no_token(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.touch()

    with pytest.raises(RefusedError):
        access(Settings(token_file=file), local=False)


def test_reading_may_need_the_token(tmp_path: Path) -> None:
    context = Context(Settings(data=tmp_path, token=TOKEN, token_reads=True, access_log=False))
    with TestClient(create_app(context, local=False)) as client:
        refused = client.get("/graphql?query={statistics{notes}}")
        wrong = client.get("/", headers={"authorization": "Bearer nobody's-token-at-all"})
        let_in = client.get("/graphql?query={statistics{notes}}", headers={"authorization": BEARER})
        health = client.get("/healthz")

    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
    assert refused.headers["content-type"].startswith("application/problem+json")
    assert wrong.status_code == 401
    assert let_in.json() == {"data": {"statistics": {"notes": 0}}}
    assert health.status_code == 200
