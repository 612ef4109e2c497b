"""Files of predictions and gold documents -> an evaluation: what ``medvie-score`` does, in Python."""

from __future__ import annotations

import contextlib
import os

from medvie_reward._core.files import PathLike
from medvie_reward._core.validate import require_one_of
from medvie_reward.completions import is_conversation, text_of_completion
from medvie_reward.corpus._details import Details
from medvie_reward.corpus._documents import Scored
from medvie_reward.corpus._doubts import doubts_of, warn_of
from medvie_reward.corpus._evaluation import Evaluation, EvaluationBuilder
from medvie_reward.corpus._files import ScoringOptions, score_files
from medvie_reward.corpus._join import join as _join
from medvie_reward.corpus._row_shapes import GOLD_KEYS, PRED_KEYS
from medvie_reward.corpus._rows import RowFile
from medvie_reward.metrics import known_metrics
from medvie_reward.spec import DEFAULT, Spec, SpecFields, Unpack, resolve

_HOW = {"join": ("auto", "id", "line"), "missing": ("error", "zero", "skip")}


def evaluate_files(
    preds: PathLike,
    golds: PathLike | None = None,
    spec: Spec | str = DEFAULT,
    *,
    pred_key: str | None = None,
    gold_key: str | None = None,
    id_key: str = "id",
    source_key: str | None = None,
    join: str = "auto",
    missing: str = "error",
    by: str | None = None,
    limit: int | None = None,
    metrics: str | tuple[str, ...] = ("f1",),
    leaves: bool = False,
    workers: int = 1,
    **overrides: Unpack[SpecFields],
) -> Evaluation:
    """Score a file of predictions against a file of gold documents, as ``medvie-score`` does.

    Parameters
    ----------
    preds, golds
        Files or folders in any format that the page "Files" names. Without ``golds``, the rows of ``preds``
        hold both.
    spec
        A spec or the name of a preset.
    pred_key, gold_key
        The member of a row with the prediction or the gold document, if it is not found by itself: a name, a
        path such as ``a.b[0]``, or ``.`` for the row itself.
    id_key
        The member with a row's id.
    source_key
        The member of a gold row with the page's text; counts what is ``ungrounded``.
    join
        ``id``, ``line``, or ``auto``: by id where both files have ids.
    missing
        A gold document without a prediction is an ``error``, counts ``zero``, or is left out (``skip``).
    by
        A member of the rows, to score groups apart; or ``rows``, ``length``, ``fields``, ``has:FIELD``.
    limit
        Score so many documents at most.
    metrics
        As for `evaluate`.
    leaves
        Whether to keep every leaf and completion, for `Evaluation.to_html`; see `evaluate`.
    workers
        Number of processes.
    **overrides
        Spec fields to change.

    Raises
    ------
    SpecError
        If the spec is not usable.
    InputError
        If a file or a row is not what it should be; it names the file and the line or row.

    Warns
    -----
    InputWarning
        If the input may not be what was meant.
    """
    chosen = resolve(spec, **overrides)
    asked = known_metrics(metrics)
    for name, value in (("join", join), ("missing", missing)):
        require_one_of(name, value, _HOW[name])
    with contextlib.ExitStack() as stack:
        p = stack.enter_context(RowFile(os.fspath(preds), PRED_KEYS, pred_key, id_key, both=golds is None))
        if golds is None:
            g = p.other(GOLD_KEYS, gold_key)
        else:
            g = stack.enter_context(RowFile(os.fspath(golds), GOLD_KEYS, gold_key, id_key))
        joined = _join(p, g, join, missing)
        options = ScoringOptions(
            spec=chosen,
            preds=p.reader,
            golds=g.reader,
            by=by,
            source_key=source_key,
            metrics=asked,
            leaves=leaves,
        )
        builder = EvaluationBuilder(chosen, asked, details=Details(chosen, leaves))
        pairs = iter(joined.pairs)

        def on_scored(scored: Scored) -> None:
            row = next(pairs).pred
            pred = p.value(row) if leaves and row is not None else None
            builder.add(scored, text_of_completion(pred, chosen) if is_conversation(pred) else pred)

        score_files(p, g, joined, options, workers=workers, limit=limit, on_scored=on_scored)
    evaluation = builder.evaluation(joined)
    warn_of(doubts_of(evaluation, p.name, g.name))
    return evaluation
