"""Whatever a note holds, its cards are well formed."""

import re
from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.flashcards import build, writers
from graph.flashcards.html import to_html
from graph.snapshot import Snapshot
from ontology.lang import Lang

Read = Callable[..., Snapshot]

_GAPS = re.compile(r"\{\{c(\d+)::(.+?)\}\}")
_LINES = st.sampled_from(
    [
        "# Pod",
        "## Taint & <b>",
        "## ReplicaSet vs StatefulSet",
        "- effect : NoSchedule, NoExecute",
        "- NoSchedule : 새 파드를 배치하지 않는다 {{c1::x}}",
        "- Pending ► Running ► {{ .Values.phase }}",
        "- periodSeconds | 10초",
        "- Secret은 `a::b` 데이터를 저장한다",
        "| 필드 | 기본값 |\n| --- | --- |\n| timeoutSeconds | 1초 |",
        "```yaml\napiVersion: v1\nkind: Pod\nmetadata:\n  name: '{{ name }}'\nspec:\n  restartPolicy: Never\n```",
        "Q. Pod란?\nA. <script>alert(1)</script>",
        "![a](https://example.com/Pod%20with%20Taint%20for%20Kubernetes.jpg)",
        "",
    ]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(_LINES | st.text(max_size=20), max_size=14))
def test_cards_are_well_formed(read: Read, lines: list[str]) -> None:
    cards = build(read(note="\n".join(lines)))

    assert len({card.id for card in cards}) == len(cards)
    for card in cards:
        assert set(card.front) == set(card.back) == set(Lang)
        assert card.sources
        assert card.deck
        for lang in Lang:
            assert card.front[lang].strip()
            assert "<script" not in to_html(card.front[lang] + card.back[lang])
            gaps = _GAPS.findall(card.front[lang])
            if card.kind.is_cloze:
                assert [int(number) for number, _ in gaps] == list(range(1, len(gaps) + 1))
                assert gaps
            else:
                assert card.back[lang].strip()
    text = writers.to_csv(cards, lang=Lang.KO, link=lambda _: "")
    assert text.count("\n") == len(cards) + 7
