"""The compiled kernel gives what the textbook gives, and survives whatever Python does meanwhile."""

from __future__ import annotations

import copy
import gc
import sys
import threading
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward import Gold, Reward, Rule, Spec, align, reward, score
from medvie_reward._core.json_values import scalar_text
from medvie_reward.alignment import ENGINE, Leaf, prepare
from medvie_reward.alignment import _compiled as compiled
from medvie_reward.alignment._alignment import leaves_by_textbook, read_prediction, tally_by_textbook
from medvie_reward.alignment._definition import hash_text
from medvie_reward.alignment._engine import kernel
from medvie_reward.alignment._outcomes import COLUMNS, Outcomes
from medvie_reward.comparators.text import unicode_text

pytestmark = pytest.mark.skipif(ENGINE != "kernel", reason="the kernel is not built, or MEDVIE_KERNEL=0")

_kernel: Any = kernel

RULES = (
    Rule("**.q", critical=True),
    Rule("**.r", weight=2.5),
    Rule("**.s", weight=0.0),
    Rule("**.t", comparator="set"),
)
COSTS: dict[str, Any] = {"filled_blank_cost": 0.3, "invented_field_cost": 0.5, "invented_item_cost": 0.2}
SPECS = {
    "strict": Spec.preset("strict"),
    "clinical": Spec.preset("clinical"),
    "weights": Spec.preset("strict").replace(rules=RULES),
    "kinds": Spec.preset("strict").replace(
        rules=RULES, critical_cost=0.7, matching="fbeta", beta=2.0, **COSTS
    ),
    "little work": Spec.preset("strict").replace(max_work=60, rules=RULES),
    "no work": Spec.preset("strict").replace(max_work=0, **COSTS),
    "index": Spec.preset("strict").replace(lists="index", rules=RULES, **COSTS),
    "key": Spec.preset("strict").replace(lists="key:p", rules=RULES, critical_cost=0.1),
    "modes": Spec.preset("strict").replace(rules=(Rule("**.L", lists="key:p"), Rule("**.r", lists="index"))),
    "graded": Spec.preset("strict").replace(
        narrative="graded", rules=(Rule("**.p", comparator="narrative"),)
    ),
    "bag": Spec.preset("strict").replace(lists="bag", rules=RULES, critical_cost=0.3, **COSTS),
    "paper": Spec.preset("paper"),
    "blanks": Spec.preset("strict").replace(absent=("b",), rules=RULES),
}

scalars = st.sampled_from(
    [
        "",
        "a",
        "b",
        " a ",
        "c d",
        None,
        1,
        1.0,
        "1",
        True,
        "5.60",
        "é",
        "e\u0301",
        "a sign",
        "a signs",
        2**70,
        1e300,
    ]
)
names = st.sampled_from(["p", "q", "r", "s", "t", "L", ""])
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=16,
)
accepting = st.recursive(
    scalars | st.builds(lambda x: {"$any": x}, st.lists(scalars, max_size=3)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=16,
)
rows = st.lists(st.dictionaries(names, scalars, max_size=4), max_size=8)
documents = st.dictionaries(names, values, max_size=4) | st.builds(lambda x: {"L": x}, rows) | rows
golds = st.dictionaries(names, accepting, max_size=4) | st.builds(lambda x: {"L": x}, rows) | rows


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Any, Any]:
    """Draw a gold document and a prediction that is often much like it."""
    gold: Any = draw(golds)
    if draw(st.booleans()):
        return draw(documents), gold
    pred: Any = copy.deepcopy(gold)
    if isinstance(pred, list):
        pred = draw(st.permutations(pred))
    elif isinstance(pred.get("L"), list):
        pred["L"] = draw(st.permutations(pred["L"]))[: draw(st.integers(0, 8))]
    return pred, gold


def numbers(row: Outcomes) -> tuple[Any, ...]:
    """Return the counts of a row as the kernel has them."""
    return tuple(getattr(row, column) for column in COLUMNS)


