"""Objects that people's tools give, read as the JSON values they stand for."""

from __future__ import annotations

import enum
import json
import math
import uuid
from collections import ChainMap, OrderedDict, UserList, defaultdict, deque, namedtuple
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType, SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward import GoldError, PredictionError, align, anls_star, evaluate, reward, score, ted_accuracy
from medvie_reward._core.json_values import plain


class Colour(enum.Enum):
    """An enumeration."""

    RED = "red"
    LEVEL = Decimal("1.5")


class Word(str, enum.Enum):
    """An enumeration of texts."""

    YES = "yes"


class Rank(enum.IntEnum):
    """An enumeration of integers."""

    ONE = 1


@dataclass
class Row:
    """A row with values."""

    name: str
    values: list[Any] = field(default_factory=list)


Pair = namedtuple("Pair", "a b")
UTC8 = timezone(timedelta(hours=8))
STRUCT = pa.scalar(
    {"r": [{"x": 0.1, "d": date(2024, 3, 1), "n": None}], "h": {"k": None}},
    pa.struct(
        [
            ("r", pa.list_(pa.struct([("x", pa.float32()), ("d", pa.date32()), ("n", pa.string())]))),
            ("h", pa.struct([("k", pa.int8())])),
        ]
    ),
)

VALUES: list[tuple[Any, Any]] = [
    (datetime(2024, 3, 1, 7, 5), "2024-03-01T07:05:00"),
    (datetime(2024, 3, 1), "2024-03-01T00:00:00"),
    (datetime(2024, 3, 1, 7, 5, tzinfo=UTC8), "2024-03-01T07:05:00+08:00"),
    (date(2024, 3, 1), "2024-03-01"),
    (time(7, 5), "07:05:00"),
    (Decimal("5.60"), 5.6),
    (Decimal("7"), 7),
    (Decimal("-12E+3"), -12000.0),
    (Decimal("0.12345678901234567890"), "0.12345678901234567890"),
    (Decimal(10**30), 10**30),
    (uuid.UUID(int=5), "00000000-0000-0000-0000-000000000005"),
    (Colour.RED, "red"),
    (Colour.LEVEL, 1.5),
    (Word.YES, "yes"),
    (Rank.ONE, 1),
    (Row("K", [Row("Na")]), {"name": "K", "values": [{"name": "Na", "values": []}]}),
    (Pair(1, (2, "x")), [1, [2, "x"]]),
    (OrderedDict(a=defaultdict(list, b=[1])), {"a": {"b": [1]}}),
    (ChainMap({"a": 1}), {"a": 1}),
    (MappingProxyType({"a": (1,)}), {"a": [1]}),
    (UserList([1, 2]), [1, 2]),
    (deque([1, 2]), [1, 2]),
    (range(3), [0, 1, 2]),
    ({1: "a", np.int64(2): "b", Word.YES: "c", date(2024, 3, 1): "d", np.str_("e"): "e"},
     {"1": "a", "2": "b", "yes": "c", "2024-03-01": "d", "e": "e"}),
    (10**30, 10**30),
    # NumPy
    (np.float64(0.1), 0.1),
    (np.float32(0.1), 0.1),
    (np.float16(0.1), 0.1),
    (np.float32(1e10), 1e10),
    (np.float32(16777217), 16777216.0),
    (np.longdouble(0.5), 0.5),
    (np.int8(-3), -3),
    (np.uint64(2**64 - 1), 2**64 - 1),
    (np.bool_(True), True),
    (np.str_("x"), "x"),
    (np.array([[0.1, 0.2]], np.float32), [[0.1, 0.2]]),
    (np.array(["a", None, np.float32(0.3), {"b": np.int32(4)}], object), ["a", None, 0.3, {"b": 4}]),
    (np.array({"a": 1}, object), {"a": 1}),
    (np.array("x"), "x"),
    (np.array([], float), []),
    (np.array([("K", 5.6)], [("n", "U5"), ("v", "f4")]), [{"n": "K", "v": 5.6}]),
    (np.ma.masked, None),
    (np.datetime64("2024-03-01"), "2024-03-01"),
    (np.datetime64("2024-03-01T07:05:00", "ns"), "2024-03-01T07:05:00"),
    (np.datetime64("2024-03-01", "ns"), "2024-03-01"),
    (np.datetime64("2024-03-01T07:05:00.250", "us"), "2024-03-01T07:05:00.25"),
    (np.datetime64("NaT"), None),
    # pandas
    (pd.Timestamp("2024-03-01"), "2024-03-01"),
    (pd.Timestamp("2024-03-01 07:05"), "2024-03-01T07:05:00"),
    (pd.Timestamp("2024-03-01", tz="UTC"), "2024-03-01T00:00:00+00:00"),
    (pd.Period("2024-03"), "2024-03"),
    (pd.NaT, None),
    (pd.NA, None),
    (pd.Series([0.1], dtype="float32"), [0.1]),
    (pd.Series([0.1, None], dtype="Float32"), [0.1, None]),
    (pl.Series([0.1, None], dtype=pl.Float32), [0.1, None]),
    (pl.Series([{"a": [date(2024, 3, 1)]}]), [{"a": ["2024-03-01"]}]),
    (pd.Series({"Name": "Li", "Age": np.int64(4)}, dtype=object), {"Name": "Li", "Age": 4}),
    (pd.Index(["a"]), ["a"]),
    (pd.array([1, None], dtype="Int64"), [1, None]),
    (pd.Categorical(["a", "b"]), ["a", "b"]),
    # Arrow
    (STRUCT, {"r": [{"x": 0.1, "d": "2024-03-01", "n": None}], "h": {"k": None}}),
    (pa.scalar(0.1, pa.float16()), 0.1),
    (pa.scalar(Decimal("5.60")), 5.6),
    (pa.scalar(None, pa.struct([("a", pa.int8())])), None),
    (pa.scalar(datetime(2024, 3, 1, 7, 5)), "2024-03-01T07:05:00"),
    (pa.array([0.1, None], pa.float32()), [0.1, None]),
    (pa.chunked_array([["a"], ["b"]]), ["a", "b"]),
]  # fmt: skip


