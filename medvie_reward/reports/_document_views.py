"""A scored document -> what its page in a report shows: rows of leaves, and where misplaced values belong.

A *row* is what two paired list items hold, or what lies outside all lists. Rows of one list make a *block*.
Leaves that only the prediction has stand in the row of the item that they were found in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from medvie_reward._core.json_values import scalar_text
from medvie_reward._core.paths import innermost_row, positions, without_positions
from medvie_reward.alignment import Leaf
from medvie_reward.completions import ANSWERED, MEANINGS
from medvie_reward.corpus import Document, Scored
from medvie_reward.spec import Spec

OUTCOMES: Final = ("correct", "wrong", "missing", "filled_blank", "invented_field", "invented_item")
"""What a leaf can be; a hallucinated one by its kind."""

FLAGS: Final = ("misplaced", "ungrounded")
"""What a wrong or hallucinated leaf can be besides."""

REASONS: Final = MEANINGS
"""What each of `medvie_reward.STATUSES` means."""

PARSED: Final = ANSWERED
"""Statuses with an answer."""


class Page(NamedTuple):
    """What a report shows of one document.

    Attributes
    ----------
    document
        Its row.
    leaves
        All its leaves, correct ones too, in the gold's order.
    links
        Positions in ``leaves``: a misplaced leaf and the gold leaf that holds its value.
    completion
        What the model wrote, or the prediction as JSON text; ``None`` where there was none.
    images
        Its page images: ``data:`` URIs (PNG, JPEG, GIF, WebP or BMP in base64) or relative links.
    """

    document: Document
    leaves: Sequence[Leaf] = ()
    links: tuple[tuple[int, int], ...] = ()
    completion: str | None = None
    images: tuple[str, ...] = ()


class PageRow(NamedTuple):
    """The leaves of two paired items.

    Attributes
    ----------
    gold, pred
        Where the items stand, such as ``Indicators[3]``; ``None`` on the side that has none; empty outside
        lists.
    gold_at, pred_at
        Their positions alone, such as ``[3]``.
    leaves
        A leaf's number in its page, and its name inside the item.
    """

    gold: str | None
    pred: str | None
    gold_at: str
    pred_at: str
    leaves: tuple[tuple[int, str], ...]


class Block(NamedTuple):
    """The rows of one list.

    Attributes
    ----------
    name
        The list's field, such as ``Indicators[]``; empty for what lies outside lists.
    columns
        Names of the leaves of its rows, in the order of the rows' members; what no gold row has comes last.
    rows
        In the gold's order; what only the prediction has comes last.
    pooled
        Whether a row's predicted leaves come from several items, as in the list mode ``bag``.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[PageRow, ...]
    pooled: bool


def page_of(
    scored: Scored, spec: Spec, *, completion: str | None = None, images: tuple[str, ...] = ()
) -> Page:
    """Build the page of a document that was scored with its leaves.

    Parameters
    ----------
    scored
        As `medvie_reward.corpus._evaluation.score_document` gives it with ``leaves=True``.
    spec
        What it was scored with.
    completion, images
        As in `Page`.
    """
    links = link_misplaced(scored.leaves, spec)
    return Page(scored.document, tuple(scored.leaves), links, completion, images)


def link_misplaced(leaves: Sequence[Leaf], spec: Spec) -> tuple[tuple[int, int], ...]:
    """Find for each misplaced leaf a gold leaf that holds its value and was not got right.

    Of several, one of the same field is taken before others, and the first of those.
    """
    if not any(leaf.misplaced for leaf in leaves):
        return ()
    form = spec.fields.form
    holders: dict[str, list[int]] = {}
    for n, leaf in enumerate(leaves):
        if leaf.outcome in ("wrong", "missing"):
            holders.setdefault(form(scalar_text(leaf.gold)), []).append(n)
    links = []
    for n, leaf in enumerate(leaves):
        if leaf.misplaced:
            found = [m for m in holders.get(form(scalar_text(leaf.pred)), ()) if m != n]
            if found:
                links.append((n, min(found, key=lambda m: (leaves[m].field != leaf.field, m))))
    return tuple(links)


def outcome_of(leaf: Leaf) -> str:
    """Return a leaf's outcome, one of `OUTCOMES`."""
    return leaf.kind or leaf.outcome


def list_blocks(leaves: Sequence[Leaf]) -> list[Block]:
    """Group leaves into the rows of paired items, and those into lists.

    Parameters
    ----------
    leaves
        All leaves of a document.

    Returns
    -------
    list of Block
        In the order in which the lists appear.
    """
    places = [(_split(leaf.gold_path), _split(leaf.pred_path)) for leaf in leaves]
    # The gold item that a predicted one is matched to, known from the leaves that both have. If leaves are
    # pooled, a predicted item may be matched to several; then it has no partner.
    partners: dict[str, set[str]] = {}
    for gold, pred in places:
        if gold is not None and pred is not None and pred.item:
            partners.setdefault(pred.item, set()).add(gold.item)
    partner = {item: found.pop() for item, found in partners.items() if len(found) == 1}
    grouped: dict[tuple[str | None, str | None], list[tuple[int, str]]] = {}
    sides: dict[tuple[str | None, str | None], dict[str, None]] = {}
    for n, (gold, pred) in enumerate(places):
        here = gold or pred or _ItemPath("", "")
        item = gold.item if gold is not None else partner.get(here.item, None if here.item else "")
        key = (item, None if item is not None else here.item)
        grouped.setdefault(key, []).append((n, here.name))
        seen = sides.setdefault(key, {})
        if pred is not None:
            seen.setdefault(pred.item)
    blocks: dict[str, list[PageRow]] = {}
    mixed: set[str] = set()
    for key, found in grouped.items():
        gold_item, pred_item = key
        preds = list(sides[key])
        name = without_positions(gold_item if gold_item is not None else pred_item or "")
        if gold_item is not None:
            pred_item = preds[0] if preds else None
            if len(preds) > 1 and name:
                mixed.add(name)
                pred_item = None
        row = PageRow(
            gold_item, pred_item, positions(gold_item or ""), positions(pred_item or ""), tuple(found)
        )
        blocks.setdefault(name, []).append(row)
    return [
        Block(name, _columns(rows, leaves), tuple(sorted(rows, key=_order)), name in mixed)
        for name, rows in blocks.items()
    ]


class _ItemPath(NamedTuple):
    item: str
    name: str


def _split(path: str | None) -> _ItemPath | None:
    """Cut a path behind its last position: ``a[3].b`` gives ``a[3]`` and ``b``."""
    if path is None:
        return None
    row = innermost_row(path)
    return _ItemPath(row, path[len(row) :].removeprefix("."))


def _order(row: PageRow) -> tuple[bool, list[int]]:
    at = row.gold_at if row.gold is not None else row.pred_at
    return row.gold is None, [int(x) for x in re.findall(r"\d+", at)]


def _columns(rows: Iterable[PageRow], leaves: Sequence[Leaf]) -> tuple[str, ...]:
    """Merge the rows' names, each behind the one that it follows in its row; what no gold has comes last."""
    columns: list[str] = []
    others: dict[str, None] = {}
    for row in rows:
        at = -1
        for n, name in row.leaves:
            if name in columns:
                at = columns.index(name)
            elif leaves[n].gold_path is None:
                others.setdefault(name)
            else:
                at += 1
                columns.insert(at, name)
    return *columns, *(name for name in others if name not in columns)


def shown(value: Any, path: str | None) -> str | None:
    """Write a leaf's value; ``None`` on a side that has no such leaf."""
    return None if path is None else scalar_text(value)
