"""What pairs with what: the definition of the alignment, in the plainest code that states it.

A gold document and a prediction are *encoded* (every scalar in its field's normal form), *paired* (objects
member by member, lists item by item) and every leaf comes out as one *record*. The compiled kernel gives the
same records faster; where the two differ, this module is right. `docs/explanation.md` states it in words.

1. Equal normal forms have a credit of 1,000 thousandths. Others have what their field gives, which is less.
   A gold leaf may accept several forms.
2. A predicted list of several values for one gold value has none of them right.
3. Items of two lists that have equal leaves pair first. The rest take the one-to-one pairing of the largest
   worth: credit by weight, then what the reward likes best at the spec's costs, then a number hashed from
   what both items hold, so that nothing depends on the order of members or items. A pair worth nothing is
   none.
4. What is left of scalars pairs as wrong, in the order of what they hold; then they fill blank gold scalars.
5. A list pair whose work would be too much for its share of the document pairs in the order of what its items
   hold, and the result says ``limited``. The work is counted from sizes alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import repeat
from typing import Any, Final, Literal, NamedTuple

from medvie_reward._core.json_values import ANY, accepted_values, scalar_text
from medvie_reward._core.paths import ROOT, Place
from medvie_reward.alignment._prices import CREDIT, TIE, Prices
from medvie_reward.errors import GoldError
from medvie_reward.spec import Field, Fields, ListMode

What = Literal["correct", "wrong", "missing", "filled_blank", "invented_field", "invented_item", "blank"]
"""What became of a leaf; ``blank`` is one that both sides leave blank."""


class Record(NamedTuple):
    """One leaf of the gold, of the prediction, or of both.

    Attributes
    ----------
    what
        What became of it.
    field
        Its field: the gold's where the gold has it.
    gold, pred
        The raw values; ``None`` on the side that lacks it.
    gold_at, pred_at
        Where it stands; ``None`` on the side that lacks it.
    credit
        Credit in thousandths.
    """

    what: What
    field: Field
    gold: Any
    pred: Any
    gold_at: Place | None
    pred_at: Place | None
    credit: int


# -- encode --------------------------------------------------------------------------------------------


class Node:
    """An object or a list, encoded; scalars are their normal forms, empty where they are blank.

    Attributes
    ----------
    raw
        The value.
    field
        Its field.
    key
        Equal for what has equal leaves in equal places; empty where there are none.
    leaves, units, critical
        Number of its leaves, their weight, and how many of them are critical.
    widest
        The largest number of items of a list in it, itself included.
    content
        What `content` gave, or -1.
    """

    __slots__ = ("content", "critical", "field", "key", "leaves", "raw", "units", "widest")

    def __init__(self, raw: Any, field: Field) -> None:
        self.raw, self.field = raw, field
        self.key: Any = ""
        self.leaves = self.units = self.critical = self.widest = 0
        self.content = -1

    def add(self, kid: Node | str, field: Field) -> None:
        """Add a child to what this holds."""
        if isinstance(kid, Node):
            self.leaves += kid.leaves
            self.units += kid.units
            self.critical += kid.critical
            self.widest = max(self.widest, kid.widest)
        elif kid:
            self.leaves += 1
            self.units += field.units
            self.critical += field.critical


class Object(Node):
    """An object.

    Attributes
    ----------
    kids
        Its members by name.
    flat
        Whether all of them are scalars that are right or earn nothing.
    """

    __slots__ = ("_names", "flat", "kids")

    def __init__(self, raw: dict[str, Any], field: Field) -> None:
        super().__init__(raw, field)
        self.kids: dict[str, Kid] = {}
        self.flat = True
        self._names: frozenset[str] | None = None

    @property
    def names(self) -> frozenset[str]:
        """The names of the members that are not blank, of a flat object."""
        if self._names is None:
            self._names = frozenset([name for name, _ in self.key])
        return self._names


class Array(Node):
    """A list, with its items; ``ordered`` where they pair by their positions."""

    __slots__ = ("inner", "kids", "ordered")

    def __init__(self, raw: list[Any], field: Field, inner: Field, ordered: bool) -> None:
        super().__init__(raw, field)
        self.inner = inner
        self.ordered = ordered
        self.kids: list[Kid] = []
        self.widest = len(raw)


class Several(str):
    """The normal form of the first of several accepted values, with all of them in ``forms``."""

    __slots__ = ("forms", "raw")
    forms: frozenset[str]
    raw: Any


Kid = str | Object | Array


class Item(NamedTuple):
    """An item of a list."""

    kid: Kid
    raw: Any
    field: Field
    at: Place


def encode(value: Any, field: Field, fields: Fields, lists: str, gold: bool = False) -> Kid:
    """Encode a plain JSON value.

    Parameters
    ----------
    value
        The value.
    field
        Its field.
    fields
        All fields.
    lists
        The list mode where no rule gives another.
    gold
        Whether it is of a gold document, in which ``{"$any": [...]}`` is one leaf.
    """
    if isinstance(value, dict):
        if gold and (accepted := accepted_values(value)) is not None:
            return encode_several(accepted, field)
        made = Object(value, field)
        members, parts = field.members, []
        for name, x in value.items():
            inner = members.get(name) or fields.member(field, name)
            kid = made.kids[name] = (
                inner.form(x) if x.__class__ is str else encode(x, inner, fields, lists, gold)
            )
            if kid.__class__ is not str or inner.credit is not None:
                made.flat = False
            made.add(kid, inner)
            if key := key_of(kid):
                parts.append((name, key))
        made.key = frozenset(parts) or ""
        return made
    if isinstance(value, list):
        inner = fields.items(field)
        listed = Array(value, field, inner, (field.rule.lists or lists) == "index")
        listed.kids = [encode(x, inner, fields, lists, gold) for x in value]
        for kid in listed.kids:
            listed.add(kid, inner)
        keys = [(n, key) for n, kid in enumerate(listed.kids) if (key := key_of(kid))]
        listed.key = frozenset(keys if listed.ordered else Counter([key for _, key in keys]).items()) or ""
        return listed
    return field.form(scalar_text(value))


def encode_several(accepted: list[Any], field: Field) -> str:
    """Encode a gold leaf that accepts several values.

    Raises
    ------
    GoldError
        If one of them is no scalar.
    """
    found: dict[str, Any] = {}
    for x in accepted:
        if isinstance(x, (dict, list)):
            got = "an object" if isinstance(x, dict) else "a list"
            place = f"$.{field.name}" if field.name and field.name[0] != "[" else f"${field.name}"
            raise GoldError(f"gold: expected scalars in {ANY}, got {got} - at {place}")
        if form := field.form(scalar_text(x)):
            found.setdefault(form, x)
    made = Several(next(iter(found), ""))
    made.forms, made.raw = frozenset(found), found.get(str(made))
    return made


def key_of(kid: Kid) -> Any:
    """Return what tells whether two values have equal leaves; empty where there are none."""
    return kid.key if isinstance(kid, Node) else kid


def sizes_of(kid: Kid, field: Field) -> tuple[int, int, int]:
    """Return the number of leaves of a value, their weight, and how many of them are critical."""
    if isinstance(kid, Node):
        return kid.leaves, kid.units, kid.critical
    return (1, field.units, int(field.critical)) if kid else (0, 0, 0)


def raw_of(kid: Kid, raw: Any) -> Any:
    """Return the raw value of a scalar: the first that is accepted, where there are several."""
    return kid.raw if isinstance(kid, Several) else raw


def spread(outermost: Array, at: Place) -> list[Item]:
    """Return the items of a list that are no lists, those of inner lists after the outer ones."""
    found: list[Item] = []
    level = [(outermost, at)]
    while level:
        inner = []
        for outer, place in level:
            for n, kid in enumerate(outer.kids):
                if isinstance(kid, Array):
                    inner.append((kid, (place, n)))
                else:
                    found.append(Item(kid, outer.raw[n], outer.inner, (place, n)))
        level = inner
    return found


def items_of(node: Array, at: Place) -> list[Item]:
    """Return the items of a list."""
    return [Item(kid, node.raw[n], node.inner, (at, n)) for n, kid in enumerate(node.kids)]


# -- what a value holds, as a number -------------------------------------------------------------------

_MASK: Final = (1 << 64) - 1
_SEED: Final = 0x9E3779B97F4A7C15
_ODD: Final = 0xA0761D6478BD642F
_ONE: Final = 0xE7037ED1A0B428DB
_TWO: Final = 0x8EBC6AF09C88C6E3
_BLANK, _LIST, _OBJECT, _ITEM, _PLACE = 77, 0x1234567, 0x7654321, 5, 8
_TIE_BITS: Final = 24


def fold(a: int, b: int) -> int:
    """Multiply two 64-bit numbers and fold the product to 64 bits."""
    product = a * b
    return (product ^ product >> 64) & _MASK


@lru_cache(1 << 16)
def hash_text(text: str) -> int:
    """Return a 64-bit number of a text, from its UTF-8 bytes; the same on every machine."""
    data = text.encode("utf-8", "surrogatepass")
    n = len(data)
    h = _SEED ^ (n * _ODD & _MASK)
    at = 0
    while n - at > 8:
        h = fold(h ^ int.from_bytes(data[at : at + 8], "little"), _ONE)
        at += 8
    return fold(h ^ int.from_bytes(data[at:], "little"), _TWO)


def hash_scalar(text: str) -> int:
    """Return a number of a scalar's normal form, and of all forms where it accepts several."""
    if not text:
        return fold(_BLANK ^ _TWO, _SEED)
    number = hash_text(str(text))
    if isinstance(text, Several) and len(text.forms) > 1:
        number ^= sum([fold(hash_text(form) ^ _SEED, _TWO) for form in text.forms]) & _MASK
    return fold(fold(number ^ _ONE, _SEED) ^ _TWO, _SEED)


