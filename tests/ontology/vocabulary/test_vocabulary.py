"""The shipped vocabulary as a whole: shapes, labels, names that point somewhere, paths that exist."""

import re
from collections import Counter

import pyshacl
import pytest
import rdflib

from ontology import iri
from ontology.cluster import schema
from ontology.concepts import ConceptKind
from ontology.errors import UnknownConceptError
from ontology.lang import Lang
from ontology.statements import Text
from ontology.vocabulary import curated, predicates, registry, rules, turtle
from ontology.vocabulary.paths import FieldIndex, is_kind, resolve

PREDICATES = [
    "isA",
    "alsoKnownAs",
    "definition",
    "hasExample",
    "contrastsWith",
    "status",
    "hasSubtopic",
    "partOf",
    "hasField",
    "hasOption",
    "defaultValue",
    "hasValue",
    "hasPhase",
    "hasCondition",
    "hasState",
    "hasReason",
    "hasOperator",
    "hasEffect",
    "hasAccessMode",
    "hasReclaimPolicy",
    "usedFor",
    "creates",
    "deletes",
    "restarts",
    "scales",
    "manages",
    "uses",
    "requires",
    "stores",
    "connectsTo",
    "selects",
    "runsOn",
    "scopedTo",
    "transitionsTo",
    "precedes",
    "depicts",
    "hasCommand",
]


@pytest.fixture(scope="module")
def graph() -> rdflib.Graph:
    """Everything but the shapes."""
    whole = rdflib.Graph()
    for folder in ("", "concepts", "curated", "rules"):
        for name, text in turtle.texts(folder):
            if not name.startswith("shapes"):
                whole.parse(data=text, format="turtle")
    return whole


@pytest.fixture(scope="module")
def shapes() -> rdflib.Graph:
    text = next(text for name, text in turtle.texts() if name == "shapes-vocabulary.ttl")
    return rdflib.Graph().parse(data=text, format="turtle")


def test_the_vocabulary_conforms_to_its_shapes(graph: rdflib.Graph, shapes: rdflib.Graph) -> None:
    conforms, _, report = pyshacl.validate(graph, shacl_graph=shapes)

    assert conforms, report


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        pytest.param(
            'k8s:X a kl:Kind ; skos:prefLabel "X"@en ; skos:definition "x"@en, "x"@ko .',
            "Korean label",
            id="a concept without a Korean label or a reason",
        ),
        pytest.param(
            'k8s:X a kl:Kind ; skos:prefLabel "X"@en, "엑스"@ko ; skos:definition "x"@en .',
            "one definition in each language",
            id="a concept defined in English only",
        ),
        pytest.param(
            'rule:x a kl:Rule ; kl:system "x" ; kl:decides k8s:Pod ; rdfs:label "x"@en, "엑스"@ko .',
            "needs a source",
            id="a rule without a source",
        ),
        pytest.param(
            "rule:x a kl:Rule ; kl:system 'x' ; kl:decides k8s:Nothing ; rdfs:label 'x'@en, '엑스'@ko ;"
            " dcterms:source <https://kubernetes.io/> .",
            "concepts of the vocabulary",
            id="a rule that decides an unknown concept",
        ),
        pytest.param(
            'k8s:X a kl:Enum ; skos:prefLabel "X"@en, "엑스"@ko ; skos:definition "x"@en, "x"@ko ;'
            ' kl:apiPath "spec.x" .',
            "apiPath",
            id="a path that starts nowhere",
        ),
    ],
)
def test_the_shapes_refuse(broken: str, message: str, shapes: rdflib.Graph) -> None:
    prefixes = "".join(f"@prefix {p}: <{ns}> .\n" for p, ns in iri.PREFIXES.items())
    known = "k8s:Pod a kl:Concept .\n"
    data = rdflib.Graph().parse(data=prefixes + known + broken, format="turtle")

    conforms, _, report = pyshacl.validate(data, shacl_graph=shapes)

    assert not conforms
    assert message in report


def test_there_are_the_37_predicates_of_the_scheme() -> None:
    assert sorted(predicates()) == sorted(PREDICATES)
    assert len(predicates()) == 37


@pytest.mark.parametrize("name", PREDICATES)
def test_a_predicate_is_worded_in_both_languages(name: str) -> None:
    predicate = predicates()[name]

    assert set(predicate.label) == set(predicate.comment) == set(Lang)
    assert predicate.range == "text" or set(predicate.inverse) == set(Lang)


def test_only_contrast_is_symmetric() -> None:
    assert [p.name for p in predicates().values() if p.symmetric] == ["contrastsWith"]


def test_every_kind_field_and_value_of_the_inventory_is_there() -> None:
    count = Counter(concept.kind for concept in registry())

    assert count[ConceptKind.KIND] >= 80
    assert count[ConceptKind.FIELD] >= 300
    assert count[ConceptKind.ENUM] >= 300
    assert count[ConceptKind.COMPONENT] >= 120


