"""`kubelore completion`: what a shell needs to complete commands, options and their values."""

import argparse
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from api import cli


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option of a command: its spellings, the values it is limited to, whether it takes one."""

    names: tuple[str, ...]
    values: tuple[str, ...]
    takes_value: bool
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command: its options, and the words its positional arguments are limited to (else: files)."""

    purpose: str
    options: tuple[Option, ...]
    words: tuple[str, ...]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("shell", choices=sorted(SCRIPTS), help="the shell to write for")
    parser.epilog = (
        'bash: source <(kubelore completion bash); zsh: kubelore completion zsh > "${fpath[1]}/_kubelore"; '
        "fish: kubelore completion fish | source"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the script of one shell."""
    sys.stdout.writelines(f"{line}\n" for line in SCRIPTS[arguments.shell](commands()))
    return 0


def commands() -> dict[str, Command]:
    """Return every command as its parser declares it."""
    whole = cli.parser(load=tuple(cli.COMMANDS))
    subparsers = next(a for a in whole._actions if isinstance(a, argparse._SubParsersAction))  # noqa: SLF001 - argparse shows its declarations nowhere else
    return {name: _command(cli.COMMANDS[name], each) for name, each in subparsers.choices.items()}


def _command(purpose: str, parser: argparse.ArgumentParser) -> Command:
    actions = parser._actions  # noqa: SLF001 - as above
    return Command(
        purpose=purpose,
        options=tuple(
            Option(
                names=tuple(each.option_strings),
                values=tuple(map(str, each.choices or ())),
                takes_value=each.nargs != 0,
                purpose=str(each.help or ""),
            )
            for each in actions
            if each.option_strings
        ),
        words=tuple(str(w) for each in actions if not each.option_strings for w in each.choices or ()),
    )


def _bash(found: Mapping[str, Command]) -> Iterator[str]:
    yield "_kubelore() {"
    yield '  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}"'
    yield "  local words="
    yield "  if ((COMP_CWORD == 1)); then"
    yield f"    words={_quoted(' '.join([*found, '--help', '--version']))}"
    yield "  else"
    yield '    case "${COMP_WORDS[1]} $previous" in'
    for name, command in found.items():
        for option in command.options:
            if option.takes_value:
                patterns = " | ".join(_quoted(f"{name} {spelling}") for spelling in option.names)
                yield f"      {patterns}) {_bash_values(option)} ;;"
    yield "    esac"
    yield '    case "${COMP_WORDS[1]}" in'
    for name, command in found.items():
        spellings = " ".join(spelling for option in command.options for spelling in option.names)
        yield f"      {name})"
        yield f"        words={_quoted(' '.join(command.words))}"
        yield f"        if [[ $current == -* ]]; then words={_quoted(spellings)}; fi ;;"
    yield "    esac"
    yield "  fi"
    yield '  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")'
    # no word fits: file names, unless an option is being typed
    yield "  if ((${#COMPREPLY[@]} == 0)) && [[ $current != -* ]] && ((COMP_CWORD > 1)); then"
    yield "    compopt -o default 2>/dev/null"
    yield "  fi"
    yield "}"
    yield "complete -F _kubelore kubelore"


def _bash_values(option: Option) -> str:
    if not option.values:
        return "compopt -o default 2>/dev/null; return"
    return f'mapfile -t COMPREPLY < <(compgen -W {_quoted(" ".join(option.values))} -- "$current"); return'


def _zsh(found: Mapping[str, Command]) -> Iterator[str]:
    yield "#compdef kubelore"
    yield "_kubelore() {"
    yield "  if ((CURRENT == 2)); then"
    yield "    local -a commands=("
    yield from (f"      {_quoted(f'{name}:{command.purpose}')}" for name, command in found.items())
    yield "    )"
    yield "    _describe command commands"
    yield "    return"
    yield "  fi"
    yield "  local command=$words[2]"
    yield "  shift words; ((CURRENT--))"
    yield "  case $command in"
    for name, command in found.items():
        yield f"    {name})"
        rest = f"({' '.join(command.words)})" if command.words else "_files"
        specs = [spec for option in command.options for spec in _zsh_option(option)]
        yield f"      _arguments {' '.join(map(_quoted, [*specs, f'*:argument:{rest}']))} ;;"
    yield "  esac"
    yield "}"
    yield 'compdef _kubelore kubelore 2>/dev/null || _kubelore "$@"'


def _zsh_option(option: Option) -> Iterator[str]:
    purpose = option.purpose.replace("[", "(").replace("]", ")").replace(":", ",")
    value = f":value:({' '.join(option.values)})" if option.values else ":value:_files"
    for spelling in option.names:
        yield f"*{spelling}[{purpose}]{value if option.takes_value else ''}"


def _fish(found: Mapping[str, Command]) -> Iterator[str]:
    yield "complete -c kubelore -n __fish_use_subcommand -f"
    for name, command in found.items():
        yield f"complete -c kubelore -n __fish_use_subcommand -a {name} -d {_quoted(command.purpose)}"
        seen = _quoted(f"__fish_seen_subcommand_from {name}")
        for option in command.options:
            yield f"complete -c kubelore -n {seen} {_fish_option(option)}"
        if command.words:
            yield f"complete -c kubelore -n {seen} -f -a {_quoted(' '.join(command.words))}"


def _fish_option(option: Option) -> str:
    spellings = [
        f"-l {name.removeprefix('--')}" if name.startswith("--") else f"-s {name.removeprefix('-')}"
        for name in option.names
    ]
    value = []
    if option.takes_value:
        value = ["-x", "-a", _quoted(" ".join(option.values))] if option.values else ["-r"]
    return " ".join([*spellings, *value, "-d", _quoted(option.purpose)])


def _quoted(text: str) -> str:
    """Return `text` in single quotes, as bash, zsh and fish all read it."""
    return "'" + text.replace("\\", "").replace("'", "’") + "'"


SCRIPTS = {"bash": _bash, "zsh": _zsh, "fish": _fish}
