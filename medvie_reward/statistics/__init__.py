"""What can be concluded from a sample of documents.

In: counts per document. Out: confidence intervals, paired tests, agreement of annotators, and estimates of
how sample size and annotation errors affect a comparison. Works on numpy arrays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from medvie_reward._core.lazy import lazy_names

if TYPE_CHECKING:
    from medvie_reward.statistics._agreement import Agreement, FieldAgreement, measure_agreement
    from medvie_reward.statistics._annotation_noise import NOISE_KINDS
    from medvie_reward.statistics._bootstrap import (
        Interval,
        Statistic,
        figures,
        interval_of,
        intervals,
        leave_out,
    )
    from medvie_reward.statistics._compare import compare, compare_evaluations, intervals_of
    from medvie_reward.statistics._comparison import (
        FEW,
        Comparison,
        Contest,
        Difference,
        DocumentDifference,
        System,
        Versus,
        compare_systems,
    )
    from medvie_reward.statistics._intervals import Uncertainty, measure_uncertainty
    from medvie_reward.statistics._paired import PairedTest, adjust_holm, compare_many, compare_paired
    from medvie_reward.statistics._power import LEVEL, POWER
    from medvie_reward.statistics._resampling import (
        INTERVAL_METHODS,
        Resampling,
        check_resampling,
        resample,
        swap,
    )
    from medvie_reward.statistics._robustness import Noise, PredictedDocument, Robustness, measure_robustness
    from medvie_reward.statistics._subsampling import (
        Subsamples,
        Subsampling,
        check_subsampling,
        choose_sizes,
        subsample_systems,
    )
else:
    __getattr__, __dir__ = lazy_names(
        __name__,
        _agreement="Agreement FieldAgreement measure_agreement",
        _annotation_noise="NOISE_KINDS",
        _bootstrap="Interval Statistic figures interval_of intervals leave_out",
        _compare="compare compare_evaluations intervals_of",
        _comparison="Comparison Contest Difference DocumentDifference FEW System Versus compare_systems",
        _intervals="Uncertainty measure_uncertainty",
        _paired="PairedTest adjust_holm compare_many compare_paired",
        _power="LEVEL POWER",
        _resampling="INTERVAL_METHODS Resampling check_resampling resample swap",
        _robustness="PredictedDocument Noise Robustness measure_robustness",
        _subsampling="Subsamples Subsampling check_subsampling choose_sizes subsample_systems",
    )

__all__ = [
    "FEW",
    "INTERVAL_METHODS",
    "LEVEL",
    "NOISE_KINDS",
    "POWER",
    "Agreement",
    "Comparison",
    "Contest",
    "Difference",
    "DocumentDifference",
    "FieldAgreement",
    "Interval",
    "Noise",
    "PairedTest",
    "PredictedDocument",
    "Resampling",
    "Robustness",
    "Statistic",
    "Subsamples",
    "Subsampling",
    "System",
    "Uncertainty",
    "Versus",
    "adjust_holm",
    "check_resampling",
    "check_subsampling",
    "choose_sizes",
    "compare",
    "compare_evaluations",
    "compare_many",
    "compare_paired",
    "compare_systems",
    "figures",
    "interval_of",
    "intervals",
    "intervals_of",
    "leave_out",
    "measure_agreement",
    "measure_robustness",
    "measure_uncertainty",
    "resample",
    "subsample_systems",
    "swap",
]
