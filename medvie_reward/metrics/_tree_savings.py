"""How much cheaper than removing one forest and inserting another the best edit script is.

The algorithm is that of Zhang and Shasha (1989, SIAM J. Comput. 18(6), "Simple fast algorithms for the
editing distance between trees and related problems"), with these changes:

- Savings are maximised instead of costs minimised. The cost of a mapping is what all nodes of both forests
  cost, less a saving for every pair it maps: what removing the one and inserting the other costs, less what
  relabelling costs. So the distance is the whole cost less the greatest saving, and removing and inserting
  are free. The term of the recurrence that looks to the left in its own row becomes a running maximum, which
  numpy takes of a whole row at once.
- Equal subtrees are one class, and a pair of classes is solved once.
- All key-root subtrees of one side lie side by side in one row (`_Columns`), and those of the other side that
  have one shape are worked on at once (`_fill`).
- Of a table only those rows are held that are still looked back at (`_sweep`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from medvie_reward.metrics._tree_classes import Classes, Forest

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    _Ints = npt.NDArray[np.int32]
    _Places = npt.NDArray[np.intp]

# Cells of all rows worked on at once: with what is computed beside them, the processor's cache holds them.
_BATCH: Final = 1 << 16


def saved(classes: Classes, a: Forest, b: Forest) -> int:
    """Return the greatest saving of two forests, neither of them empty.

    The caller sees to it that time (nodes of the key-root subtrees of one side times those of the other) and
    memory (pairs of distinct subtrees) are bearable, and that the costs of all key-root subtrees of ``b``
    add up to less than 2**30.
    """
    import numpy as np

    side_a, side_b = _side(classes, a), _side(classes, b)
    savings = _label_savings(side_a, side_b)
    # Of each pair of classes what the whole subtrees save. The last column stays 0, for no nodes at all.
    table = np.zeros((len(side_a.labels), len(side_b.labels) + 1), dtype=np.int32)
    columns = _columns(classes, b, side_b)
    for roots in _batches(classes, a, len(columns.kinds)):
        _fill(table, savings, roots, a, side_a, columns)
    return _forest_saving(table, a, side_a, b, side_b)


# -- labels --------------------------------------------------------------------------------------------


class _Side(NamedTuple):
    """One forest, its classes and labels numbered from 0.

    Attributes
    ----------
    kinds
        Class of each node, shape (nodes,).
    labels
        Label of each class, shape (classes,).
    names, texts
        The labels that are names and those that are texts; names have the lower numbers.
    """

    kinds: _Places
    labels: _Places
    names: list[str]
    texts: list[str]


def _side(classes: Classes, forest: Forest) -> _Side:
    import numpy as np

    places: dict[int, int] = {}
    kinds = [places.setdefault(c, len(places)) for c in forest.classes]
    used = sorted({classes.labels[c] for c in places}, key=lambda number: classes.label(number)[1])
    numbers = {label: i for i, label in enumerate(used)}
    labels = [numbers[classes.labels[c]] for c in places]
    names = [text for text, is_text in map(classes.label, used) if not is_text]
    texts = [text for text, is_text in map(classes.label, used) if is_text]
    return _Side(np.array(kinds, dtype=np.intp), np.array(labels, dtype=np.intp), names, texts)


def _label_savings(a: _Side, b: _Side) -> _Ints:
    """Return what mapping one node to another saves.

    Returns
    -------
    ndarray
        Shape (labels of a, labels of b): 2 for equal names, 1 for different names, 0 for a name and a text,
        and the characters of both less their Levenshtein distance for two texts. None is negative.
    """
    import numpy as np
    from rapidfuzz.distance import Levenshtein
    from rapidfuzz.process import cdist

    table = np.zeros((len(a.names) + len(a.texts), len(b.names) + len(b.texts)), dtype=np.int32)
    table[: len(a.names), : len(b.names)] = 1
    numbers = {name: j for j, name in enumerate(b.names)}
    for i, name in enumerate(a.names):
        if name in numbers:
            table[i, numbers[name]] = 2
    if a.texts and b.texts:
        among_texts = table[len(a.names) :, len(b.names) :]
        among_texts += np.array([len(text) for text in a.texts], dtype=np.int32)[:, None]
        among_texts += np.array([len(text) for text in b.texts], dtype=np.int32)
        among_texts -= cdist(a.texts, b.texts, scorer=Levenshtein.distance, dtype=np.int32)
    return table


# -- subtrees ------------------------------------------------------------------------------------------


class _Columns(NamedTuple):
    """All key-root subtrees of a forest side by side, lowest first, each after a column for no nodes at all.

    A running maximum over the whole row must not carry over from one subtree to the next, so every subtree
    has an offset above whatever the one before it can reach: a mapping saves at most twice the cost of the
    nodes that it maps on this side, by the triangle inequality.

    Attributes
    ----------
    kinds
        Class of each column, shape (columns,); for no nodes the number of classes, the table's column of 0.
    labels
        Label of each column's node, shape (columns,).
    before
        The column of the same subtree that stands for all nodes left of the node's own, shape (columns,).
    offsets
        What a column holds where nothing is saved, shape (columns,).
    levels
        For each height: first column, end, and the columns on left paths. The left path of a subtree is its
        root, the root's first child and so on down; the first leaf comes first.
    """

    kinds: _Places
    labels: _Places
    before: _Places
    offsets: _Ints
    levels: list[tuple[int, int, _Places]]


def _columns(classes: Classes, forest: Forest, side: _Side) -> _Columns:
    import numpy as np

    nodes = side.kinds.tolist()
    kinds: list[int] = []
    before: list[int] = []
    offsets: list[int] = []
    starts: dict[int, int] = {}
    left_paths: dict[int, list[int]] = {}
    offset = 0
    for root in sorted(forest.key_roots, key=lambda at: classes.heights[forest.classes[at]]):
        empty, first, tree = len(kinds), forest.left[root], forest.classes[root]
        lefts = forest.left[first : root + 1]
        kinds += [len(side.labels), *nodes[first : root + 1]]
        before += [empty, *[empty + left - first for left in lefts]]
        offsets += [offset] * (1 + len(lefts))
        offset += 2 * classes.costs[tree] + 1
        starts.setdefault(classes.heights[tree], empty)
        path = left_paths.setdefault(classes.heights[tree], [])
        path += [at for at, left in enumerate(lefts, empty + 1) if left == first]
    ends = [*list(starts.values())[1:], len(kinds)]
    return _Columns(
        np.array(kinds, dtype=np.intp),
        np.append(side.labels, 0)[kinds],
        np.array(before, dtype=np.intp),
        np.array(offsets, dtype=np.int32),
        [
            (start, end, np.array(path, dtype=np.intp))
            for start, end, path in zip(starts.values(), ends, left_paths.values(), strict=True)
        ],
    )


def _batches(classes: Classes, forest: Forest, columns: int) -> list[list[int]]:
    """Group key-roots of one shape, lowest first, as many as a batch of cells allows."""
    groups: dict[tuple[int, int], list[int]] = {}
    for at in forest.key_roots:
        tree = forest.classes[at]
        groups.setdefault((classes.heights[tree], classes.shapes[tree]), []).append(at)
    step = max(1, _BATCH // columns)
    return [group[i : i + step] for _, group in sorted(groups.items()) for i in range(0, len(group), step)]


def _fill(
    table: _Ints, savings: _Ints, roots: Sequence[int], forest: Forest, side: _Side, columns: _Columns
) -> None:
    """Write into the table what subtrees of key-roots of one shape save with those of the other side.

    A row holds, for each of the key-roots, what its first nodes save at most with the first nodes of each
    column. If the last nodes on both sides are on the left paths of their key-roots, they may be mapped to
    each other, and the cell is what two whole subtrees save. Elsewhere their subtrees' saving is in the table
    already, because one of the two belongs to a lower key-root: rows come lowest first, and within a row on
    the left path so do the columns.

    A class that lies on several left paths is written several times, with one value.
    """
    import numpy as np

    first, last = forest.left[roots[0]], roots[0]
    before = [left - first for left in forest.left[first : last + 1]]
    nodes = side.kinds[np.array([forest.left[root] for root in roots])[:, None] + np.arange(len(before))]

    def extend(x: int, earlier: _Ints, above: _Ints) -> _Ints:
        if before[x]:
            return _extend(earlier, above, table[nodes[:, x]], columns.before, columns.kinds)
        return _extend_left(above, table, savings, nodes[:, x], side, columns)

    _sweep(before, np.broadcast_to(columns.offsets, (len(roots), len(columns.offsets))), extend)


def _extend_left(
    above: _Ints, table: _Ints, savings: _Ints, kinds: _Places, side: _Side, columns: _Columns
) -> _Ints:
    """Build the row of nodes on the left path, and write the subtrees it solves into the table.

    Nothing lies before such a node's subtree, so what its row looks back at are the offsets.
    """
    import numpy as np

    row = np.empty(above.shape, dtype=np.int32)
    mine = kinds[:, None]
    for start, end, left in columns.levels:
        part = row[:, start:end]
        np.add(table[mine, columns.kinds[start:end]], columns.offsets[start:end], out=part)
        # Both nodes are mapped: below them is what the row above holds one column to the left.
        row[:, left] = above[:, left - 1] + savings[side.labels[mine], columns.labels[left]]
        np.maximum(part, above[:, start:end], out=part)
        np.maximum.accumulate(part, axis=1, out=part)
        table[mine, columns.kinds[left]] = row[:, left] - columns.offsets[left]
    return row


# -- rows ----------------------------------------------------------------------------------------------


def _forest_saving(table: _Ints, a: Forest, side_a: _Side, b: Forest, side_b: _Side) -> int:
    """Return what two forests save, when the table holds all of their subtrees."""
    import numpy as np

    kinds = np.concatenate(([len(side_b.labels)], side_b.kinds))
    before = np.array([0, *b.left], dtype=np.intp)

    def extend(x: int, earlier: _Ints, above: _Ints) -> _Ints:
        return _extend(earlier, above, table[side_a.kinds[x]], before, kinds)

    return int(_sweep(a.left, np.zeros(len(before), dtype=np.int32), extend)[-1])


def _extend(earlier: _Ints, above: _Ints, subtrees: _Ints, before: _Places, kinds: _Places) -> _Ints:
    """Build a row of a node: it maps to nothing, or its subtree to a column's subtree and so on to the left.

    Parameters
    ----------
    earlier
        The row of all nodes left of the node's subtree.
    above
        The row of all nodes before the node.
    subtrees
        What the node's subtree saves with each class.
    before, kinds
        As in `_Columns`.
    """
    import numpy as np

    row = np.take(earlier, before, axis=-1, mode="clip")
    row += np.take(subtrees, kinds, axis=-1, mode="clip")
    np.maximum(row, above, out=row)
    np.maximum.accumulate(row, axis=-1, out=row)
    return row


def _sweep(before: Sequence[int], empty: _Ints, extend: Callable[[int, _Ints, _Ints], _Ints]) -> _Ints:
    """Build the rows of nodes in postorder and return the last one.

    Parameters
    ----------
    before
        For each node how many nodes lie left of its subtree. The row of so many is looked back at, and
        dropped after the last node that does so, which leaves at most one for every level of the tree.
    empty
        The row of no nodes.
    extend
        Makes a node's row from its number, the row it looks back at, and the row above.
    """
    last_use = {count: x for x, count in enumerate(before)}
    kept = {0: empty}
    row = empty
    for x, count in enumerate(before):
        row = extend(x, kept[count], row)
        if last_use[count] == x:
            del kept[count]
        if x + 1 in last_use:
            kept[x + 1] = row
    return row
