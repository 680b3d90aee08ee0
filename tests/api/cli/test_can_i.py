"""`kubelore can-i` prints and exits as `kubectl auth can-i`."""

import json
from pathlib import Path

import pytest

from api.cli import main
from ontology.documents import read_yaml

MANIFESTS = """
apiVersion: v1
kind: List
items:
- apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRole
  metadata: {name: reader}
  rules:
  - {apiGroups: [""], resources: [pods], verbs: [get, list]}
  - {apiGroups: [apps], resources: [deployments, deployments/scale], verbs: [get]}
  - {apiGroups: [example.com], resources: [widgets], verbs: [get], resourceNames: [blue]}
- apiVersion: rbac.authorization.k8s.io/v1
  kind: RoleBinding
  metadata: {name: read, namespace: dev}
  subjects: [{kind: User, name: jane}, {kind: ServiceAccount, name: ci}]
  roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
- apiVersion: rbac.authorization.k8s.io/v1
  kind: RoleBinding
  metadata: {name: ghost, namespace: prod}
  subjects: [{kind: User, name: jane}]
  roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: gone}
- apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRole
  metadata: {name: health}
  rules: [{nonResourceURLs: ["/healthz*"], verbs: [get]}]
- apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRoleBinding
  metadata: {name: health}
  subjects: [{kind: Group, name: "system:authenticated"}]
  roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: health}
- apiVersion: apiextensions.k8s.io/v1
  kind: CustomResourceDefinition
  metadata: {name: widgets.example.com}
  spec: {group: example.com, scope: Namespaced, names: {plural: widgets, kind: Widget, shortNames: [wd]}}
- {apiVersion: example.com/v1, kind: Widget, metadata: {name: blue}}
"""


@pytest.fixture
def manifests(tmp_path: Path) -> str:
    file = tmp_path / "rbac.yaml"
    file.write_text(MANIFESTS, encoding="utf-8")
    return str(file)


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        pytest.param("get pods --as jane -n dev", "yes", id="granted in the namespace"),
        pytest.param("get pods --as jane", "no", id="default is another namespace"),
        pytest.param("get pods -A --as jane", "no", id="the whole cluster"),
        pytest.param("get po --as jane -n dev", "yes", id="a short name"),
        pytest.param("get Pod --as jane -n dev", "yes", id="a kind"),
        pytest.param("get deployments.apps --as jane -n dev", "yes", id="with its group"),
        pytest.param("get deployments.v1.apps --as jane -n dev", "yes", id="with version and group"),
        pytest.param("get pods.v1 --as jane -n dev", "no", id="a group that nothing serves"),
        pytest.param(
            "get deployments.v1beta9.apps --as jane -n dev", "no", id="a version that is not served"
        ),
        pytest.param("get --as jane pods -n dev", "yes", id="options between the words"),
        pytest.param("get pods -A -n dev --as jane", "no", id="the whole cluster, whatever the namespace"),
        pytest.param("get pods -n dev --as jane --as-uid 7", "yes", id="a uid changes nothing"),
        pytest.param("get deploy --subresource scale --as jane -n dev", "yes", id="a subresource"),
        pytest.param("get pods/log --as jane -n dev", "yes", id="log is read as a name"),
        pytest.param("get pods --subresource=log --as jane -n dev", "no", id="log as a subresource"),
        pytest.param("get wd/blue --as jane -n dev", "yes", id="a custom resource by its short name"),
        pytest.param("get wd/red --as jane -n dev", "no", id="another name"),
        pytest.param("get /healthz/ready --as jane", "yes", id="a URL"),
        pytest.param("get /healthz/ready", "no", id="nobody is anonymous, not authenticated"),
        pytest.param("list pods --as system:serviceaccount:dev:ci -n dev", "yes", id="a service account"),
        pytest.param("delete nodes --as x --as-group system:masters", "yes", id="masters pass before RBAC"),
        pytest.param(
            "get pods --as jane -n prod",
            'no - RBAC: role.rbac.authorization.k8s.io "gone" not found',
            id="the reason of a denial",
        ),
    ],
)
def test_a_question_is_answered_with(
    words: str, printed: str, manifests: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["can-i", *words.split(), "-f", manifests])

    assert capsys.readouterr().out == f"{printed}\n"
    assert code == (0 if printed == "yes" else 1)


def test_quiet_says_nothing(manifests: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["can-i", "get", "pods", "--as", "jane", "-n", "dev", "-q", "-f", manifests]) == 0
    assert capsys.readouterr().out == ""


