"""The choices behind a number: which rule each field has.

In: a preset's name, a JSON Schema, a list of rules. Out: a frozen `Spec` with its signature.
Other rooms ask a spec for the comparator, weight and list mode of a field and never choose one themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from medvie_reward._core.lazy import lazy_names

if TYPE_CHECKING:
    from medvie_reward.spec._explain import (
        FieldRule,
        explain,
        say_unmatched,
        unmatched_by_fields,
        unmatched_rules,
    )
    from medvie_reward.spec._fields import Field, Fields
    from medvie_reward.spec._list_modes import ListMode
    from medvie_reward.spec._presets import DEFAULT, PRESETS
    from medvie_reward.spec._reading import GoldNames
    from medvie_reward.spec._rules import Names, Rule, pattern_of
    from medvie_reward.spec._schema_document import PREFIX, SchemaTree
    from medvie_reward.spec._schema_rules import SCHEMAS, load_schema, rules_of
    from medvie_reward.spec._schema_sources import Schema
    from medvie_reward.spec._schema_walk import Inner, inner_schemas
    from medvie_reward.spec._signature import Signature
    from medvie_reward.spec._spec import COST_PARTS, COSTS, Spec, resolve
    from medvie_reward.spec._think_tags import THINK_TAGS, think_pair
    from medvie_reward.spec._types import (
        ANSWERS,
        FORMATS,
        KINDS,
        Answer,
        Format,
        HallucinationKind,
        SpecFields,
        Unpack,
    )
else:
    __getattr__, __dir__ = lazy_names(
        __name__,
        _explain="FieldRule explain say_unmatched unmatched_by_fields unmatched_rules",
        _fields="Field Fields",
        _list_modes="ListMode",
        _presets="DEFAULT PRESETS",
        _reading="GoldNames",
        _rules="Names Rule pattern_of",
        _schema_document="PREFIX SchemaTree",
        _schema_rules="SCHEMAS load_schema rules_of",
        _schema_sources="Schema",
        _schema_walk="Inner inner_schemas",
        _signature="Signature",
        _spec="COSTS COST_PARTS Spec resolve",
        _think_tags="THINK_TAGS think_pair",
        _types="ANSWERS FORMATS KINDS Answer Format HallucinationKind SpecFields Unpack",
    )

__all__ = [
    "ANSWERS",
    "COSTS",
    "COST_PARTS",
    "DEFAULT",
    "FORMATS",
    "KINDS",
    "PREFIX",
    "PRESETS",
    "SCHEMAS",
    "THINK_TAGS",
    "Answer",
    "Field",
    "FieldRule",
    "Fields",
    "Format",
    "GoldNames",
    "HallucinationKind",
    "Inner",
    "ListMode",
    "Names",
    "Rule",
    "Schema",
    "SchemaTree",
    "Signature",
    "Spec",
    "SpecFields",
    "Unpack",
    "explain",
    "inner_schemas",
    "load_schema",
    "pattern_of",
    "resolve",
    "rules_of",
    "say_unmatched",
    "think_pair",
    "unmatched_by_fields",
    "unmatched_rules",
]
