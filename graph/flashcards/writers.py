"""A deck as text: CSV that Anki imports, markdown that Obsidian reviews, JSON."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator
from html import escape

from graph.flashcards.cards import Card, Source
from graph.flashcards.html import to_html
from ontology.lang import Lang

Link = Callable[[Source], str]
"""The address of the line that a source is about; empty without one."""

ROOT = "kubelore"
# Obsidian's spaced-repetition plugin: a question, a line of its own, the answer; gaps as highlights.
_GAP = re.compile(r"\{\{c\d+::(.*?)\}\}")
_NOTE_TYPES = {False: "kubelore", True: "kubelore cloze"}


def deck_name(card: Card) -> str:
    """Return the name of a card's deck, its path joined as Anki does."""
    return "::".join((ROOT, *(part.replace("::", ":").strip() or "-" for part in card.deck)))


def fields(card: Card, lang: Lang, link: Link) -> tuple[str, str, str]:
    """Return front, back and source as HTML."""
    return (
        to_html(card.front[lang]),
        to_html(card.back[lang]),
        "<br>".join(_source(s, link) for s in card.sources),
    )


def to_csv(cards: Iterable[Card], *, lang: Lang, link: Link) -> str:
    """Return a file that Anki's text import understands, columns named in its header.

    Source: docs.ankiweb.net/importing/text-files (file headers, v25).
    """
    out = io.StringIO()
    out.write(
        "#separator:Comma\n#html:true\n#guid column:1\n#notetype column:2\n#deck column:3\n#tags column:7\n"
    )
    out.write("#columns:GUID,Note type,Deck,Front,Back,Source,Tags\n")
    rows = csv.writer(out, lineterminator="\n")
    for card in cards:
        note_type = _NOTE_TYPES[card.kind.is_cloze]
        rows.writerow([card.id, note_type, deck_name(card), *fields(card, lang, link), " ".join(card.tags)])
    return out.getvalue()


def to_markdown(cards: Iterable[Card], *, lang: Lang, link: Link) -> str:
    """Return markdown with a heading for each deck, as Obsidian's spaced-repetition plugin reads it."""
    lines: list[str] = []
    deck: tuple[str, ...] | None = None
    for card in cards:
        if card.deck != deck:
            deck = card.deck
            lines += [f"# {' / '.join(deck)}", "", f"#flashcards/{'/'.join(_tag(part) for part in deck)}", ""]
        lines += [*_markdown(card, lang), _markdown_source(card, link), ""]
    return "\n".join(lines)


def to_json(cards: Iterable[Card], *, link: Link) -> str:
    """Return a document with every card in both languages."""
    whole = {"apiVersion": "kubelore/v1", "kind": "Deck", "cards": [_plain(card, link) for card in cards]}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _source(source: Source, link: Link) -> str:
    place = escape(f"{source.document}:{source.line}")
    address = link(source)
    shown = f'<a href="{escape(address)}">{place}</a>' if address else place
    curated = f' · <a href="{escape(source.url)}">{escape(source.url)}</a>' if source.url else ""
    quote = escape(" ".join(source.quote.split()))
    return f"{shown} <q>{quote}</q>{curated}"


def _markdown(card: Card, lang: Lang) -> Iterator[str]:
    if card.kind.is_cloze:
        yield _GAP.sub(r"==\1==", card.front[lang])
        return
    # a blank line would end the card for the plugin
    yield from (line for line in card.front[lang].split("\n") if line.strip())
    yield "?"
    yield from (line for line in card.back[lang].split("\n") if line.strip())


def _markdown_source(card: Card, link: Link) -> str:
    source = card.sources[0]
    place = f"{source.document}:{source.line}"
    address = link(source)
    return f"<!-- {card.id} --> " + (f"[{place}]({address})" if address else place)


def _tag(part: str) -> str:
    return re.sub(r"[^\w-]+", "-", part).strip("-") or "-"


def _plain(card: Card, link: Link) -> dict[str, object]:
    return {
        "id": card.id,
        "kind": card.kind.value,
        "layer": card.layer,
        "deck": list(card.deck),
        "concepts": list(card.concepts),
        "front": {lang.value: text for lang, text in card.front.items()},
        "back": {lang.value: text for lang, text in card.back.items()},
        "sources": [
            {
                "document": source.document,
                "line": source.line,
                "quote": source.quote,
                **({"url": source.url} if source.url else {}),
                **({"link": link(source)} if link(source) else {}),
            }
            for source in card.sources
        ],
    }
