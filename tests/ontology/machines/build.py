"""Write the published form of the state machines: `make machines`."""

import pathlib

from ontology.machines import publication

ROOT = pathlib.Path(__file__).parents[3]
VOCABULARY = ROOT / "ontology/vocabulary/machines.ttl"
PAGE = ROOT / "docs/machines.md"

if __name__ == "__main__":
    VOCABULARY.write_text(publication.turtle(), encoding="utf-8")
    PAGE.write_text(publication.page(), encoding="utf-8")
