"""What lint finds in small notes, rule by rule, and what it leaves alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.lint.findings import Finding, Severity
from ingest.lint.wording import message, sentences
from ingest.pipeline import ingest_note
from ingest.read import from_text
from ontology import vocabulary
from ontology.lang import Lang


def lint(text: str) -> list[Finding]:
    found = ingest_note(from_text(text), vocabulary.registry()).findings
    return [each for each in found if each.kind != "unread-line"]


def shown(text: str) -> list[tuple[int, str, str, str]]:
    return [(f.line, f.kind, f.found, f.canonical) for f in lint(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("# Pod\n- Runing, Pending", [(2, "typo", "Runing", "Running")], id="a value"),
        pytest.param("# Secert\n- text", [(1, "typo", "Secert", "Secret")], id="a heading"),
        pytest.param("- 파드의 갯수를 늘린다", [(1, "typo", "갯수", "개수")], id="a Korean word"),
        pytest.param(
            "- 갯수와 갯수", [(1, "typo", "갯수", "개수"), (1, "typo", "갯수", "개수")], id="twice in a line"
        ),
        pytest.param(
            "- 서비스애 연결된 노드장애", [(1, "typo", "서비스애", "서비스에")], id="a particle after a name"
        ),
        pytest.param("- The the Pod", [(1, "typo", "The the", "The")], id="a word twice, once with a capital"),
        pytest.param("- the the Pod", [(1, "typo", "the the", "the")], id="a word twice"),
        pytest.param("- effect\n  - preferNoSchedule", [(2, "wrong-name", "preferNoSchedule", "PreferNoSchedule")], id="case of a value"),
        pytest.param("- Statefulset은 파드를 만든다", [(1, "wrong-name", "Statefulset", "StatefulSet")], id="case of a kind"),
        pytest.param("- livenessProbe\n  - httpGet\n    - port\n    - path\n    - schema", [(5, "wrong-name", "schema", "scheme")], id="a field of another name"),
        pytest.param("- ROM : ReadOnlyMany", [(1, "wrong-name", "ROM", "ROX")], id="an abbreviation"),
        pytest.param("- container\n  - conditions : Waiting", [(2, "wrong-name", "conditions", "state")], id="a label"),
        pytest.param("- kubelet이 docker에 컨테이너 생성을 요청한다", [(1, "outdated", "kubelet이 docker에 컨테이너 생성을 요청한다", "")], id="a statement of the past"),
        pytest.param("# x\n[a](#nowhere)\n\n- Pod", [(2, "dead-anchor", "[a](#nowhere)", "")], id="a dead anchor"),
        pytest.param("# A\n\n- Pod\n\n# A\n\n- Node", [(5, "duplicate-heading", "A", "")], id="a heading twice"),
        pytest.param("# Ingress\n\n![x](http://a.test/x.png)\n", [(1, "picture-only", "Ingress", "")], id="a picture alone"),
        pytest.param("# Ingress\n\n# Service\n\n- Pod", [(1, "empty-section", "Ingress", "")], id="an empty section"),
        pytest.param("```bash\nkubectl config user-context dev\n```", [(2, "wrong-name", "user-context", "use-context")], id="a subcommand"),
        pytest.param("```bash\nkubectl frobnicate\n```", [(2, "unknown-command", "frobnicate", "")], id="no such command"),
        pytest.param("`kubectl get depoyments`", [(1, "wrong-name", "depoyments", "deployments")], id="a resource"),
    ],
)  # fmt: skip
def test_a_slip_is_found(text: str, expected: list[tuple[int, str, str, str]]) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("- pods run on nodes, services select Pods", id="plural and lower case in prose"),
        pytest.param("- RWO : ReadWriteOnce", id="the customary abbreviation"),
        pytest.param("`kubectl get mywidgets.example.com`", id="a custom resource"),
        pytest.param(
            "```\nkubectl get pods -o wide | grep web\nkubectl apply -f x.yaml\n```", id="right commands"
        ),
        pytest.param("```yaml\nimage: {{ .Values.image }}\n```", id="a template"),
        pytest.param("```yaml\nspec:\n  replicas: 3\n```", id="a piece of a manifest"),
        pytest.param("```yaml\napiVersion: example.com/v1\nkind: Widget\n```", id="a custom kind"),
        pytest.param("# Pod\n\n- 파드는 컨테이너를 담는다", id="nothing wrong"),
        pytest.param("# ExternalName\n\n- DNS 별칭", id="a type that is also a field"),
        pytest.param("- Only ready endpoints of the Service are used.", id="endpoints in general"),
    ],
)
def test_what_is_right_is_left_alone(text: str) -> None:
    assert shown(text) == []


MANIFEST = """```yaml
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: nginx
      livenessProbe:
        httpGet:
          schema: HTTP
          port: 80
```"""


def test_a_manifest_is_checked_at_the_line_of_the_field() -> None:
    (found,) = lint(MANIFEST)

    assert (found.line, found.kind, found.found, found.canonical) == (
        12,
        "invalid-manifest",
        "schema",
        "scheme",
    )
    assert "did you mean `scheme`" in message(found, Lang.EN)


@pytest.mark.parametrize(
    ("text", "kind", "line"),
    [
        ("```yaml\napiVersion: extensions/v1beta1\nkind: Ingress\n```", "outdated", 2),
        ("```yaml\napiVersion: v1\nkind: Deployment\n```", "invalid-manifest", 2),
        ("```yaml\na: [1\n```", "invalid-manifest", 2),
        (
            "```yaml\napiVersion: apps/v1\nkind: Deployment\nspec:\n  replicas: three\n```",
            "invalid-manifest",
            5,
        ),
    ],
)
def test_manifests_that_are_refused(text: str, kind: str, line: int) -> None:
    assert (line, kind) in [(f.line, f.kind) for f in lint(text)]


def test_a_note_that_says_so_itself_is_not_outdated() -> None:
    assert [f.kind for f in lint("- Recycle : Deprecated, 데이터 삭제")] == []


def test_the_table_of_contents_may_drift() -> None:
    text = "# Note\n\n- [Pods](#pod)\n\n## Pod\n\n- Pod\n\n## Service\n\n- Pod\n"

    assert [(f.line, f.kind, f.wording) for f in lint(text)] == [
        (3, "toc-drift", "contentsText"),
        (9, "toc-drift", "contentsMissing"),
    ]


def test_the_heading_of_the_table_of_contents_is_neither_empty_nor_left_out() -> None:
    text = "# Note\n\n## 목차\n\n- [Pod](#pod)\n\n## Pod\n\n- Pod\n"

    assert lint(text) == []


def test_a_table_of_contents_may_stop_at_a_level() -> None:
    text = "# Note\n\n- [Pod](#pod)\n\n## Pod\n\n- Pod\n\n### Phases\n\n- Running\n"

    assert "toc-drift" not in {f.kind for f in lint(text)}


def test_severities_follow_the_harm() -> None:
    found = {f.found: f.severity for f in lint("- 갯수\n- preferNoSchedule\n\n`kubectl frobnicate`")}

    assert found["갯수"] is Severity.INFO
    assert found["frobnicate"] is Severity.HIGH


def test_every_sentence_exists_in_both_languages() -> None:
    assert sentences(Lang.EN).keys() == sentences(Lang.KO).keys()


PIECES = st.sampled_from(
    ["# Pod\n", "- Wating\n", "- `kubectl get pdos`\n", "[x](#y)\n", "- Statefulset\r\n", "- 갯수\n", "\ufeff", "- ROM : ReadOnlyMany\n",
     "```yaml\napiVersion: v1\nkind: Pod\nspec: {containers: [{imagee: x}]}\n```\n", "![p](http://a/b.png)\n", "| a | b |\n|---|---|\n| Secert | x |\n"]
)  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=20)), max_size=8).map("".join))
def test_every_finding_stands_where_it_says_and_can_be_said(text: str) -> None:
    source = from_text(text)

    for finding in ingest_note(source, vocabulary.registry()).findings:
        assert source.data[finding.start : finding.end].decode("utf-8", "replace").replace(
            "\0", "\ufffd"
        ) == finding.found.replace("\0", "\ufffd")
        assert source.lines[finding.line - 1][finding.column - 1 :].startswith(finding.found)
        assert message(finding, Lang.EN)
        assert message(finding, Lang.KO)
