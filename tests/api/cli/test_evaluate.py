import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

Kubelore = Callable[..., subprocess.CompletedProcess[str]]

POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web-1", "namespace": "default", "labels": {"app": "web"}},
    "spec": {"nodeName": "n1", "containers": [{"name": "web", "image": "web:1"}]},
    "status": {
        "phase": "Running",
        "podIP": "10.0.0.1",
        "podIPs": [{"ip": "10.0.0.1"}],
        "conditions": [{"type": "Ready", "status": "True"}],
    },
}
SERVICE = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "web", "namespace": "default"},
    "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}], "clusterIP": "10.96.0.1"},
}
NODE = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1"}}
QUESTION = {"endpoints": {"service": "default/web"}}
SCENARIO = {"name": "web", "system": "services", "objects": [SERVICE, POD, NODE], "question": QUESTION}


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    file = tmp_path / "web.yaml"
    file.write_text(yaml.safe_dump(SCENARIO))
    return file


def test_a_batch_answers_line_by_line_and_a_bad_line_never_stops_the_rest(kubelore: Kubelore) -> None:
    lines = ["{", json.dumps(SCENARIO), "[]", json.dumps({**SCENARIO, "system": "servces"})]

    done = kubelore("evaluate", "--batch", stdin="\n".join(lines))

    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [each.get("error", {}).get("code") for each in answers] == [
        "BAD_INPUT", None, "BAD_INPUT", "UNKNOWN_SYSTEM",
    ]  # fmt: skip
    assert answers[1].keys() == {"verdict"}
    assert done.returncode == 1


def test_a_batch_is_answered_as_it_comes() -> None:
    code = "import sys; from api.cli import main; sys.exit(main())"
    with subprocess.Popen(
        [sys.executable, "-c", code, "evaluate", "--batch"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(SCENARIO) + "\n")
        process.stdin.flush()
        first = process.stdout.readline()
        process.stdin.close()

    assert "verdict" in json.loads(first)


def test_steps_of_a_batch_are_worded_in_both_languages(kubelore: Kubelore) -> None:
    done = kubelore("evaluate", "--batch", "--explain", stdin=json.dumps(SCENARIO))

    (answer,) = map(json.loads, done.stdout.splitlines())
    assert answer["steps"]
    assert all(step["en"] and step["ko"] and step["rule"] for step in answer["steps"])


def test_steps_of_a_batch_cite_the_notes(kubelore: Kubelore, tmp_path: Path) -> None:
    note = tmp_path / "pods.md"
    note.write_text("# Pod\n\n- Phase\n  - Pending, Running, Succeeded, Failed, Unknown\n", encoding="utf-8")
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}}
    pod["spec"] = {"containers": [{"name": "app", "image": "nginx"}]}
    asked = {"system": "podLifecycle", "objects": [pod], "question": {"status": {}}}
    kubelore("ingest", str(note))

    done = kubelore("evaluate", "--batch", "--explain", stdin=json.dumps(asked))

    cited = [each for step in json.loads(done.stdout)["steps"] for each in step["citations"]]
    assert {
        "document": note.name,
        "lines": [4],
        "quote": "Pending, Running, Succeeded, Failed, Unknown",
    } in cited


def test_a_file_prints_outcome_answer_and_steps(kubelore: Kubelore, scenario: Path) -> None:
    done = kubelore("evaluate", str(scenario))

    assert done.returncode == 0
    assert done.stdout.startswith("web (services, endpoints): yes\n")
    assert "[services.selector]" in done.stdout
    assert "\x1b" not in done.stdout


def test_json_and_yaml_carry_the_same_versioned_document(kubelore: Kubelore, scenario: Path) -> None:
    as_json = json.loads(kubelore("evaluate", str(scenario), "-o", "json").stdout)
    as_yaml = yaml.safe_load(kubelore("evaluate", str(scenario), "-o", "yaml").stdout)

    assert as_json == as_yaml
    assert (as_json["apiVersion"], as_json["kind"], as_json["outcome"]) == ("kubelore/v1", "Verdict", "yes")


