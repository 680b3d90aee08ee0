"""What an explanation is, and what is only a list of names."""

import re

from ingest.extract.facts import Fact
from ingest.extract.reading import Reading
from ingest.link.outline import Node
from ingest.parse.blocks import Line

COMMAND = re.compile(
    r"^[$>]?\s*(?:kubectl|kubeadm|helm|etcdctl|docker|crictl|systemctl|curl|minikube|kind|k)\s"
)
_LONG = 90
_WORDS_OF_A_TERM = 3
_RELATIVE = re.compile(r".*[가-힣](?:는|은|한|된|할|던|적인)\s+(?P<list>[^\s][^,]*,.*)$")
_TYPICAL = re.compile(r"(?:대표적인|대표적으로|대표)\s")


def is_list(reading: Reading, node: Node, text: str) -> bool:
    """Return whether a text only lists names."""
    if _TYPICAL.match(text) and node.named:
        return True
    relative = _RELATIVE.match(text)
    if relative and _all_named(reading, node, relative["list"]):
        return True
    terms = reading.terms(text, node) if len(text) < _LONG else ()
    named = sum(bool(t.choice) for t in terms)
    short = all(t.choice or len(t.text.split()) <= _WORDS_OF_A_TERM for t in terms)
    return named > 0 and short and named * 2 > len(terms)


def _all_named(reading: Reading, node: Node, text: str) -> bool:
    terms = reading.terms(text, node)
    return len(terms) > 1 and all(t.choice for t in terms)


def definition_of(subject: str, text: str, lines: tuple[Line, ...], kind: str) -> Fact:
    """Return a text as the definition of a concept."""
    return Fact(subject=subject, predicate="definition", object=text, lines=lines, kind=kind, literal=True)