@pytest.mark.parametrize(("value", "expected"), VALUES, ids=[type(x[0]).__name__ for x in VALUES])
def test_what_stands_for_a_value(value: Any, expected: Any) -> None:
    """The value is read alone and deep in a row, and made of the exact types of JSON."""
    found = plain({"rows": [{"a": value}]}, GoldError, 9, "gold")
    assert found == {"rows": [{"a": expected}]}
    assert json.dumps(found) == json.dumps({"rows": [{"a": expected}]})


NO_VALUES: list[tuple[Any, str]] = [
    ({1}, "set"),
    (frozenset("a"), "frozenset"),
    (b"x", "bytes"),
    (np.bytes_(b"x"), "bytes_"),
    (memoryview(b"x"), "memoryview"),
    (1j, "complex"),
    (np.complex64(1), "complex64"),
    (Fraction(1, 3), "Fraction"),
    (timedelta(1), "timedelta"),
    (np.timedelta64(1, "D"), "timedelta64"),
    (pd.Timedelta(1), "Timedelta"),
    (object(), "object"),
    (SimpleNamespace(a=1), "SimpleNamespace"),
    (iter([1]), "list_iterator"),
    (len, "builtin_function_or_method"),
    (Row, "the class Row"),
    (pd.DataFrame({"a": [1]}), "DataFrame"),
    (pa.table({"a": [1]}), "Table"),
    (pd.Series([1, 2], index=["a", "a"]), "Series whose names repeat"),
]


@pytest.mark.parametrize(("value", "name"), NO_VALUES, ids=[x[1] for x in NO_VALUES])
def test_what_stands_for_nothing(value: Any, name: str) -> None:
    """It is named with its type and its place."""
    with pytest.raises(PredictionError) as caught:
        plain({"rows": [{"a": value}]}, PredictionError, 9, "prediction")
    assert str(caught.value) == f"prediction: expected a JSON value, got {name} - at $.rows[0].a"


@pytest.mark.parametrize(
    "value", [math.nan, np.float32("nan"), np.array([np.inf]), Decimal("NaN"), Decimal("-Infinity")], ids=repr
)
def test_what_is_not_finite(value: Any) -> None:
    """NaN is no blank in a gold, whoever wrote it."""
    with pytest.raises(GoldError, match=r"expected a finite number, got -?(nan|inf) - at \$\.a"):
        plain({"a": value}, GoldError, 9, "gold")