@pytest.mark.parametrize("name", SPECS)
@given(both=pairs())
def test_counts_are_those_of_the_textbook(name: str, both: tuple[Any, Any]) -> None:
    """In all and field by field, in the same order, with the same flag."""
    spec = SPECS[name]
    prepared = prepare(both[1], spec)
    pred, _ = read_prediction(both[0], prepared)
    whole, limited = tally_by_textbook(pred, prepared)
    fields, _ = tally_by_textbook(pred, prepared, None, True)
    assert compiled.count(prepared.compiled, pred) == (numbers(whole.total), limited)
    found = compiled.count_by_field(prepared.compiled, pred, spec.counts_blanks)
    assert found is not None
    assert list(found[0].items()) == [(name, numbers(row)) for name, row in fields.rows.items()]
    assert found[1] == limited


@pytest.mark.parametrize("name", SPECS)
@given(both=pairs())
def test_leaves_are_those_of_the_textbook(name: str, both: tuple[Any, Any]) -> None:
    """Pair by pair, in the same order, with places, values and flags."""
    prepared = prepare(both[1], SPECS[name])
    pred, _ = read_prediction(both[0], prepared)
    leaves, limited = leaves_by_textbook(pred, prepared)
    found = compiled.leaves(prepared.compiled, pred, Leaf)
    assert found is not None
    assert (list(map(repr, found[0])), found[1]) == (list(map(repr, leaves)), limited)


@pytest.mark.parametrize(
    "text",
    [
        "<think>x</think><answer>{}</answer>",
        '<think>x</think>\n<answer>\n{"a": [{"x": "1"}]}\n</answer>\n',
        '<think></think><answer>```json\n{"a":[{"x":"3"}]}\n```</answer>',
        '<think></think><answer>```json{"a":[{"x":"3"}],"b":"`"}```</answer>',
        '<think>x</think><answer>{"a":1,"a":2}</answer>',
        '<think>x</think><answer>{"a":"\\"\\\\"}</answer>',
        '<think>x</think><answer>{"a":1e400}</answer>',
        '<think>x</think><answer>{"a":18446744073709551616}</answer>',
        '<think>x</think><answer>{"d":1e300, "b": -9223372036854775808}</answer>',
        "<think>x</think><answer>[1]</answer>",
        '<think>x</think><answer>{"a":1</answer>',
        '<think>x</think><answer>{"d":"<answer>"}</answer>',
        '<think>x</think><answer>{"d":"\\ud800"}</answer>',
        '<think>\ud800</think><answer>{"d":"z"}</answer>',
        '<think>x</think> \u00a0<answer>{"d":"阴性"}</answer>',
        '<think>x</think><answer>\u00a0{"d":"z"}</answer>',
        '<think>x</think>so <answer>{"d":"z"}</answer>',
        '<answer>{"d":"z"}</answer><think>x</think>',
        '<think>x</think><answer>{"d":"z"}</answer></answer>',
        "<think>x</think><answer>" + '{"a":' * 130 + "1" + "}" * 130 + "</answer>",
        "",
        "{}",
    ],
)
@pytest.mark.parametrize(
    "spec",
    [
        Spec.preset("strict"),
        Spec.preset("clinical"),
        Spec.preset("strict").replace(
            matching="fbeta", beta=1.7, floor=-1.0, critical_cost=0.5, rules=RULES, **COSTS
        ),
    ],
)
def test_reward_at_once_is_the_reward(text: str, spec: Spec) -> None:
    """The completion that is read at once has the reward of one that is read step by step."""
    gold = {"a": [{"x": "1", "y": "2"}, {"x": "3"}], "b": {"c": None}, "d": "z", "q": ["u"]}
    at_once, by_steps = Gold(gold, spec), Gold(gold, spec)
    by_steps._terms = None
    assert repr(at_once.reward(text)) == repr(by_steps.reward(text))


