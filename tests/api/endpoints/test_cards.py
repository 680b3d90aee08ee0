"""The deck over HTTP."""

import io
import zipfile
from pathlib import Path

from starlette.testclient import TestClient

from api.app import create_app
from api.context import Context
from api.settings import Settings


def test_the_deck_is_a_package_and_the_same_each_time(client: TestClient) -> None:
    first, again = client.get("/cards.apkg?lang=ko"), client.get("/cards.apkg?lang=ko")

    assert first.status_code == 200
    assert first.content == again.content
    assert "collection.anki2" in zipfile.ZipFile(io.BytesIO(first.content)).namelist()
    assert "kubelore.apkg" in first.headers["content-disposition"]
    known = client.get("/cards.apkg?lang=ko", headers={"if-none-match": first.headers["etag"]})
    assert known.status_code == 304


def test_a_language_that_there_is_not(client: TestClient) -> None:
    refused = client.get("/cards.apkg?lang=de")

    assert (refused.status_code, refused.json()["path"]) == (400, "lang")


def test_no_notes_no_deck(tmp_path: Path) -> None:
    with TestClient(create_app(Context(Settings(data=tmp_path)))) as client:
        assert client.get("/cards.apkg").status_code == 404
