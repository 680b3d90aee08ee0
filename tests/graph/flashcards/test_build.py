"""Which cards are made of which notes, and what makes them the same card again."""

from collections import Counter
from collections.abc import Callable

import pytest

from graph.flashcards import Card, Kind, build
from graph.snapshot import Snapshot
from ontology.lang import Lang

Read = Callable[..., Snapshot]

PROBES = """\
# Pod

## Probe

- readinessProbe : 실패하는 동안 서비스 대상에서 제외하는 검사
- options
  - periodSeconds
    - 검사하는 시간 간격 | 10초
  - timeoutSeconds
    - 결과를 기다리는 시간 | 5초
"""

TAINTS = """\
# Taint

- effect
  - NoSchedule : Toleration이 없는 파드를 배치하지 않는다
  - PreferNoSchedule : 가급적 배치하지 않는다
  - NoExecute : 실행 중인 파드도 축출한다
"""

SETS = """\
# k8s

## ReplicaSet vs StatefulSet

### ReplicaSet

- 랜덤한 이름으로 파드를 생성한다

### StatefulSet

- 순번으로 파드를 생성한다
"""

MANIFEST = """\
# Deployment

```yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
```
"""


def of(cards: tuple[Card, ...], kind: Kind) -> list[Card]:
    return [card for card in cards if card.kind is kind]


def fronts(cards: tuple[Card, ...], kind: Kind, lang: Lang = Lang.KO) -> list[str]:
    return [card.front[lang] for card in of(cards, kind)]


def test_a_definition_asks_for_what_the_note_says(read: Read) -> None:
    cards = build(read(pod=PROBES))

    card = next(card for card in of(cards, Kind.DEFINITION) if "readinessProbe" in card.concepts)
    assert card.front == {
        Lang.EN: "What is `readinessProbe`?",
        Lang.KO: "`readinessProbe`는 무엇인가요?",
    }
    assert card.back[Lang.KO] == "실패하는 동안 서비스 대상에서 제외하는 검사"
    assert card.layer == "notes"
    assert (card.sources[0].document, card.sources[0].line) == ("pod.md", 5)


def test_an_explanation_asks_for_its_concept(read: Read) -> None:
    cards = build(read(pod=PROBES))

    card = next(card for card in of(cards, Kind.REVERSED) if "readinessProbe" in card.concepts)
    assert "실패하는 동안 서비스 대상에서 제외하는 검사" in card.front[Lang.KO]
    assert card.back[Lang.EN] == "`readinessProbe`"


def test_an_explanation_that_names_its_concept_asks_nothing(read: Read) -> None:
    cards = build(read(pod="# Service\n\n- Service : 파드 앞에 놓이는 서비스의 안정적인 주소\n"))

    assert of(cards, Kind.REVERSED) == []


def test_a_heading_without_a_definition_gets_the_curated_one(read: Read) -> None:
    cards = build(read(ingress="# k8s\n\n## Ingress\n\n![x](https://example.com/a.png)\n"))

    card = next(card for card in of(cards, Kind.DEFINITION) if card.concepts == ("Ingress",))
    assert card.layer == "curated"
    assert card.sources[0].url.startswith("https://kubernetes.io/")


def test_a_default_is_asked(read: Read) -> None:
    cards = build(read(pod=PROBES))

    assert fronts(cards, Kind.DEFAULT) == ["`periodSeconds`의 기본값은 무엇인가요?"]


def test_a_wrong_default_is_put_right_instead(read: Read) -> None:
    cards = build(read(pod=PROBES))

    (card,) = of(cards, Kind.CORRECTION)
    assert "5초" in card.front[Lang.KO]
    assert card.back[Lang.EN] == "No. not so: the default of timeoutSeconds is 1s, not 5s"


def test_a_group_has_a_gap_for_each_member_in_the_order_of_the_note(read: Read) -> None:
    cards = build(read(taint=TAINTS))

    assert fronts(cards, Kind.MEMBERS) == [
        "테인트(Taint)의 효과: {{c1::NoSchedule}}, {{c2::PreferNoSchedule}}, {{c3::NoExecute}}"
    ]


def test_a_table_asks_for_its_cells(read: Read) -> None:
    table = "# k8s\n\n| 오브젝트 | 최대 크기 |\n| --- | --- |\n| Secret | 1MiB |\n"

    cards = build(read(sizes=table))

    assert fronts(cards, Kind.MEMBERS) == ["시크릿(Secret) — 최대 크기: {{c1::1MiB}}"]


def test_a_manifest_asks_for_a_field(read: Read) -> None:
    cards = build(read(web=MANIFEST))

    (front,) = fronts(cards, Kind.MANIFEST)
    assert "  {{c1::replicas}}: 3" in front
    assert "kind: Deployment" in front


def test_a_chain_asks_for_its_order(read: Read) -> None:
    cards = build(read(way="# Pod\n\n- kube-apiserver ► etcd ► kube-scheduler ► kubelet\n"))

    (card,) = of(cards, Kind.SEQUENCE)
    assert card.back[Lang.EN] == "`kube-apiserver` → `etcd` → `kube-scheduler` → `kubelet`"
    assert card.back[Lang.EN] not in card.front[Lang.EN]


def test_two_that_differ_are_compared(read: Read) -> None:
    (card, *_) = of(build(read(sets=SETS)), Kind.CONTRAST)

    assert set(card.concepts) == {"ReplicaSet", "StatefulSet"}
    assert "랜덤한 이름으로" in card.back[Lang.KO]
    assert "순번으로" in card.back[Lang.KO]


