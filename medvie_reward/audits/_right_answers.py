"""Families of answers that are right or nearly: identity, order, monotone, values, blanks, rows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, Final

from medvie_reward._core.json_values import is_empty
from medvie_reward.audits._case import Attack, Case, Trial, as_text, compared, instead
from medvie_reward.audits._documents import (
    Path,
    columns_of,
    decoy,
    decoyed,
    filled,
    leaves_of,
    mapped,
    on_leaves,
    reordered,
    replaced,
    scalars_of,
    varied,
    with_column,
    without,
)
from medvie_reward.audits._relations import LESS, NO_MORE, NOTHING, SAME, less_by

_FEW: Final = 4
_DECIMAL: Final = re.compile(r"([0-9])[.]([0-9])")
_NUMBER: Final = re.compile(r"[0-9]+(?:[.][0-9]+)?")


def _some(case: Case, n: int = _FEW) -> list[tuple[Path, Any]]:
    """Choose a few leaves, the same every time."""
    return case.rng.sample(case.leaves, min(n, len(case.leaves)))


def _shuffled(case: Case) -> Any:
    rng = case.rng
    return reordered(case.gold, lambda pairs: rng.sample(pairs, len(pairs)))


def _items_shuffled(case: Case, value: Any) -> Any:
    rng = case.rng
    return reordered(value, items=lambda items: rng.sample(items, len(items)))


def _lists(case: Case) -> bool:
    return bool(reordered(case.gold, items=lambda items: items[::-1]) != case.gold)


def _invented(case: Case, value: Any) -> Iterable[Any]:
    """Give copies of an object with a member, and of its rows with one, and of its tables with a row."""
    if isinstance(value, dict):
        yield {**value, "Zq remark": "Quokka 17"}
    for path, rows in case.tables[:2]:
        some = _at(value, path)
        yield replaced(value, path, [{**row, "Zq remark": f"Quokka {n}"} for n, row in enumerate(some)])
        yield replaced(value, path, [*some, {name: decoy("1", n) for n, name in enumerate(rows[0])}])


def _at(value: Any, path: Path) -> Any:
    for part in path:
        value = value[part]
    return value


def _leaf_wrong(case: Case) -> Iterable[Trial]:
    return instead(case, *(replaced(case.gold, path, decoy(value)) for path, value in _some(case)))


def _leaf_left_out(case: Case) -> Iterable[Trial]:
    return instead(case, *(without(case.gold, {path}) for path, _ in _some(case)))


def _put_right(case: Case) -> Iterable[Trial]:
    """Compare an answer with wrong leaves (the attack) with the same one where one of these is right."""
    wrong = case.guessed(2, right_at=0)
    fixed = [(path, value) for n, (path, value) in enumerate(case.leaves) if n % 2]
    for path, value in fixed[:_FEW]:
        yield from compared(case, replaced(wrong, path, value), wrong)


def _right_left_out(case: Case) -> Iterable[Trial]:
    kept = [path for n, (path, _) in enumerate(case.leaves) if n % 3]
    for path in kept[:_FEW]:
        yield from compared(case, case.flawed, without(case.flawed, {path}))


def _number(text: str, value: Any) -> Any:
    """Read what was made of a number; what is none any more becomes another number."""
    try:
        return float(text)
    except ValueError:
        return decoy(value)


def _changed(case: Case, pattern: re.Pattern[str], new: str, least: float = 0.1) -> Iterable[Trial]:
    """Change all leaves that match, where they are at least a tenth."""
    hits = [path for path, value in case.leaves if pattern.search(str(value))]
    if not hits or len(hits) < least * len(case.leaves):
        return []
    known = set(hits)

    def change(path: Path, value: Any) -> Any:
        if path not in known:
            return value
        made = pattern.sub(new, str(value))
        return made if isinstance(value, str) else _number(made, value)

    return instead(case, mapped(case.gold, change))


def _last_digits(case: Case) -> Iterable[Trial]:
    """Change the last digit of every number."""

    def change(value: Any) -> Any:
        text = str(value)
        found = list(_NUMBER.finditer(text))
        if not found or isinstance(value, bool):
            return value
        at = found[0].end() - 1
        made = f"{text[:at]}{(int(text[at]) + 3) % 10}{text[at + 1 :]}"
        return made if isinstance(value, str) else _number(made, value)

    made = on_leaves(case.gold, change)
    return instead(case, made) if made != case.gold else []


def _blanks(case: Case, new: Any) -> Iterable[Trial]:
    """Write something else for every blank scalar."""
    if not any(is_empty(value) for _, value in scalars_of(case.gold)):
        return []
    return instead(case, mapped(case.gold, lambda _, value: new if is_empty(value) else value))


def _blanks_left_out(case: Case) -> Iterable[Trial]:
    blank = {path for path, value in scalars_of(case.gold) if is_empty(value)}
    return instead(case, without(case.gold, blank)) if blank else []


def _all(case: Case, *values: Any) -> Iterable[Trial]:
    """Write the same for every value."""
    return instead(case, *(filled(case.gold, value) for value in values))


def _rotated(case: Case) -> Iterable[Trial]:
    """Move each of the three most varied columns down by one row."""
    for path, rows in case.tables:
        for name in varied(rows)[:3]:
            if len(columns_of(rows)) < 2:
                continue
            cells = [row.get(name) for row in rows]
            moved = with_column(rows, name, cells[-1:] + cells[:-1])
            yield from instead(case, replaced(case.gold, path, moved))


def _turned(case: Case) -> Iterable[Trial]:
    for path, rows in case.tables:
        names = varied(rows)
        if len(columns_of(rows)) > 1 and len(rows) > 3:
            cells = [row.get(names[0]) for row in rows] if names else []
            if cells and cells != cells[::-1]:
                yield from instead(case, replaced(case.gold, path, with_column(rows, names[0], cells[::-1])))


def _neighbours(case: Case) -> Iterable[Trial]:
    """Exchange the cells of one column between each two rows that stand together."""
    for path, rows in case.tables:
        names = varied(rows)
        if not names or len(columns_of(rows)) < 2:
            continue
        cells = [row.get(names[0]) for row in rows]
        for n in range(0, len(cells) - 1, 2):
            cells[n], cells[n + 1] = cells[n + 1], cells[n]
        yield from instead(case, replaced(case.gold, path, with_column(rows, names[0], cells)))


def _columns_exchanged(case: Case) -> Iterable[Trial]:
    for path, rows in case.tables:
        names = list(columns_of(rows))
        if len(names) < 2 or columns_of(rows)[names[0]] == columns_of(rows)[names[1]]:
            continue
        a, b = names[:2]
        made = [{name: row.get(b if name == a else a if name == b else name) for name in row} for row in rows]
        yield from instead(case, replaced(case.gold, path, made))


def _members_exchanged(case: Case) -> Iterable[Trial]:
    """Move the values of an object's scalar members round by one."""
    if not isinstance(case.gold, dict):
        return []
    names = [name for name, value in case.gold.items() if isinstance(value, str) and not is_empty(value)]
    values = [case.gold[name] for name in names]
    if len(set(values)) < 3:
        return []
    return instead(case, {**case.gold, **dict(zip(names, values[1:] + values[:1], strict=True))})


