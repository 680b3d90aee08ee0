"""The deck of the notes, to be imported into Anki."""

import os
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.endpoints.caching import by_version
from api.endpoints.serving import serving
from api.problems import RefusedError
from graph.flashcards import Source
from ontology.lang import Lang

APKG = "application/vnd.anki"


@by_version
async def deck(request: Request) -> Response:
    """Return the deck in one language (`lang`, English without), each card linked to its line of the note."""
    text = request.query_params.get("lang", Lang.EN.value).lower()
    if text not in {*Lang}:
        raise RefusedError("BAD_INPUT", f"`{text}` is none of {', '.join(Lang)}", path="lang")
    server = serving(request)
    cards = server.windows.flashcards
    if not cards:
        raise RefusedError("NOT_FOUND", "the notes give no cards")
    link = partial(_link, str(request.base_url))

    def work() -> bytes:
        from graph.flashcards import anki  # noqa: PLC0415 - genanki loads jinja and more, for this form only

        with TemporaryDirectory() as folder:
            file = Path(folder) / "kubelore.apkg"
            anki.write(cards, file, lang=Lang(text), timestamp=_time(server.settings.snapshot), link=link)
            return file.read_bytes()

    headers = {"content-disposition": 'attachment; filename="kubelore.apkg"'}
    return Response(await run_in_threadpool(work), media_type=APKG, headers=headers)


def _time(snapshot: Path) -> float:
    """Return when the graph was saved, in whole seconds: a changed deck carries a later time."""
    try:
        return float(int(os.stat(snapshot).st_mtime))  # noqa: PTH116 - one call, one error
    except OSError:
        return 0.0


def _link(base: str, source: Source) -> str:
    return f"{base}notes/{quote(source.document)}#L{source.line}"