def test_korean_steps(kubelore: Kubelore, scenario: Path) -> None:
    assert "이유" in kubelore("evaluate", str(scenario), "--lang", "ko").stdout


def test_loose_manifests_from_a_folder_and_a_question_from_a_file(kubelore: Kubelore, tmp_path: Path) -> None:
    (tmp_path / "all.yaml").write_text(yaml.safe_dump_all([SERVICE, POD, NODE]))
    question = tmp_path / "question"
    question.write_text(json.dumps(QUESTION))

    done = kubelore(
        "evaluate", "-f", str(tmp_path), "--system", "services", "--question", f"@{question}", "-o", "json"
    )

    assert json.loads(done.stdout)["outcome"] == "yes"


def test_manifests_from_standard_input(kubelore: Kubelore) -> None:
    done = kubelore(
        "evaluate", "-f", "-", "--system", "services", "--question", json.dumps(QUESTION),
        stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": [SERVICE, POD, NODE]}),
    )  # fmt: skip

    assert done.returncode == 0


def test_a_scenario_may_name_manifest_files_beside_it(kubelore: Kubelore, tmp_path: Path) -> None:
    (tmp_path / "manifests.yaml").write_text(yaml.safe_dump_all([SERVICE, POD, NODE]))
    file = tmp_path / "web.yaml"
    file.write_text(yaml.safe_dump({**SCENARIO, "objects": {"files": ["manifests.yaml"]}}))

    assert kubelore("evaluate", str(file)).returncode == 0


def test_the_gravest_of_several_scenarios_is_the_exit_code(kubelore: Kubelore, tmp_path: Path) -> None:
    no = {**SCENARIO, "name": "none", "objects": [SERVICE]}
    wrong = {**SCENARIO, "name": "wrong", "system": "servces"}
    file = tmp_path / "many.yaml"
    file.write_text(yaml.safe_dump_all([SCENARIO, no]))
    (tmp_path / "wrong.yaml").write_text(yaml.safe_dump(wrong))

    assert kubelore("evaluate", str(file)).returncode == 1
    done = kubelore("evaluate", str(file), str(tmp_path / "wrong.yaml"))
    assert done.returncode == 2
    assert "unknown system `servces` (did you mean `services`?)" in done.stderr
    assert "web (services, endpoints): yes" in done.stdout


def test_a_broken_graph_takes_the_citations_and_not_the_verdict(
    kubelore: Kubelore, scenario: Path, tmp_path: Path
) -> None:
    data = tmp_path / "graph"
    data.mkdir()
    (data / "snapshot.msgpack").write_bytes(b"not a read model")

    whole, broken = (
        kubelore("evaluate", str(scenario)),
        kubelore("evaluate", str(scenario), "--data", str(data)),
    )

    assert (broken.returncode, broken.stdout) == (whole.returncode, whole.stdout)
    assert "no note lines are cited" in broken.stderr


@pytest.fixture
def life(tmp_path: Path) -> Path:
    """Return a scenario file that asks for the time line of a pod."""
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web"},
        "spec": {"containers": [{"name": "app", "image": "app:1"}]},
    }
    scenario = {"system": "podLifecycle", "objects": [pod], "question": {"timeline": {"until": 60}}}
    file = tmp_path / "life.json"
    file.write_text(json.dumps(scenario), encoding="utf-8")
    return file


def test_a_time_line_is_drawn(kubelore: Kubelore, life: Path) -> None:
    assert kubelore("evaluate", str(life), "-o", "mermaid").stdout.startswith("gantt\n  title web\n")
    assert "<title>Life of pod web</title>" in kubelore("evaluate", str(life), "-o", "svg").stdout
    assert "web 파드의 일생" in kubelore("evaluate", str(life), "-o", "svg", "--lang", "ko").stdout


def test_what_cannot_be_drawn_says_what_can(kubelore: Kubelore, scenario: Path) -> None:
    refused = kubelore("evaluate", str(scenario), "-o", "svg")

    assert refused.returncode == 2
    assert "only of `podLifecycle.timeline`" in refused.stderr