@given(text=st.text(max_size=40))
def test_content_hashes_utf8(text: str) -> None:
    """Items whose worths tie pair by what they hold: both engines have the same numbers for it."""
    gold = {"L": [{"p": "1", "r": text}, {"p": "1", "r": text + "x"}]}
    pred = {"L": [{"p": "1", "r": text + "y"}, {"p": "1", "r": text + "z"}]}
    prepared = prepare(gold, SPECS["strict"])
    found = compiled.leaves(prepared.compiled, pred, Leaf)
    assert found is not None
    assert found[0] == leaves_by_textbook(pred, prepared)[0]
    assert hash_text(text) < 2**64


# -- texts that need no call of Python ----------------------------------------------------------------


@pytest.mark.parametrize("start", range(0, 0x11000, 0x1000))
def test_plain_texts_are_their_own_forms(start: int) -> None:
    """What the kernel takes for plain is left alone by the form `unicode`, beside other characters too."""
    called: list[str] = []

    def form(text: str) -> str:
        called.append(text)
        return unicode_text(text)

    chars = [chr(code) for code in range(start, start + 0x1000) if not 0xD800 <= code < 0xE000]
    others = ["a", "é", "\u0301", " ", "中", "α", "\u1161", "￥"]
    texts = [c + other for c in chars for other in others[:2]] + [f"a{c}" for c in chars] + chars
    gold = _kernel.gold(_kernel.shelf(scalar_text, form, "align"), FakeFields(form), {"p": texts}, NUMBERS)
    assert gold is not None
    untouched = set(texts) - set(called)
    assert [text for text in untouched if unicode_text(text) != text] == []


# -- what Python code may do meanwhile ------------------------------------------------------------------

NUMBERS = (0, 0, 0, 0, 0, 1, 0, 0, 0, 1 << 26, 128, 0)


class Keeper:
    """What a normal form is bound to."""

    def __init__(self, form: Callable[[str], str]) -> None:
        self._form = form

    def form(self, text: str) -> str:
        """Write a text."""
        return self._form(text)


class FakeField:
    """A field whose normal form is any function."""

    class rule:
        """No rule."""

        lists = None

    units, critical, several = 1, False, False

    def __init__(self, keeper: Keeper, name: str, credit: Any) -> None:
        self.form, self.name, self.credit = keeper.form, name, credit


class FakeFields:
    """Fields that all have one normal form."""

    credit: Any = None

    def __init__(self, form: Callable[[str], str]) -> None:
        self.keeper = Keeper(form)
        self.root = FakeField(self.keeper, "", None)

    def member(self, field: FakeField, name: str) -> FakeField:
        """Return the field of a member."""
        return FakeField(self.keeper, f"{field.name}.{name}" if field.name else name, self.credit)

    def items(self, field: FakeField) -> FakeField:
        """Return the field of items."""
        return FakeField(self.keeper, f"{field.name}[]", self.credit)


def shelf() -> Any:
    """Make a shelf of its own."""
    return _kernel.shelf(scalar_text, unicode_text, "align")


def fresh(n: int) -> dict[str, Any]:
    """Make a value of texts that no other has."""
    return {c: [{k: f"{n} {c} {i} {k}" for k in "xyz"} for i in range(4)] for c in "ab"}


def calls(gold: Any, value: Any) -> list[Any]:
    """Call everything that reads a prediction."""
    return [
        _kernel.count(gold, value, False, False),
        _kernel.count(gold, value, True, True),
        compiled.leaves(gold, value, Leaf),
    ]


class BrokenError(Exception):
    """What a normal form raises."""


def test_form_that_raises() -> None:
    """Its error comes through, and the next call is as good as new."""
    broken = [True]

    def form(text: str) -> str:
        if broken[0] and text.startswith("1"):
            raise BrokenError
        return text

    gold = _kernel.gold(shelf(), FakeFields(form), fresh(0), NUMBERS)
    for call in (
        lambda: _kernel.count(gold, fresh(1), False, False),
        lambda: compiled.leaves(gold, fresh(1), Leaf),
    ):
        with pytest.raises(BrokenError):
            call()
    with pytest.raises(BrokenError):
        _kernel.gold(shelf(), FakeFields(form), fresh(1), NUMBERS)
    broken[0] = False
    counted = _kernel.count(gold, fresh(0), False, False)
    assert counted[0][:3] == (24, 0, 0)
    assert _kernel.count(gold, fresh(1), False, False)[0][:3] == (0, 24, 0)


