"""Specs by name, for commands that compare some: a preset, a preset with changes, a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from medvie_reward.cli._spec import read_field
from medvie_reward.errors import InputError, SpecError

if TYPE_CHECKING:
    from medvie_reward.spec import Spec

SPECS_HELP: Final = """\
A spec is a preset, a preset with changes (clinical+critical_cost=0.1), or a JSON file: an object of
spec fields, with "preset", "schema" and "rules" where wanted.
"""
_FILE_ENDS: Final = (".json",)


def read_specs(text: str) -> dict[str, Spec]:
    """Read specs with commas between.

    Parameters
    ----------
    text
        As `SPECS_HELP` says it.

    Returns
    -------
    dict of str to Spec
        By what each was called; a file by its name without ``.json``.

    Raises
    ------
    InputError
        If one of them cannot be read, or two have one name.
    """
    found: dict[str, Spec] = {}
    for part in (part.strip() for part in text.split(",")):
        name = Path(part).stem if part.endswith(_FILE_ENDS) else part
        if name in found:
            raise InputError(f"--specs: two are called {name!r}: expected different names")
        found[name] = read_named_spec(part)
    return found


def read_named_spec(text: str, flag: str = "--specs") -> Spec:
    """Read one spec that an option names.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    from medvie_reward.spec import PRESETS, resolve

    if text.endswith(_FILE_ENDS):
        return _of_file(text)
    preset, *changes = text.split("+")
    if preset not in PRESETS:
        raise InputError(
            f"{flag}: expected a preset ({', '.join(PRESETS)}), a preset with changes or a .json file, "
            f"got {text!r}"
        )
    try:
        return resolve(preset, **dict(read_field(change, flag) for change in changes))
    except SpecError as error:
        raise InputError(f"{flag} {text}: {error}") from None


def _of_file(name: str) -> Spec:
    from medvie_reward._core.files import read_json
    from medvie_reward.spec import SCHEMAS, Rule, Spec, load_schema, resolve

    found = read_json(name)
    if not isinstance(found, dict):
        raise InputError("expected an object of spec fields - at $", name)
    fields: dict[str, Any] = dict(found)
    preset, schema, rules = (
        fields.pop("preset", "clinical"),
        fields.pop("schema", None),
        fields.pop("rules", None),
    )
    try:
        spec = resolve(preset, **fields)
        if isinstance(schema, str):
            beside = Path(name).parent / schema
            schema = load_schema(schema) if schema in SCHEMAS else read_json(str(beside))
        if schema is not None:
            spec = Spec.from_json_schema(schema, spec)
        if rules is not None:
            if not isinstance(rules, list):
                raise SpecError("expected a list of rules - at $.rules")
            spec = spec.with_rules(Rule.from_dict(x, f"$.rules[{n}]") for n, x in enumerate(rules))
    except SpecError as error:
        raise InputError(str(error), name) from None
    return spec
