"""The words in which notes, facts and their provenance are written as RDF; docs/rdf.md is their table.

Who writes (`ingest`) and who reads (`graph`) do not know each other: they agree here. The declarations
stand in `vocabulary/provenance.ttl`, the shapes in `vocabulary/shapes.ttl`.
"""

from ontology.iri import NS, PREFIXES

_RDF, _RDFS, _SKOS = PREFIXES["rdf"], PREFIXES["rdfs"], PREFIXES["skos"]
_PROV, _OA, _DC, _XSD = PREFIXES["prov"], PREFIXES["oa"], PREFIXES["dcterms"], PREFIXES["xsd"]

# Classes
NOTE = NS + "Note"
SECTION = NS + "Section"
EXTRACTION = NS + "Extraction"
FINDING = NS + "Finding"
IMAGE = NS + "Image"

# Of RDF, RDFS, SKOS, PROV, Web Annotation and Dublin Core
TYPE = _RDF + "type"
SUBJECT = _RDF + "subject"
PREDICATE = _RDF + "predicate"
OBJECT = _RDF + "object"
LABEL = _RDFS + "label"
PREF_LABEL = _SKOS + "prefLabel"
TITLE = _DC + "title"
DERIVED = _PROV + "wasDerivedFrom"
GENERATED = _PROV + "wasGeneratedBy"
HAS_SOURCE = _OA + "hasSource"
START = _OA + "start"
END = _OA + "end"
EXACT = _OA + "exact"

# Of a note and its sections
PATH = NS + "path"
DIGEST = NS + "digest"
READER = NS + "reader"
TEXT = NS + "text"
UNREAD = NS + "unreadLine"
IN_NOTE = NS + "inNote"
IN_SECTION = NS + "inSection"
ORDER = NS + "order"
LEVEL = NS + "level"
ANCHOR = NS + "anchor"
NAMES = NS + "names"

# Of a span, beside those of Web Annotation; lines count from 1
LINE = NS + "line"
END_LINE = NS + "endLine"

# Of a fact and of the extraction that found it
NEGATED = NS + "negated"
STRENGTH = NS + "strength"
CONDITION = NS + "condition"
CONFIDENCE = NS + "confidence"
CHECK = NS + "check"
ENGINE = NS + "engine"
RULE = NS + "rule"
READ_AS = NS + "readAs"

# Of a finding and of an image
FINDING_KIND = NS + "findingKind"
SEVERITY = NS + "severity"
FOUND = NS + "found"
CANONICAL = NS + "canonical"
MESSAGE = NS + "message"
ADDRESS = NS + "address"
ALT = NS + "alt"

INTEGER = _XSD + "integer"
DECIMAL = _XSD + "decimal"
BOOLEAN = _XSD + "boolean"
