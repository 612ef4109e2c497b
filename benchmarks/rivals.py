"""Other scorers of JSON predictions, each run as its authors ship it; none is re-implemented here.

A rival is imported only when it is asked for. What it scores is a prediction against a gold, both as JSON
values, and what it gives is a float: 1 for a perfect prediction.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Final

from reports import json_schema

Scorer = Callable[[Any, Any], float]


class MissingRival(Exception):
    """A rival is not installed; the message says what to install."""


@dataclass(frozen=True)
class Rival:
    """One way of one package to score a prediction.

    Attributes
    ----------
    name
        What it is called on the command line.
    title
        What it is called in a table.
    distribution, version
        The package on PyPI, and the version that was tried.
    install
        What to give ``pip install``.
    load
        Imports it and gives its scorer.
    pairs_rows
        Whether it pairs the rows of two tables one to one: shuffled rows cost nothing, and a column moved
        by one row costs something (both in the table of ``noticed.py``).
    """

    name: str
    title: str
    distribution: str
    version: str
    install: str
    load: Callable[[], Scorer]
    pairs_rows: bool = False

    def scorer(self) -> Scorer:
        """Import the rival.

        Raises
        ------
        MissingRival
            If it, or something it needs, is not installed.
        """
        try:
            importlib.metadata.version(self.distribution)
            return self.load()
        except ImportError as error:
            raise MissingRival(
                f"{self.title} cannot be imported ({error}): expected `pip install {self.install}`, "
                "or a choice of other scorers with --only"
            ) from None

    def installed(self) -> str:
        """Name the installed version, saying so where it is not the one that was tried."""
        found = importlib.metadata.version(self.distribution)
        return f"{self.distribution} {found}" + ("" if found == self.version else f" (tried: {self.version})")


def _evaluator() -> Any:
    """Give Donut's own `JSONParseEvaluator`, out of the installed package's file ``donut/util.py``.

    That file also defines a data set for training and therefore imports torch, datasets and transformers,
    which the evaluator never touches. Where those are not installed, empty modules stand in for them while
    the file is read. zss and nltk, which the evaluator does use, must be installed.
    """
    path = importlib.metadata.distribution("donut-python").locate_file("donut/util.py")
    spec = importlib.util.spec_from_file_location("donut_util", str(path))
    if spec is None or spec.loader is None:
        raise ImportError(f"no module at {path}")
    module = importlib.util.module_from_spec(spec)
    with _stand_ins():
        spec.loader.exec_module(module)
    return module.JSONParseEvaluator()


_STAND_INS: Final[dict[str, tuple[str, ...]]] = {
    "torch": ("Tensor",),
    "torch.utils": (),
    "torch.utils.data": ("Dataset",),
    "datasets": ("load_dataset",),
    "transformers": (),
    "transformers.modeling_utils": ("PreTrainedModel",),
}


@contextmanager
def _stand_ins() -> Iterator[None]:
    """Let imports of the heavy packages that are not installed succeed, for as long as this lasts."""
    heavy = {name.partition(".")[0] for name in _STAND_INS}
    absent = {name for name in heavy if name not in sys.modules and importlib.util.find_spec(name) is None}
    made = [name for name in _STAND_INS if name.partition(".")[0] in absent]
    for name in made:
        module = ModuleType(name)
        for attribute in _STAND_INS[name]:
            setattr(module, attribute, type(attribute, (), {}))
        sys.modules[name] = module
    try:
        yield
    finally:
        for name in made:
            del sys.modules[name]


def _donut_f1() -> Scorer:
    evaluator = _evaluator()
    return lambda pred, gold: float(evaluator.cal_f1([pred], [gold]))


def _donut_nted() -> Scorer:
    evaluator = _evaluator()
    return lambda pred, gold: float(evaluator.cal_acc(pred, gold))


def _anls_star() -> Scorer:
    anls_score: Any = importlib.import_module("anls_star").anls_score
    return lambda pred, gold: float(anls_score(gold, pred))


def _omni() -> Scorer:
    score: Any = importlib.import_module("omni_extract_bench").score
    schema = json_schema()
    return lambda pred, gold: float(score(pred, gold, schema)["f1"])


def _json_diff() -> Scorer:
    differ: Any = importlib.import_module("autoevals").JSONDiff()
    return lambda pred, gold: float(differ.eval(output=pred, expected=gold).score)


def _stickler_model(leaf: dict[str, Any] | None = None) -> Any:
    return importlib.import_module("stickler").StructuredModel.from_json_schema(json_schema(leaf))


def _stickler_score() -> Scorer:
    model = _stickler_model()

    def score(pred: Any, gold: Any) -> float:
        compared = model.from_json(gold).compare_with(model.from_json(pred))
        return float(compared["overall_score"])

    return score


def _stickler_f1(leaf: dict[str, Any] | None = None) -> Scorer:
    model = _stickler_model(leaf)

    def score(pred: Any, gold: Any) -> float:
        compared = model.from_json(gold).compare_with(model.from_json(pred), include_confusion_matrix=True)
        return float(compared["confusion_matrix"]["aggregate"]["derived"]["cm_f1"])

    return score


def _stickler_exact_f1() -> Scorer:
    exact = {"x-aws-stickler-comparator": "ExactComparator", "x-aws-stickler-threshold": 1.0}
    return _stickler_f1({"type": "string", **exact})


_DONUT: Final = (
    "donut-python",
    "1.0.9",
    "zss==1.2.0 nltk==3.10.4 && pip install --no-deps donut-python==1.0.9",
)
_OMNI: Final = ("omni-extract-bench", "0.1.7", "omni-extract-bench==0.1.7 (Python 3.11+)")
_STICKLER: Final = ("stickler-eval", "1.0.0", "stickler-eval==1.0.0")

RIVALS: Final[tuple[Rival, ...]] = (
    Rival("donut", "Donut F1", *_DONUT, _donut_f1),
    Rival("donut-nted", "Donut nTED", *_DONUT, _donut_nted),
    Rival("anls", "ANLS*", "anls_star", "1.0.1", "anls_star==1.0.1", _anls_star, pairs_rows=True),
    Rival("stickler", "stickler score", *_STICKLER, _stickler_score, pairs_rows=True),
    Rival("stickler-f1", "stickler leaf F1", *_STICKLER, _stickler_f1, pairs_rows=True),
    Rival("stickler-exact", "stickler leaf F1, exact", *_STICKLER, _stickler_exact_f1, pairs_rows=True),
    Rival(
        "omni",
        "omni F1",
        "omni-extract-bench",
        "0.1.7",
        "omni-extract-bench==0.1.7 (Python 3.11+)",
        _omni,
        pairs_rows=True,
    ),
    Rival("jsondiff", "JSONDiff", "autoevals", "0.4.1", "autoevals==0.4.1", _json_diff),
)
"""In the order of the tables."""
