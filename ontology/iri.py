"""IRIs: the only place that makes one.

A concept's IRI is its canonical name, percent-encoded, under `/id/`; a predicate or class lives
under `/ns#`; a note's named graph is named by a hash of its path, so an edit keeps it.
"""

from hashlib import sha256
from urllib.parse import quote, unquote

BASE = "https://kubelore.dev/"
NS = BASE + "ns#"
CONCEPTS = BASE + "id/"
RULES = BASE + "rule/"
MACHINES = BASE + "machine/"
NOTES = BASE + "note/"
FACTS = BASE + "fact/"
PROBLEMS = BASE + "problem/"

CURATED_GRAPH = BASE + "graph/curated"
INFERRED_GRAPH = BASE + "graph/inferred"

PREFIXES: dict[str, str] = {
    "kl": NS,
    "k8s": CONCEPTS,
    "rule": RULES,
    "note": NOTES,
    "fact": FACTS,
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "prov": "http://www.w3.org/ns/prov#",
    "oa": "http://www.w3.org/ns/oa#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dcterms": "http://purl.org/dc/terms/",
    "sh": "http://www.w3.org/ns/shacl#",
    "void": "http://rdfs.org/ns/void#",
}

_UNRESERVED = "-._~=:@!$&'()*+,;"


def concept(name: str) -> str:
    """Return the IRI of the concept with that canonical name (`PodPhase.Pending`)."""
    return CONCEPTS + quote(name, safe=_UNRESERVED)


def concept_name(iri: str) -> str:
    """Return the canonical name behind a concept's IRI; the inverse of `concept`."""
    return unquote(iri.removeprefix(CONCEPTS))


def predicate(name: str) -> str:
    """Return the IRI of a predicate or class of the vocabulary (`hasPhase`)."""
    return NS + name


def rule(name: str) -> str:
    """Return the IRI of a rule (`scheduling.taints`)."""
    return RULES + quote(name, safe=_UNRESERVED)


def machine(name: str) -> str:
    """Return the IRI of a state machine (`podPhase`)."""
    return MACHINES + quote(name, safe=_UNRESERVED)


def problem(code: str) -> str:
    """Return the IRI that names a sort of problem (`UNKNOWN_KIND`) in a problem document."""
    return PROBLEMS + code.lower().replace("_", "-")


def note(path: str) -> str:
    """Return the IRI of a note, which is also the name of its graph, from its path in the collection."""
    return NOTES + digest(path)


def part(note_iri: str, sort: str, *place: str) -> str:
    """Return the IRI of a part of a note: its `section`, `span`, `finding` or `extraction` at that place."""
    return f"{note_iri}/{sort}/{digest(*place)}"


def fact(*meaning: str) -> str:
    """Return the IRI of a fact from what it means and who says it."""
    return FACTS + digest(*meaning)


def digest(*parts: str) -> str:
    """Return a short hash of meaning: equal parts, equal digest, on any machine at any time."""
    return sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:20]


def expand(text: str) -> str:
    """Return the IRI for an IRI, a CURIE (`k8s:Pod`) or, failing both, a concept's name."""
    if text.startswith(("http://", "https://", "urn:")):
        return text
    prefix, colon, local = text.partition(":")
    if colon and prefix in PREFIXES:
        return PREFIXES[prefix] + local
    return concept(text)
