from collections.abc import Callable

import pytest

from ingest.lexicon.entries import lexicon
from ingest.link.outline import Node, Outline, build
from ingest.link.outline.marks import alternatives, is_value, members, split_brackets, undecorated
from ingest.link.outline.questions import asked, wondered
from ingest.link.repair import Speller
from ingest.parse.note import parse
from ontology.vocabulary import registry

Read = Callable[[str], Outline]


@pytest.fixture(scope="module")
def outlined() -> Read:
    words = lexicon(registry())
    speller = Speller(words)
    return lambda text: build(parse(tuple(text.split("\n"))), words, speller)


def last(outline: Outline) -> Node:
    return outline.nodes[-1]


@pytest.mark.parametrize(
    ("heading", "topics"),
    [
        pytest.param("# 1. 🚀 파드", ["Pod"], id="numbering and emoji"),
        pytest.param("# Pod와 Service", ["Pod", "Service"], id="two names"),
        pytest.param("# Deployment vs StatefulSet", ["Deployment", "StatefulSet"], id="a contrast"),
        pytest.param("# StatelessApp - ReplicaSet", ["StatelessApplication"], id="by means of"),
    ],
)
def test_a_heading_names(outlined: Read, heading: str, topics: list[str]) -> None:
    assert [t.name for t in last(outlined(heading)).topics] == topics


def test_a_clause_names_nothing(outlined: Read) -> None:
    node = last(outlined("# k8s\n## 파드를 설치하는 방법"))

    assert node.clause
    assert node.topics == ()


def test_a_label_has_two_sides(outlined: Read) -> None:
    node = last(outlined("# k8s\n- **etcd** : 상태 저장소"))

    assert (node.left, node.separator, node.right) == ("etcd", ":", "상태 저장소")
    assert [t.name for t in node.left_terms] == ["etcd"]


def test_an_address_separates_nothing(outlined: Read) -> None:
    assert last(outlined("# k8s\n- http://localhost: 80 을 연다")).separator == ""


def test_a_label_that_is_no_concept_has_a_role(outlined: Read) -> None:
    assert last(outlined("# HPA\n- 용도 : 트래픽 대응")).role == "purpose"


def test_a_slip_is_read_as_what_it_means_and_told(outlined: Read) -> None:
    outline = outlined("# 컨테이너\n- Wating")

    assert [t.name for t in last(outline).topics] == ["ContainerState.Waiting"]
    assert [(r.line, r.found, r.canonical) for r in outline.repairs] == [(2, "Wating", "Waiting")]


def test_an_object_named_with_its_kind(outlined: Read) -> None:
    assert [n.name for n in last(outlined("# k8s\n- kube-system 네임스페이스에 있다")).named] == [
        "Namespace/kube-system"
    ]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param("A, B、C · D", ["A", "B", "C", "D"], id="commas"),
        pytest.param("A(x, y), B", ["A(x, y)", "B"], id="not in brackets"),
        pytest.param("A", ["A"], id="alone"),
    ],
)
def test_members_of_a_list(text: str, parts: list[str]) -> None:
    assert members(text) == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param("A / B", ["A", "B"], id="slash"),
        pytest.param("Pod와 Service", ["Pod", "Service"], id="Korean and"),
        pytest.param("kubernetes.io/tls / Opaque", ["kubernetes.io/tls", "Opaque"], id="a slash of its own"),
    ],
)
def test_alternatives(text: str, parts: list[str]) -> None:
    assert alternatives(text) == parts


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        pytest.param("1. 파드", "파드", id="number"),
        pytest.param("▼ Pod ▼", "Pod", id="ornaments"),
        pytest.param("Step 2: Pod", "Pod", id="step"),
        pytest.param("Pod", "Pod", id="nothing"),
    ],
)
def test_numbering_and_ornaments_are_taken_off(text: str, bare: str) -> None:
    assert undecorated(text) == bare


def test_brackets_are_parted_from_their_word() -> None:
    assert split_brackets("테인트(Taint)와 톨러레이션") == ("테인트와 톨러레이션", ("Taint",))


@pytest.mark.parametrize(
    ("text", "value"), [("10초", True), ("true", True), ("None", True), ("검사 간격", False)]
)
def test_a_value_is_no_word(text: str, value: bool) -> None:
    assert is_value(text) is value


@pytest.mark.parametrize(
    ("text", "about"),
    [
        pytest.param("Q. 파드란 무엇인가요?", "파드", id="Korean"),
        pytest.param("What is a Pod?", "Pod", id="English"),
        pytest.param("파드를 만든다", "", id="no question"),
    ],
)
def test_what_is_asked_after(text: str, about: str) -> None:
    assert asked(text) == about


@pytest.mark.parametrize(
    ("text", "about"),
    [
        pytest.param("Q. HPA는 왜 쓰나요?", "HPA", id="why"),
        pytest.param("왜 StatefulSet을 사용하나요?", "StatefulSet", id="why first"),
        pytest.param("When should I use a DaemonSet?", "DaemonSet", id="English"),
        pytest.param("HPA는 왜 쓰는가", "", id="no mark"),
    ],
)
def test_what_another_question_is_about(text: str, about: str) -> None:
    assert wondered(text) == about
