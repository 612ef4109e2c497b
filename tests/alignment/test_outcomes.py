"""Leaves counted in all and field by field: both ways agree with the leaves themselves, one by one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from helpers.profiles import examples
from helpers.strategies import KEYS, pairs, specs
from hypothesis import example, given
from hypothesis import strategies as st

from medvie_reward import Leaf, Rule, Spec
from medvie_reward.alignment._alignment import Prepared, leaves_of, prepare, tally_of
from medvie_reward.alignment._grounding import Source
from medvie_reward.alignment._outcomes import LeafCounter, Outcomes
from medvie_reward.spec._types import KINDS

NUMBERS = [name for name in Outcomes.__slots__ if name != "similar_units"]
HALLUCINATED = ("filled_blank", "invented_field", "invented_item")

# Tables of texts alone are counted row by row, many leaves at a time; so they are drawn more often here.
text_rows = st.lists(
    st.dictionaries(st.sampled_from(KEYS), st.sampled_from(["a", "b", "c", "A", "1", "1.0", "", " "])),
    max_size=5,
)
text_pairs = st.tuples(text_rows, text_rows).map(lambda rows: ({"L": rows[0]}, {"L": rows[1]}))
sources = st.none() | st.lists(st.sampled_from(["a", "b", "1", "new row"]), max_size=3).map(Source)


def total(pred: Any, prepared: Prepared, source: Source | None = None) -> Outcomes:
    return tally_of(pred, prepared, source)[0].total


def rows(pred: Any, prepared: Prepared, source: Source | None = None) -> dict[str, Outcomes]:
    return tally_of(pred, prepared, source, by_field=True)[0].rows


def count(outcomes: Outcomes) -> dict[str, float]:
    return {name: getattr(outcomes, name) for name in NUMBERS}


def names_of(field: str) -> tuple[str, ...]:
    """Give the names in a field's name, which are simple ones here."""
    return tuple(re.findall(r"[^.\[\]$]+", field))


def obvious(leaves: list[Leaf], spec: Spec) -> dict[str, Counter[str]]:
    """Count leaves field by field as their definition says, but for what critical fields are charged."""
    found: dict[str, Counter[str]] = {}
    for leaf in leaves:
        row = found.setdefault(leaf.field, Counter())
        units = round(spec.fields.find(names_of(leaf.field)).weight / spec.fields.unit)
        row[leaf.kind or leaf.outcome] += 1
        row[f"{leaf.outcome}_units"] += units
        row["misplaced"] += leaf.misplaced
        row["ungrounded"] += leaf.ungrounded
        row["critical"] += leaf.critical and leaf.outcome != "hallucinated"
        if leaf.kind:
            row["charged"] += units * round(getattr(spec, f"{leaf.kind}_cost") * 1000)
    return found


def wrong_critical(leaves: list[Leaf]) -> Counter[tuple[str, ...]]:
    """Per critical field: of as many predicted leaves as the gold has there, those that are not correct."""
    outcomes: dict[tuple[str, ...], Counter[str]] = {}
    for leaf in leaves:
        if leaf.critical:
            outcomes.setdefault(names_of(leaf.field), Counter())[leaf.outcome] += 1
    wrong: Counter[tuple[str, ...]] = Counter()
    for names, n in outcomes.items():
        predicted, gold = n.total() - n["missing"], n.total() - n["hallucinated"]
        wrong[names] = min(predicted, gold) - n["correct"]
    return wrong


drawn = examples(300)
# What weighs nothing has no bits in a row's bit set, so that unequal rows look equal there.
UNWEIGHED = Spec(rules=(Rule("L[].n", weight=0.0),))


