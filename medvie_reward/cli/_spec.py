"""Options that choose the spec: what counts as equal, what weighs what, how a completion is read."""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import TYPE_CHECKING, Any, Final

from medvie_reward.cli._options import number, whole
from medvie_reward.cli._parser import Added, InputFile, did_you_mean
from medvie_reward.errors import InputError, SpecError

if TYPE_CHECKING:
    from medvie_reward.spec import Spec

# The names are written out, since the room of specs would make every start of the program slower.
_PRESETS: Final = ("clinical", "strict", "paper", "donut", "smr-r1")
_TRUTH: Final = {"true": True, "yes": True, "false": False, "no": False}
_FLAGS: Final = ("alpha", "lists", "format")


def add_spec_arguments(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """Add what chooses the spec of scores and of explanations alike; gives the group for more."""
    spec = parser.add_argument_group("what counts")
    spec.add_argument("--preset", default="clinical", choices=_PRESETS, help="default: %(default)s")
    spec.add_argument(
        "--schema", action=InputFile, metavar="FILE",
        help="JSON Schema of the gold documents: its rules instead of the preset's",
    )  # fmt: skip
    spec.add_argument(
        "--rules", action=InputFile, metavar="FILE", help="JSON list of rules that come first, such as "
        '[{"path": "**.Total", "comparator": "number", "weight": 2}]',
    )  # fmt: skip
    spec.add_argument("--lists", metavar="MODE", help="align, bag, index or key:MEMBER")
    spec.add_argument(
        "--set", action=Added, metavar="FIELD=VALUE", default=[],
        help="change any field of the spec, such as matching=fbeta or critical_cost=0.25; may be repeated",
    )  # fmt: skip
    return spec


def add_reading_arguments(spec: argparse._ArgumentGroup) -> None:
    """Add what says how completions are read and rewarded."""
    spec.add_argument(
        "--alpha", type=number, metavar="A",
        help="weight of precision in the matching part of strict and paper; clinical's is F1 and has none",
    )  # fmt: skip
    spec.add_argument(
        "--format", choices=("think", "think_json", "answer", "json"), help="what a well-formed completion is"
    )
    spec.add_argument("--repair", action="store_true", help="repair broken JSON (counted as repaired)")


def read_spec(options: argparse.Namespace) -> Spec:
    """Build the spec that was asked for.

    Raises
    ------
    SpecError, InputError
        If it cannot be used; names the file where one was given.
    """
    from medvie_reward._core.files import read_json
    from medvie_reward.spec import Rule, Spec, resolve

    spec = resolve(options.preset, **_changes(options))
    file = options.schema
    try:
        if file:
            spec = Spec.from_json_schema(read_json(file), spec)
        if options.rules:
            file = options.rules
            listed = read_json(file)
            if not isinstance(listed, list):
                raise SpecError("expected a list of rules - at $")
            here = os.getcwd()
            if any(isinstance(x, dict) and "normal_form" in x for x in listed) and here not in sys.path:
                sys.path.append(here)  # a script does not find the modules beside its user's files
            rules = [Rule.from_dict(x, f"$[{n}]", functions=True) for n, x in enumerate(listed)]
            spec = spec.with_rules(rules)
    except SpecError as error:
        raise InputError(str(error), file) from None
    return spec


def _changes(options: argparse.Namespace) -> dict[str, Any]:
    """Return the fields that flags and ``--set`` change; the command line comes before a file of defaults."""
    configured: dict[str, Any] = getattr(options, "configured", {})
    by_flag = {name: x for name in _FLAGS if (x := getattr(options, name, None)) is not None}
    if getattr(options, "repair", False):
        by_flag["repair"] = True
    said = {name: x for name, x in by_flag.items() if configured.get(name) != x}
    usual = len(configured.get("set", ()))
    set_there, set_here = (
        dict(map(read_field, options.set[:usual])),
        dict(map(read_field, options.set[usual:])),
    )
    if both := sorted(said.keys() & set_here.keys()):
        raise InputError(f"--set {both[0]} and --{both[0]} say the same: expected one of them")
    return {**by_flag, **set_there, **said, **set_here}


def read_field(text: str, flag: str = "--set") -> tuple[str, Any]:
    """Read ``FIELD=VALUE``.

    Raises
    ------
    InputError
        If there is no such field of a spec.
    """
    name, equals, value = text.partition("=")
    if not equals:
        raise InputError(f"{flag}: expected FIELD=VALUE, got {text!r}")
    _check_field(name.strip(), flag)
    return name.strip(), _value(name.strip(), value.strip())


def _check_field(name: str, flag: str) -> None:
    from dataclasses import fields

    from medvie_reward.spec import Spec

    settable = sorted({field.name for field in fields(Spec)} - {"name", "rules"})
    if name == "name":
        raise InputError("--set name: a spec is named by --preset")
    if name == "rules":
        raise InputError("--set rules: expected --rules FILE")
    if name not in settable:
        hint = did_you_mean(name, settable)
        raise InputError(f"{flag}: no spec field {name!r}: expected one of {', '.join(settable)}{hint}")


def _value(name: str, text: str) -> Any:
    """Read a value by the type that its field has: a text, a number, or true or false."""
    from medvie_reward.spec import Spec

    kind = type(getattr(Spec(), name))
    if kind is bool:
        return _TRUTH.get(text.lower(), text)
    if kind is tuple:
        try:
            return json.loads(text) if text[:1] in ("[", "{") else text.split(",")
        except ValueError:
            return text
    try:
        # What is no number is handed on: the spec says what it expects.
        return whole(text) if kind is int else number(text) if kind is float else text
    except argparse.ArgumentTypeError:
        return text
