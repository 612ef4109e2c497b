"""Normal forms written in Python: used, named in the signature, pickled, and never taken from data."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest

from medvie_reward import Rule, Spec, SpecError, reward, score
from medvie_reward.integrations.samples import Scorer

STRICT = Spec.preset("strict")


def initial(text: str) -> str:
    """Return the first letter."""
    return text[0].lower()


def fails(text: str) -> str:
    """Fail for one text."""
    return "" if text == "blank" else str(1 / len(text.replace("x", "")))


def test_equal_results_are_equal_values() -> None:
    """In lone values, lists and rows, and in the reward."""
    rules = [Rule("**.a", normal_form=initial)]
    spec = STRICT.with_rules(rules)
    gold = {"a": "China", "rows": [{"a": "Mali"}, {"a": "Peru"}]}
    pred = {"a": " chile", "rows": [{"a": "Palau"}, {"a": "malta"}]}
    assert score(pred, gold, spec).f1 == 1.0
    assert reward(json.dumps(pred), gold, spec, format="json").matching == 1.0
    assert score(pred, gold, STRICT).correct == 0


def test_steps_come_first() -> None:
    """Steps are taken before the function reads a value."""
    spec = STRICT.with_rules([Rule("a", normalize={"strip_prefix": "the"}, normal_form=initial)])
    assert score({"a": "The Nile"}, {"a": "nil"}, spec).f1 == 1.0


def test_name() -> None:
    """A function by its name is the function, and its name is in the rule's digest."""
    named, given = Rule("a", normal_form="string:capwords"), Rule("a", normal_form="textwrap:dedent")
    assert named.as_list()[-1] == {"normal_form": "string:capwords"}
    assert STRICT.with_rules([named]).signature != STRICT.with_rules([given]).signature
    assert pickle.loads(pickle.dumps(STRICT.with_rules([named]))) == STRICT.with_rules([named])


def test_functions_without_a_name_are_told_apart() -> None:
    """Two lambdas are two choices; one written twice is one."""
    signatures = {
        STRICT.with_rules([Rule("a", normal_form=form)]).signature
        for form in (lambda x: x.lower(), lambda x: x.upper(), lambda x: x[:1])
    }
    assert len(signatures) == 3


BAD: list[tuple[Any, str]] = [
    ("no_such_module_here:f", "ModuleNotFoundError"),
    ("string:nothing", "AttributeError"),
    ("string:digits", "expected a function, got str"),
    ("string.capwords", "'package.module:function'"),
    (5, "a function or 'package.module:function'"),
]


@pytest.mark.parametrize(("form", "message"), BAD)
def test_bad_functions(form: Any, message: str) -> None:
    """What is no function is an error that names the rule."""
    with pytest.raises(SpecError) as caught:
        Rule("a", normal_form=form)
    assert str(caught.value).startswith("rule 'a': normal_form")
    assert message in str(caught.value)


def test_not_beside_a_comparator() -> None:
    """A function stands instead of a comparator."""
    with pytest.raises(SpecError, match="no comparator besides it"):
        Rule("a", "number", normal_form=initial)


def test_a_function_that_fails_is_named() -> None:
    """The error says which rule, which function and which text; nothing left of a text leaves the text."""
    spec = STRICT.with_rules([Rule("a", normal_form=fails)])
    assert score({"a": "blank"}, {"a": "blank "}, spec).f1 == 1.0
    with pytest.raises(SpecError, match=r"rule 'a': normal_form .*:fails of 'xx': ZeroDivisionError"):
        score({"a": "xx"}, {"a": "y"}, spec)
    with pytest.raises(SpecError, match="expected a str, got int"):
        score({"a": "b"}, {"a": "cc"}, STRICT.with_rules([Rule("a", normal_form=len)]))


def test_data_names_no_function() -> None:
    """Neither a row's spec, nor its schema, nor a trainer's settings import anything."""
    rule = {"path": "a", "normal_form": "string:capwords"}
    with pytest.raises(SpecError, match=r"normal_form: expected none here: .* - at \$"):
        Rule.from_dict(rule)
    assert Rule.from_dict(rule, functions=True).normal_form("a b") == "A B"
    with pytest.raises(SpecError, match="expected none here"):
        Scorer({"rules": [rule]})
    scorer = Scorer("strict")
    assert scorer.measure("{}", '{"a": "b"}', {"spec": {"rules": [rule]}})["bad_spec"] == 1
    schema = {"properties": {"a": {"x-medvie-normal_form": "string:capwords"}}}
    with pytest.raises(SpecError, match=r"never from a schema.* - at \$\.properties\.a"):
        Spec.from_json_schema(schema)