def _another(case: Case) -> Iterable[Trial]:
    """Give the next document, where less than half of the values are the same."""
    shared = sum(leaf in case.leaves for leaf in leaves_of(case.other))
    return instead(case, case.other) if shared * 2 < len(case.leaves) else []


_TABLE: Final = "a table of two rows and columns or more, with different values in a column"
_LISTS: Final = "a list of two or more different items"
_BLANK: Final = "a blank value"

RIGHT_ANSWERS: Final = (
    Attack(
        "a-third-wrong",
        "identity",
        "The gold document with a third of its values wrong.",
        less_by(0.05),
        lambda c: instead(c, c.flawed) if len(c.leaves) > 2 else [],
        "three leaves",
    ),
    Attack(
        "half-wrong",
        "identity",
        "The gold document with half of its values wrong.",
        less_by(0.10),
        lambda c: instead(c, c.guessed(2, right_at=0)) if len(c.leaves) > 2 else [],
        "three leaves",
    ),
    Attack(
        "other-layout",
        "identity",
        "The gold document indented, and without any white space.",
        SAME,
        lambda c: as_text(
            c.wrap(json.dumps(c.gold, ensure_ascii=False, indent=4)),
            c.wrap(json.dumps(c.gold, ensure_ascii=False, separators=(",", ":"))),
        ),
    ),
    Attack(
        "escaped",
        "identity",
        "The gold document with every character beyond ASCII escaped.",
        SAME,
        lambda c: as_text(c.wrap(json.dumps(c.gold))),
    ),
    Attack(
        "members-reversed",
        "order",
        "The members of every object in reverse order.",
        SAME,
        lambda c: instead(c, reordered(c.gold, lambda pairs: pairs[::-1])),
    ),
    Attack(
        "members-shuffled",
        "order",
        "The members of every object in any order.",
        SAME,
        lambda c: instead(c, _shuffled(c)),
    ),
    Attack(
        "flawed-members-reversed",
        "order",
        "An answer with wrong values, members in reverse order.",
        SAME,
        lambda c: compared(c, c.flawed, reordered(c.flawed, lambda pairs: pairs[::-1])),
    ),
    Attack(
        "items-reversed",
        "order",
        "The items of every list in reverse order.",
        SAME,
        lambda c: instead(c, reordered(c.gold, items=lambda x: x[::-1])) if _lists(c) else [],
        _LISTS,
        condition="order",
    ),
    Attack(
        "items-shuffled",
        "order",
        "The items of every list in any order.",
        SAME,
        lambda c: instead(c, _items_shuffled(c, c.gold)) if _lists(c) else [],
        _LISTS,
        condition="order",
    ),
    Attack(
        "flawed-items-shuffled",
        "order",
        "An answer with wrong values, items in any order.",
        SAME,
        lambda c: compared(c, c.flawed, _items_shuffled(c, c.flawed)) if _lists(c) else [],
        _LISTS,
        condition="order",
    ),
    Attack(
        "one-invented",
        "monotone",
        "The gold document and one invented member, cell or row.",
        NO_MORE,
        lambda c: instead(c, *_invented(c, c.gold)),
    ),
    Attack(
        "flawed-and-invented",
        "monotone",
        "An answer with wrong values, and one invented member or row.",
        NO_MORE,
        lambda c: compared(c, c.flawed, *_invented(c, c.flawed)),
    ),
    Attack("one-wrong", "monotone", "The gold document with one value wrong.", LESS, _leaf_wrong),
    Attack("one-left-out", "monotone", "The gold document without one value.", LESS, _leaf_left_out),
    Attack(
        "wrong-put-right",
        "monotone",
        "An answer with wrong values, against the same with one put right.",
        NO_MORE,
        _put_right,
        "two leaves",
    ),
    Attack(
        "right-left-out",
        "monotone",
        "An answer with wrong values, without one that was right.",
        NO_MORE,
        _right_left_out,
        "two leaves",
    ),
    Attack(
        "decimal-points-lost",
        "values",
        "5.6 read as 56, in every number.",
        less_by(0.05),
        lambda c: _changed(c, _DECIMAL, r"\1\2"),
        "decimals in a tenth of the leaves",
    ),
    Attack(
        "last-digit-wrong",
        "values",
        "Another last digit in every number.",
        less_by(0.05),
        _last_digits,
        "a digit",
    ),
    Attack(
        "minus-before-numbers",
        "values",
        "A minus before every number.",
        less_by(0.05),
        lambda c: _changed(c, re.compile(r"(?<![0-9.^-])(?=[0-9])"), "-"),
        "numbers in a tenth of the leaves",
    ),
    Attack(
        "values-cut",
        "values",
        "Every value without its second half.",
        less_by(0.50),
        lambda c: instead(
            c, on_leaves(c.gold, lambda x: x[: len(x) // 2] if isinstance(x, str) else decoy(x))
        ),
    ),
    Attack(
        "values-doubled",
        "values",
        "Every text written twice in its place.",
        less_by(0.50),
        lambda c: instead(c, on_leaves(c.gold, lambda x: f"{x} {x}")),
    ),
    Attack(
        "unlike-values",
        "values",
        "Every value another one.",
        NOTHING,
        lambda c: instead(c, decoyed(c.gold)),
    ),
    Attack(
        "blanks-as-null",
        "blanks",
        "Every blank value written as null.",
        SAME,
        lambda c: _blanks(c, None),
        _BLANK,
    ),
    Attack(
        "blanks-as-text",
        "blanks",
        "Every blank value written as an empty text.",
        SAME,
        lambda c: _blanks(c, ""),
        _BLANK,
    ),
    Attack("blanks-left-out", "blanks", "Blank members left out.", SAME, _blanks_left_out, _BLANK),
    Attack(
        "blanks-filled",
        "blanks",
        "A made-up text for every blank value.",
        LESS,
        lambda c: _blanks(c, "Quokka 5"),
        _BLANK,
    ),
    Attack(
        "all-blank",
        "blanks",
        "Every value empty, null, or white space.",
        NOTHING,
        lambda c: _all(c, "", None, "  \t"),
    ),
    Attack(
        "all-the-same",
        "blanks",
        "The same made-up text or sign for every value.",
        NOTHING,
        lambda c: _all(c, "Quokka 5", "#", "…") if not {str(v) for _, v in c.leaves} & {"#", "…"} else [],
    ),
    Attack(
        "column-one-row-down",
        "rows",
        "The cells of one column, each in the next row.",
        less_by(0.05),
        _rotated,
        _TABLE,
    ),
    Attack(
        "column-turned",
        "rows",
        "The cells of one column from the last row to the first.",
        less_by(0.05),
        _turned,
        _TABLE,
    ),
    Attack(
        "neighbours-exchanged",
        "rows",
        "The cells of one column exchanged between neighbouring rows.",
        less_by(0.05),
        _neighbours,
        _TABLE,
    ),
    Attack(
        "columns-exchanged",
        "rows",
        "Two columns with each other's cells.",
        less_by(0.05),
        _columns_exchanged,
        _TABLE,
    ),
    Attack(
        "members-exchanged",
        "rows",
        "The members of an object with each other's values.",
        LESS,
        _members_exchanged,
        "three different texts beside each other",
    ),
    Attack(
        "another-document",
        "rows",
        "The gold document of another row.",
        less_by(0.20),
        _another,
        "another document of mostly other values",
    ),
)
