"""From files of documents to one evaluation.

In: predictions and gold documents, in memory or as JSONL. Out: an `Evaluation` with scores per corpus, field,
group and document, its exports, and the per-document counts that statistics are computed from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from medvie_reward._core.lazy import lazy_names

if TYPE_CHECKING:
    from medvie_reward.corpus._corpus_metrics import (
        COLUMNS,
        FIGURES,
        Figure,
        Rows,
        asked_figures,
        document_rows,
        field_at,
        field_figure,
    )
    from medvie_reward.corpus._details import Details
    from medvie_reward.corpus._documents import Document, Scored
    from medvie_reward.corpus._doubts import doubts_of, warn_of
    from medvie_reward.corpus._evaluate_files import evaluate_files
    from medvie_reward.corpus._evaluation import Evaluation, EvaluationBuilder, Macro, evaluation_of
    from medvie_reward.corpus._exports import document_records, records_of, to_frame, write_csv
    from medvie_reward.corpus._field_rows import FIELD_COLUMNS, FieldRows
    from medvie_reward.corpus._files import (
        Lines,
        ScoringOptions,
        Spread,
        read_gold_at,
        read_golds,
        score_chunk,
        score_files,
        sum_files,
    )
    from medvie_reward.corpus._images import EMBED, Picture, check_picture, pictures_of
    from medvie_reward.corpus._join import Join, Pair, find_ids, is_same_file, join
    from medvie_reward.corpus._metric_titles import METRIC, TITLES, Metric
    from medvie_reward.corpus._place import Place
    from medvie_reward.corpus._row_reader import RowReader, read_line, read_row
    from medvie_reward.corpus._row_shapes import GOLD_KEYS, PRED_KEYS, SHAPES, Shape
    from medvie_reward.corpus._rows import RowFile
    from medvie_reward.corpus._scoring import evaluate, score_document
    from medvie_reward.corpus._slices import BOUNDS, is_size, label_golds, order_parts, slice_of
    from medvie_reward.corpus._totals import Totals
    from medvie_reward.corpus._tracking import flat_metrics
    from medvie_reward.corpus._writing import NewFile, dump
else:
    __getattr__, __dir__ = lazy_names(
        __name__,
        _corpus_metrics="COLUMNS FIGURES Figure Rows asked_figures document_rows field_at field_figure",
        _details="Details",
        _documents="Document Scored",
        _doubts="doubts_of warn_of",
        _evaluate_files="evaluate_files",
        _evaluation="Evaluation EvaluationBuilder Macro evaluation_of",
        _exports="document_records records_of to_frame write_csv",
        _field_rows="FIELD_COLUMNS FieldRows",
        _files="Lines ScoringOptions Spread read_gold_at read_golds score_chunk score_files sum_files",
        _images="EMBED Picture check_picture pictures_of",
        _join="Join Pair find_ids is_same_file join",
        _metric_titles="METRIC Metric TITLES",
        _place="Place",
        _row_reader="RowReader read_line read_row",
        _row_shapes="GOLD_KEYS PRED_KEYS SHAPES Shape",
        _rows="RowFile",
        _scoring="evaluate score_document",
        _slices="BOUNDS is_size label_golds order_parts slice_of",
        _totals="Totals",
        _tracking="flat_metrics",
        _writing="NewFile dump",
    )

__all__ = [
    "BOUNDS",
    "COLUMNS",
    "EMBED",
    "FIELD_COLUMNS",
    "FIGURES",
    "GOLD_KEYS",
    "METRIC",
    "PRED_KEYS",
    "SHAPES",
    "TITLES",
    "Details",
    "Document",
    "Evaluation",
    "EvaluationBuilder",
    "FieldRows",
    "Figure",
    "Join",
    "Lines",
    "Macro",
    "Metric",
    "NewFile",
    "Pair",
    "Picture",
    "Place",
    "RowFile",
    "RowReader",
    "Rows",
    "Scored",
    "ScoringOptions",
    "Shape",
    "Spread",
    "Totals",
    "asked_figures",
    "check_picture",
    "document_records",
    "document_rows",
    "doubts_of",
    "dump",
    "evaluate",
    "evaluate_files",
    "evaluation_of",
    "field_at",
    "field_figure",
    "find_ids",
    "flat_metrics",
    "is_same_file",
    "is_size",
    "join",
    "label_golds",
    "order_parts",
    "pictures_of",
    "read_gold_at",
    "read_golds",
    "read_line",
    "read_row",
    "records_of",
    "score_chunk",
    "score_document",
    "score_files",
    "slice_of",
    "sum_files",
    "to_frame",
    "warn_of",
    "write_csv",
]
