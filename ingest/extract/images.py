"""Pictures: the concepts in the decoded file name. A picture is never fetched."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from ingest.extract.facts import PATTERN, Fact
from ingest.extract.reading import Reading
from ingest.link.disambiguate import Context, Words, choose
from ingest.link.mentions import Written, find
from ingest.link.outline import Node
from ingest.parse.inline import Picture

_FOR = re.compile(r"\bfor kubernetes\b", re.IGNORECASE)
_NUMBER = re.compile(r"(?<=[A-Za-z]{3})\d+\b")
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{2,5}$")


def image_name(picture: Picture) -> str:
    """Return the concept of a picture: `image:` and its file name, decoded, without extension."""
    file = picture.address.partition("?")[0].rstrip("/").rpartition("/")[2]
    return "image:" + _SUFFIX.sub("", unquote(file))


def depicted(reading: Reading, node: Node) -> Iterator[Fact]:
    """Every concept in the title of a picture, longest match."""
    if node.line is None:
        return
    for picture in node.inline.pictures:
        name = image_name(picture)
        title = _NUMBER.sub("", _FOR.sub("", name.removeprefix("image:").replace("_", " ")))
        title = reading.linker.mended(title.replace("-", " - "), 0)[0].replace(" - ", "-")
        context = Context(owners=reading.owners(node).names, around=Words(title))
        for mention in find(reading.lexicon, [Written(title)])[0]:
            choice = choose(mention.surface, mention.entries, context)
            if choice is not None:
                yield Fact(
                    subject=name, predicate="depicts", object=choice.name, lines=(node.line,), kind=PATTERN
                )
