"""The presets: in which fields each of them differs from a spec with nothing given."""

from __future__ import annotations

from typing import Final

from medvie_reward.spec._rules import Rule
from medvie_reward.spec._schema_rules import load_schema, rules_of
from medvie_reward.spec._types import SpecFields

DEFAULT: Final = "clinical"
"""The preset of functions that are given none."""

_CHANGES: Final[dict[str, SpecFields]] = {
    "clinical": {
        "text": "guess",
        "field_names": True,
        "lone_currency": True,
        "matching": "f1",
        "filled_blank_cost": 0.25,
        "invented_field_cost": 0.25,
        "invented_item_cost": 0.25,
        "format_needs_answer": True,
    },
    "strict": {},
    "paper": {"lists": "bag", "text": "strip", "both_empty": 0.0},
    "donut": {"lists": "bag", "text": "strip", "reading": "donut", "matching": "f1", "format_weight": 0.0},
    "smr-r1": {
        "lists": "bag",
        "text": "strip",
        "reading": "smr-r1",
        "answer": "tagged",
        "format_weight": 0.0,
    },
}

PRESETS: Final = tuple(_CHANGES)
"""Names of the presets."""


def preset_fields(name: str) -> SpecFields:
    """Return the fields of a preset, one of `PRESETS`; ``clinical`` has the rules of the shipped schemas."""
    fields: SpecFields = {"name": name, **_CHANGES[name]}
    if name == "clinical":
        fields["rules"] = _shipped_rules()
    return fields


def _shipped_rules() -> tuple[Rule, ...]:
    # The tests hold the shipped schemas against their metaschema, so it need not be loaded here.
    english, chinese = (rules_of(load_schema(f"medical_report.{name}"), check=False) for name in ("en", "zh"))
    return english + chinese
