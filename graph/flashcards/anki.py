"""A deck as an Anki package.

The door to genanki. Ids of note types are frozen for ever: under another id Anki takes what it imports for
a new note type and forks it. A note's GUID is the card's id, a deck's id a hash of its name.

Source: docs.ankiweb.net/importing/packaged-decks (v25).
"""

import io
import zipfile
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import genanki  # type: ignore[import-untyped]  # it carries no types

from graph.flashcards.cards import Card
from graph.flashcards.writers import Link, deck_name, fields
from ontology.lang import Lang

# INVARIANT: never change these numbers, nor the fields' names and order.
BASIC_ID = 1_764_201_001
CLOZE_ID = 1_764_201_002
BASIC_NAME, CLOZE_NAME = "kubelore", "kubelore cloze"
FIELDS = ("Front", "Back", "Source")
_FIRST_DECK_ID = 1 << 30

_CSS = """.card { font-family: sans-serif; font-size: 18px; line-height: 1.5; text-align: left;
  max-width: 42em; margin: 0 auto; }
pre { font-size: 14px; overflow-x: auto; padding: .6em; border-radius: 6px; background: #8882; }
code { background: #8882; border-radius: 3px; padding: 0 .2em; }
blockquote { border-left: 3px solid #888; margin: .4em 0; padding-left: .8em; }
.cloze { font-weight: bold; }
.source { color: #888; font-size: 13px; margin-top: 1.2em; }
"""
_FOOT = '{{#Source}}<div class="source">{{Source}}</div>{{/Source}}'
_BACK = "{{#Back}}<hr id=answer>{{Back}}{{/Back}}" + _FOOT

BASIC = genanki.Model(
    BASIC_ID,
    BASIC_NAME,
    fields=[{"name": name} for name in FIELDS],
    templates=[{"name": "Card 1", "qfmt": "{{Front}}", "afmt": "{{FrontSide}}" + _BACK}],
    css=_CSS,
)
CLOZE = genanki.Model(
    CLOZE_ID,
    CLOZE_NAME,
    fields=[{"name": name} for name in FIELDS],
    templates=[{"name": "Cloze", "qfmt": "{{cloze:Front}}", "afmt": "{{cloze:Front}}" + _BACK}],
    css=_CSS,
    model_type=genanki.Model.CLOZE,
)


def write(cards: Iterable[Card], file: Path, *, lang: Lang, timestamp: float, link: Link) -> None:
    """Write a package. Equal cards, language, time stamp and links give equal bytes.

    `timestamp` is in seconds since 1970; Anki takes over a changed card only with a later one.
    """
    decks: dict[str, genanki.Deck] = {}
    for card in cards:
        name = deck_name(card)
        if name not in decks:
            decks[name] = genanki.Deck(deck_id(name), name)
        decks[name].add_note(
            genanki.Note(
                model=CLOZE if card.kind.is_cloze else BASIC,
                fields=list(fields(card, lang, link)),
                tags=list(card.tags),
                guid=card.id,
            )
        )
    package = io.BytesIO()
    genanki.Package([decks[name] for name in sorted(decks)]).write_to_file(package, timestamp=timestamp)
    file.write_bytes(_without_clock(package))


def _without_clock(package: io.BytesIO) -> bytes:
    """The package with its members dated alike: genanki leaves the time of its temporary file in them."""
    out = io.BytesIO()
    with zipfile.ZipFile(package) as found, zipfile.ZipFile(out, "w") as made:
        for name in sorted(found.namelist()):
            made.writestr(zipfile.ZipInfo(name), found.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def deck_id(name: str) -> int:
    """Return the id of the deck with that name: the same on every machine."""
    return _FIRST_DECK_ID + int.from_bytes(sha256(name.encode()).digest()[:4]) % _FIRST_DECK_ID
