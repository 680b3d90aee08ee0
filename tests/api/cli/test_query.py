import json
import subprocess
from collections.abc import Callable
from pathlib import Path

Kubelore = Callable[..., subprocess.CompletedProcess[str]]

QUERY = "query A($id: String!) { concept(id: $id) { label(lang: [KO]) } } query B { __typename }"


def test_a_query_with_variables_against_the_saved_graph(
    kubelore: Kubelore, data: Path, tmp_path: Path
) -> None:
    document = tmp_path / "query.graphql"
    document.write_text(QUERY)

    done = kubelore(
        "query", f"@{document}", "--operation", "A", "--variables", '{"id": "Pod"}', "--data", str(data)
    )

    assert json.loads(done.stdout) == {"data": {"concept": {"label": "파드"}}}
    assert (done.returncode, done.stderr) == (0, "")


def test_a_query_from_standard_input(kubelore: Kubelore, data: Path) -> None:
    done = kubelore("query", "-", "--data", str(data), stdin="{ notes { totalCount } }")

    assert json.loads(done.stdout)["data"]["notes"]["totalCount"] == 1


def test_what_is_wrong_with_a_query_is_said_with_its_place(kubelore: Kubelore, data: Path) -> None:
    done = kubelore("query", "{ nothing }", "--data", str(data))

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: Cannot query field 'nothing' on type 'Query'. (line 1, column 3)\n"


def test_partial_data_is_printed_beside_the_error(kubelore: Kubelore, data: Path) -> None:
    done = kubelore("query", '{ concept(id: "Podd") { name } notes { totalCount } }', "--data", str(data))

    assert json.loads(done.stdout)["data"] == {"concept": None, "notes": {"totalCount": 1}}
    assert done.returncode == 2
    assert "did you mean `Pod`" in done.stderr


def test_variables_that_are_no_object(kubelore: Kubelore, data: Path) -> None:
    done = kubelore("query", QUERY, "--variables", "[]", "--data", str(data))

    assert (done.returncode, done.stderr) == (2, "error: --variables is not a JSON object\n")