def test_an_object_that_holds_itself() -> None:
    """Also where the ring goes through a dataclass."""
    row = Row("K")
    row.values.append(row)
    with pytest.raises(GoldError, match=r"got a Row that holds itself - at \$\.values\[0\]"):
        plain(row, GoldError, 64, "gold")


def test_the_ways_in() -> None:
    """Golds and predictions are read alike, whichever function takes them."""
    gold = {"Name": "K", "Date": date(2024, 3, 1), "Result": np.float32(5.6), 7: (Decimal("1.50"),)}
    text = '{"Name": "K", "Date": "2024-03-01", "Result": 5.6, "7": [1.5]}'
    value = json.loads(text)
    assert reward(text, gold).f1 == 1.0
    assert score(gold, value, "strict").f1 == score(value, gold, "strict").f1 == 1.0
    assert {leaf.outcome for leaf in align(gold, gold).leaves} == {"correct"}
    assert evaluate([gold], [gold]).micro.f1 == 1.0
    assert ted_accuracy(gold, value) == ted_accuracy(value, gold) == 1.0
    # In a gold of ANLS* a tuple is alternatives.
    assert anls_star(value, gold | {7: [(Decimal("9"), Decimal("1.50"))]}) == 1.0
    assert anls_star({"a": 1.0}, {"a": np.float64(1)}) == anls_star({"a": np.float64(1)}, {"a": 1.0}) == 1.0


def test_pydantic_models() -> None:
    """A model is what it writes: by its aliases, nested, root models too; what it cannot write is named."""
    pydantic = pytest.importorskip("pydantic")
    row = pydantic.create_model(
        "row", name=(str, pydantic.Field(alias="Item Name")), day=(date, date(2024, 3, 1)), value=(Decimal, 0)
    )
    document = pydantic.create_model("document", rows=(list[row], ...))  # type: ignore[valid-type]
    made = document(rows=[{"Item Name": "K", "value": "5.60"}])
    expected = {"rows": [{"Item Name": "K", "day": "2024-03-01", "value": "5.60"}]}
    assert plain(made, GoldError, 9, "gold") == expected
    assert plain({"a": [made]}, GoldError, 9, "gold") == {"a": [expected]}
    assert reward(json.dumps(expected), made).f1 == 1.0
    assert plain(pydantic.RootModel[list[int]]([1]), GoldError, 9, "gold") == [1]
    with pytest.raises(GoldError, match=r"expected a JSON value, got the class document - at \$"):
        plain(document, GoldError, 9, "gold")
    odd = pydantic.create_model("odd", x=(Any, None))(x=object())
    with pytest.raises(GoldError, match=r"got odd, which cannot be written \(.*object.*\) - at \$\.a"):
        plain({"a": odd}, GoldError, 9, "gold")


def test_structs_of_other_libraries() -> None:
    """Classes of attrs and msgspec are known by the names they keep; older models by their ``json``."""

    class Attributes:
        __attrs_attrs__ = (SimpleNamespace(name="a"),)
        a = date(2024, 3, 1)

    class Struct:
        __struct_fields__ = ("item_name",)
        __struct_encode_fields__ = ("Item Name",)
        item_name = "K"

    class Old:
        __fields__ = ("a",)

        def json(self, by_alias: bool = False) -> str:
            return json.dumps({"a": by_alias})

    class Column:
        def __init__(self, dtype: str) -> None:
            self.dtype = dtype

        def tolist(self) -> list[float]:
            return [0.5]

    value = [Attributes(), Struct(), Old(), Column("torch.int64")]
    assert plain(value, GoldError, 9, "gold") == [{"a": "2024-03-01"}, {"Item Name": "K"}, {"a": True}, [0.5]]


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_a_short_float_keeps_its_digits(x: float) -> None:
    """It is the float of the shortest text that reads back as it."""
    found = plain(np.float32(x), GoldError, 9, "gold")
    assert np.float32(found) == np.float32(x)
    assert found == float(str(np.float32(x)))


TEXTS = st.text(st.characters(codec="utf-8"))
TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS, lambda x: st.lists(x) | st.dictionaries(TEXTS, x)
)


@given(TREES)
def test_plain_values_stay_what_they_are(value: Any) -> None:
    """The slow way and the quick way read the same."""
    assert plain([value, (0,)], GoldError, 99, "gold") == [value, [0]]
    assert plain(value, GoldError, 99, "gold") == value