def content(kid: Kid) -> int:
    """Return a number of all that a value holds, blanks too, whatever the order of members and items.

    Only where items pair by their positions, these count.
    """
    if not isinstance(kid, Node):
        return hash_scalar(kid)
    if kid.content < 0:
        if isinstance(kid, Object):
            parts = [fold(content(x) ^ (hash_text(name) | 1), _ONE) for name, x in kid.kids.items()]
            kid.content = fold(_OBJECT + sum(parts) & _MASK ^ _TWO, _ONE)
        else:
            places = range(_PLACE, _PLACE * (len(kid.kids) + 1), _PLACE) if kid.ordered else repeat(0)
            parts = [fold(content(x) ^ _ITEM + at, _ONE) for x, at in zip(kid.kids, places, strict=False)]
            kid.content = fold(_LIST + sum(parts) & _MASK ^ _TWO, _ONE)
    return kid.content


def tie(pred: int, gold: int) -> int:
    """Return a 40-bit number of a pair of contents, which decides between pairs that are worth the same."""
    return fold(pred ^ _ONE, gold ^ _TWO) >> _TIE_BITS


# -- one assignment ------------------------------------------------------------------------------------


def assign(worths: list[list[int]]) -> list[tuple[int, int]]:
    """Solve an assignment: of each row at most one column and the reverse, with the largest sum.

    Shortest augmenting paths (Kuhn 1955; Jonker and Volgenant 1987) on integers of any size.

    Parameters
    ----------
    worths
        What each pair is worth, 0 or more, shape (n, m).

    Returns
    -------
    list of tuple
        Row and column of each pair that is worth more than 0.
    """
    turned = len(worths) > len(worths[0])
    table = [list(column) for column in zip(*worths, strict=True)] if turned else worths
    m = len(table[0])
    u = [max(row) for row in table]
    v = [0] * m
    row_of = [-1] * m
    column_of = [-1] * len(table)
    for i, row in enumerate(table):
        j = row.index(u[i])
        if row_of[j] < 0:
            row_of[j], column_of[i] = i, j
    for start in [i for i, j in enumerate(column_of) if j < 0]:
        low: list[Any] = [None] * m
        way = [-1] * m
        left, done = list(range(m)), []
        i, reach = start, 0
        while True:
            row, base = table[i], reach + u[i]
            for j in left:
                cost = base - row[j] + v[j]
                if low[j] is None or cost < low[j]:
                    low[j], way[j] = cost, i
            best = min(left, key=low.__getitem__)
            reach = low[best]
            left.remove(best)
            if row_of[best] < 0:
                break
            done.append(best)
            i = row_of[best]
        u[start] -= reach
        for j in done:
            u[row_of[j]] -= reach - low[j]
            v[j] += reach - low[j]
        j = best
        while True:
            i = way[j]
            row_of[j], column_of[i], j = i, j, column_of[i]
            if i == start:
                break
    pairs = [(i, j) for i, j in enumerate(column_of) if j >= 0 and table[i][j] > 0]
    return [(j, i) for i, j in pairs] if turned else pairs