@drawn
@given(spec=specs(("align", "bag", "index", "key:n")), pair=pairs() | text_pairs, source=sources)
def test_both_ways_agree_with_the_leaves(spec: Spec, pair: tuple[Any, Any], source: Source | None) -> None:
    """What is counted in all is the sum of the fields, and each field is the count of its leaves."""
    pred, gold = pair
    prepared = prepare(gold, spec)
    leaves, limited = leaves_of(pred, prepared, source)
    by_field, in_all = rows(pred, prepared, source), total(pred, prepared, source)
    assert {name: sum(getattr(row, name) for row in by_field.values()) for name in NUMBERS} == count(in_all)
    expected = obvious(leaves, spec)
    assert by_field.keys() == expected.keys()
    for name, row in by_field.items():
        assert {key: n for key, n in count(row).items() if n and key != "wrong_critical"} == +expected[name]
    per_field: Counter[tuple[str, ...]] = Counter()
    for name, row in by_field.items():
        per_field[names_of(name)] += row.wrong_critical
    assert +per_field == +wrong_critical(leaves)
    assert [tally_of(pred, prepared, by_field=by)[1] for by in (False, True)] == [limited] * 2


@drawn
@example(spec=UNWEIGHED, pair=({"L": [{"n": "a"}]}, {"L": [{"n": "b"}]}), most=6)
@given(spec=specs(), pair=pairs() | text_pairs, most=st.integers(0, 6))
def test_they_agree_where_the_work_bound_runs_out(spec: Spec, pair: tuple[Any, Any], most: int) -> None:
    """However rows were paired, both ways count the same pairs."""
    pred, gold = pair
    prepared = prepare(gold, spec.replace(max_pairs=most))
    by_field = rows(pred, prepared)
    leaves, limited = leaves_of(pred, prepared)
    expected = obvious(leaves, prepared.spec)
    assert {name: sum(getattr(row, name) for row in by_field.values()) for name in NUMBERS} == count(
        total(pred, prepared)
    )
    assert {name: row.correct for name, row in by_field.items()} == {
        name: row["correct"] for name, row in expected.items()
    }
    assert tally_of(pred, prepared)[1] == limited


@drawn
@given(spec=specs(), pair=pairs() | text_pairs)
def test_sides_add_up(spec: Spec, pair: tuple[Any, Any]) -> None:
    """Outcomes part the leaves and the weight of each side, and flags are of what is wrong or made up."""
    pred, gold = pair
    prepared = prepare(gold, spec)
    x, same = total(pred, prepared), total(gold, prepared)
    hallucinated = sum(getattr(x, kind) for kind in HALLUCINATED)
    assert x.correct + x.wrong + x.missing == prepared.leaves == same.correct
    assert x.correct_units + x.wrong_units + x.missing_units == prepared.units == same.correct_units
    assert x.leaves == prepared.leaves + hallucinated
    assert x.pred_units == x.correct_units + x.wrong_units + x.hallucinated_units
    assert x.misplaced <= x.wrong + hallucinated
    assert 0 <= x.wrong_critical <= x.critical == same.critical
    assert (same.wrong, same.missing, same.wrong_critical, same.charged, same.misplaced) == (0,) * 5


@drawn
@given(pair=pairs() | text_pairs, lists=st.sampled_from(["align", "bag"]))
def test_graded_narratives_agree(pair: tuple[Any, Any], lists: str) -> None:
    """What similar narratives earn is the same in all and field by field."""
    pred, gold = pair
    spec = Spec(lists=lists, narrative="graded", rules=(Rule("**", "narrative", weight=2),))
    prepared = prepare(gold, spec)
    by_field = rows(pred, prepared).values()
    assert sum(row.similar_units for row in by_field) == pytest.approx(total(pred, prepared).similar_units)


# The name outweighs the result, so that it decides which rows pair.
CRITICAL = (Rule("L[].n", weight=2), Rule("L[].r", critical=True), Rule("c", critical=True))


def table(*results: str | None) -> dict[str, Any]:
    """Make rows a, b, … with these results; no result is none at all."""
    return {"L": [{"n": n} if r is None else {"n": n, "r": r} for n, r in zip("abcd", results, strict=False)]}


