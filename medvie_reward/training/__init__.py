"""Write what a trainer reads.

In: gold documents, their page images and a JSON Schema. Out: parquet files whose rows hold a query, its
images and the ground truth, with the keys of each query sampled as the paper does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from medvie_reward._core.lazy import lazy_names

if TYPE_CHECKING:
    from medvie_reward.training._dataset import Summary, write_dataset
    from medvie_reward.training._form_reader import form_of_schema
    from medvie_reward.training._plan import Plan
    from medvie_reward.training._prompts import query_of, skeleton
    from medvie_reward.training._query_fields import Field, QueryField, cut_gold, form_of_gold
    from medvie_reward.training._sampling import draw_keys, field_weights
else:
    __getattr__, __dir__ = lazy_names(
        __name__,
        _dataset="Summary write_dataset",
        _form_reader="form_of_schema",
        _plan="Plan",
        _prompts="query_of skeleton",
        _query_fields="Field QueryField cut_gold form_of_gold",
        _sampling="draw_keys field_weights",
    )

__all__ = [
    "Field",
    "Plan",
    "QueryField",
    "Summary",
    "cut_gold",
    "draw_keys",
    "field_weights",
    "form_of_gold",
    "form_of_schema",
    "query_of",
    "skeleton",
    "write_dataset",
]
