"""Options that choose the spec: what counts as equal, what weighs what, how a completion is read."""

from __future__ import annotations

import argparse

from medvie_reward.spec import PRESETS, Rule, Spec, resolve


def add_spec_arguments(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """Add what chooses the spec of scores and of explanations alike; gives the group for more."""
    spec = parser.add_argument_group("what counts")
    spec.add_argument("--preset", default="clinical", choices=list(PRESETS), help="default: %(default)s")
    spec.add_argument(
        "--schema",
        metavar="FILE",
        help="JSON Schema of the gold documents: its rules instead of the preset's",
    )
    spec.add_argument(
        "--rules", metavar="FILE", help="JSON list of rules that come first, such as "
        '[{"path": "**.Total", "comparator": "number", "weight": 2}]',
    )  # fmt: skip
    spec.add_argument("--lists", metavar="MODE", help="align, bag, index or key:MEMBER")
    return spec


def add_reading_arguments(spec: argparse._ArgumentGroup) -> None:
    """Add what says how completions are read and rewarded."""
    spec.add_argument("--alpha", type=float, metavar="A", help="weight of precision in the matching part")
    spec.add_argument(
        "--format", choices=("think", "answer", "json"), help="what a well-formed completion is"
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
    from medvie_reward.errors import InputError, SpecError

    changes = {name: getattr(options, name, None) for name in ("alpha", "lists", "format")}
    changes["repair"] = getattr(options, "repair", False) or None
    spec = resolve(options.preset, **{name: x for name, x in changes.items() if x is not None})
    file = options.schema
    try:
        if file:
            spec = Spec.from_json_schema(read_json(file), spec)
        if options.rules:
            file = options.rules
            listed = read_json(file)
            if not isinstance(listed, list):
                raise SpecError("expected a list of rules - at $")
            spec = spec.with_rules([Rule.from_dict(x, f"$[{n}]") for n, x in enumerate(listed)])
    except SpecError as error:
        raise InputError(str(error), file) from None
    return spec