# -- pairs ---------------------------------------------------------------------------------------------

Pair = tuple[int, int]
"""Positions of two items, of the predicted and of the gold one."""


class Pairs(NamedTuple):
    """How the items of two lists pair.

    Attributes
    ----------
    equal
        Pairs with equal leaves.
    near
        Other pairs: wrong scalars, and those that fill blank ones, among them.
    worth
        What all are worth.
    """

    equal: list[Pair]
    near: list[Pair]
    worth: int


class Aligner:
    """Pairs one prediction with one gold document.

    Parameters
    ----------
    fields
        The fields.
    lists
        The list mode where no rule gives another.
    prices
        What leaves add to the worth of a pair.
    leaves
        Number of leaves of both documents.
    max_work
        How much work the whole document may take.

    Attributes
    ----------
    limited
        Whether the work of some list was too much.
    """

    def __init__(self, fields: Fields, lists: str, prices: Prices, leaves: int, max_work: int) -> None:
        self.fields, self.lists, self.prices = fields, lists, prices
        self.leaves, self.max_work = leaves, max_work
        self.limited = False
        self._modes: dict[str, ListMode] = {}

    def mode(self, field: Field) -> ListMode:
        """Return how the items of a list at a field pair."""
        text = field.rule.lists or self.lists
        if text not in self._modes:
            self._modes[text] = ListMode.parse(text) or ListMode("align")
        return self._modes[text]

    # -- worth --

    def credit(self, pred: str, gold: str, field: Field) -> int:
        """Return the credit of two scalars, neither blank, in thousandths."""
        forms = gold.forms if isinstance(gold, Several) else (gold,)
        if pred in forms:
            return CREDIT
        return 0 if field.credit is None else max([field.credit(form, pred) for form in forms])

    def worth(self, pred: Kid, gold: Kid, field: Field) -> int:
        """Return what a pair of values is worth; ``field`` is the gold's."""
        if isinstance(pred, str) and isinstance(gold, str):
            if not pred or not gold:
                return self.prices.filled_blank * field.units if pred else 0
            return self.prices.pair(field, self.credit(pred, gold, field))
        if is_blank(gold):
            return self.prices.filled_blank * sizes_of(pred, field)[1]
        if isinstance(pred, Array) or isinstance(gold, Array):
            if self.rivals(Item(pred, None, field, ROOT), Item(gold, None, field, ROOT)):
                return self.prices.pair(field, 0)
            return self.pair(*self.items(pred, gold, field)).worth
        if isinstance(pred, str) or isinstance(gold, str):
            return self.prices.invented_field * sizes_of(pred, field)[1]
        members = gold.field.members
        if pred.flat and gold.flat and not self.prices.by_kind:
            return (
                self.prices.shared(members, pred.key & gold.key, pred.names & gold.names)
                if pred.key and gold.key
                else 0
            )
        worth = 0
        for name, p in pred.kids.items():
            if name in gold.kids:
                worth += self.worth(p, gold.kids[name], members[name])
            elif self.prices.invented_field:
                worth += self.prices.invented_field * sizes_of(p, pred.field.members[name])[1]
        return worth

    def rivals(self, pred: Item, gold: Item) -> list[Item]:
        """Return the items of a predicted list of several values for one gold value, the wrong one first.

        Empty where there are not several, or where the field may hold several.
        """
        if not isinstance(pred.kid, Array) or isinstance(gold.kid, Node) or gold.field.several:
            return []
        items = spread(pred.kid, pred.at)
        values = [n for n, item in enumerate(items) if isinstance(item.kid, str) and item.kid]
        if len(values) < 2:
            return []
        first = min(values, key=lambda n: (content(items[n].kid), n))
        return [items[first], *items[:first], *items[first + 1 :]]

    # -- lists --

    def items(
        self, pred: Kid, gold: Kid, field: Field, raw: Any = None, at: Place = ROOT, g_at: Place = ROOT
    ) -> tuple[list[Item], list[Item], ListMode]:
        """Return the items of two values of which one is a list at least, and how they pair.

        What is no list is a list of one, for which the items of inner lists may stand, too, unless items pair
        by position.

        Parameters
        ----------
        pred, gold
            The values.
        field
            The gold's field.
        raw
            The raw value of the side that is no list.
        at, g_at
            Where both stand.
        """
        mode = self.mode(field)
        if isinstance(pred, Array) and isinstance(gold, Array):
            return items_of(pred, at), items_of(gold, g_at), mode
        inside = items_of if mode.name == "index" else spread
        if isinstance(gold, Array):
            return [Item(pred, raw, gold.inner, at)], inside(gold, g_at), mode
        preds = inside(pred, at) if isinstance(pred, Array) else []
        return preds, [Item(gold, raw, field, g_at)], mode

    def pair(self, preds: list[Item], golds: list[Item], mode: ListMode) -> Pairs:
        """Pair the items of two lists, one to one."""
        if mode.name == "index":
            both = [(n, n) for n in range(min(len(preds), len(golds)))]
            worths = [self.worth(preds[n].kid, golds[n].kid, golds[n].field) for n, _ in both]
            return Pairs([], both, sum(worths))
        equal, rest_p, rest_g = pair_equal(preds, golds)
        near, worth = self.best(preds, golds, rest_p, rest_g, mode)
        wrong, filled = pair_leftover(preds, golds, [*equal, *near])
        worth += sum([self.prices.full(golds[j].kid, golds[j].field) for _, j in equal])
        worth += sum([self.prices.pair(golds[j].field, 0) for _, j in wrong])
        worth += sum([self.prices.filled_blank * golds[j].field.units for _, j in filled])
        return Pairs(equal, [*near, *wrong, *filled], worth)

    def best(
        self, preds: list[Item], golds: list[Item], rest_p: list[int], rest_g: list[int], mode: ListMode
    ) -> tuple[list[Pair], int]:
        """Return the pairing of the largest worth of items that have no equals, and its worth."""
        if not rest_p or not rest_g or self.hopeless(preds, golds, rest_p, rest_g):
            return [], 0
        if self.too_much([preds[i].kid for i in rest_p], [golds[j].kid for j in rest_g]):
            self.limited = True
            pairs = list(zip(by_content(preds, rest_p), by_content(golds, rest_g), strict=False))
            worths = {(i, j): self.useful(preds[i], golds[j]) for i, j in pairs}
            pairs = [pair for pair in pairs if worths[pair]]
        else:
            # Once for each pair: whatever is asked twice takes four times as long one list further down.
            worths = {(i, j): self.useful(preds[i], golds[j]) for i in rest_p for j in rest_g}
            table = [[self.rank(preds[i], golds[j], worths[i, j], mode) for j in rest_g] for i in rest_p]
            pairs = [(rest_p[a], rest_g[b]) for a, b in assign(table)]
            pairs = in_order(pairs, preds, golds, rest_p, rest_g)
        return pairs, sum([worths[pair] for pair in pairs])

    def hopeless(self, preds: list[Item], golds: list[Item], rest_p: list[int], rest_g: list[int]) -> bool:
        """Check whether all that is left are scalars without credit, of which no pair is worth something."""
        left = [*[preds[i].kid for i in rest_p], *[golds[j].kid for j in rest_g]]
        return all(kid.__class__ is str for kid in left) and golds[rest_g[0]].field.credit is None

    def useful(self, pred: Item, gold: Item) -> int:
        """Return what two items are worth, at least 0; two scalars are worth nothing without credit."""
        p, g = pred.kid, gold.kid
        if isinstance(p, str) and isinstance(g, str) and not self.credit(p, g, gold.field):
            return 0
        return max(0, self.worth(p, g, gold.field))

    def rank(self, pred: Item, gold: Item, worth: int, mode: ListMode) -> int:
        """Return a number that orders pairs: by what joins them, worth, and a number of what both hold."""
        joined = mode.member is not None and self.joined(pred, gold, mode.member)
        if not worth and not joined:
            return 0
        ranked = (worth << TIE) + tie(content(pred.kid), content(gold.kid))
        return ranked + self.prices.joined if joined else ranked

    def joined(self, pred: Item, gold: Item, member: str) -> bool:
        """Check whether two items have a value of the joining member in common."""
        return not join_texts(pred.kid, member).isdisjoint(join_texts(gold.kid, member))

    def too_much(self, preds: list[Kid], golds: list[Kid]) -> bool:
        """Check whether pairing items takes more work than the share of the document that they are.

        The solver takes n m min(n, m) steps. Two items take as many as they have pairs of leaves, and the
        lists inside them as many again for each item of the longer ones.
        """
        n, m = len(preds), len(golds)
        a, b = sum(map(count_leaves, preds)), sum(map(count_leaves, golds))
        deep = min(max(map(widest, preds)), max(map(widest, golds)))
        return (n * m * min(n, m) + a * b * (1 + deep)) * self.leaves > self.max_work * (a + b)

    # -- records --

    def walk(
        self,
        out: list[Record],
        pred: Item,
        gold: Item,
        bulk: Callable[[Item], None] | None = None,
    ) -> None:
        """Write a record of every leaf of two values that stand for each other.

        ``bulk`` takes the gold items whose leaves are all correct, instead of records of them.
        """
        p, g = pred.kid, gold.kid
        if isinstance(p, str) and isinstance(g, str):
            out.append(self.scalar(pred, p, gold, g))
        elif is_blank(g):
            only_pred(out, pred, "filled_blank")
        elif isinstance(p, Array) or isinstance(g, Array):
            self.walk_lists(out, pred, gold, bulk)
        elif isinstance(p, str) or isinstance(g, str):
            only_gold(out, gold)
            only_pred(out, pred, "invented_field")
        else:
            for name, kid in g.kids.items():
                at = member_of(g, kid, name, gold.at)
                if name in p.kids:
                    self.walk(out, member_of(p, p.kids[name], name, pred.at), at, bulk)
                else:
                    only_gold(out, at, blank=True)
            for name, kid in p.kids.items():
                if name not in g.kids:
                    only_pred(out, member_of(p, kid, name, pred.at), "invented_field")

    def scalar(self, pred: Item, p: str, gold: Item, g: str) -> Record:
        """Return the record of two scalars that stand for each other."""
        what: What = "blank"
        credit = 0
        if p and g:
            credit = self.credit(p, g, gold.field)
            what = "correct" if credit == CREDIT else "wrong"
        elif p or g:
            what = "missing" if g else "filled_blank"
        return Record(what, gold.field, raw_of(g, gold.raw), pred.raw, gold.at, pred.at, credit)

    def walk_lists(
        self, out: list[Record], pred: Item, gold: Item, bulk: Callable[[Item], None] | None
    ) -> None:
        """Write the records of two values of which one is a list at least."""
        if rivals := self.rivals(pred, gold):
            wrong = rivals[0]
            raw = raw_of(gold.kid, gold.raw)
            out.append(Record("wrong", gold.field, raw, wrong.raw, gold.at, wrong.at, 0))
            for item in rivals[1:]:
                only_pred(out, item, "invented_item")
            return
        raw = pred.raw if isinstance(gold.kid, Array) else gold.raw
        self.walk_items(out, *self.items(pred.kid, gold.kid, gold.field, raw, pred.at, gold.at), bulk)

    def walk_items(
        self,
        out: list[Record],
        preds: list[Item],
        golds: list[Item],
        mode: ListMode,
        bulk: Callable[[Item], None] | None,
        alone: What = "invented_item",
    ) -> None:
        """Write the records of two lists; ``alone`` is what predicted items without a partner are."""
        found = self.pair(preds, golds, mode)
        partner = {j: i for i, j in [*found.equal, *found.near]}
        equal = {j for _, j in found.equal} if bulk is not None else set()
        for j, item in enumerate(golds):
            if j in equal and bulk is not None:
                bulk(item)
            elif j in partner:
                self.walk(out, preds[partner[j]], item, bulk)
            else:
                only_gold(out, item)
        taken = set(partner.values())
        for i, item in enumerate(preds):
            if i not in taken:
                only_pred(out, item, alone)