def test_a_list_is_kubectls_table(manifests: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["can-i", "--list", "--as", "jane", "-n", "dev", "-f", manifests]) == 0

    assert capsys.readouterr().out.splitlines() == [
        "Resources                Non-Resource URLs   Resource Names   Verbs",
        "pods                     []                  []               [get list]",
        "                         [/healthz*]         []               [get]",
        "deployments.apps/scale   []                  []               [get]",
        "deployments.apps         []                  []               [get]",
        "widgets.example.com      []                  [blue]           [get]",
    ]


def test_what_is_granted_twice_is_listed_once_but_for_urls(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    again = [json.loads(each) for each in _as_documents(MANIFESTS) if "Binding" in each]
    for each in again:
        each["metadata"]["name"] += "-again"
    (tmp_path / "rbac.yaml").write_text(MANIFESTS, encoding="utf-8")
    (tmp_path / "again.json").write_text(json.dumps({"kind": "List", "apiVersion": "v1", "items": again}))

    main(["can-i", "--list", "--as", "jane", "-n", "dev", "--no-headers", "-f", str(tmp_path)])

    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["pods", "[]", "[]", "[get", "list]"],
        ["[/healthz*]", "[]", "[get]"],
        ["[/healthz*]", "[]", "[get]"],
        ["deployments.apps/scale", "[]", "[]", "[get]"],
        ["deployments.apps", "[]", "[]", "[get]"],
        ["widgets.example.com", "[]", "[blue]", "[get]"],
    ]


@pytest.mark.parametrize(
    ("words", "warning"),
    [
        pytest.param(
            "get ev --as jane",
            'Warning: short name "ev" could also match lower priority resource events.events.k8s.io\n',
            id="a short name of two",
        ),
        pytest.param("get nodes --as jane", "Warning: resource 'nodes' is not namespace scoped", id="scope"),
        pytest.param("eat pods --as jane", "Warning: verb 'eat' is not a known verb", id="verb"),
        pytest.param(
            "get gizmos.acme.io --as jane",
            "Warning: the server doesn't have a resource type 'gizmos' in group 'acme.io'",
            id="resource",
        ),
        pytest.param("get pods/log --as jane", "--subresource=log", id="the trap"),
    ],
)
def test_what_looks_wrong_is_said_beside_the_answer(
    words: str, warning: str, manifests: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["can-i", *words.split(), "-f", manifests])

    assert warning in capsys.readouterr().err


def test_nothing_looks_wrong_in_the_whole_cluster(manifests: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["can-i", "eat", "nodes", "-A", "--as", "jane", "-f", manifests])

    assert capsys.readouterr().err == ""


def test_impersonating_a_user_needs_no_warning(manifests: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["can-i", "impersonate", "users", "-A", "--as", "jane", "-f", manifests])

    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("get", id="no resource"),
        pytest.param("get pods --as-group ops", id="groups of nobody"),
        pytest.param("get pods --as-uid 7", id="a uid of nobody"),
        pytest.param("get pods --list", id="a list of something"),
        pytest.param("--list -q", id="a quiet list"),
        pytest.param("get pods --no-headers", id="headers of no list"),
        pytest.param("get /healthz --subresource log", id="a subresource of a URL"),
    ],
)
def test_wrong_usage_exits_with_2(words: str, manifests: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["can-i", *words.split(), "-f", manifests]) == 2
    assert capsys.readouterr().err.startswith("error: ")


REVIEW = """
apiVersion: authorization.k8s.io/v1
kind: SubjectAccessReview
spec: {user: jane, resourceAttributes: {verb: %s, resource: pods, namespace: dev}}
"""


@pytest.mark.parametrize(("verb", "code"), [("get", 0), ("delete", 1)])
def test_a_review_beside_manifests_comes_back_with_its_status(
    verb: str, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rbac = "\n---\n".join(_as_documents(MANIFESTS))
    (tmp_path / "rbac.yaml").write_text(rbac, encoding="utf-8")
    (tmp_path / "review.yaml").write_text(REVIEW % verb, encoding="utf-8")

    assert main(["evaluate", "-f", str(tmp_path), "-o", "json"]) == code

    found = json.loads(capsys.readouterr().out)
    assert found["kind"] == "SubjectAccessReview"
    assert found["status"]["allowed"] is (code == 0)


def _as_documents(text: str) -> list[str]:
    """The roles and bindings of a List, each a document; custom resources are nothing to RBAC."""
    return [json.dumps(each) for each in next(read_yaml(text))["items"] if "rbac" in each["apiVersion"]]
