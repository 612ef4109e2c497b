"""What a query can ask for: a tree of fields, read from a JSON Schema or from gold documents.

A field's path is that of the scores: ``Indicators[].Result``. The keys of a form are the paths of its leaves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

from medvie_reward._core.json_values import accepted_values, first_accepted
from medvie_reward._core.paths import item_path, member_path
from medvie_reward.errors import GoldError


@dataclass(frozen=True)
class QueryField:
    """A field and what is below it.

    Attributes
    ----------
    name
        The member's name; empty at the root.
    description
        One line on what belongs there, or empty.
    lists
        How many lists are around it; 1 for a table's rows.
    members
        The fields of the object that it is; none for a leaf.
    scalar
        Whether it may be a scalar.
    open
        Whether it may be an object whose members nobody named: asked for, and kept, as a whole.
    label
        The member that distinguishes the items of its list, where the schema names one.
    """

    name: str = ""
    description: str = ""
    lists: int = 0
    members: tuple[QueryField, ...] = ()
    scalar: bool = False
    open: bool = False
    label: str = ""


Field = QueryField
"""The name that a `QueryField` had before; it is kept."""


def leaf_paths(form: QueryField, path: str = "") -> Iterator[str]:
    """Return the keys of a form in its order; ``path`` is the field's own, lists left out."""
    path += "[]" * form.lists
    if not form.members:
        yield path or "$"
    for field in form.members:
        yield from leaf_paths(field, member_path(path, field.name))


def with_keys(form: QueryField, keys: Collection[str], path: str = "") -> QueryField:
    """Return the form restricted to the given keys; branches without any are removed.

    Parameters
    ----------
    form
        The form.
    keys
        Paths of leaves; others are not looked for.
    path
        The field's own path, lists left out.
    """
    path += "[]" * form.lists
    kept = []
    for field in form.members:
        below = member_path(path, field.name)
        if field.members:
            field = with_keys(field, keys, below)
            if field.members:
                kept.append(field)
        elif below + "[]" * field.lists in keys:
            kept.append(field)
    return replace(form, members=tuple(kept))


# -- gold documents ------------------------------------------------------------------------------------


def cut_gold(form: QueryField, gold: Any) -> Any:
    """Return what a gold says on a form's fields; what it lacks, or has as null, is blank.

    Parameters
    ----------
    form
        The form, cut to the keys that count.
    gold
        A gold that `check_gold` passes. List items stay, even where nothing is left in them.
    """
    if isinstance(gold, list):
        item = replace(form, lists=max(0, form.lists - 1))
        return [cut_gold(item, x) for x in gold]
    if isinstance(gold, dict) and accepted_values(gold) is not None:
        return gold if _has_value(gold) else cut_gold(form, None)
    if isinstance(gold, dict) and form.members:
        return {field.name: cut_gold(field, gold.get(field.name)) for field in form.members}
    return _blank(form) if gold is None or (_says_nothing(gold) and not _is_leaf(form)) else gold


def filled_keys(form: QueryField, gold: Any, path: str = "") -> set[str]:
    """Return the keys of which a gold holds at least one value that is not blank."""
    path += "[]" * form.lists
    level = [gold]
    while any(isinstance(x, list) for x in level):
        level = [y for x in level for y in (x if isinstance(x, list) else [x])]
    if not form.members:
        return {path or "$"} if any(map(_has_value, level)) else set()
    objects = [x for x in level if isinstance(x, dict)]
    found: set[str] = set()
    for field in form.members:
        values = [x[field.name] for x in objects if field.name in x]
        found |= filled_keys(field, values, member_path(path, field.name))
    return found


def check_gold(form: QueryField, gold: Any, path: str = "", lists: int = 0) -> None:
    """Check that a form describes all of a gold.

    Raises
    ------
    GoldError
        If a member is not in the form, or a list, an object or a value stands where the form has none.
    """
    at = path or "$"
    if isinstance(gold, dict) and accepted_values(gold) is not None:
        gold = first_accepted(gold)
    if isinstance(gold, list):
        if lists == form.lists:
            raise GoldError(f"gold: expected {_kind(form, lists)}, got a list - at {at}")
        for n, item in enumerate(gold):
            check_gold(form, item, item_path(path, n), lists + 1)
    elif isinstance(gold, dict):
        if not gold or form.open:
            return
        if not form.members:
            raise GoldError(f"gold: expected {_kind(form, lists)}, got an object - at {at}")
        fields = {field.name: field for field in form.members}
        for name, value in gold.items():
            if name not in fields:
                raise GoldError(
                    f"gold: expected one of the fields {', '.join(fields)} - at {member_path(path, name)}"
                )
            check_gold(fields[name], value, member_path(path, name))
    elif not _says_nothing(gold) and not form.scalar and not _is_leaf(form):
        raise GoldError(f"gold: expected {_kind(form, lists)}, got {gold!r:.40} - at {at}")


def _kind(form: QueryField, lists: int) -> str:
    if form.lists > lists:
        return "a list"
    return "an object" if form.members or form.open else "a value"


def _is_leaf(form: QueryField) -> bool:
    return not (form.lists or form.members or form.open)


def _blank(form: QueryField) -> Any:
    if form.lists:
        return []
    if form.members:
        return {field.name: _blank(field) for field in form.members}
    return {} if form.open else ""


def _says_nothing(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _has_value(value: Any) -> bool:
    if isinstance(value, (dict, list)):
        return any(map(_has_value, value.values() if isinstance(value, dict) else value))
    return not _says_nothing(value)


def form_of_gold(gold: Any, name: str = "") -> QueryField:
    """Read the form of one gold: every member that it names, blank or not."""
    if isinstance(gold, list):
        item = QueryField(name)
        for x in gold:
            item = merge(item, form_of_gold(x, name))
        return replace(item, lists=item.lists + 1)
    if isinstance(gold, dict) and accepted_values(gold) is not None:
        gold = first_accepted(gold)
    if isinstance(gold, dict):
        return QueryField(name, members=tuple(form_of_gold(x, key) for key, x in gold.items()))
    return QueryField(name, scalar=not _says_nothing(gold))


def merge(one: QueryField, other: QueryField) -> QueryField:
    """Return a form that describes what either of two describes; new members come last."""
    if one == other:
        return one
    later = {field.name: field for field in other.members}
    members = [merge(field, later.pop(field.name, field)) for field in one.members]
    return QueryField(
        one.name,
        one.description or other.description,
        max(one.lists, other.lists),
        (*members, *later.values()),
        one.scalar or other.scalar,
        one.open or other.open,
        one.label or other.label,
    )


def names_of(form: QueryField) -> Iterator[str]:
    """Return the names of all members, however deep."""
    for field in form.members:
        yield field.name
        yield from names_of(field)