def test_every_api_path_exists_in_the_schema() -> None:
    dangling = [
        (concept.name, path)
        for concept in registry()
        for path in concept.paths
        if not (is_kind(path) if re.match(r"[a-z0-9.]*/|v\d", path) else resolve(path))
    ]

    assert dangling == []


def test_every_kind_that_the_api_serves_and_the_inventory_names_is_bound() -> None:
    served = {key.rpartition("/")[2] for key in schema.load().kinds}
    kinds = [concept for concept in registry() if concept.kind is ConceptKind.KIND]

    assert [c.name for c in kinds if c.name in served and not c.paths] == []


def test_every_value_is_bound_to_its_own_value() -> None:
    wrong = [
        (concept.name, path)
        for concept in registry()
        if concept.kind is ConceptKind.ENUM
        for path in concept.paths
        if path.partition("=")[2] != concept.name.partition(".")[2]
    ]

    assert wrong == []


def test_every_broader_concept_exists() -> None:
    known = registry()

    assert [(c.name, b) for c in known for b in c.broader if b not in known] == []


def test_every_decided_concept_exists() -> None:
    known = registry()

    assert [(r.name, n) for r in rules().values() for n in r.decides if n not in known] == []


def test_every_curated_fact_is_about_known_concepts_and_predicates() -> None:
    known, names = registry(), predicates()

    for fact in curated():
        assert fact.predicate in names
        assert fact.subject in known
        if isinstance(fact.object, Text):
            assert names[fact.predicate].range in ("text", "any")
        else:
            assert fact.object in known
            assert names[fact.predicate].range in ("concept", "any")


def test_every_word_of_ours_is_defined(graph: rdflib.Graph) -> None:
    ours = rdflib.Namespace(iri.NS)
    words = {term for triple in graph for term in triple if term in ours}

    undefined = [word for word in words if (word, rdflib.RDFS.label, None) not in graph]

    assert undefined == []


def test_no_curated_fact_is_both_true_and_denied_or_past() -> None:
    true = {fact.triple for fact in curated() if fact.current and not fact.negated}

    assert [f.triple for f in curated() if f.triple in true and (f.negated or not f.current)] == []


@pytest.mark.parametrize(
    ("triple", "until"),
    [
        pytest.param(("ServiceAccount", "creates", "Secret"), "1.24", id="token Secrets"),
        pytest.param(("kubelet", "uses", "dockershim"), "1.24", id="dockershim"),
    ],
)
def test_what_ended_says_when_and_why(triple: tuple[str, str, str], until: str) -> None:
    fact = next(f for f in curated() if f.triple == triple)

    assert fact.until == until
    assert not fact.current
    assert set(fact.note) == set(Lang)


@pytest.mark.parametrize(
    ("name", "kind", "path"),
    [
        pytest.param("periodSeconds", "Probe", "periodSeconds", id="probe"),
        pytest.param("terminationGracePeriodSeconds", "Probe", "terminationGracePeriodSeconds", id="grace"),
    ],
)
def test_a_field_resolves_to_its_place(name: str, kind: str, path: str) -> None:
    places = [resolve(p) for p in registry().find(name).paths]

    assert (kind, path) in [(p.type, p.field) for p in places if p]


@pytest.mark.parametrize(
    ("api_version", "kind", "steps", "concept"),
    [
        ("v1", "Pod", "spec.tolerations.effect", None),
        ("v1", "Pod", "spec.tolerations.tolerationSeconds", "tolerationSeconds"),
        (
            "apps/v1",
            "Deployment",
            "spec.template.spec.containers.livenessProbe.periodSeconds",
            "periodSeconds",
        ),
        ("v1", "Service", "spec.clusterIP", "clusterIP"),
        ("networking.k8s.io/v1", "Ingress", "spec.rules.http.paths.pathType", "pathType"),
        ("v1", "Pod", "spec.nothing", None),
        ("v1", "Nothing", "spec", None),
    ],
)
def test_the_concept_at_a_place_of_a_manifest(
    api_version: str, kind: str, steps: str, concept: str | None
) -> None:
    assert FieldIndex(registry()).at(api_version, kind, steps.split(".")) == concept


@pytest.mark.parametrize(
    "text", ["Pod", "파드", "포드", "po", "k8s:Pod", "https://kubelore.dev/id/Pod", "POD"]
)
def test_the_registry_finds_a_concept_by(text: str) -> None:
    assert registry().find(text).name == "Pod"


@pytest.mark.parametrize(
    ("text", "near"),
    [
        pytest.param("StatefulSett", "StatefulSet", id="a slip"),
        pytest.param("Exists", "TolerationOperator.Exists", id="a name of two"),
    ],
)
def test_the_registry_says_the_nearest_of(text: str, near: str) -> None:
    with pytest.raises(UnknownConceptError) as caught:
        registry().find(text)

    assert near in caught.value.nearest