def pair_equal(preds: list[Item], golds: list[Item]) -> tuple[list[Pair], list[int], list[int]]:
    """Pair items with equal leaves; gives the pairs, and the positions of the others that have leaves."""
    waiting: dict[Any, list[int]] = defaultdict(list)
    for j, item in enumerate(golds):
        if key := key_of(item.kid):
            waiting[key].append(j)
    for same in waiting.values():
        if len(same) > 1:
            same.sort(key=lambda j: content(golds[j].kid))
        same.reverse()
    pairs, rest = [], []
    for i, item in enumerate(preds):
        if key := key_of(item.kid):
            if waiting.get(key):
                pairs.append((i, waiting[key].pop()))
            else:
                rest.append(i)
    return pairs, rest, sorted([j for same in waiting.values() for j in same])


def pair_leftover(preds: list[Item], golds: list[Item], pairs: list[Pair]) -> tuple[list[Pair], list[Pair]]:
    """Pair what is left of scalars, in the order of what they hold: as wrong, then with blank ones."""
    taken_p, taken_g = {i for i, _ in pairs}, {j for _, j in pairs}
    free_p = [i for i, x in enumerate(preds) if isinstance(x.kid, str) and x.kid and i not in taken_p]
    free_g = [j for j, x in enumerate(golds) if isinstance(x.kid, str) and j not in taken_g]
    if not free_p or not free_g:
        return [], []
    free_p = by_content(preds, free_p)
    values = by_content(golds, [j for j in free_g if golds[j].kid])
    blanks = [j for j in free_g if not golds[j].kid]
    wrong = list(zip(free_p, values, strict=False))
    return wrong, list(zip(free_p[len(values) :], blanks, strict=False))