@pytest.mark.parametrize("made", [None, 3, b"x"])
def test_form_that_gives_no_text(made: Any) -> None:
    """It is an error that says so."""
    gold = _kernel.gold(shelf(), FakeFields(lambda text: made if text == "!" else text), {"p": "a"}, NUMBERS)
    with pytest.raises(TypeError, match="expected a str from a normal form"):
        _kernel.count(gold, {"p": "!"}, False, False)


def test_fields_that_raise() -> None:
    """Their error comes through."""

    class Broken(FakeFields):
        def member(self, field: FakeField, name: str) -> FakeField:
            if name == "b":
                raise BrokenError
            return super().member(field, name)

        def items(self, field: FakeField) -> FakeField:
            raise BrokenError

    for value in ({"b": 1}, {"a": [1]}):
        with pytest.raises(BrokenError):
            _kernel.gold(shelf(), Broken(str), value, NUMBERS)


def test_form_that_changes_the_document() -> None:
    """What is read is changed meanwhile: something comes out, or it is left to the textbook."""
    victims: list[Any] = []

    def form(text: str) -> str:
        for victim in victims:
            for name in list(victim):
                if isinstance(victim[name], list):
                    victim[name].clear()
            victim.clear()
            victim.update({str(i): f"q{i}" for i in range(50)})
        return text

    gold = _kernel.gold(shelf(), FakeFields(form), fresh(0), NUMBERS)
    for n in range(1, 30):
        value = fresh(n)
        victims[:] = [value]
        assert len(calls(gold, value)) == 3
    victims.clear()
    assert _kernel.count(gold, fresh(0), False, False)[0][:3] == (24, 0, 0)


def test_form_that_comes_back() -> None:
    """A normal form may align other documents with the same gold."""
    inside: list[Any] = []
    numbers = iter(range(100, 10**6))
    state: dict[str, Any] = {}

    def form(text: str) -> str:
        if "gold" in state and not state.get("busy"):
            state["busy"] = True
            inside.append(calls(state["gold"], fresh(next(numbers))))
            state["busy"] = False
        return text

    state["gold"] = gold = _kernel.gold(shelf(), FakeFields(form), fresh(0), NUMBERS)
    counted = calls(gold, fresh(1))
    assert len(inside) > 3
    assert {repr(x[0]) for x in inside} == {repr(counted[0])}
    assert counted[0][0][:3] == (0, 24, 0)


def test_credit_that_raises_or_comes_back() -> None:
    """Credits are asked for while items are paired, without the tables of texts at rest."""
    state: dict[str, Any] = {"mode": "count"}

    def credit(gold: str, pred: str) -> int:
        if state["mode"] == "raise" and pred.startswith("new"):
            raise BrokenError
        if state["mode"] == "back" and not state.get("busy"):
            state["busy"] = True
            calls(state["gold"], fresh(int(state.setdefault("n", 0))))
            state["n"] += 1
            state["busy"] = False
        return 400 if gold[0] == pred[0] else 0

    fields = FakeFields(str)
    fields.credit = credit
    gold = state["gold"] = _kernel.gold(shelf(), fields, {"L": ["ab", "cd", "ef"]}, NUMBERS)
    expected = (0, 3, 0, 0, 0, 1, 0, 0, 0, 0, 3, 0, 1, 0, 800, 0)
    assert _kernel.count(gold, {"L": ["cx", "ax", "z", "y"]}, False, False) == (expected, False)
    state["mode"] = "back"
    assert _kernel.count(gold, {"L": ["cy", "ay", "z", "y"]}, False, False) == (expected, False)
    assert state["n"] > 0
    state["mode"] = "raise"
    with pytest.raises(BrokenError):
        _kernel.count(gold, {"L": ["new", "ay", "z"]}, False, False)
    state["mode"] = "count"
    assert _kernel.count(gold, {"L": ["cx", "ax", "z", "y"]}, False, False) == (expected, False)


