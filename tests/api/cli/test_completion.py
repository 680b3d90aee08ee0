import shutil
import subprocess
from collections.abc import Callable

import pytest

from api import cli

Kubelore = Callable[..., subprocess.CompletedProcess[str]]

COMPLETE = """
{script}
COMP_WORDS=(kubelore {words}) COMP_CWORD={position}
_kubelore 2>/dev/null
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param("comp", ["completion"], id="a command"),
        pytest.param(
            "evaluate -o ''", ["table", "json", "yaml", "svg", "mermaid"], id="the values of an option"
        ),
        pytest.param("evaluate --lang k", ["ko"], id="the beginning of a value"),
        pytest.param("evaluate --bat", ["--batch"], id="an option"),
        pytest.param("completion f", ["fish"], id="the words an argument is limited to"),
    ],
)
def test_bash_completes(kubelore: Kubelore, words: str, expected: list[str]) -> None:
    script = COMPLETE.format(
        script=kubelore("completion", "bash").stdout, words=words, position=len(words.split())
    )

    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.split() == expected


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_names_every_command_and_parses(kubelore: Kubelore, shell: str) -> None:
    script = kubelore("completion", shell).stdout

    assert all(name in script for name in cli.COMMANDS)
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=script, text=True, check=True)
