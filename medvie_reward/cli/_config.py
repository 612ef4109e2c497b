"""Defaults of options from a file: ``medvie.toml``, or the table ``[tool.medvie]`` of ``pyproject.toml``.

A key is the name of an option without the dashes. Keys at the top hold for every verb that has the option, a
table with the name of a verb for that verb alone. What the command line says comes first.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from medvie_reward.cli._parser import (
    STANDARD,
    File,
    OutputFile,
    Parser,
    RepeatedOption,
    did_you_mean,
    expected_one_of,
)
from medvie_reward.errors import InputError

NONE: Final = "none"
_FILE: Final = "medvie.toml"
_PROJECT: Final = "pyproject.toml"
# Most projects have nothing for us in their file, which need not be parsed then.
_MENTIONED: Final = re.compile(
    rb"""tool["']?\s*\.\s*["']?medvie|^\s*\[\s*["']?tool["']?\s*\]""", re.MULTILINE
)
# The verb that a shell calls, wherever it is.
_SHELLS: Final = "completion"
# What makes no sense as a default.
_NO_KEYS: Final = ("help", "version", "config")


class Config(NamedTuple):
    """What a file says.

    Attributes
    ----------
    file
        Its path.
    table
        The keys and what they hold.
    place
        The table's name in the file, with a dot behind it, or nothing.
    """

    file: Path
    table: Mapping[str, Any]
    place: str = ""


def add_defaults(parser: Parser, verb: str, arguments: Sequence[str]) -> str | None:
    """Set a verb's options to the defaults of the file that holds here; returns what ``--config`` says.

    Raises
    ------
    InputError
        If the file cannot be read, a key is no option, or a value is not what the option takes.
    """
    asked = _asked(arguments)
    config = None if verb == _SHELLS else read_config(asked)
    if config is None:
        parser.set_defaults(configured={}, defaults_from="no file")
        return asked
    by_name = {
        flag.lstrip("-"): action
        for action in parser.actions
        for flag in action.option_strings
        if flag.startswith("--") and not flag.startswith("--no-") and action.dest not in _NO_KEYS
    }
    from medvie_reward.cli._verbs import OLD_VERBS, VERBS

    used: list[str] = []
    configured: dict[str, Any] = {}
    names = {*VERBS, *OLD_VERBS}
    # A verb's table, and not the option of the same name, such as --gold.
    tables = {key: x for key, x in config.table.items() if key in names and isinstance(x, dict)}
    everywhere = {key: x for key, x in config.table.items() if key not in tables}
    _check_known(everywhere, by_name, verb, config)
    called = [old for old, new in OLD_VERBS.items() if new == verb] + [verb]
    own = [(f"{config.place}{name}.", tables[name]) for name in called if name in tables]
    for place, table in own:
        for key in table:
            if _name(key) not in by_name:
                hint = did_you_mean(_name(key), by_name)
                raise InputError(
                    f"{place}{key}: medvie {verb} has no option --{_name(key)}{hint}", str(config.file)
                )
    for place, table in ((config.place, everywhere), *own):
        for key, value in table.items():
            action = by_name.get(_name(key))
            if action is not None:
                _set(parser, action, value, f"{place}{key}", config.file)
                used.append(f"{_name(key)} = {_shown(value)}")
                configured[action.dest] = parser.get_default(action.dest)
    shown = ", ".join(used) or f"nothing for medvie {verb}"
    parser.set_defaults(configured=configured, defaults_from=f"{config.file}: {shown}")
    return asked


def _asked(arguments: Sequence[str]) -> str | None:
    """Return what ``--config`` says, before the arguments are parsed."""
    found, last = None, ""
    for word in arguments:
        if word == "--":
            break
        if last == "--config":
            found = word
        elif word.startswith("--config="):
            found = word.partition("=")[2]
        last = word
    return found


def read_config(asked: str | None = None, folder: Path | None = None) -> Config | None:
    """Find the file of defaults and read it.

    Parameters
    ----------
    asked
        A file, ``none``, or nothing: then the nearest folder that has one, of the current one and those
        above it.
    folder
        Where to begin, in place of the current folder.

    Raises
    ------
    InputError
        If a file cannot be read or is no TOML.
    """
    if asked == NONE:
        return None
    if asked is not None:
        path = Path(asked)
        table = _parse(path, _bytes(path))
        if path.name != _PROJECT:
            return Config(path, table)
        found = _project(path, table)
        if found is None:
            raise InputError("has no table [tool.medvie]: expected one", asked)
        return found
    start = Path.cwd() if folder is None else folder
    for place in (start, *start.parents):
        if (own := place / _FILE).is_file():
            return Config(own, _parse(own, _bytes(own)))
        project = place / _PROJECT
        if project.is_file() and _MENTIONED.search(data := _bytes(project)):
            found = _project(project, _parse(project, data))
            if found is not None:
                return found
    return None


