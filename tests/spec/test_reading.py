"""Words that mean blank, and names in other spellings: what is read as what, and how it is counted."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest
from helpers.profiles import examples
from helpers.strategies import documents
from hypothesis import given

from medvie_reward import Gold, Rule, Spec, SpecError, align, evaluate, reward, score
from medvie_reward.corpus import Totals, score_document
from medvie_reward.spec import explain

STRICT = Spec.preset("strict")
WORDS = STRICT.replace(absent=("N/A", "无", "None", "未检"))


@pytest.mark.parametrize("word", ["N/A", "n/a", " 无 ", "none", "NONE", "Ｎ／Ａ", "未检"])
def test_words_that_mean_blank(word: str) -> None:
    """A word is blank on either side, in any case and width, as a value, in a list and in a row."""
    assert score({"a": word}, {"a": ""}, WORDS).hallucinated == 0
    assert score({"a": ""}, {"a": word}, WORDS).missing == 0
    assert score({"a": "x"}, {"a": word}, WORDS).counts.filled_blank == 1
    gold = {"rows": [{"k": "K", "v": "5"}, {"k": "Na", "v": None}], "tags": ["x"]}
    pred = {"rows": [{"k": "Na", "v": word}, {"k": "K", "v": "5"}], "tags": ["x", word]}
    assert score(pred, gold, WORDS).f1 == 1.0
    assert reward(json.dumps(pred), gold, WORDS, format="json").matching == 1.0
    assert score(pred, gold, STRICT).counts.hallucinated == 2


def test_other_words_stay_values() -> None:
    """Only whole values are words."""
    assert score({"a": "N/A yet"}, {"a": ""}, WORDS).hallucinated == 1
    assert score({"a": "0"}, {"a": ""}, WORDS).hallucinated == 1


def test_a_rule_has_words_of_its_own() -> None:
    """A rule's words hold instead of the spec's; an empty list means no words."""
    spec = WORDS.with_rules([Rule("flag", absent=()), Rule("**.v", absent=["-"])])
    assert score({"flag": "None"}, {"flag": "none"}, spec).n_gold == 1
    assert score({"v": "-", "w": "N/A"}, {"v": "", "w": ""}, spec).n_pred == 0
    assert score({"v": "N/A"}, {"v": ""}, spec).n_pred == 1


def test_agreed_blank() -> None:
    """What both sides leave blank is counted by field, and is in no score."""
    gold = {"n": "无", "m": "x", "rows": [{"k": "K", "v": "N/A"}, {"k": "Na", "v": ""}, {"k": "Cl", "v": ""}]}
    pred = {"m": "y", "rows": [{"k": "K", "v": "none"}, {"k": "Na", "v": "7"}]}
    s = score(pred, gold, WORDS)
    assert (s.counts.agreed_blank, s.counts.filled_blank) == (2, 1)
    assert {name: f.counts.agreed_blank for name, f in s.fields.items() if f.counts.agreed_blank} == {
        "n": 1, "rows[].v": 1,
    }  # fmt: skip
    assert (s.correct, s.wrong, s.n_pred, s.n_gold) == (2, 1, 4, 4)
    assert evaluate([pred, pred], [gold, gold], WORDS).micro.counts.agreed_blank == 4
    assert s.as_dict()["agreed_blank"] == 2
    assert score(pred, gold, STRICT).counts.agreed_blank == 0


def without(counts: Any) -> dict[str, float]:
    return {name: x for name, x in counts.as_dict().items() if name != "agreed_blank"}


@examples(200)
@given(documents, documents)
def test_words_that_nothing_holds_change_nothing(pred: Any, gold: Any) -> None:
    """A word that no document holds changes no count and no leaf."""
    spec = STRICT.replace(absent=("no document holds this",))
    assert without(score(pred, gold, spec).counts) == without(score(pred, gold, STRICT).counts)
    assert align(pred, gold, spec).leaves == align(pred, gold, STRICT).leaves


LOOSE = STRICT.replace(keys="loose")
SAME_NAMES = [
    ("Item Name", "item_name"), ("Item Name", "itemName"), ("Item Name", "ITEM-NAME"),
    ("Item Name", "ItemName "),
    ("项目", "项目 "), ("ＩＤ", "id"), ("e\u0301t", "ét"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME_NAMES)
def test_loose_names(one: str, other: str) -> None:
    """Spellings of one name are one member, at the root and in rows, whichever the gold has."""
    for a, b in ((one, other), (other, one)):
        assert score({a: "x", "r": [{a: "1"}]}, {b: "x", "r": [{b: "1"}]}, LOOSE).f1 == 1.0
        assert score({a: "x"}, {b: "x"}, STRICT).f1 == 0.0


def test_case_is_less_than_loose() -> None:
    """``case`` reads another case as the name, and no more."""
    spec = STRICT.replace(keys="case")
    assert score({"NAME": "x", "e\u0301": "y"}, {"name": "x", "é": "y"}, spec).f1 == 1.0
    assert score({"item_name": "x"}, {"Item Name": "x"}, spec).f1 == 0.0


def test_names_that_both_exist_stay_apart() -> None:
    """Names that the gold tells apart are told apart; of two spellings of one name one is read as it."""
    gold = {"Name": "x", "name": "y"}
    assert score({"Name": "x", "name": "y"}, gold, LOOSE).f1 == 1.0
    assert score({"Name": "y", "name": "x"}, gold, LOOSE).correct == 0
    for pred in ({"NAME": "x", "nAME": "z"}, {"nAME": "z", "NAME": "x"}):
        s = score(pred, {"Name": "x"}, LOOSE)
        assert (s.correct, s.counts.invented_field) == (1, 1)
    assert score({"NAME": "z", "Name": "x"}, {"Name": "x"}, LOOSE).correct == 1


def test_rules_find_their_fields() -> None:
    """A rule's own spelling is the field's name, whatever the documents write."""
    spec = LOOSE.with_rules([Rule("Rows[].Total Amount", "number")])
    s = score({"rows": [{"totalAmount": "5.0"}]}, {"ROWS": [{"total_amount": "5"}]}, spec)
    assert {name: f.f1 for name, f in s.fields.items()} == {"Rows[].Total Amount": 1.0}
    assert [x.field for x in explain([{"rows": [{"total_amount": "5"}]}], spec)] == ["Rows[].Total Amount"]


def test_aliases() -> None:
    """Aliases of the spec hold anywhere, those of a rule at its path alone."""
    spec = STRICT.replace(key_aliases={"Result": ["value", "val"]})
    assert score({"r": [{"value": "1"}], "val": "2"}, {"r": [{"Result": "1"}], "Result": "2"}, spec).f1 == 1.0
    assert score({"Result": "1", "value": "1"}, {"Result": "1"}, spec).counts.invented_field == 1
    spec = STRICT.with_rules([Rule("r[].Result", "number", aliases=["value"])])
    s = score({"r": [{"value": "1.0"}], "value": "2"}, {"r": [{"Result": "1"}], "Result": "2"}, spec)
    assert (s.correct, s.missing, s.hallucinated) == (1, 1, 1)


def test_what_was_read_as_what_is_reported() -> None:
    """An alignment lists the names that were read as others."""
    made = align({"rows": [{"item_name": "K"}], "x": "1"}, {"Rows": [{"Item Name": "K"}], "x": "1"}, LOOSE)
    assert made.renamed == (("Rows[].item_name", "Rows[].Item Name"), ("rows", "Rows"))
    assert align({"a": "1"}, {"a": "1"}, LOOSE).renamed == ()


def test_prepared_golds_and_pickles() -> None:
    """A prepared gold reads predictions in the same way, and a spec pickles."""
    spec = WORDS.replace(keys="loose", key_aliases={"a": ["b"]})
    gold = Gold({"a": "1", "The Name": "无"}, spec)
    assert gold.score({"b": "1", "theName": "n/a"}).f1 == 1.0
    assert gold.reward('{"b": "1"}').matching == 1.0
    again = pickle.loads(pickle.dumps(spec))
    assert (again, again.signature) == (spec, spec.signature)


BAD: list[tuple[dict[str, Any], str]] = [
    ({"absent": "N/A"}, "a list of words"),
    ({"absent": [" "]}, "a list of words"),
    ({"absent": [None]}, "a list of words"),
    ({"absent": ["\ud800"]}, "a list of words"),
    ({"keys": "any"}, "'exact', 'case', 'loose'"),
    ({"key_aliases": {"a": "b"}}, "an object of a name"),
    ({"key_aliases": 5}, "an object of a name"),
    ({"reading": "donut", "lists": "bag", "text": "strip", "keys": "loose"}, "reading 'donut'"),
]


@pytest.mark.parametrize(("change", "message"), BAD)
def test_bad_values(change: dict[str, Any], message: str) -> None:
    """A value that cannot be used is an error that names the field."""
    with pytest.raises(SpecError) as caught:
        STRICT.replace(**change)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"absent": [""]}, "absent"),
        ({"aliases": [5]}, "aliases"),
        ({"path": "*", "aliases": ["b"]}, "ends in a name"),
    ],
)
def test_bad_rules(change: dict[str, Any], message: str) -> None:
    """So it is with rules."""
    with pytest.raises(SpecError, match=message):
        Rule(**{"path": "a", **change})


def test_the_signature_says_it() -> None:
    """What is read differently is in the signature, and nothing is where it is not asked for."""
    assert (
        '|absent:N/A|keys:loose|key_aliases:[["a",["b"]]]|'
        in STRICT.replace(absent=["N/A"], keys="loose", key_aliases={"a": ["b"]}).signature
    )
    assert "absent" not in STRICT.signature


def test_an_evaluation_lists_names_read_as_others() -> None:
    """As written and as read, with the number of documents; in the report, and whoever adds the sums up."""
    spec = STRICT.replace(keys="loose", key_aliases={"Result": ["value"]})
    gold = {"Rows": [{"Item Name": "K", "Result": "5"}, {"Item Name": "Na", "Result": "140"}]}
    pred = {"rows": [{"itemName": "K", "value": "5"}, {"item_name": "Na", "Result": "140"}]}
    found = evaluate([pred, gold, {"rows": []}], [gold, gold, gold], spec)
    assert found.renamed == {
        ("Rows[].itemName", "Rows[].Item Name"): 1,
        ("Rows[].item_name", "Rows[].Item Name"): 1,
        ("Rows[].value", "Rows[].Result"): 1,
        ("rows", "Rows"): 2,
    }
    assert found.to_dict()["renamed"][-1] == {"written": "rows", "read": "Rows", "documents": 2}
    assert "'rows' as 'Rows' (2)" in str(found)
    assert found.documents[0].f1 == 1.0
    assert evaluate([gold], [gold], spec).renamed == {}
    assert "renamed" not in evaluate([gold], [gold], spec).to_dict()


def test_sums_keep_names_read_as_others() -> None:
    """Documents added up apart and merged list the same names."""
    spec = STRICT.replace(keys="case")
    scored = [score_document({"A": "x"}, {"a": "x"}, spec, str(n)) for n in range(3)]
    whole, one, rest = Totals(), Totals(), Totals()
    for n, document in enumerate(scored):
        whole.add(document)
        (one if n == 0 else rest).add(document)
    one.merge(pickle.loads(pickle.dumps(rest)))
    assert one.renamed == whole.renamed == {("A", "a"): 3}
