"""The command line: `kubelore COMMAND`. Each command is a module that is loaded when it is called."""

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

# name -> what it does; the module `api.cli.NAME` (dashes as underscores) has `configure` and `run`
COMMANDS: dict[str, str] = {
    "evaluate": "answer scenarios",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 yes, 1 no or findings, 2 wrong usage, 3 cannot tell."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(prog="kubelore", description="Study notes that run.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    chosen = next((word for word in arguments if not word.startswith("-")), None)
    run: Callable[[argparse.Namespace], int] | None = None
    for name, purpose in COMMANDS.items():
        command = commands.add_parser(name, help=purpose, description=purpose)
        if name == chosen:
            module = import_module(f"api.cli.{name.replace('-', '_')}")
            module.configure(command)
            run = module.run
    parsed = parser.parse_args(arguments)
    if run is None:
        parser.error("no command")
    return run(parsed)
