"""CORD receipts (Park et al. 2019): labelled lines of words -> the tree that its later releases ship.

The release of 2019 (v0) has one JSON per receipt with ``valid_line``, and no tree. v1 (2022) "has the same
contents as v0 except the gt_parse attribute", which is "constructed from the valid_line"; v2 corrects labels
and nests sub-items (https://github.com/clovaai/cord). Where ``gt_parse`` is there it is the gold. Where it is
not, `tree_of_lines` builds the tree of v1.
"""

from __future__ import annotations

from typing import Any

from medvie_reward.datasets._annotated import take
from medvie_reward.errors import GoldError


def gold_of(annotation: Any, path: str = "$") -> dict[str, Any]:
    """Return the gold of a receipt: its ``gt_parse``, or the tree of its lines.

    Raises
    ------
    GoldError
        If it has neither, or one that is not usable.
    """
    if type(annotation) is dict and "gt_parse" in annotation:
        parsed: dict[str, Any] = take(annotation, "gt_parse", dict, path)
        return parsed
    return tree_of_lines(annotation, path)


def tree_of_lines(annotation: Any, path: str = "$") -> dict[str, Any]:
    """Build the tree of v1 from the labelled lines of a receipt.

    A line has a category such as ``menu.nm``, a group and words. Lines of one group and first name make one
    object (an item of the menu, a total), keyed by the second name. Words that only name a value (``is_key``)
    are no part of it. Words are joined by blanks in the order of the annotation, and so are lines of one
    category in one group. A first name with one group is that object, with several a list of them. Lines of
    the category ``other`` are no fields.

    Raises
    ------
    GoldError
        If a line is not what it should be; it gives the JSON path.
    """
    groups: dict[str, dict[int, dict[str, list[str]]]] = {}
    for n, line in enumerate(take(annotation, "valid_line", list, path)):
        here = f"{path}.valid_line[{n}]"
        category = take(line, "category", str, here)
        if category == "other":
            continue
        head, _, name = category.partition(".")
        if not head or not name:
            raise GoldError(f"expected a category such as 'menu.nm', got {category!r} - at {here}.category")
        group = take(line, "group_id", int, here)
        for m, word in enumerate(take(line, "words", list, here)):
            text = take(word, "text", str, f"{here}.words[{m}]").strip()
            if text and not take(word, "is_key", int, f"{here}.words[{m}]"):
                groups.setdefault(head, {}).setdefault(group, {}).setdefault(name, []).append(text)
    return {
        head: items[0] if len(items) == 1 else items
        for head, found in groups.items()
        if (items := [{name: " ".join(words) for name, words in item.items()} for item in found.values()])
    }


def text_of(annotation: Any, path: str = "$") -> str | None:
    """Return the words of a receipt line by line, as ``row_id`` tells; ``None`` where no lines are given.

    Raises
    ------
    GoldError
        If a word is not what it should be.
    """
    if type(annotation) is not dict or "valid_line" not in annotation:
        return None
    rows: dict[int, list[str]] = {}
    for n, line in enumerate(take(annotation, "valid_line", list, path)):
        here = f"{path}.valid_line[{n}]"
        for m, word in enumerate(take(line, "words", list, here)):
            at = f"{here}.words[{m}]"
            row, text = take(word, "row_id", int, at), take(word, "text", str, at).strip()
            if text:
                rows.setdefault(row, []).append(text)
    return "\n".join(" ".join(words) for words in rows.values())
