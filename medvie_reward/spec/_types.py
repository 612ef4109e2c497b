"""The values that a spec's fields can have, for type checkers and editors.

Every function with ``**overrides`` has them as ``Unpack[SpecFields]``, so that an editor completes
``text="guess"`` and a type checker finds ``text="gues"``. What runs checks values by itself, as before.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal, Optional, TypedDict, Union

from medvie_reward.spec._rules import Rule

if sys.version_info >= (3, 11):
    from typing import Unpack as Unpack
elif TYPE_CHECKING:
    from typing_extensions import Unpack as Unpack
else:
    # Annotations of functions can be evaluated without typing_extensions, which is no dependency.
    Unpack = Optional

Lists = Union[Literal["align", "bag", "index"], str]  # noqa: UP007  # a str too: key:<member>
"""How the items of lists pair; `Spec.lists`."""
Text = Literal["unicode", "strip", "text", "guess"]
"""The comparator of fields without a rule; `Spec.text`."""
Narrative = Literal["exact", "graded"]
"""How narratives are compared; `Spec.narrative`."""
Reading = Literal["json", "donut", "smr-r1"]
"""How JSON becomes fields; `Spec.reading`."""
Matching = Literal["precision_recall", "f1", "fbeta"]
"""The matching part of the reward; `Spec.matching`."""
Format = Literal["think", "answer", "json", "think_json"]
"""What a well-formed completion looks like; `Spec.format`."""
Answer = Literal["lenient", "tagged", "last", "tool_call"]
"""How the answer is found; `Spec.answer`."""
Keys = Literal["exact", "case", "loose"]
"""How the names of members may differ; `Spec.keys`."""
HallucinationKind = Literal["filled_blank", "invented_field", "invented_item"]
"""The kinds of hallucinated leaves; `Leaf.kind`."""


class SpecFields(TypedDict, total=False):
    """The fields of a `Spec` as keyword arguments."""

    name: str
    lists: Lists
    text: Text
    field_names: bool
    lone_currency: bool
    rules: Sequence[Rule]
    narrative: Narrative
    reading: Reading
    matching: Matching
    alpha: float
    beta: float
    filled_blank_cost: float
    invented_field_cost: float
    invented_item_cost: float
    critical_cost: float
    floor: float
    format: Format
    format_needs_answer: bool
    format_weight: float
    answer: Answer
    both_empty: float
    repair: bool
    repair_cost: float
    max_chars: int
    max_chars_per_gold_char: int
    max_depth: int
    max_pairs: int
    prefilled: bool
    think_tags: Sequence[str]
    absent: Sequence[str]
    keys: Keys
    key_aliases: Mapping[str, Sequence[str]] | Sequence[tuple[str, Sequence[str]]]
