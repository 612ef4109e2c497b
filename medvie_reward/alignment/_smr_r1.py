"""The evaluator that the paper's first author released earlier (SMR-R1, March 2025), as it was published.

One predicted row may serve many gold rows, so precision and recall can exceed 1. That breaks several laws
that this package holds elsewhere; it is here to be compared with, not to be trained on.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from medvie_reward._core.json_values import scalar_text

_LIST: Final = "指标"
_IGNORED: Final = "其他"


class Tally(NamedTuple):
    """What one comparison counts: matched (rows count as fractions), predicted and gold fields."""

    matched: float
    n_pred: int
    n_gold: int

    @property
    def score(self) -> float:
        """Mean of precision and recall; 1 where both sides are empty, 0 where one is."""
        if self.n_pred == 0 and self.n_gold == 0:
            return 1.0
        if self.n_pred == 0 or self.n_gold == 0:
            return 0.0
        return 0.5 * (self.matched / self.n_pred + self.matched / self.n_gold)


def tally(pred: Any, gold: Any) -> tuple[Tally, dict[str, Tally]]:
    """Compare two reports.

    Parameters
    ----------
    pred, gold
        JSON values; what is no object holds no field, and values that are no text are read as text.

    Returns
    -------
    tuple
        The whole, and the share of each member.
    """
    pred = pred if type(pred) is dict else {}
    gold = gold if type(gold) is dict else {}
    fields: dict[str, Tally] = {}
    # Added up one by one in the gold's order, as the published code does: another order rounds otherwise.
    total = 0.0
    for key in dict.fromkeys((*gold, *pred)):
        if key == _IGNORED:
            continue
        if key == _LIST:
            rows, gold_rows = _distinct_rows(pred.get(key)), _rows(gold.get(key))
            bare = [_squeezed(row) for row in rows]
            matched = 0.0
            for row in gold_rows:
                best = _best_row(row, bare)
                matched += best
                total += best
            fields[key] = Tally(matched, len(rows), len(gold_rows))
        else:
            p, g = _text(pred.get(key)), _text(gold.get(key))
            same = key in pred and g.strip() != "" and _squeeze(p) == _squeeze(g)
            total += same
            fields[key] = Tally(float(same), int(p != ""), int(g != ""))
    n_pred, n_gold = (
        (sum(n) for n in zip(*(t[1:] for t in fields.values()), strict=True)) if fields else (0, 0)
    )
    return Tally(total, n_pred, n_gold), fields


def _best_row(gold_row: dict[str, Any], pred_rows: list[dict[str, str]]) -> float:
    """Return the best score of a gold row: the same evaluation with the gold row on the predicted side.

    A list in a row is read as empty here; the published code was never given one.
    """
    mine = _squeezed(gold_row)
    n = sum(1 for key, x in gold_row.items() if key != _IGNORED and _text(x) != "")
    best = 0.0
    for theirs in pred_rows:
        matched = len(mine.items() & theirs.items())
        if n and theirs:
            best = max(best, 0.5 * (matched / n + matched / len(theirs)))
        elif not n and not theirs:
            best = 1.0
    return best


def _squeezed(row: dict[str, Any]) -> dict[str, str]:
    return {key: text for key, x in row.items() if key != _IGNORED and (text := _squeeze(_text(x)))}


def _rows(value: Any) -> list[dict[str, Any]]:
    return [row for row in value if type(row) is dict] if type(value) is list else []


def _distinct_rows(value: Any) -> list[dict[str, Any]]:
    """Strip the rows' values, drop blank members and repeated rows; the first of equals stays."""
    kept: dict[frozenset[tuple[str, str]], dict[str, Any]] = {}
    for row in _rows(value):
        bare = {key: text for key, x in row.items() if (text := _text(x).strip())}
        kept.setdefault(frozenset(bare.items()), bare)
    return list(kept.values())


def _text(value: Any) -> str:
    return "" if type(value) in (dict, list) else scalar_text(value)


def _squeeze(text: str) -> str:
    return "".join(text.split())