def test_two_that_are_easily_confused_are_compared_unasked(read: Read) -> None:
    probes = "# Pod\n\n- readinessProbe : 준비되었는지 보는 검사\n- livenessProbe : 살아 있는지 보는 검사\n"

    cards = of(build(read(probes=probes)), Kind.CONTRAST)

    (card,) = [card for card in cards if set(card.concepts) == {"readinessProbe", "livenessProbe"}]
    assert card.layer == "curated"
    assert card.sources[0].url.startswith("https://kubernetes.io/")


def test_a_term_is_asked_both_ways(read: Read) -> None:
    cards = build(read(taint=TAINTS))

    asked = {card.front[Lang.EN]: card.back[Lang.EN] for card in of(cards, Kind.TERM)}
    assert asked["What is 테인트 in English?"] == "Taint"
    assert asked["What is Taint in Korean?"] == "테인트"


def test_what_is_not_so_makes_a_correction_and_no_plain_card(read: Read) -> None:
    cards = build(read(arch="# k8s\n\n- kubelet이 docker에 container 생성 요청\n"))

    about_docker = [card.kind for card in cards if "Docker" in card.concepts and card.kind is not Kind.TERM]
    assert about_docker == [Kind.CORRECTION]
    (card,) = of(cards, Kind.CORRECTION)
    assert "1.24" in card.back[Lang.EN]


@pytest.fixture
def scenario() -> dict[str, object]:
    return {
        "name": "Too slow · 너무 느린 재시작",
        "system": "podLifecycle",
        "objects": [],
        "question": {"backoff": {"runSeconds": [1, 1, 1]}},
        "then": {"delaySeconds": [0, 10, 20]},
    }


def test_a_verdict_is_computed_and_cites_the_note(read: Read, scenario: dict[str, object]) -> None:
    snapshot = read(pod="# Pod\n\n- CrashLoopBackOff : 재시작하기 전에 기다리는 상태\n")

    (card,) = of(build(snapshot, [scenario], engine="kubelore 0 (Kubernetes 1.36)"), Kind.VERDICT)

    assert card.front[Lang.KO].startswith("너무 느린 재시작")
    assert "delaySeconds" in card.back[Lang.EN]
    assert "Computed by kubelore 0 (Kubernetes 1.36)." in card.back[Lang.EN]
    assert card.sources[0].line == 3


def test_a_verdict_card_shows_what_the_scenario_is_about(read: Read, scenario: dict[str, object]) -> None:
    snapshot = read(pod="# Pod\n\n- Pending : 노드를 기다리는 단계\n")
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web"},
        "spec": {"containers": [{"name": "app", "image": "nginx"}]},
    }
    asked = {**scenario, "objects": [pod], "question": {"status": {}}, "then": {"phase": "Failed"}}

    (card,) = of(build(snapshot, [asked]), Kind.VERDICT)

    assert (
        "```yaml\nphase: Pending\n```" in card.back[Lang.EN]
    )  # the engine's own answer, not the expectation
    assert "conditions" not in card.back[Lang.EN].partition("```yaml")[2].partition("```")[0]


def test_a_verdict_on_what_the_notes_never_mention_makes_no_card(
    read: Read, scenario: dict[str, object]
) -> None:
    cards = build(read(other="# Git\n\n- 커밋 : 변경의 묶음\n"), [scenario])

    assert of(cards, Kind.VERDICT) == []


def test_a_story_asks_nothing_and_makes_no_card(read: Read) -> None:
    snapshot = read(pod="# Pod\n\n- CrashLoopBackOff : 재시작하기 전에 기다리는 상태\n")
    story = {"name": "Told · 이야기", "system": "cluster", "given": {"nodes": 1}, "until": 60, "then": []}

    assert of(build(snapshot, [story]), Kind.VERDICT) == []


def test_no_two_cards_ask_the_same(read: Read) -> None:
    cards = build(read(pod=PROBES, taint=TAINTS, web=MANIFEST))

    for lang in Lang:
        assert [front for front, n in Counter(card.front[lang] for card in cards).items() if n > 1] == []


def test_ids_are_unique(read: Read) -> None:
    cards = build(read(pod=PROBES, taint=TAINTS, web=MANIFEST))

    assert len({card.id for card in cards}) == len(cards)


def test_cards_keep_their_ids_when_the_note_is_edited_and_moved(read: Read) -> None:
    before = build(read(pod=PROBES))
    moved = "# Pod\n\n새로 적은 머리말.\n\n## Probe\n" + PROBES.partition("## Probe\n")[2].replace(
        "제외하는 검사", "제외하는 프로브 검사"
    )

    after = build(read(other=moved))

    assert {card.id for card in before} <= {card.id for card in after}


def test_what_two_notes_say_is_one_card_with_two_sources(read: Read) -> None:
    cards = build(read(a=TAINTS, b=TAINTS))

    (card,) = of(cards, Kind.MEMBERS)
    assert [source.document for source in card.sources] == ["a.md"] * 3 + ["b.md"] * 3


def test_the_deck_is_the_path_of_headings(read: Read) -> None:
    cards = build(read(pod=PROBES))

    assert of(cards, Kind.DEFAULT)[0].deck == ("Pod", "Probe")


def test_tags_hold_no_space(read: Read) -> None:
    cards = build(read(rook="# Pod\n\n- kubectl proxy : 로컬 포트를 열어 API 서버로 전달하는 명령\n"))

    assert all(" " not in tag for card in cards for tag in card.tags)
    assert any("concept::kubectl_proxy" in card.tags for card in cards)