WRONG_CRITICAL: list[tuple[str, Any, Any, dict[str, tuple[int, int]]]] = [
    ("all right", table("1", "2"), table("1", "2"), {"L[].r": (2, 0)}),
    ("one wrong", table("1", "9"), table("1", "2"), {"L[].r": (2, 1)}),
    ("one missing", table("1", None), table("1", "2"), {"L[].r": (2, 0)}),
    ("one missing, one wrong", table("9", None), table("1", "2"), {"L[].r": (2, 1)}),
    ("nothing read", {}, table("1", "2"), {"L[].r": (2, 0)}),
    ("swapped", table("2", "1"), table("1", "2"), {"L[].r": (2, 2)}),
    # A value read for a row that has none is one of as many as the gold has there.
    ("read beside its row", table(None, "1"), table("1", None), {"L[].r": (1, 1)}),
    ("blank filled, other right", table("1", "9"), table("1", ""), {"L[].r": (1, 0)}),
    ("more rows than there are", table("1", "2", "8", "9"), table("1", "2"), {"L[].r": (2, 0)}),
    ("more rows, one wrong", table("1", "7", "8", "9"), table("1", "2"), {"L[].r": (2, 1)}),
    ("gold has none there", table("1", "2"), table(None, None), {"L[].r": (0, 0)}),
    # Fields are counted apart: what is too much in one does not stand for what another lacks.
    ("two fields", {"c": "9", **table("1")}, {"c": "8", **table("1")}, {"c": (1, 1), "L[].r": (1, 0)}),
    ("one field too many", {"c": "9", **table(None)}, table("1"), {"c": (0, 0), "L[].r": (1, 0)}),
    ("other number, same value", table("1.0"), table("1"), {"L[].r": (1, 1)}),
]  # fmt: skip


@pytest.mark.parametrize("lists", ["align", "key:n", "index"])
@pytest.mark.parametrize(
    ("pred", "gold", "expected"), [x[1:] for x in WRONG_CRITICAL], ids=[x[0] for x in WRONG_CRITICAL]
)
def test_wrong_critical(pred: Any, gold: Any, expected: dict[str, tuple[int, int]], lists: str) -> None:
    """Per field, as many predicted leaves as the gold has, less the correct ones."""
    prepared = prepare(gold, Spec(lists=lists, rules=CRITICAL))
    by_field = rows(pred, prepared)
    found = {name: (row.critical, row.wrong_critical) for name, row in by_field.items()}
    assert {name: n for name, n in found.items() if name in ("L[].r", "c")} == expected
    assert found.get("L[].n", (0, 0)) == (0, 0)
    in_all = total(pred, prepared)
    assert (in_all.critical, in_all.wrong_critical) == tuple(map(sum, zip(*expected.values(), strict=True)))


def test_wrong_critical_of_pooled_leaves() -> None:
    """In a bag results that were swapped between rows are all right."""
    prepared = prepare(table("1", "2", "3"), Spec(lists="bag", rules=CRITICAL))
    assert total(table("2", "1", "4"), prepared).wrong_critical == 1
    assert rows(table("2", "1", "4"), prepared)["L[].r"].wrong_critical == 1


def test_a_lone_value_and_a_list_are_one_critical_field() -> None:
    """List marks do not part a field: what is read outside the list stands for what the list has."""
    prepared = prepare({"L": [{"r": "1"}]}, Spec(rules=CRITICAL))
    for pred in ({"L": {"r": "9"}}, {"L": [{"r": "9"}]}, {"L": [[{"r": "9"}]]}):
        assert total(pred, prepared).wrong_critical == 1
        assert sum(row.wrong_critical for row in rows(pred, prepared).values()) == 1


