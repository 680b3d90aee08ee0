"""The command line: `kubelore COMMAND`. Each command is a module that is loaded when it is called.

Nothing heavy is imported here: `kubelore --help` costs little more than starting Python, and a command
pays only for what it uses.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

# mypy takes this for true; to import `typing` would cost --help a tenth of its time
MYPY = False
if MYPY:
    from typing import Any, NoReturn

# name -> what it does; the module `api.cli.NAME` (dashes as underscores) has `configure` and `run`
COMMANDS: dict[str, str] = {
    "can-i": "say whether someone may do something, as kubectl auth can-i does",
    "cards": "make flashcards, for Anki or as text",
    "check": "run what notes claim",
    "completion": "print a completion script for a shell",
    "doctor": "check that the graph is whole and has its shape",
    "evaluate": "answer scenarios",
    "export": "write the graph as Turtle, TriG, JSON-LD, N-Quads, Mermaid or DOT",
    "facts": "print what notes say, one fact a line",
    "ingest": "read notes into the graph",
    "lint": "say what is wrong with notes, and where",
    "query": "ask the graph in GraphQL, without a server",
    "search": "find concepts, sections and facts",
    "sparql": "ask the graph in SPARQL",
    "serve": "read notes, then answer over HTTP",
    "test": "check scenario files against what they expect",
}

WRONG_USAGE, INTERRUPTED, CLOSED_PIPE = 2, 130, 141  # the last two as a shell reports the signals


class Parser(argparse.ArgumentParser):
    """An argument parser that words its refusals as every other error is worded.

    Where it is `mixed`, options may stand between the positional arguments, as kubectl takes them.
    """

    mixed = False

    def parse_known_args(  # type: ignore[override]  # its overloads say no more than this
        self, args: "Sequence[str] | None" = None, namespace: "Any" = None
    ) -> "Any":
        """Parse once, or where it is `mixed` first the options and then the rest."""
        if not self.mixed:
            return super().parse_known_args(args, namespace)
        self.mixed = False  # parsing mixed arguments comes back here
        return self.parse_known_intermixed_args(args, namespace)

    def error(self, message: str) -> "NoReturn":
        """Print one line to standard error and exit with 2."""
        self.exit(WRONG_USAGE, f"error: {message}\nsee `{self.prog} --help`\n")


def parser(*, load: Sequence[str] = ()) -> Parser:
    """Return the parser of the whole command line; only the commands of `load` declare their options."""
    whole = Parser(prog="kubelore", description="Study notes that run.")
    whole.add_argument("--version", action=_Version)
    commands = whole.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=Parser)
    for name, purpose in COMMANDS.items():
        command = commands.add_parser(name, help=purpose, description=f"{purpose[0].upper()}{purpose[1:]}.")
        if name in load:
            module = import_module(f"api.cli.{name.replace('-', '_')}")
            module.configure(command)
            command.set_defaults(run=module.run)
    return whole


class _Version(argparse.Action):
    """`--version`, which looks the version up only when asked."""

    def __init__(self, option_strings: Sequence[str], dest: str) -> None:
        super().__init__(option_strings, dest, nargs=0, help="print the version and exit")

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version  # noqa: PLC0415 - slow, and seldom asked for

        sys.stdout.write(f"kubelore {version('kubelore')}\n")
        parser.exit()


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 yes, 1 no or findings, 2 wrong usage, 3 cannot tell."""
    for stream in (sys.stdout, sys.stderr):
        # text of notes and manifests goes out as it came in, whatever the terminal can show
        getattr(stream, "reconfigure", lambda **_: None)(errors="backslashreplace")
    try:
        code = _run(list(sys.argv[1:] if argv is None else argv))
        sys.stdout.flush()
    except BrokenPipeError:
        # the reader (`head`) has seen enough; Python must not try to flush again on its way out
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLOSED_PIPE
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the one place that keeps a traceback from a user
        return _refuse(error)
    return code


def _run(arguments: list[str]) -> int:
    chosen = next((word for word in arguments if not word.startswith("-")), None)
    if chosen is not None and chosen not in COMMANDS:
        from difflib import get_close_matches  # noqa: PLC0415 - only for who mistypes

        near = get_close_matches(chosen, COMMANDS, n=1)
        hint = f" (did you mean `{near[0]}`?)" if near else ""
        parser().error(f"unknown command `{chosen}`{hint}")
    parsed = parser(load=[chosen] if chosen else []).parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = parsed.run
    return run(parsed)


def _refuse(error: Exception) -> int:
    from api.problems import problem  # noqa: PLC0415 - loaded only when something went wrong

    if os.environ.get("KUBELORE_TRACEBACK"):
        raise error
    found = problem(error)
    hint = "\nset KUBELORE_TRACEBACK=1 to see where" if found.code == "INTERNAL" else ""
    sys.stderr.write(f"{found.as_text()}{hint}\n")
    return WRONG_USAGE