@pytest.mark.parametrize("made", [-1, 1_000, 2**70])
def test_credit_out_of_range(made: int) -> None:
    """What is no credit below that of an equal leaf is left to the textbook."""
    fields = FakeFields(str)
    fields.credit = lambda gold, pred: made
    gold = _kernel.gold(shelf(), fields, {"p": "a"}, NUMBERS)
    assert _kernel.count(gold, {"p": "b"}, False, False) is None


def test_threads_share_a_gold() -> None:
    """Large documents are aligned with the interpreter's lock let go, all with the same result."""
    gold = {"L": [{"p": f"{i % 7}", "q": f"{i % 11}", "r": f"{i}"} for i in range(600)]}
    prepared = prepare(gold, SPECS["weights"])
    pred = {"L": [{"p": f"{i % 5}", "q": f"{i % 11}", "r": f"{i % 200}"} for i in range(580)]}
    expected = tally_by_textbook({"L": pred["L"][:20]}, prepared)[0].total
    assert compiled.count(prepared.compiled, {"L": pred["L"][:20]}) == (numbers(expected), False)
    whole = compiled.count(prepared.compiled, pred)
    found: list[Any] = []

    def work(n: int) -> None:
        for k in range(5):
            found.append(compiled.count(prepared.compiled, pred))
            compiled.count(prepared.compiled, {"L": [{"p": f"new {n} {k} {i}"} for i in range(50)]})

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [whole] * 20


# -- what is left to the textbook -----------------------------------------------------------------------


class Text(str):
    """A text of a class of its own."""

    __slots__ = ()


@pytest.mark.parametrize(
    "value",
    [
        {"p": Text("x")}, {1: 2}, {"p": (1, 2)}, {"p": float("nan")}, {"p": float("inf")}, {"p": object()},
        {"p": b"x"}, {"p": "\ud800"}, {"\ud800": 1}, [[[{"p": {1}}]]],
    ],
)  # fmt: skip
def test_odd_values(value: Any) -> None:
    """They are not for the kernel, as a prediction and as a gold."""
    gold = _kernel.gold(shelf(), FakeFields(str), {"p": "x"}, NUMBERS)
    assert calls(gold, value) == [None, None, None]
    assert _kernel.gold(shelf(), FakeFields(str), value, NUMBERS) is None


def test_depth() -> None:
    """Deeper than the spec allows is not for the kernel, however deep."""
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    gold = _kernel.gold(shelf(), FakeFields(str), {"p": "x"}, NUMBERS)
    assert calls(gold, deep) == calls(gold, {"p": deep}) == [None, None, None]
    assert _kernel.gold(shelf(), FakeFields(str), deep, NUMBERS) is None
    while deep:
        deep = deep.pop()


def test_numbers_that_do_not_fit() -> None:
    """Worths past what the kernel's integers hold are left to the textbook, which has the right number."""
    heavy = Spec.preset("strict").replace(
        rules=(Rule("**", weight=9.75, critical=True),),
        matching="fbeta",
        beta=100.0,
        critical_cost=10.0,
        invented_item_cost=9.999,
    )
    gold = {"p": "a", "q": "b", "L": [{"x": str(i)} for i in range(400)]}
    prepared = prepare(gold, heavy)
    assert prepared.compiled is None or compiled.count(prepared.compiled, gold) is None
    assert score(gold, gold, heavy).correct == 402


@pytest.mark.parametrize("args", [(), (3, {}, False, False), ("x",)])
def test_bad_arguments(args: tuple[Any, ...]) -> None:
    """They are errors of Python's own kinds."""
    with pytest.raises((TypeError, ValueError)):
        _kernel.count(*args)


def test_many_items() -> None:
    """Ten thousand items and many lists: the work bound holds, and the document is counted."""
    gold = {"L": [{"p": str(i), "q": str(i % 13)} for i in range(10_000)]}
    pred = {"L": [{"p": str(i + 1), "q": str(i % 17)} for i in range(10_000)]}
    found = compiled.count(prepare(gold, SPECS["strict"]).compiled, pred)
    assert found is not None
    assert found[1]
    assert sum(found[0][:3]) == 20_000