FLAGS: list[tuple[str, Any, Any, str | None, dict[str, tuple[int, int]]]] = [
    ("nothing wrong", {"a": "x"}, {"a": "x"}, "", {"a": (0, 0)}),
    ("wrong, nowhere", {"a": "x"}, {"a": "y"}, "y", {"a": (0, 1)}),
    ("wrong, in the source", {"a": "x"}, {"a": "y"}, "x y", {"a": (0, 0)}),
    ("wrong, no source", {"a": "x"}, {"a": "y"}, None, {"a": (0, 0)}),
    ("swapped", {"a": "x", "b": "y"}, {"a": "y", "b": "x"}, "y", {"a": (1, 1), "b": (1, 0)}),
    ("read elsewhere already", {"a": "x", "b": "x"}, {"a": "x", "b": "y"}, "x", {"a": (0, 0), "b": (0, 0)}),
    ("moved", {"b": "x"}, {"a": "x"}, "x", {"a": (0, 0), "b": (1, 0)}),
    ("moved in another spelling", {"b": "Ｘ"}, {"a": "x"}, "x", {"a": (0, 0), "b": (1, 0)}),
    ("twice", {"b": "x", "c": "x"}, {"a": "x"}, "", {"a": (0, 0), "b": (1, 1), "c": (1, 1)}),
    ("made up", {"b": "q"}, {"a": "x"}, "x", {"a": (0, 0), "b": (0, 1)}),
    ("blank filled", {"a": "q"}, {"a": "", "b": "q"}, "no", {"a": (1, 1), "b": (0, 0)}),
    ("item made up", {"L": ["x", "q"]}, {"L": ["x"]}, "x", {"L[]": (0, 1)}),
    ("of another list", {"L": ["x", "q"]}, {"L": ["x"], "M": ["q"]}, "x", {"L[]": (1, 1), "M[]": (0, 0)}),
    ("missing only", {}, {"a": "x"}, "", {"a": (0, 0)}),
    ("a number in other digits", {"a": 5.6}, {"a": "7", "b": "5.60"}, "5,60", {"a": (1, 0), "b": (0, 0)}),
    ("a number's part", {"a": "5.6"}, {"a": "7"}, "15.6 5.67 56", {"a": (0, 1)}),
    ("true", {"a": True}, {"a": "x", "b": "true"}, "TRUE", {"a": (1, 0), "b": (0, 0)}),
    ("a date", {"a": "2024-03-05"}, {"a": "x"}, "2024年3月5日", {"a": (0, 0)}),
]  # fmt: skip


@pytest.mark.parametrize("lists", ["align", "bag"])
@pytest.mark.parametrize(
    ("pred", "gold", "text", "expected"), [x[1:] for x in FLAGS], ids=[x[0] for x in FLAGS]
)
def test_flags(
    pred: Any, gold: Any, text: str | None, expected: dict[str, tuple[int, int]], lists: str
) -> None:
    """Misplaced: some unread gold leaf holds the value. Ungrounded: the source does not."""
    prepared = prepare(gold, Spec(lists=lists, text="guess"))
    source = None if text is None else Source(text)
    found = {name: (row.misplaced, row.ungrounded) for name, row in rows(pred, prepared, source).items()}
    assert found == expected
    in_all = total(pred, prepared, source)
    assert (in_all.misplaced, in_all.ungrounded) == tuple(map(sum, zip(*expected.values(), strict=True)))


def test_correct_leaves_are_never_looked_up() -> None:
    """A right value that OCR has missed is not ungrounded."""
    prepared = prepare(table("1", "2"), Spec())
    assert total(table("1", "2"), prepared, Source("")).ungrounded == 0


def test_misplaced_goes_by_the_spec_s_comparator() -> None:
    """A value is found in another field's place under the form of fields without a rule."""
    gold = {"a": "5.60", "b": "x"}
    rule = (Rule("a", "number"),)
    assert total({"b": "5.6"}, prepare(gold, Spec(text="guess", rules=rule))).misplaced == 1
    assert total({"b": "5.6"}, prepare(gold, Spec(text="strip", rules=rule))).misplaced == 0


