"""A JSON value -> the tree that Donut's evaluator makes of it, equal subtrees held once.

Source: ``JSONParseEvaluator`` of clovaai/donut (Kim et al. 2021, arXiv 2111.15664), donut-python 1.0.9. The
tree has three kinds of nodes: a *name* node per object member, a ``<subtree>`` node per object that stands
in a list or is the value of a member, and a *text* node per value. How it reads JSON, oddities included:

- What Python calls false (null, "", 0, 0.0, false, [] and {}) is dropped where it is the value of a member,
  and a member whose value comes to nothing is dropped with it.
- A scalar is read as Python writes it, stripped: ``true`` is "True", ``1.0`` is "1.0" and not "1". A text of
  whitespace only becomes an empty text node, which costs nothing, under a name that costs 1.
- A scalar and a list that holds only it are the same, and so are an object and a list that holds only it.
- A list of nothing but objects keeps those that are not empty. Any other list keeps its strings and numbers,
  stripped, blank ones dropped and zeros kept; its booleans, nulls, objects and lists are gone. So nothing is
  left of a list of lists.
- Members stand in the order of (length of name, name), items in their own; lists are not sorted.
- Text nodes are told from names by the marker ``<leaf>`` in their label, wherever it stands. So a member
  whose name holds that marker is a text node with children, and markers inside a value vanish from it.
- An integer too long for Python to write in decimal, on which Donut raises, is written in hexadecimal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

Label = tuple[str, bool]
"""What a node is called, and whether it is a text node."""

_MARKER: Final = "<leaf>"
_ROOT: Final[Label] = ("<root>", False)
_OBJECT: Final[Label] = ("<subtree>", False)
_SCALARS: Final = (str, int, float, type(None))

_Steps = Iterator[tuple[Label, Any]]
# A node being read: its label, its children to come, the classes of those read.
_Frame = tuple[Label, _Steps, list[int]]


class Forest(NamedTuple):
    """The nodes of some trees in postorder.

    Attributes
    ----------
    classes
        Class of each node's subtree.
    left
        Position of each node's leftmost leaf, which is where its subtree begins.
    key_roots
        Positions of the nodes with a left sibling and of the trees' roots, lowest first, one of each class:
        the subtrees whose distances Zhang and Shasha's algorithm has to tabulate.
    """

    classes: list[int]
    left: list[int]
    key_roots: list[int]

    def size(self, root: int) -> int:
        """Count the nodes of the subtree at a position."""
        return root - self.left[root] + 1


class Classes:
    """Distinct subtrees of the trees read so far: equal subtrees, of one tree or of several, are one class.

    All attributes are parallel lists, one entry per class.

    Attributes
    ----------
    labels
        Number of the root's label; `label` gives the label itself.
    kids
        Classes of the root's children.
    costs
        What it costs to insert or to remove the whole subtree: characters of its texts, 1 for every name.
    heights
        Edges to the deepest leaf.
    shapes
        Equal where the subtrees differ in labels only.
    """

    def __init__(self) -> None:
        self.labels: list[int] = []
        self.kids: list[tuple[int, ...]] = []
        self.costs: list[int] = []
        self.heights: list[int] = []
        self.shapes: list[int] = []
        self._known: dict[tuple[int, tuple[int, ...]], int] = {}
        self._label_numbers: dict[Label, int] = {}
        self._label_list: list[Label] = []
        self._shape_numbers: dict[tuple[int, ...], int] = {}

    def label(self, number: int) -> Label:
        """Return the label of a number."""
        return self._label_list[number]

    def read(self, value: Any, error: type[Exception], what: str) -> int:
        """Return the class of the tree of a JSON value; no depth is too deep.

        Parameters
        ----------
        value
            The JSON value.
        error
            The error class to raise.
        what
            Name of the value for the message, such as ``gold``.

        Raises
        ------
        Exception
            An ``error`` where something is met that JSON cannot hold.
        """
        open_nodes: list[_Frame] = [
            (_ROOT, _members(value) if isinstance(value, dict) else _values(value), [])
        ]
        while True:
            label, steps, kids = open_nodes[-1]
            try:
                step = next(steps, None)
            except _NotJSONError as bad:
                place = ".".join(name for (name, _), _, _ in open_nodes).replace(_ROOT[0], "$", 1)
                raise error(f"{what}: expected {bad} - at {place}") from None
            if step is None:
                del open_nodes[-1]
                if not open_nodes:
                    return self._add(label, tuple(kids))
                if kids:
                    open_nodes[-1][2].append(self._add(label, tuple(kids)))
            elif step[1] is None:
                kids.append(self._add(step[0], ()))
            else:
                open_nodes.append((*step, []))

    def _add(self, label: Label, kids: tuple[int, ...]) -> int:
        number = self._label_numbers.setdefault(label, len(self._label_list))
        if number == len(self._label_list):
            self._label_list.append(label)
        known = self._known.setdefault((number, kids), len(self.labels))
        if known == len(self.labels):
            self.labels.append(number)
            self.kids.append(kids)
            self.costs.append(label_cost(label) + sum([self.costs[k] for k in kids]))
            self.heights.append(1 + max([self.heights[k] for k in kids]) if kids else 0)
            shape = tuple([self.shapes[k] for k in kids])
            self.shapes.append(self._shape_numbers.setdefault(shape, len(self._shape_numbers)))
        return known

    def lay_out(self, trees: Sequence[int]) -> Forest:
        """Write the nodes of some trees in postorder."""
        classes: list[int] = []
        left: list[int] = []
        todo = [(tree, -1) for tree in reversed(trees)]
        while todo:
            tree, begin = todo.pop()
            if begin < 0 and self.kids[tree]:
                todo.append((tree, len(classes)))
                todo += [(kid, -1) for kid in reversed(self.kids[tree])]
            else:
                left.append(len(classes) if begin < 0 else begin)
                classes.append(tree)
        highest = {leaf: at for at, leaf in enumerate(left)}
        distinct = {classes[at]: at for at in sorted(highest.values(), reverse=True)}
        return Forest(classes, left, sorted(distinct.values()))

    def strip(self, a: int, b: int) -> tuple[Sequence[int], Sequence[int]]:
        """Leave out of two trees what some optimal edit script keeps in place.

        That is equal trees at the beginning and at the end of either forest, and the roots of two forests of
        one tree each if they have one label; repeated until there is nothing of the kind.

        Why that is safe: the costs satisfy the triangle inequality. (1) Let two forests T·F and T·G begin
        alike, and let M be an optimal mapping between them. Send each node of F to its image under M, and
        where that lies in T on from there, until a node of G or none is reached. What is reached costs at
        most as much as the way there, no node is used twice, and order and ancestry are kept since M keeps
        them; so F and G are no further apart than T·F and T·G. The end is the mirror image. (2) Two roots of
        one label cannot each map below the other. If neither is mapped, mapping them to each other saves
        both. If only one is, map it to the other root instead: that is free, and its former image then costs
        to insert at most what mapping to it cost and what the other root cost.

        Returns
        -------
        tuple
            Classes of the trees left on either side.
        """
        left: Sequence[int] = (a,)
        right: Sequence[int] = (b,)
        while True:
            left, right = _unlike(left, right)
            if len(left) != 1 or len(right) != 1 or self.labels[left[0]] != self.labels[right[0]]:
                return left, right
            left, right = self.kids[left[0]], self.kids[right[0]]


def label_cost(label: Label) -> int:
    """Return what it costs to insert or to remove a node: characters of a text, 1 for a name."""
    return len(label[0]) if label[1] else 1


def _unlike(a: Sequence[int], b: Sequence[int]) -> tuple[Sequence[int], Sequence[int]]:
    """Drop what two sequences have in common at the beginning, then at the end."""
    shorter = min(len(a), len(b))
    begin = next((i for i in range(shorter) if a[i] != b[i]), shorter)
    shorter -= begin
    end = next((i for i in range(shorter) if a[-1 - i] != b[-1 - i]), shorter)
    return a[begin : len(a) - end], b[begin : len(b) - end]


class _NotJSONError(Exception):
    """Something that JSON cannot hold; says what was expected."""


def _members(value: dict[str, Any]) -> _Steps:
    """Return the children of an object's node."""
    for name in value:
        if not isinstance(name, str):
            raise _NotJSONError(f"a member name of type str, got {name!r}")
    for name in sorted(value, key=lambda name: (len(name), name)):
        label = (name.replace(_MARKER, ""), True) if _MARKER in name else (name, False)
        yield label, _values(value[name])


def _values(value: Any) -> _Steps:
    """Return the children of the node of a member that has this value."""
    if isinstance(value, dict):
        yield _OBJECT, _members(value)
    elif isinstance(value, list):
        if all(isinstance(item, dict) for item in value):
            for item in value:
                yield _OBJECT, _members(item)
        else:
            for item in value:
                if type(item) in (str, int, float) and (text := _text(item)):
                    yield (text.replace(_MARKER, ""), True), None
    elif not isinstance(value, _SCALARS):
        raise _NotJSONError(f"a JSON value, got {type(value).__name__}")
    elif value:
        yield (_text(value).replace(_MARKER, ""), True), None


def _text(value: str | int | float) -> str:
    try:
        return str(value).strip()
    except ValueError:
        return hex(value)  # type: ignore[arg-type]  # only an integer can be too long
