from collections.abc import Callable

import pytest

from ingest.pipeline import ingest_note
from ingest.read import from_text
from ontology.statements import Text
from ontology.vocabulary import registry

Read = Callable[[str], set[str]]


@pytest.fixture(scope="session")
def read() -> Read:
    """What a note says, a fact a line: `subject predicate object`, a denied one with `not` before it."""

    def facts(text: str) -> set[str]:
        return {
            ("not " if s.negated else "")
            + f"{s.subject} {s.predicate} "
            + (s.object.value if isinstance(s.object, Text) else s.object)
            for s in ingest_note(from_text(text), registry()).statements
        }

    return facts
