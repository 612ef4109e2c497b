"""The types of spec fields say what runs accepts, and every function that takes overrides has them."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest

import medvie_reward
from medvie_reward import Gold, Leaf, Spec, SpecError
from medvie_reward.integrations.pytest_plugin import assert_extraction
from medvie_reward.integrations.ray import evaluate_dataset, score_dataset
from medvie_reward.spec import KINDS, SpecFields, _types

HINTS = get_type_hints(SpecFields)
WORDS = {name: get_args(hint) for name, hint in HINTS.items() if get_origin(hint) is Literal}
# What else a field needs, so that each of its words can be used.
BESIDE: dict[str, dict[str, Any]] = {"reading": {"lists": "bag", "text": "strip"}}

TAKERS = [
    medvie_reward.align,
    medvie_reward.compare,
    medvie_reward.evaluate,
    medvie_reward.evaluate_files,
    medvie_reward.reward,
    medvie_reward.reward_group,
    medvie_reward.score,
    Gold.__init__,
    Spec.from_json_schema,
    Spec.replace,
    evaluate_dataset,
    score_dataset,
    assert_extraction,
]


def test_every_field_has_a_type() -> None:
    """Keyword arguments are the fields of a spec, in their order."""
    assert list(HINTS) == [field.name for field in fields(Spec)]
    assert sorted(WORDS) == ["answer", "format", "keys", "matching", "narrative", "reading", "text"]
    assert get_args(get_args(HINTS["lists"])[0]) == ("align", "bag", "index")


@pytest.mark.parametrize(("field", "word"), [(field, word) for field in WORDS for word in WORDS[field]])
def test_every_word_is_a_value(field: str, word: str) -> None:
    """A word that a type lists is accepted."""
    changes: Any = {**BESIDE.get(field, {}), field: word}
    assert getattr(Spec().replace(**changes), field) == word


@pytest.mark.parametrize("field", WORDS)
def test_no_other_word_is_a_value(field: str) -> None:
    """The error names the words of the type, all of them."""
    changes: Any = {field: "other"}
    with pytest.raises(SpecError) as caught:
        Spec().replace(**changes)
    assert f"expected one of {', '.join(map(repr, WORDS[field]))}, got 'other'" in str(caught.value)


@pytest.mark.parametrize("function", TAKERS, ids=lambda function: function.__qualname__)
def test_overrides_are_typed(function: Callable[..., Any]) -> None:
    """Every function that passes keywords on to a spec names their types, and no parameter shadows one."""
    *_, last = inspect.signature(function).parameters.values()
    assert last.kind is inspect.Parameter.VAR_KEYWORD
    assert last.annotation == "Unpack[SpecFields]"
    assert not HINTS.keys() & inspect.signature(function).parameters.keys()


@pytest.mark.skipif(sys.version_info < (3, 11), reason="typing.Unpack came with Python 3.11")
def test_annotations_can_be_evaluated() -> None:
    """Tools that read annotations at run time find all names."""
    hints = get_type_hints(medvie_reward.score)
    assert get_args(hints["overrides"]) == (SpecFields,)


def test_leaves_have_the_words_of_the_docs() -> None:
    """Outcomes and kinds of hallucination are literal types too."""
    hints = get_type_hints(Leaf)
    assert get_args(hints["outcome"]) == ("correct", "wrong", "missing", "hallucinated")
    assert get_args(get_args(hints["kind"])[0]) == KINDS == get_args(_types.HallucinationKind)


GOOD = """
from medvie_reward import Spec, align, evaluate, reward, score
from medvie_reward.spec import SpecFields
changes: SpecFields = {"text": "guess", "alpha": 0.3}
score({}, {}, **changes)
score({}, {}, lists="key:Item Name")
reward("", {}, format="think_json", answer="last", repair=True)
evaluate([], [], matching="fbeta", beta=2)
Spec.preset("clinical").replace(keys="loose", absent=["N/A"], key_aliases={"Name": ["name"]})
outcome: str = align({}, {}).leaves[0].outcome
"""
BAD = {
    'score({}, {}, text="gues")': 'Argument "text" to "score" has incompatible type',
    'reward("", {}, format="xml")': 'Argument "format" to "reward" has incompatible type',
    'evaluate([], [], alpha="high")': 'Argument "alpha" to "evaluate" has incompatible type',
    "align({}, {}, aplha=1)": 'Unexpected keyword argument "aplha" for "align"',
    'Spec.preset("clinical").replace(keys="fuzzy")': 'Argument "keys" to "replace" of "Spec" has',
    'align({}, {}).leaves[0].outcome == "right"': "Non-overlapping equality check",
}


def test_a_type_checker_finds_what_is_wrong(tmp_path: Path) -> None:
    """What is right passes ``mypy --strict``, and each mistake is found in its line."""
    api = pytest.importorskip("mypy.api")
    good, bad = tmp_path / "good.py", tmp_path / "bad.py"
    good.write_text(GOOD, encoding="utf-8")
    bad.write_text("\n".join([GOOD.split("\n")[1], *BAD]), encoding="utf-8")
    flags = ["--strict", "--follow-imports=silent", "--ignore-missing-imports", "--no-error-summary",
             f"--cache-dir={tmp_path / 'cache'}", "--config-file="]  # fmt: skip
    said, trouble, _ = api.run([*flags, str(good), str(bad)])
    assert trouble == ""
    errors = [line for line in said.splitlines() if ": error: " in line]
    assert not [line for line in errors if "good.py" in line]
    for n, message in enumerate(BAD.values(), start=2):
        assert [line for line in errors if f"bad.py:{n}: error: {message}" in line], said
    assert len(errors) == len(BAD)
