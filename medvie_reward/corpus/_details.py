"""What an evaluation keeps of each document besides its row, for intervals, comparisons and reports."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from medvie_reward._core.json_values import plain
from medvie_reward.alignment import Leaf
from medvie_reward.completions import Completion, is_conversation, text_of_completion
from medvie_reward.corpus._documents import Scored
from medvie_reward.corpus._field_rows import FieldRows
from medvie_reward.errors import PredictionError
from medvie_reward.spec import Spec


@dataclass
class Details:
    """Counts per field of every document and, if asked for, its leaves and its completion.

    Attributes
    ----------
    spec
        The spec that the documents were scored with.
    with_leaves
        Whether leaves and completions are kept; the documents must be scored with leaves then.
    fields
        Counts per document and field.
    leaves, completions
        One entry per document; empty unless ``with_leaves``.
    """

    spec: Spec
    with_leaves: bool = False
    fields: FieldRows = field(default_factory=FieldRows)
    leaves: list[tuple[Leaf, ...]] = field(default_factory=list)
    completions: list[str | None] = field(default_factory=list)

    def add(self, scored: Scored, completion: str | None = None) -> None:
        """Add one document."""
        self.fields.add(scored.fields)
        if self.with_leaves:
            self.leaves.append(tuple(scored.leaves))
            self.completions.append(completion)


def written(pred: Any, spec: Spec) -> str | None:
    """Return a prediction as a report shows it: the text of a completion, any other answer as JSON text."""
    if isinstance(pred, Completion):
        pred = pred.answer if pred.parsed else None
    if pred is None or isinstance(pred, (str, bytes, bytearray)) or is_conversation(pred):
        return text_of_completion(pred, spec)
    value = plain(pred, PredictionError, None, "prediction", strict=False)
    return json.dumps(value, ensure_ascii=False, indent=2)