def by_content(items: list[Item], places: list[int]) -> list[int]:
    """Put positions into the order of what the items there hold, and equal ones into the order they have."""
    return sorted(places, key=lambda n: content(items[n].kid))


def in_order(
    pairs: list[Pair], preds: list[Item], golds: list[Item], rest_p: list[int], rest_g: list[int]
) -> list[Pair]:
    """Let items that hold the same take their partners in the order in which they stand.

    Which of them pairs with what makes no difference to any worth, so no solver can tell them apart.
    """
    free_p, free_g = same_content(preds, rest_p), same_content(golds, rest_g)
    classes = sorted([(content(preds[i].kid), content(golds[j].kid)) for i, j in pairs])
    return [(next(free_p[p]), next(free_g[g])) for p, g in classes]


def same_content(items: list[Item], places: list[int]) -> dict[int, Iterator[int]]:
    """Return the positions of items by what they hold."""
    found: dict[int, list[int]] = defaultdict(list)
    for n in places:
        found[content(items[n].kid)].append(n)
    return {number: iter(same) for number, same in found.items()}


def join_texts(kid: Kid, member: str) -> set[str]:
    """Return an item's values of the joining member: one, or several where it holds a list."""
    value = kid.kids.get(member, "") if isinstance(kid, Object) else ""
    if isinstance(value, Array):
        return {x.kid for x in spread(value, ROOT) if isinstance(x.kid, str) and x.kid}
    return {value} if isinstance(value, str) and value else set()


