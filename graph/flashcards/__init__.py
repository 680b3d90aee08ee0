"""Flashcards: a reading of the graph, made anew at each build, under identities that last.

`cards` says what a card is, `build` makes the deck, `recall`, `clozes`, `exercises` and `corrections` hold
one small function for each kind of card, `writers` and `anki` bring a deck into a file.
"""

from graph.flashcards.build import build
from graph.flashcards.cards import Card, Kind, Source

__all__ = ["Card", "Kind", "Source", "build"]
