"""Settings of a run and of a row, as configuration files and tables write them -> spec fields and schemas."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import orjson

from medvie_reward._core.files import read_json
from medvie_reward.errors import InputError, SpecError
from medvie_reward.spec import SCHEMAS, Rule, Schema, load_schema

_SHOWN: Final = 80
_LONGEST_PATH: Final = 1024


def read_changes(spec: Any) -> dict[str, Any]:
    """Read a preset's name, a mapping or its JSON text as spec fields to change.

    Raises
    ------
    SpecError
        If it is none of these.
    """
    if not spec:
        return {}
    if isinstance(spec, str):
        if not spec.lstrip().startswith("{"):
            return {"preset": str(spec)}
        spec = read_text(spec, "spec")
    if not isinstance(spec, Mapping):
        raise SpecError(
            f"spec: expected a preset's name or an object of spec fields, got {type(spec).__name__} - at $"
        )
    changes = dict(spec)
    if "rules" in changes:
        changes["rules"] = _rules(changes["rules"])
    return changes


def _rules(rules: Any) -> tuple[Rule, ...]:
    if not isinstance(rules, (list, tuple)):
        raise SpecError(f"rules: expected a list of rules, got {type(rules).__name__} - at $.rules")
    return tuple(
        x if isinstance(x, Rule) else Rule.from_dict(x, f"$.rules[{n}]") for n, x in enumerate(rules)
    )


def read_schema(schema: Any, *, files: bool = False) -> Schema:
    """Read a JSON Schema.

    Parameters
    ----------
    schema
        A mapping, its JSON text, the name of a shipped schema, or a class that describes one.
    files
        Whether it may also be the path of a file: for settings of a run, not for what a row holds.

    Raises
    ------
    SpecError
        If it is none of these, or no JSON object.
    """
    if isinstance(schema, Path) or (
        isinstance(schema, str) and schema.lstrip("\ufeff \t\r\n")[:1] not in "{["
    ):
        schema = load_schema(str(schema)) if str(schema) in SCHEMAS else _of_file(str(schema), files)
    elif isinstance(schema, str):
        schema = read_text(schema, "schema")
    if not isinstance(schema, (Mapping, type)):
        raise SpecError(f"schema: expected a JSON object, got {type(schema).__name__} - at $")
    return schema


def _of_file(name: str, files: bool) -> Any:
    shown = name if len(name) <= _SHOWN else name[:_SHOWN] + "..."
    known = f"JSON text, or one of {', '.join(SCHEMAS)}"
    if not files:
        raise SpecError(f"schema: expected {known}, got {shown!r}")
    try:
        file = Path(name).expanduser()
        if not file.exists():
            path = name if len(name) <= _LONGEST_PATH else shown
            raise SpecError(f"schema: expected {known}, or the path of a file; there is no file {path!r}")
        return read_json(str(file))
    except (InputError, OSError, ValueError) as error:
        if isinstance(error, SpecError):
            raise
        raise SpecError(f"schema: {error}") from None


def read_text(text: str, what: str) -> Any:
    """Decode what should be JSON text.

    Raises
    ------
    SpecError
        If it is not.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise SpecError(f"{what}: expected JSON text: {error}") from None


def to_json(value: Any) -> Any:
    """Turn what numpy and configuration libraries bring into what JSON has.

    Raises
    ------
    TypeError
        If it is nothing of that kind.
    """
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Path):
        return str(value)
    if hasattr(value, "__iter__"):
        return list(value)
    raise TypeError(type(value).__name__)
