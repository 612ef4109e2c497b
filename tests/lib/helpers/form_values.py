"""Strategies for forms, and for golds that fit them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from medvie_reward.training._query_fields import QueryField

# Names that a path must quote, that look like comments or placeholders of paths, and that are Chinese.
NAMES = ("a", "b", "Item Name", "x.y", "z[]", 'q"', "u // v", "项目名称", "*", "")
TEXTS = ("", " ", "5.6", "阴性", "x // y", "a b", None, 0, 7, False)


def members(depth: int) -> st.SearchStrategy[tuple[QueryField, ...]]:
    """Give one to four fields of different names."""
    names = st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True)
    return names.flatmap(lambda found: st.tuples(*(fields(name, depth) for name in found)))


def fields(name: str, depth: int) -> st.SearchStrategy[QueryField]:
    """Give a field: a leaf, or an object, or a list of either."""
    below = st.just(()) if depth == 0 else st.one_of(st.just(()), members(depth - 1))
    about = st.sampled_from(("", "What it is.", 'Said as "x" // y, or {z}.'))
    return st.builds(
        lambda inner, text, lists: QueryField(name, text, lists, inner, scalar=not inner),
        below,
        about,
        st.integers(0, 1 if depth else 0),
    )


def forms() -> st.SearchStrategy[QueryField]:
    """Give what may stand at the root: an object, or a list of objects."""
    return st.builds(lambda inner, lists: QueryField("", "", lists, inner), members(2), st.integers(0, 1))


def golds(form: QueryField) -> st.SearchStrategy[Any]:
    """Give a gold that fits a form, some of it blank and some of it absent."""
    if form.lists:
        item = QueryField(form.name, "", form.lists - 1, form.members, form.scalar)
        return st.lists(golds(item), max_size=3)
    if not form.members:
        return st.sampled_from(TEXTS)
    required = {field.name: golds(field) for field in form.members}
    return st.fixed_dictionaries({}, optional=required)
