"""The verb ``medvie completion``: a script that completes commands in a shell, made from the parsers."""

from __future__ import annotations

import argparse
import re
import sys
from typing import Final, NamedTuple

from medvie_reward.cli._parser import File, Parser

COMPLETION_HELP: Final = """\
Print a script that completes verbs, options, choices and files of medvie and medvie-score in a shell.
"""
COMPLETION_EPILOG: Final = """\
bash: eval "$(medvie completion bash)" in ~/.bashrc
zsh:  eval "$(medvie completion zsh)" in ~/.zshrc, after compinit
fish: medvie completion fish > ~/.config/fish/completions/medvie.fish
"""
_SHELLS: Final = ("bash", "zsh", "fish")


class _Option(NamedTuple):
    """An option: its spellings, what it does, its choices, whether it takes a value, and whether a file."""

    flags: tuple[str, ...]
    help: str
    choices: tuple[str, ...]
    takes_value: bool
    is_file: bool


def add_completion_arguments(parser: Parser) -> None:
    """Add the arguments of ``medvie completion``."""
    parser.add_argument("shell", metavar="SHELL", choices=_SHELLS, help="bash, zsh or fish")
    parser.set_defaults(run=run_completion)


def run_completion(options: argparse.Namespace) -> int:
    """Print the script; returns the exit code."""
    from medvie_reward.cli._verbs import VERBS, verb_parser

    verbs = {verb: _options(verb_parser(verb, f"medvie {verb}")) for verb in VERBS}
    words = {"completion": _SHELLS, "convert": _first_choices("convert")}
    write = {"bash": _bash, "zsh": _zsh, "fish": _fish}[options.shell]
    sys.stdout.write(write(verbs, dict(VERBS), words))
    return 0


def _options(parser: Parser) -> list[_Option]:
    found = []
    for action in parser.actions:
        if action.option_strings:
            takes_value = action.nargs != 0 and not isinstance(action, argparse.BooleanOptionalAction)
            choices = tuple(map(str, action.choices or ()))
            text = (action.help or "") % {**vars(action), "prog": parser.prog}
            found.append(
                _Option(
                    tuple(action.option_strings), text, choices, takes_value,
                    isinstance(action, File) or action.metavar in ("FILE", "FOLDER"),
                )
            )  # fmt: skip
    return found


def _first_choices(verb: str) -> tuple[str, ...]:
    from medvie_reward.cli._verbs import verb_parser

    actions = verb_parser(verb, verb).actions
    return next(tuple(action.choices) for action in actions if not action.option_strings and action.choices)


def _bash(verbs: dict[str, list[_Option]], shorts: dict[str, str], words: dict[str, tuple[str, ...]]) -> str:
    cases = []
    for verb, options in verbs.items():
        values = [
            f'    {verb}:{flag}) words="{" ".join(option.choices)}"; files={int(option.is_file)} ;;'
            for option in options
            if option.takes_value
            for flag in option.flags
        ]
        flags = " ".join(flag for option in options for flag in option.flags)
        own = " ".join(words.get(verb, ()))
        cases.append(
            "\n".join([*values, f'    {verb}:*) flags="{flags}"; words="{own}"; files=1; free=1 ;;'])
        )
    listed = "\n".join(cases)
    return f"""\
_medvie() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} verb=score
  local flags="" words="" files=0 free=0 IFS=$' \\t\\n'
  if [ "${{COMP_WORDS[0]##*/}}" = medvie ]; then
    if [ "$COMP_CWORD" -eq 1 ]; then
      COMPREPLY=($(compgen -W "{" ".join(shorts)} --help --version" -- "$word"))
      return
    fi
    verb=${{COMP_WORDS[1]}}
  fi
  case "$verb:$before" in
{listed}
  esac
  if [ "$free" -eq 1 ] && [ "${{word#-}}" != "$word" ]; then
    COMPREPLY=($(compgen -W "$flags" -- "$word"))
    return
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  if [ "$files" -eq 1 ] && [ -z "$words" ]; then
    compopt -o filenames 2>/dev/null
    IFS=$'\\n'
    COMPREPLY=($(compgen -f -- "$word"))
  fi
}}
complete -F _medvie medvie medvie-score
"""


def _zsh(verbs: dict[str, list[_Option]], shorts: dict[str, str], words: dict[str, tuple[str, ...]]) -> str:
    cases = []
    for verb, options in verbs.items():
        lines = []
        for option in options:
            value = ""
            if option.takes_value:
                what = (
                    f"({' '.join(option.choices)})" if option.choices else "_files" if option.is_file else " "
                )
                value = f":value:{what}"
            for flag in option.flags:
                lines.append(f"        {_quoted(f'{flag}[{_plain(option.help)}]{value}')}")
        own = words.get(verb)
        rest = f"*:argument:({' '.join(own)})" if own else "*:file:_files"
        lines.append(f"        {_quoted(rest)}")
        cases.append(f"    {verb})\n      _arguments -s \\\n" + " \\\n".join(lines) + "\n      ;;")
    described = "\n".join(f"      {_quoted(f'{verb}:{short}')}" for verb, short in shorts.items())
    listed = "\n".join(cases)
    return f"""\
#compdef medvie medvie-score
_medvie() {{
  local verb=score
  if [[ ${{words[1]:t}} == medvie ]]; then
    if (( CURRENT == 2 )); then
      local -a verbs
      verbs=(
{described}
      )
      _describe 'verb' verbs
      return
    fi
    verb=$words[2]
    shift words
    (( CURRENT-- ))
  fi
  case $verb in
{listed}
  esac
}}
compdef _medvie medvie medvie-score
"""


def _fish(verbs: dict[str, list[_Option]], shorts: dict[str, str], words: dict[str, tuple[str, ...]]) -> str:
    lines = ["complete -c medvie -n __fish_use_subcommand -f"]
    for verb, short in shorts.items():
        lines.append(f"complete -c medvie -n __fish_use_subcommand -a {verb} -d {_quoted(short)}")
    for verb, options in verbs.items():
        starts = [f"complete -c medvie -n '__fish_seen_subcommand_from {verb}'"]
        starts += ["complete -c medvie-score"] * (verb == "score")
        for start in starts:
            if verb in words:
                lines.append(f"{start} -f -a {_quoted(' '.join(words[verb]))}")
            for option in options:
                spelled = " ".join(
                    f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}" for flag in option.flags
                )
                value = ""
                if option.choices:
                    value = f" -x -a {_quoted(' '.join(option.choices))}"
                elif option.takes_value:
                    value = " -r" if option.is_file else " -x"
                lines.append(f"{start} {spelled}{value} -d {_quoted(_plain(option.help))}")
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    """Return a help text without what means something to a shell inside brackets."""
    return re.sub(r"\s+", " ", re.sub(r"[\[\]\\:`$%]", " ", text)).strip()


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "’") + "'"
