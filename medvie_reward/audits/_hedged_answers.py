"""Families of answers that say too little or too much: short, copies, keys, columns, candidates."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final

from medvie_reward._core.json_values import is_empty
from medvie_reward.audits._case import Attack, Case, Trial, instead
from medvie_reward.audits._documents import (
    Path,
    columns_of,
    decoy,
    decoyed,
    leaves_of,
    mapped,
    on_leaves,
    only,
    replaced,
)
from medvie_reward.audits._relations import LESS, NO_MORE, NOTHING, at_most, less_by

Rows = list[dict[str, Any]]
_LONG: Final = "five rows or forty leaves"
_TABLE: Final = "a table of two rows or more"
_COLUMNS: Final = "a table of five rows or more"


def _members(case: Case) -> list[tuple[Path, Any]]:
    """Give the leaves outside of lists."""
    return [(path, value) for path, value in case.leaves if not any(isinstance(part, int) for part in path)]


def _fields(case: Case, n: int) -> Iterable[Trial]:
    """Keep some leaves only; those outside of lists where there are any."""
    safe = _members(case) or case.leaves
    if not case.long or len(safe) < n:
        return []
    return instead(
        case, *(only(case.gold, {path for path, _ in safe[at : at + n]}) for at in (0, len(safe) - n))
    )


def _tables(
    case: Case, change: Callable[[Rows], Rows | None], least: int = 2, honest: Any = None
) -> Iterable[Trial]:
    """Change every table of so many rows."""
    found = {
        path: made for path, rows in case.tables if len(rows) >= least and (made := change(rows)) is not None
    }
    if not found:
        return []
    answer = case.gold
    for path, rows in sorted(found.items(), key=lambda entry: -len(entry[0])):  # inner tables first
        answer = replaced(answer, path, rows)
    return [Trial((case.text(answer),), () if honest is None else (case.text(honest),))]


def _flawed_tables(case: Case, change: Callable[[Rows], Rows]) -> Iterable[Trial]:
    """Change the tables of an answer with wrong values; compared with it as it is."""
    inner = Case(case.id, case.flawed, case.other, case.form)
    return _tables(inner, change, honest=case.flawed)


def _one_column(case: Case) -> Iterable[Trial]:
    for path, rows in case.tables:
        names = list(columns_of(rows))
        if len(rows) >= 5 and len(names) > 2 and names:
            kept = {(*path, n, names[0]) for n in range(len(rows))}
            yield from instead(case, only(case.gold, kept))


def _without_tables(case: Case) -> Iterable[Trial]:
    if not any(len(rows) >= 5 for _, rows in case.tables) or not _members(case):
        return []
    return instead(case, only(case.gold, {path for path, _ in _members(case)}))


def _first_row(case: Case) -> Iterable[Trial]:
    for path, rows in case.tables:
        if len(rows) >= 5:
            kept = {leaf for leaf, _ in case.leaves if leaf[: len(path) + 1] == (*path, 0)}
            yield from instead(case, only(case.gold, kept))


def _dumped(rows: Rows, cell: Callable[[list[Any]], Any], names: Iterable[str] | None = None) -> Rows:
    columns = {name: [x for x in cells if not is_empty(x)] for name, cells in columns_of(rows).items()}
    chosen = set(columns if names is None else names)
    return [
        {**row, **{name: cell(columns[name]) for name in row if name in columns and name in chosen}}
        for row in rows
    ]


def _one_column_dumped(rows: Rows) -> Rows | None:
    columns = columns_of(rows)
    names = sorted(columns, key=lambda name: -len({str(x) for x in columns[name]}))
    return _dumped(rows, list, names[:1]) if len(columns) > 1 else None


def _as_columns(case: Case) -> Iterable[Trial]:
    for path, rows in case.tables:
        if path:
            yield from instead(case, replaced(case.gold, path, columns_of(rows)))


def _stuffed(case: Case, n: int) -> Iterable[Trial]:
    if not isinstance(case.gold, dict):
        return []
    return instead(case, {**case.gold, **{f"Zq {k}": f"Quokka {k}" for k in range(n)}})


def _rows_stuffed(rows: Rows) -> Rows:
    return [{**row, **{f"Zq {k}": f"Quokka {k}" for k in range(10)}} for row in rows]


def _guess(case: Case, of: int) -> tuple[str, ...]:
    """Give the completions of an honest guess that is right in one of so many leaves, whichever these are."""
    return tuple(case.text(case.guessed(of, right_at=n)) for n in range(of))


def _listed(case: Case, of: int, join: Callable[[list[Any]], Any] = list) -> Iterable[Trial]:
    """Write so many candidates for every leaf, the right one in any place among them."""

    def candidates(value: Any, place: int) -> Any:
        values = [decoy(value, n) for n in range(of - 1)]
        return join([*values[:place], value, *values[place:]])

    places = range(min(of, 3))
    texts = (case.text(on_leaves(case.gold, partial(candidates, place=at))) for at in places)
    return [Trial(tuple(texts), _guess(case, of))]


def _column_listed(case: Case) -> Iterable[Trial]:
    """Write two candidates in the most varied column, against a guess in that column."""
    for path, rows in case.tables:
        columns = columns_of(rows)
        names = sorted(columns, key=lambda name: -len({str(x) for x in columns[name]}))
        if len(rows) < 4 or len(names) < 2:
            continue
        name = names[0]
        listed = [{**r, name: [r[name], decoy(r[name])]} if not is_empty(r.get(name)) else r for r in rows]
        guesses = [
            [
                {**r, name: decoy(r[name])} if n % 2 == odd and not is_empty(r.get(name)) else r
                for n, r in enumerate(rows)
            ]
            for odd in (0, 1)
        ]
        honest = tuple(case.text(replaced(case.gold, path, guess)) for guess in guesses)
        yield Trial((case.text(replaced(case.gold, path, listed)),), honest)


def _rows_listed(case: Case) -> Iterable[Trial]:
    """Write every row twice, once with its values wrong, against an answer in which every second row is."""
    for path, rows in case.tables:
        if len(rows) < 4:
            continue
        twice = [x for row in rows for x in (decoyed(row), row)]
        guesses = [[decoyed(r) if n % 2 == odd else r for n, r in enumerate(rows)] for odd in (0, 1)]
        honest = tuple(case.text(replaced(case.gold, path, guess)) for guess in guesses)
        yield Trial((case.text(replaced(case.gold, path, twice)),), honest)


def _member_alone(case: Case, value: Callable[[Any], Any]) -> Iterable[Trial]:
    """Ask for a single member, and answer it as the function says."""
    for path, right in _members(case)[:3]:
        if len(path) == 1 and not isinstance(right, bool):
            yield Trial((case.text({path[0]: value(right)}),), gold={path[0]: right})


def _spare_members(case: Case) -> Iterable[Trial]:
    """Write each member of an object again under a name of its own, with another value."""

    def spare(value: Any) -> Any:
        if isinstance(value, dict):
            made = {}
            for name, member in value.items():
                made[name] = spare(member)
                if not isinstance(member, (dict, list)) and not is_empty(member):
                    made[f"{name} (or)"] = decoy(member)
            return made
        return [spare(item) for item in value] if isinstance(value, list) else value

    return instead(case, spare(case.gold))


def _alternatives(value: Any) -> Any:
    return {"value": value, "alternatives": [decoy(value), decoy(value, 1)]}


def _columns_alone(case: Case, cell: Callable[[list[Any]], Any], rows: int | None = None) -> Iterable[Trial]:
    """Give a table of dumped columns and nothing else of the document."""
    for path, table in case.tables:
        if len(table) >= 5:
            made: Any = _dumped(table, cell)[:rows]
            for part in reversed(path):
                made = [made] if isinstance(part, int) else {part: made}
            yield from instead(case, made)


def _everywhere(case: Case) -> Iterable[Trial]:
    values = [value for _, value in leaves_of(case.gold)]
    if not 10 <= len(values) <= 60:
        return []
    return instead(case, mapped(case.gold, lambda _, __: values))


HEDGED_ANSWERS: Final = (
    Attack("nothing-said", "short", "An empty object, an empty list.", NOTHING, lambda c: instead(c, {}, [])),
    Attack(
        "one-field",
        "short",
        "One right member of the document, alone.",
        at_most(0.10),
        lambda c: _fields(c, 1),
        _LONG,
    ),
    Attack(
        "two-fields",
        "short",
        "Two right members of the document, alone.",
        at_most(0.20),
        lambda c: _fields(c, 2),
        _LONG + ", and two members",
    ),
    Attack("first-row", "short", "The first row of a table, alone.", at_most(0.35), _first_row, _COLUMNS),
    Attack(
        "one-column",
        "short",
        "The first column of a table, alone.",
        at_most(0.60),
        _one_column,
        _COLUMNS + " and three columns",
    ),
    Attack(
        "no-tables", "short", "The document without its tables.", at_most(0.60), _without_tables, _COLUMNS
    ),
    Attack(
        "half-the-rows",
        "short",
        "The first half of the rows of every table.",
        less_by(0.10),
        lambda c: _tables(c, lambda rows: rows[: len(rows) // 2], 5),
        _COLUMNS,
    ),
    Attack(
        "rows-twice",
        "copies",
        "Every row twice.",
        less_by(0.05),
        lambda c: _tables(c, lambda rows: [row for row in rows for _ in (0, 1)]),
        _TABLE,
    ),
    Attack(
        "rows-ten-times",
        "copies",
        "Every row ten times.",
        less_by(0.20),
        lambda c: _tables(c, lambda rows: rows * 10),
        _TABLE,
    ),
    Attack(
        "flawed-rows-twice",
        "copies",
        "An answer with wrong values, every row twice.",
        NO_MORE,
        lambda c: _flawed_tables(c, lambda rows: rows * 2),
        _TABLE,
    ),
    Attack(
        "one-row-again",
        "copies",
        "The gold document with its first row once more.",
        LESS,
        lambda c: _tables(c, lambda rows: [*rows, rows[0]]),
        _TABLE,
    ),
    Attack(
        "first-row-for-all",
        "copies",
        "The first row instead of every row.",
        less_by(0.10),
        lambda c: _tables(c, lambda rows: [rows[0]] * len(rows), 3),
        "a table of three rows or more",
    ),
    Attack(
        "twenty-keys",
        "keys",
        "Twenty invented members.",
        less_by(0.05),
        lambda c: _stuffed(c, 20),
        "a document that is an object",
    ),
    Attack(
        "a-thousand-keys",
        "keys",
        "A thousand invented members.",
        less_by(0.50),
        lambda c: _stuffed(c, 1000),
        "a document that is an object",
    ),
    Attack(
        "keys-in-rows",
        "keys",
        "Ten invented members in every row.",
        less_by(0.10),
        lambda c: _tables(c, _rows_stuffed),
        _TABLE,
    ),
    Attack(
        "spare-members",
        "keys",
        "Every member again under another name, with another value.",
        less_by(0.10),
        _spare_members,
    ),
    Attack(
        "columns-listed",
        "columns",
        "In every cell of a table, the list of all values of its column.",
        NOTHING,
        lambda c: _columns_alone(c, list),
        _COLUMNS,
    ),
    Attack(
        "columns-joined",
        "columns",
        "In every cell of a table, all values of its column in one text.",
        NOTHING,
        lambda c: _columns_alone(c, lambda cells: ", ".join(map(str, cells))),
        _COLUMNS,
    ),
    Attack(
        "columns-in-one-row",
        "columns",
        "One row whose cells list all values of their columns.",
        NOTHING,
        lambda c: _columns_alone(c, list, 1),
        _COLUMNS,
    ),
    Attack(
        "column-listed-in-cells",
        "columns",
        "One column's whole list in each of its cells, all else right.",
        less_by(0.05),
        lambda c: _tables(c, _one_column_dumped, 5),
        _COLUMNS,
    ),
    Attack(
        "table-as-columns",
        "columns",
        "A table written as an object of columns.",
        LESS,
        _as_columns,
        "a table in an object",
    ),
    Attack(
        "all-in-one-member",
        "columns",
        "The whole gold document as the text of every member.",
        NOTHING,
        lambda c: instead(c, on_leaves(c.gold, lambda _: c.json)) if len(c.json) < 3000 else [],
        "a document of less than 3,000 characters",
    ),
    Attack(
        "all-values-in-each",
        "columns",
        "The list of all values of the document as every member.",
        NOTHING,
        _everywhere,
        "ten to sixty leaves",
    ),
    Attack(
        "two-listed",
        "candidates",
        "Two candidates in a list for every value, against a guess.",
        NO_MORE,
        lambda c: _listed(c, 2),
        "a leaf",
    ),
    Attack(
        "three-listed",
        "candidates",
        "Three candidates in a list for every value, against a guess.",
        NO_MORE,
        lambda c: _listed(c, 3),
        "a leaf",
    ),
    Attack(
        "two-joined",
        "candidates",
        "“A or B” for every value, against a guess.",
        NO_MORE,
        lambda c: [
            *_listed(c, 2, lambda x: " or ".join(map(str, x))),
            *_listed(c, 2, lambda x: " / ".join(map(str, x))),
            *_listed(c, 2, lambda x: ", ".join(map(str, x))),
            *_listed(c, 2, lambda x: f"{x[0]} ({x[1]})"),
        ],
    ),
    Attack(
        "two-as-members",
        "candidates",
        "An object of candidates for every value, against a guess.",
        NO_MORE,
        lambda c: _listed(c, 2, lambda x: {str(n): value for n, value in enumerate(x)}),
    ),
    Attack(
        "column-of-two",
        "candidates",
        "Two candidates in each cell of one column, against a guess there.",
        NO_MORE,
        _column_listed,
        "a table of four rows and two columns or more",
    ),
    Attack(
        "rows-of-two",
        "candidates",
        "Every row twice, once wrong, against a guess of rows.",
        NO_MORE,
        _rows_listed,
        "a table of four rows or more",
    ),
    Attack(
        "alternatives",
        "candidates",
        "Every value as an object of a value and its alternatives.",
        less_by(0.05),
        lambda c: instead(c, on_leaves(c.gold, _alternatives)),
    ),
    Attack(
        "one-asked-two-given",
        "candidates",
        "Two candidates in a list where one member is asked for.",
        at_most(0.50),
        lambda c: _member_alone(c, lambda x: [x, decoy(x)]),
        "a member outside of lists",
    ),
    Attack(
        "one-asked-thousand-given",
        "candidates",
        "A thousand candidates where one member is asked for.",
        NOTHING,
        lambda c: _member_alone(c, lambda x: [*(str(n) for n in range(999)), x]),
        "a member outside of lists",
    ),
)