def is_blank(gold: Kid) -> bool:
    """Check whether a gold value is a blank scalar or an empty container, which anything fills."""
    return not gold.kids if isinstance(gold, Node) else not gold


def count_leaves(kid: Kid) -> int:
    """Return the number of leaves of a value."""
    return kid.leaves if isinstance(kid, Node) else 1 if kid else 0


def widest(kid: Kid) -> int:
    """Return the largest number of items of a list in a value."""
    return kid.widest if isinstance(kid, Node) else 0


# -- records of one side -------------------------------------------------------------------------------


def member_of(node: Object, kid: Kid, name: str, at: Place) -> Item:
    """Return a member of an object."""
    return Item(kid, node.raw[name], node.field.members[name], (at, name))


def only_gold(out: list[Record], gold: Item, blank: bool = False) -> None:
    """Write the records of a gold value that nothing stands for, with its blank members where asked for."""
    kid = gold.kid
    if isinstance(kid, Object):
        for name, x in kid.kids.items():
            only_gold(out, member_of(kid, x, name, gold.at), blank)
    elif isinstance(kid, Array):
        for item in items_of(kid, gold.at):
            only_gold(out, item)
    elif kid or blank:
        what: What = "missing" if kid else "blank"
        out.append(Record(what, gold.field, raw_of(kid, gold.raw), None, gold.at, None, 0))


def only_pred(out: list[Record], pred: Item, what: What) -> None:
    """Write the records of a predicted value that stands for nothing in the gold."""
    kid = pred.kid
    if isinstance(kid, Object):
        for name, x in kid.kids.items():
            only_pred(out, member_of(kid, x, name, pred.at), what)
    elif isinstance(kid, Array):
        for item in items_of(kid, pred.at):
            only_pred(out, item, what)
    elif kid:
        out.append(Record(what, pred.field, None, pred.raw, None, pred.at, 0))
