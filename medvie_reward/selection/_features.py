"""Documents -> profiles -> one row of numbers per document, in groups that weigh alike.

A *profile* is what is kept of a document: its kind, which fields it fills, how long its lists are, the shape
of its text, and a digest that tells exact repeats. A *group* is a block of columns: ``type``, ``fields``,
``lists``, ``text``, ``embeddings``. Each group is scaled as a whole, so that the mean squared distance of two
documents drawn at random is 2 in it; then it is multiplied by the root of its weight.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from medvie_reward._core.json_values import is_empty, scalar_text
from medvie_reward._core.names import counted
from medvie_reward._core.paths import member_path
from medvie_reward.errors import ArgumentError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Matrix = npt.NDArray[np.float32]

GROUPS: Final = ("type", "fields", "lists", "text", "embeddings")
"""Names of the groups, in the order of their columns."""

_MOST_COLUMNS: Final = 4_096
_BLOCK: Final = 1_024
_DIGEST: Final = 16
# Below this share of its largest value's square, a group's variance is rounding.
_ROUNDING: Final = 1e-12
_CLASSES: Final = ("digit", "cjk", "latin", "letter", "space", "mark")
_LATIN: Final = ((0x41, 0x24F), (0x1E00, 0x1EFF), (0xFF21, 0xFF5A))
_CJK: Final = ((0x3040, 0x30FF), (0x3400, 0x9FFF), (0xAC00, 0xD7AF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))

_path: Final = lru_cache(maxsize=65_536)(member_path)


class Profile(NamedTuple):
    """What is kept of a document.

    Attributes
    ----------
    kind
        Its report type; ``None`` where it has none.
    filled
        Share of rows in which a field is filled, by field (``Indicators[].Result``); only fields filled
        somewhere. A field outside lists is filled or not: 1 or left out.
    sizes
        Number of items of all lists at a path (``Indicators[]``).
    text
        Shape of the values' texts: logs of their total length, number, mean and greatest length; then the
        shares of digits, CJK characters, Latin letters, other letters, whitespace and all else.
    digest
        The same for documents that are equal but for the order of members.
    """

    kind: str | None
    filled: dict[str, float]
    sizes: dict[str, int]
    text: tuple[float, ...]
    digest: bytes

    @property
    def items(self) -> int:
        """Number of list items, all lists together."""
        return sum(self.sizes.values())


class Features(NamedTuple):
    """Numbers of documents.

    Attributes
    ----------
    matrix
        Shape (documents, columns), float32; distances in it have no unit.
    weights
        The weight of each group that is in the matrix.
    widths
        The number of its columns. A group in which all documents agree has none.
    """

    matrix: Matrix
    weights: dict[str, float]
    widths: dict[str, int]


def profile(gold: Any, kind: str | None = None) -> Profile:
    """Build the profile of a document.

    Parameters
    ----------
    gold
        A JSON value, of dict, list and scalars.
    kind
        Its report type.
    """
    rows: Counter[str] = Counter()
    filled: Counter[str] = Counter()
    sizes: dict[str, int] = {}
    parents: dict[str, str] = {}
    texts: list[str] = []
    waiting: list[tuple[Any, str, str]] = [(gold, "", "")]
    while waiting:
        value, path, parent = waiting.pop()
        if type(value) is dict:
            rows[path] += 1
            waiting.extend((x, _path(path, key), path) for key, x in value.items())
        elif type(value) is list:
            inner = f"{path}[]"
            sizes[inner] = sizes.get(inner, 0) + len(value)
            waiting.extend((x, inner, inner) for x in value)
        elif not is_empty(value):
            filled[path] += 1
            parents[path] = parent
            texts.append(scalar_text(value))
    shares = {
        # Scalars in a list count among its items, members among the objects that could hold them.
        path or "$": n / (sizes[path] if path and parents[path] == path else max(rows[parents[path]], 1))
        for path, n in sorted(filled.items())
    }
    return Profile(kind, shares, dict(sorted(sizes.items())), _text_shape(texts), _digest(gold))


def _text_shape(texts: list[str]) -> tuple[float, ...]:
    joined = "".join(texts)
    counts = dict.fromkeys(_CLASSES, 0)
    for character, n in Counter(joined).items():
        counts[_class_of(character)] += n
    total = len(joined)
    logs = (total, len(texts), total / max(len(texts), 1), max(map(len, texts), default=0))
    return (*map(math.log1p, logs), *(n / max(total, 1) for n in counts.values()))


@lru_cache(maxsize=65_536)
def _class_of(character: str) -> str:
    code = ord(character)
    if character.isdigit():
        return "digit"
    if any(first <= code <= last for first, last in _CJK):
        return "cjk"
    if character.isalpha():
        return "latin" if any(first <= code <= last for first, last in _LATIN) else "letter"
    return "space" if character.isspace() else "mark"


def _digest(gold: Any) -> bytes:
    try:
        text = orjson.dumps(gold, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # lone surrogates, or integers past 64 bits
        text = json.dumps(gold, sort_keys=True).encode()
    return blake2b(text, digest_size=_DIGEST).digest()


# -- profiles -> numbers -------------------------------------------------------------------------------


def features_of(
    profiles: Sequence[Profile],
    embeddings: npt.NDArray[Any] | None = None,
    weights: Mapping[str, float] | None = None,
) -> Features:
    """Turn profiles into numbers.

    Parameters
    ----------
    profiles
        At least one.
    embeddings
        Shape (documents, dimensions): numbers of any real type, finite.
    weights
        Weights of groups, 1 where not named; 0 leaves a group out.

    Raises
    ------
    ArgumentError
        If a weight is no finite number of at least 0, names no group or one that there is nothing for, or all
        are 0; if embeddings have another shape; if a group has more than 4,096 columns.
    """
    import numpy as np

    if embeddings is not None:
        check_shape(embeddings, len(profiles))
    given = _check_weights(dict(weights or {}), profiles, embeddings is not None)
    blocks = {name: _columns(name, profiles, embeddings) for name, weight in given.items() if weight > 0}
    spreads = {name: _spread(block) for name, block in blocks.items()}
    widths = {name: block.shape[1] if spreads[name][1] else 0 for name, block in blocks.items()}
    matrix = np.empty((len(profiles), sum(widths.values())), np.float32)
    at = 0
    for name, width in widths.items():
        if width:
            middle, spread = spreads[name]
            factor = math.sqrt(given[name]) / spread
            for a in range(0, len(matrix), _BLOCK):
                centered = blocks[name][a : a + _BLOCK].astype(np.float64) - middle
                matrix[a : a + _BLOCK, at : at + width] = centered * factor
            at += width
    return Features(matrix, {name: given[name] for name in blocks}, widths)


def check_shape(embeddings: npt.NDArray[Any], n: int) -> None:
    """Check that embeddings are rows of numbers for so many documents.

    Raises
    ------
    ArgumentError
        If they are not.
    """
    if embeddings.ndim != 2 or len(embeddings) != n:
        raise ArgumentError(
            f"embeddings of shape {embeddings.shape}: "
            f"expected a row of numbers for each of {counted(n, 'document')}"
        )


def _check_weights(
    weights: dict[str, float], profiles: Sequence[Profile], has_embeddings: bool
) -> dict[str, float]:
    """Return the weights of all groups that there is something for."""
    if unknown := [name for name in weights if name not in GROUPS]:
        raise ArgumentError(f"no feature group {unknown[0]!r}: expected some of {', '.join(GROUPS)}")
    for name, weight in weights.items():
        if type(weight) not in (int, float) or not 0 <= weight < math.inf:
            raise ArgumentError(f"weight of {name}: expected a finite number of at least 0, got {weight!r}")
    there = {"type": any(x.kind is not None for x in profiles), "embeddings": has_embeddings}
    absent = [name for name, weight in weights.items() if weight > 0 and not there.get(name, True)]
    if absent:
        raise ArgumentError(
            f"weight of {absent[0]}: no document has {'a report type' if absent[0] == 'type' else 'one'}"
        )
    given = {name: float(weights.get(name, 1.0)) for name in GROUPS if there.get(name, True)}
    if not any(given.values()):
        raise ArgumentError("all weights are 0: expected a feature group with a weight above 0")
    return given


def _columns(name: str, profiles: Sequence[Profile], embeddings: npt.NDArray[Any] | None) -> npt.NDArray[Any]:
    """Return the columns of a group, unscaled."""
    import numpy as np

    if name == "embeddings" and embeddings is not None:
        return embeddings
    if name == "text":
        block = np.array([x.text for x in profiles], np.float64)
        deviation = block.std(axis=0)
        # Lengths and shares have different units, so each column of this group is first scaled by itself.
        return block / np.where(deviation > _ROUNDING, deviation, np.inf)
    cells: list[Mapping[str, float]]
    if name == "type":
        cells = [{} if x.kind is None else {x.kind: 1.0} for x in profiles]
    elif name == "fields":
        cells = [x.filled for x in profiles]
    else:
        cells = [{path: math.log1p(n) for path, n in x.sizes.items()} for x in profiles]
    places = {column: n for n, column in enumerate(sorted({column for row in cells for column in row}))}
    if len(places) > _MOST_COLUMNS:
        raise ArgumentError(
            f"the feature group {name!r} has {counted(len(places), 'column')}: expected at most "
            f"{_MOST_COLUMNS:,}; are values used as member names? The weight {name}=0 leaves the group out"
        )
    table = np.zeros((len(profiles), len(places)), np.float32)
    for n, row in enumerate(cells):
        for column, value in row.items():
            table[n, places[column]] = value
    return table


def _spread(block: npt.NDArray[Any]) -> tuple[npt.NDArray[np.float64], float]:
    """Return the mean of a block's rows, and the root of their mean squared distance from it."""
    import numpy as np

    if not block.shape[1]:
        return np.zeros(0), 0.0
    middle = block.mean(axis=0, dtype=np.float64)
    total = largest = 0.0
    for a in range(0, len(block), _BLOCK):
        centered = block[a : a + _BLOCK].astype(np.float64)
        largest = max(largest, float(np.abs(centered).max()))
        centered -= middle
        total += float(np.einsum("ij,ij->", centered, centered))
    variance = total / len(block)
    return middle, math.sqrt(variance) if variance > _ROUNDING * largest * largest else 0.0
