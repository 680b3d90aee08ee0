"""Decks from notes given as text, through the real pipeline."""

from collections.abc import Callable

import pytest

from graph import embedded, projection
from graph.snapshot import Snapshot
from ingest.emit import emit
from ingest.pipeline import ingest_note
from ingest.read import from_text
from ontology import iri, vocabulary

Read = Callable[..., Snapshot]


@pytest.fixture
def read() -> Read:
    """Return who reads notes: `read(pod=text)` gives the snapshot of a note `pod.md`."""

    def snapshot(**notes: str) -> Snapshot:
        store, registry = embedded.in_memory(), vocabulary.registry()
        for name, text in notes.items():
            source = from_text(text, document=f"{name}.md")
            quads = emit(ingest_note(source, registry), known=registry, reader="")
            store.replace(iri.note(source.document), quads)
        return projection.project(store)

    return snapshot