# -- memory ---------------------------------------------------------------------------------------------


def test_references_are_given_back() -> None:
    """Of documents, golds, fields and shelves, by count."""
    value, form = fresh(7), str.strip
    fields = FakeFields(form)
    text = value["a"][0]["x"]
    watched = [value, value["a"], value["a"][0], text, fields, Leaf, Reward]
    before = [sys.getrefcount(x) for x in watched]
    for _ in range(20):
        gold = _kernel.gold(shelf(), fields, value, NUMBERS)
        calls(gold, value)
        calls(gold, fresh(1))
        _kernel.gold(shelf(), fields, {**value, "p": object()}, NUMBERS)
        del gold
    gc.collect()
    assert [sys.getrefcount(x) for x in watched] == before


def test_books_begin_anew() -> None:
    """Past its most texts a book is dropped; what was prepared before goes on with the next."""
    handle = shelf()
    gold = _kernel.gold(handle, FakeFields(str), {"L": ["a", "b"]}, NUMBERS)
    sizes: list[int] = []
    for n in range(12):
        value = {"L": ["a", *(f"{n} {i}" for i in range(30_000))]}
        assert _kernel.count(gold, value, False, False)[0][:2] == (1, 1)
        sizes.append(_kernel.texts(handle))
    assert max(sizes) < 300_000
    assert sizes != sorted(sizes)


@pytest.mark.parametrize(
    "gold",
    [{"a": {"$any": ["x", "y"]}, "L": [{"p": "1"}, {"p": "2"}]}, {"a": "x", "L": [[1, 2], [3]], "b": {}}],
)
def test_public_functions_take_the_kernel(gold: Any) -> None:
    """`reward`, `score` and `align` say the same as the textbook's counts."""
    pred = {"a": "y", "L": [{"p": "2"}, {"p": "3"}]}
    prepared = prepare(gold, Spec.preset("strict"))
    total = tally_by_textbook(pred, prepared)[0].total
    text = f"<think>x</think><answer>{orjson.dumps(pred).decode()}</answer>"
    assert score(pred, gold, "strict").correct == total.correct
    assert reward(text, gold, "strict").correct == total.correct
    assert list(align(pred, gold, "strict")) == leaves_by_textbook(pred, prepared)[0]


def test_fields_are_not_kept() -> None:
    """What is remembered of texts goes with the fields of a spec."""
    spec = Spec.preset("strict").replace(name="passing")
    gone = weakref.ref(spec.fields)
    assert score({"p": "a"}, {"p": "b"}, spec).wrong == 1
    del spec
    gc.collect()
    assert gone() is None


def test_another_interpreter_is_refused() -> None:
    """The module serves one interpreter of a process."""
    try:
        import _interpreters as interpreters  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        interpreters = pytest.importorskip("_xxsubinterpreters")
    script = (
        f"import sys; sys.path.insert(0, {str(Path(_kernel.__file__).parent)!r})\n"
        "try:\n    import _kernel\nexcept ImportError:\n    pass\nelse:\n    raise RuntimeError('it came in')"
    )
    other = interpreters.create()
    failed = interpreters.run_string(other, script)
    interpreters.destroy(other)
    assert failed is None


def test_empty_containers_are_blanks_of_a_pool() -> None:
    """Where leaves are pooled, what stands for an empty container fills a blank."""
    found = align({"p": "a", "q": {"r": "b"}, "s": {"t": "c"}}, {"p": [], "q": {}, "s": "d"}, SPECS["bag"])
    assert [(leaf.kind, leaf.gold_path, leaf.pred_path, leaf.gold) for leaf in found] == [
        ("filled_blank", "p", "p", []),
        (None, "s", None, "d"),
        ("filled_blank", None, "q.r", None),
        ("invented_field", None, "s.t", None),
    ]