def test_units_and_costs() -> None:
    """Leaves weigh their rule's weight in whole units; each kind of hallucination costs its own."""
    spec = Spec(
        rules=(Rule("a", weight=2.5), Rule("L", weight=0.5), Rule("z", weight=0)),
        filled_blank_cost=0.1, invented_field_cost=0.2, invented_item_cost=0.4,
    )  # fmt: skip
    gold = {"a": "x", "b": "y", "c": "", "L": ["u"], "z": "w", "m": "n"}
    pred = {"a": "q", "b": "y", "c": "1", "L": ["u", "v"], "z": "2", "d": "3", "e": "4"}
    x = total(pred, prepare(gold, spec))
    assert spec.fields.unit == 0.5
    assert (x.correct_units, x.wrong_units, x.missing_units, x.hallucinated_units) == (3, 5, 2, 7)
    assert x.charged == 2 * 100 + 2 * 2 * 200 + 1 * 400
    assert rows(pred, prepare(gold, spec))["L[]"].charged == 400


def test_fields_of_both_sides() -> None:
    """Every field with a leaf on either side has a row; fields that are blank on both have none."""
    gold = {"b": "1", "L": [{"y": "2", "x": "3"}], "e": "", "f": [], "a": "4"}
    pred = {"a": "4", "new": "5", "L": [{"x": "3", "y": "2", "w": "6"}], "b": "1", "e": " ", "g": None}
    assert rows(pred, prepare(gold, Spec())).keys() == {"b", "L[].y", "L[].x", "L[].w", "a", "new"}
    assert rows("x", prepare("y", Spec())).keys() == {"$"}
    assert rows({"a": ""}, prepare({"a": None}, Spec(rules=(Rule("a", critical=True),)))) == {}


def test_more_fields_than_are_remembered() -> None:
    """Fields that are forgotten while a document is counted are counted all the same."""
    gold = {
        "L": [{f"k{n}": "x" for n in range(3_000)}],
        "M": [{f"k{n}": "x" for n in range(3_000)}],
        "c": "1",
    }
    pred = {"L": [{f"k{n}": "xy"[n % 2] for n in range(6_000)}], "M": gold["M"], "c": "2"}
    for lists in ("align", "bag"):
        prepared = prepare(gold, Spec(lists=lists, rules=(Rule("**", critical=True),)))
        by_field, in_all = rows(pred, prepared), total(pred, prepared)
        assert {name: sum(getattr(row, name) for row in by_field.values()) for name in NUMBERS} == count(
            in_all
        )
        assert (in_all.correct, in_all.wrong, in_all.invented_field) == (4_500, 1_501, 3_000)
        assert (in_all.critical, in_all.wrong_critical) == (6_001, 1_501)
        assert len(by_field) == 9_001


def counter(by_field: bool) -> tuple[LeafCounter, Callable[[str], Any]]:
    spec = Spec(rules=(Rule("r", critical=True, weight=2),), invented_item_cost=0.5)
    return LeafCounter(spec, 2, by_field), lambda name: spec.fields.member(spec.fields.root, name)


@pytest.mark.parametrize("by_field", [False, True])
def test_leaves_one_by_one_or_many_at_a_time(by_field: bool) -> None:
    """Correct leaves may be handed over in three ways, to the same effect."""
    singly, field = counter(by_field)
    for name in ("r", "r", "n"):
        singly.write(field(name), "correct", None, (), (), "x", "x")
    many, field = counter(by_field)
    many.bulk(field("r"), 2)
    many.bulk(field("n"), 1)
    row, field = counter(by_field)
    row.right([field("r"), field("n")])
    row.right([field("r")])
    row.right([])
    for made in (singly, many, row):
        made.finish()
    expected = {name: count(found) for name, found in singly.rows.items()}
    assert expected.keys() == ({"r", "n"} if by_field else set())
    for made in (many, row):
        assert {name: count(found) for name, found in made.rows.items()} == expected
        assert count(made.total) == count(singly.total)


def test_kinds() -> None:
    """A hallucinated leaf is of one of the kinds, each counted in its place."""
    made, field = counter(by_field=False)
    for n, kind in enumerate(KINDS, start=1):
        for _ in range(n):
            made.write(field("n"), "hallucinated", kind, None, (), None, "x")
    made.finish()
    assert (made.total.filled_blank, made.total.invented_field, made.total.invented_item) == (1, 2, 3)
    assert made.total.leaves == made.total.pred_units == 6
    assert made.total.charged == 3 * 500