def _project(path: Path, table: Mapping[str, Any]) -> Config | None:
    tool = table.get("tool")
    found = tool.get("medvie") if isinstance(tool, dict) else None
    if found is None:
        return None
    if not isinstance(found, dict):
        raise InputError("tool.medvie: expected a table", str(path))
    return Config(path, found, "tool.medvie.")


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", str(path)) from None


def _parse(path: Path, data: bytes) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8: {error.reason} at byte {error.start}", str(path)) from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"no TOML: {error}", str(path)) from None


def _check_known(
    table: Mapping[str, Any], by_name: Mapping[str, argparse.Action], verb: str, config: Config
) -> None:
    """Refuse a key that is no option of any verb."""
    unknown = [key for key in table if _name(key) not in by_name]
    if not unknown:
        return
    from medvie_reward.cli._verbs import VERBS, verb_parser

    known = set(by_name)
    for other in VERBS:
        if other != verb:
            actions = verb_parser(other, other).actions
            known |= {flag.lstrip("-") for action in actions for flag in action.option_strings}
    for key in unknown:
        if _name(key) not in known or _name(key) in _NO_KEYS or len(_name(key)) == 1:
            hint = did_you_mean(_name(key), sorted(known | set(VERBS)))
            raise InputError(
                f"{config.place}{key}: no verb has the option --{_name(key)}{hint}", str(config.file)
            )


def _name(key: str) -> str:
    return key.replace("_", "-")


def _shown(value: Any) -> str:
    """Write a value as TOML does."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(_shown, value))}]"
    if isinstance(value, dict):
        inner = ", ".join(f"{key} = {_shown(x)}" for key, x in value.items())
        return f"{{{inner}}}"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _set(parser: Parser, action: argparse.Action, value: Any, place: str, file: Path) -> None:
    """Set an option's default, as if it were on the command line."""

    def refuse(expected: str) -> InputError:
        return InputError(f"{place}: {expected}, got {_shown(value)}", str(file))

    if action.nargs == 0 or isinstance(action, argparse.BooleanOptionalAction):
        if type(value) is not bool:
            raise refuse("expected true or false")
        action.default = value
        parser.set_defaults(**{action.dest: value})
        return
    several = isinstance(action, RepeatedOption) or getattr(action, "repeated", False)
    if isinstance(value, dict) and action.dest == "set":
        value = [f"{name}={_text(x)}" for name, x in value.items()]
    given = value if isinstance(value, list) else [value]
    if action.dest == "set":
        from medvie_reward.cli._spec import read_field

        try:
            for one in given:
                read_field(_text(one))
        except InputError as error:
            raise InputError(f"{place}: {error.reason.removeprefix('--set: ')}", str(file)) from None
    if not all(type(x) in (str, int, float, bool) for x in given) or (len(given) != 1 and not several):
        raise refuse("expected a value" + (" or a list of values" if several else ""))
    made = []
    for one in given:
        text = _from_folder(action, _text(one), file.parent)
        try:
            if isinstance(action, File):
                if not text:
                    raise argparse.ArgumentTypeError("expected the name of a file")
                action.check(text)
            kind: Any = action.type or str
            found = kind(text)
            if action.choices is not None and found not in action.choices:
                raise argparse.ArgumentTypeError(expected_one_of(list(map(str, action.choices)), text))
        except argparse.ArgumentTypeError as error:
            raise InputError(f"{place}: {error}", str(file)) from None
        except argparse.ArgumentError as error:
            raise InputError(f"{place}: {error.message}", str(file)) from None
        made.append(found)
    action.required = False
    action.default = made if several else made[0]
    parser.set_defaults(**{action.dest: action.default})


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _from_folder(action: argparse.Action, text: str, folder: Path) -> str:
    """Let a file's name begin at the folder of the file that says it."""
    if not isinstance(action, File) or not text or text == STANDARD or Path(text).is_absolute():
        return text
    found = folder / text
    # A name may stand for something else than a file, such as a schema of this package.
    return str(found) if isinstance(action, OutputFile) or found.exists() else text
