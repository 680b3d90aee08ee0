import resource
import subprocess
import sys
from collections.abc import Callable

import pytest

Kubelore = Callable[..., subprocess.CompletedProcess[str]]

# What must not load for a command that does not need it: each costs more than all of `--help` may.
HEAVY = frozenset(
    {
        "anyio", "asyncio", "click", "cryptography", "dataclasses", "genanki", "graphql", "inspect", "jinja2",
        "markdown_it", "msgspec", "numpy", "orjson", "oxrdflib", "pyoxigraph", "pyshacl", "rdflib", "rich",
        "starlette", "strawberry", "uvicorn", "watchfiles", "yaml",
    }
)  # fmt: skip


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_loads_nothing_heavy(option: str) -> None:
    code = f"""
import sys
from api.cli import main
try:
    main([{option!r}])
except SystemExit:
    pass
print(*sorted(name for name in sys.modules if "." not in name), file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert not HEAVY & set(done.stderr.split())


def test_help_takes_at_most_four_times_a_bare_interpreter() -> None:
    def seconds(code: str) -> float:
        """The processor time of a process: other work on the machine does not count."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    helping = "from api.cli import main; main(['--help'])"
    pairs = [(seconds("pass"), seconds(helping)) for _ in range(9)]

    assert min(h for _, h in pairs) < 4 * min(b for b, _ in pairs)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["evalute"], "error: unknown command `evalute` (did you mean `evaluate`?)", id="a typo"),
        pytest.param([], "error: the following arguments are required: COMMAND", id="nothing"),
        pytest.param(["evaluate", "--foo"], "error: unrecognized arguments: --foo", id="an unknown option"),
        pytest.param(
            ["evaluate", "gone.yaml"], "error: no such file or directory: `gone.yaml`", id="no file"
        ),
        pytest.param(["test", "*.none"], "error: no scenario file matches `*.none`", id="no match"),
    ],
)
def test_wrong_usage_is_one_line_and_2(kubelore: Kubelore, arguments: list[str], message: str) -> None:
    done = kubelore(*arguments)

    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == message
    assert not done.stdout


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    kubelore = f"{sys.executable} -c 'import sys; from api.cli import main; sys.exit(main())'"
    script = f"yes '[]' | head -n 5000 | {kubelore} evaluate --batch | head -n 1; echo ${{PIPESTATUS[2]}}"

    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[1] == "141"
    assert not done.stderr
