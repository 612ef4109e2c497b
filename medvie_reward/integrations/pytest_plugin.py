"""For pytest: ``assert_extraction``, whose failure shows every leaf that is not right.

pytest finds this module by itself, wherever the package is installed. So that it costs no other test suite
anything, it imports the rest of the package when a test calls it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from medvie_reward.alignment import Leaf
    from medvie_reward.metrics import Scores
    from medvie_reward.spec import Spec, SpecFields, Unpack

__all__ = ["assert_extraction"]

# So many wrong leaves tell what is the matter, and so much of a value which one it is.
_LEAVES: Final = 40
_WIDTH: Final = 60
# F1 is a quotient in floating point.
_ROUNDING: Final = 1e-9


def assert_extraction(
    pred: Any,
    gold: Any,
    spec: Spec | str = "clinical",
    *,
    min_f1: float = 1.0,
    source_text: str | Sequence[str] | None = None,
    **overrides: Unpack[SpecFields],
) -> Scores:
    """Assert that what was extracted is the gold document, or close enough to it.

    Parameters
    ----------
    pred
        What was extracted: a JSON value, or a text, which is read as a model's completion.
    gold
        The gold document, as JSON value or text.
    spec
        A spec or the name of a preset.
    min_f1
        The lowest F1 that passes, from 0 to 1.
    source_text
        Text of the document or its lines: marks what is ``ungrounded`` in the failure.
    **overrides
        Spec fields to change.

    Returns
    -------
    Scores
        The scores, for further assertions.

    Raises
    ------
    AssertionError
        If F1 is lower, or a completion has no answer. The message lists every leaf that is not correct, with
        its path, the predicted value and the gold value.
    MedvieError
        If the gold, the spec or ``min_f1`` is not what it should be.
    """
    __tracebackhide__ = True
    from medvie_reward.completions import ABSENT, parse_with
    from medvie_reward.errors import SpecError
    from medvie_reward.metrics import longest_answer, read_gold, score
    from medvie_reward.spec import resolve

    if isinstance(min_f1, bool) or not isinstance(min_f1, (int, float)) or not 0 <= min_f1 <= 1:
        raise SpecError(f"min_f1: expected a number from 0 to 1, got {min_f1!r}")
    chosen = resolve(spec, **overrides)
    plain_gold = read_gold(gold, chosen)
    if isinstance(pred, str) or pred is None:
        read = parse_with(pred, chosen, longest_answer(chosen, plain_gold, len(pred or "")))
        if read.answer is ABSENT:
            raise AssertionError(f"no answer in the completion ({read.status}): {_short(pred)}")
        pred = read.answer
    scores = score(pred, plain_gold, chosen, source_text=source_text)
    if scores.f1 < min_f1 - _ROUNDING:
        raise AssertionError(_report(pred, plain_gold, chosen, scores, min_f1, source_text))
    return scores


@pytest.fixture(name="assert_extraction", scope="session")
def _assert_extraction() -> Callable[..., Scores]:
    """Return the function `assert_extraction`."""
    return assert_extraction


def _report(
    pred: Any, gold: Any, spec: Spec, scores: Scores, min_f1: float, source_text: str | Sequence[str] | None
) -> str:
    from medvie_reward.alignment import align

    lines = [
        f"F1 {scores.f1:.4f} is below {min_f1:g}: {scores.correct:g} correct, {scores.wrong:g} wrong, "
        f"{scores.missing:g} missing, {scores.hallucinated:g} hallucinated"
    ]
    if spec.reading != "smr-r1":  # which has no alignment
        found = [x for x in align(pred, gold, spec, source_text=source_text) if x.outcome != "correct"]
        lines += _table([("", "path", "predicted", "gold"), *map(_row, found[:_LEAVES])])
        if len(found) > _LEAVES:
            lines.append(f"… and {len(found) - _LEAVES} more")
    return "\n".join([*lines, spec.signature])


def _row(leaf: Leaf) -> tuple[str, str, str, str]:
    marks = [name for name in ("misplaced", "ungrounded", "critical") if getattr(leaf, name)]
    what = ", ".join([leaf.kind or leaf.outcome, *marks])
    path = leaf.gold_path if leaf.pred_path in (None, leaf.gold_path) else leaf.pred_path
    if leaf.gold_path not in (None, path):
        path = f"{path} (gold: {leaf.gold_path})"
    pred = "" if leaf.pred_path is None else _short(leaf.pred)
    return what, str(path), pred, "" if leaf.gold_path is None else _short(leaf.gold)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"


def _table(rows: list[tuple[str, str, str, str]]) -> list[str]:
    widths = [max(len(row[n]) for row in rows) for n in range(3)]
    return [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]]).rstrip()
        for row in rows
    ]
