"""`ingest`, `search`, `sparql`, `export` and `doctor`, each as a process of its own on one small graph."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from graph import embedded

Run = Callable[..., subprocess.CompletedProcess[str]]
NOTE = "# Pod\n\n- Pending, Running : 파드의 상태\n\n# Taint\n\n- effects : NoSchedule, NoExecute\n"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("graph")
    (folder / "pods.md").write_text(NOTE)
    command = [
        sys.executable,
        "-c",
        "from api.cli import main; main()",
        "ingest",
        "pods.md",
        "--data",
        "data",
    ]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder / "data"


def test_ingest_tells_what_changed_and_draws_no_bar_in_a_pipe(kubelore: Run, tmp_path: Path) -> None:
    (tmp_path / "pods.md").write_text(NOTE)
    arguments = ("ingest", str(tmp_path / "pods.md"), "--data", str(tmp_path / "data"))

    first, second = kubelore(*arguments), kubelore(*arguments)

    assert first.returncode == second.returncode == 0
    assert first.stdout.startswith("added      ")
    assert "facts" in first.stdout
    assert "unread line" in first.stdout
    assert second.stdout.startswith("unchanged  ")
    assert first.stderr == ""


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("none.md", None, "no such file"),
        ("binary.md", bytes(range(256)) * 9, "binary"),
        ("latin.md", b"caf\xe9 pod\n", "not UTF-8"),
        ("empty.md", b"", "empty"),
    ],
)
def test_ingest_refuses_with_one_line_and_2(
    kubelore: Run, tmp_path: Path, name: str, content: bytes | None, reason: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)

    done = kubelore("ingest", str(tmp_path / name), "--data", str(tmp_path / "data"))

    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert reason in done.stderr
    assert name in done.stderr


def test_ingest_says_that_the_store_is_locked(kubelore: Run, tmp_path: Path) -> None:
    (tmp_path / "pods.md").write_text(NOTE)
    holder = embedded.open_store(tmp_path / "data" / "store")

    done = kubelore("ingest", str(tmp_path / "pods.md"), "--data", str(tmp_path / "data"))
    holder.close()

    assert done.returncode == 2
    assert "locked" in done.stderr


def test_search_finds_in_both_languages(kubelore: Run, data: Path) -> None:
    for text in ("파드", "Pod"):
        done = kubelore("search", text, "--data", str(data))
        assert done.returncode == 0
        assert done.stdout.splitlines()[0] == "concept  Pod"
    assert kubelore("search", "zzzzqqqq", "--data", str(data)).returncode == 1


def test_search_as_json_has_highlights(kubelore: Run, data: Path) -> None:
    done = kubelore("search", "NoExecute", "-o", "json", "--kind", "section", "--data", str(data))

    body = json.loads(done.stdout)
    (hit,) = body["hits"]
    start, end = hit["highlights"][0]
    assert (body["apiVersion"], body["kind"]) == ("kubelore/v1", "SearchResult")
    assert (hit["document"], hit["line"], hit["snippet"][start:end]) == ("pods.md", 7, "NoExecute")


def test_search_works_before_the_first_note(kubelore: Run, tmp_path: Path) -> None:
    assert kubelore("search", "파드", "--data", str(tmp_path)).stdout.splitlines()[0] == "concept  Pod"


def test_sparql_answers_as_table_json_and_csv(kubelore: Run, data: Path) -> None:
    query = "SELECT ?o { GRAPH ?g { k8s:Taint kl:hasEffect ?o . ?g a kl:Note } } ORDER BY ?o"

    table, plain, csv = (
        kubelore("sparql", query, "--data", str(data), "-o", form) for form in ("table", "json", "csv")
    )

    assert table.stdout == "o\nk8s:TaintEffect.NoExecute\nk8s:TaintEffect.NoSchedule\n"
    assert len(json.loads(plain.stdout)["results"]["bindings"]) == 2
    assert csv.stdout.splitlines()[0] == "o"


def test_sparql_says_yes_and_no_by_its_exit_code(kubelore: Run, data: Path) -> None:
    yes = kubelore("sparql", "ASK { k8s:Taint ?p ?o }", "--data", str(data))
    no = kubelore("sparql", "ASK { <x:none> ?p ?o }", "--data", str(data))

    assert (yes.returncode, yes.stdout) == (0, "yes\n")
    assert (no.returncode, no.stdout) == (1, "no\n")


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("DROP ALL", "read-only"),
        ("SELECT * { SERVICE <http://x/> { ?s ?p ?o } }", "SERVICE"),
        ("SELECT", "not a SPARQL query"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "does not fit"),
    ],
)
def test_sparql_refuses(kubelore: Run, data: Path, query: str, reason: str) -> None:
    done = kubelore("sparql", query, "--data", str(data), "-o", "csv")

    assert done.returncode == 2
    assert reason in done.stderr


def test_sparql_needs_a_graph(kubelore: Run, tmp_path: Path) -> None:
    done = kubelore("sparql", "ASK {}", "--data", str(tmp_path))

    assert done.returncode == 2
    assert "kubelore ingest" in done.stderr


@pytest.mark.parametrize("form", ["turtle", "nquads", "trig", "jsonld", "mermaid", "dot"])
def test_export_is_the_same_twice(kubelore: Run, data: Path, form: str, tmp_path: Path) -> None:
    printed = kubelore("export", "--format", form, "--layer", "notes", "--data", str(data))
    kubelore(
        "export", "--format", form, "--layer", "notes", "--data", str(data), "--out", str(tmp_path / "out")
    )

    assert printed.returncode == 0
    assert printed.stdout == (tmp_path / "out").read_text()
    assert "NoExecute" in printed.stdout


def test_export_draws_what_surrounds_a_concept(kubelore: Run, data: Path) -> None:
    done = kubelore(
        "export", "--format", "mermaid", "--around", "테인트", "--lang", "ko", "--data", str(data)
    )

    assert '["테인트"]' in done.stdout


def test_doctor_finds_a_fresh_graph_healthy(kubelore: Run, data: Path) -> None:
    table = kubelore("doctor", "--data", str(data))
    report = kubelore("doctor", "--data", str(data), "-o", "turtle")

    assert (table.returncode, report.returncode) == (0, 0)
    assert "0 violations" in table.stdout
    assert "sh:conforms true" in report.stdout


def test_doctor_reports_what_is_wrong_with_1(kubelore: Run, tmp_path: Path) -> None:
    (tmp_path / "pods.md").write_text(NOTE)
    kubelore("ingest", str(tmp_path / "pods.md"), "--data", str(tmp_path / "data"))
    store = embedded.open_store(tmp_path / "data" / "store")
    bad = "https://kubelore.dev/note/bad"
    store.load([f"<x:f> <http://www.w3.org/1999/02/22-rdf-syntax-ns#subject> <x:s> <{bad}> .\n".encode()])
    store.remove(store.graphs()[:1])
    store.close()

    done = kubelore("doctor", "--data", str(tmp_path / "data"), "--lang", "ko")

    assert done.returncode == 1
    assert "사실의 술어는 하나여야 합니다" in done.stdout


def test_doctor_cannot_look_at_what_is_not_there(kubelore: Run, tmp_path: Path) -> None:
    assert kubelore("doctor", "--data", str(tmp_path)).returncode == 2
